"""Likes that come in, as ranking questions: what experts said before, and what is kept of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fewrec.data.arrays import Bools, Doubles, Floats, Ints
from fewrec.data.histories import Histories
from fewrec.ranker.fusion import FittedFusion
from fewrec.ranker.rehearsal import KNOTS, standardised
from fewrec.ranker.weights import at_counts


@dataclass(frozen=True)
class Said:
    """What E experts say of all items for B people.

    Attributes:
        people: The people.
        experts: Standardised scores. Shape [B, E, I].
        seen: Items that are no candidates. Shape [B, I].
        warmth: g(c) of each item. Shape [I].
        now: What the S experts of the visit say, standardised; None where nobody is in one.
            Shape [B, S, I].
    """

    people: Histories
    experts: Floats
    seen: Bools
    warmth: Floats
    now: Floats | None = None

    @classmethod
    def of(cls, fusion: FittedFusion, people: Histories) -> Said:
        """Ask every expert, trusted or not."""
        seen = people.seen(len(fusion.met)).toarray() > 0
        raw = [standardised(r.scores(people), seen) for r in fusion.experts.values()]
        return cls(people, np.stack(raw, axis=1), seen, fusion.warmth, _now(fusion, people, seen))

    def take(self, people: Ints) -> Said:
        """About some of the people. ``people``: shape [N]."""
        now = None if self.now is None else self.now[people]
        some = self.people.take(people)
        return Said(some, self.experts[people], self.seen[people], self.warmth, now)

    @property
    def visit(self) -> Ints:
        """Rows of the visit of each person, 0 in none. Shape [B]."""
        session = self.people.session
        if session is None or self.now is None:
            return np.zeros(len(self.people), dtype=np.int64)
        return session.count

    def scores(self, known: Doubles, new: Doubles) -> Floats:
        """The fusion's scores up to a constant a person. Weights of shape [Q, E]. Shape [B, I]."""
        warm = at_counts(known, KNOTS, self.people.count).astype(np.float32)
        cold = at_counts(new, KNOTS, self.people.count).astype(np.float32)
        score: Floats = np.matmul(warm[:, None, :], self.experts)[:, 0] * self.warmth
        score += np.matmul(cold[:, None, :], self.experts)[:, 0] * (1.0 - self.warmth)
        return score


def _now(fusion: FittedFusion, people: Histories, seen: Bools) -> Floats | None:
    """What the experts of the visit say. Shape [B, S, I]; None where nobody is in one."""
    if fusion.present is None or people.session is None or not fusion.present.experts:
        return None
    raw = [standardised(r.scores(people), seen) for r in fusion.present.experts.values()]
    return np.stack(raw, axis=1)


@dataclass(frozen=True)
class Question:
    """One like, as a question to the experts.

    Attributes:
        known: Interactions known of the person.
        ahead: By how much each expert puts each candidate above the liked item; one expert more,
            content among new items, and content gated elsewhere. Shape [E + 1, N], float16.
        stands: How many items of the catalogue each candidate stands for. Shape [N].
        visit: Rows of the visit that the person is in, 0 in none.
        now: ``ahead`` of the experts of the visit; None in none. Shape [S, N], float16.
    """

    known: int
    ahead: np.ndarray
    stands: Floats
    visit: int = 0
    now: np.ndarray | None = None
