"""The present: how much a visit and its moment count beside the long-term profile.

With p(u, i) the score of the fusion from everything a person ever did and z_e the standardised
experts of the visit, n the rows of the visit,

    s(u, i) = a(n) p(u, i) + sum_e b_e(n) z_e(u, i).

a and b are learned on visits rehearsed in their order. Who is in no visit, and of whose moment
nothing is said, has a = 1 and b = 0: the profile alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from fewrec.data.arrays import Bools, Doubles, Floats, Ints
from fewrec.data.histories import Histories
from fewrec.protocols import FittedRanker, Training
from fewrec.ranker.alone import gathered, person_terms
from fewrec.ranker.rehearsal import Lists
from fewrec.ranker.sequence.rehearsing import VISIT_KNOTS
from fewrec.ranker.weights import TrustFit, at_counts, fit_weights

PRIOR = {
    "visit-chain": (0.0, 1.0),
    "visit-knn": (0.0, 0.3),
    "visit-taste": (0.0, 0.2),
    "moment": (0.05, 0.05),
}
"""Expected weight at the beginning of a visit and far into it."""

PROFILE = (1.0, 0.7)
"""The same for the long-term profile."""

HALF = 1.0
"""Rows of a visit at which half the way is gone."""


@dataclass(frozen=True)
class Present:
    """Experts of the visit, and how far they are trusted.

    Attributes:
        experts: S fitted experts by name.
        weights: a and b_e at each knot. Shape [Q, 1 + S].
    """

    experts: Mapping[str, FittedRanker] = field(default_factory=dict)
    weights: Doubles = field(default_factory=lambda: np.zeros((len(VISIT_KNOTS), 1)))

    @classmethod
    def learned(
        cls, experts: Mapping[str, FittedRanker], lists: Mapping[int, Lists], fit: TrustFit
    ) -> Present:
        """Weights from rehearsed visits; those expected before where there are none.

        Args:
            experts: Fitted on everything.
            lists: By knot, with the profile as first expert.
            fit: How weights are fitted.
        """
        weights = _prior(tuple(experts))
        if lists:
            used = [VISIT_KNOTS.index(k) for k in lists]
            settled = {k: np.zeros_like(part.warmth) for k, part in lists.items()}
            fitted, _ = fit_weights(lists, weights[used], settled, fit)
            nearest = [min(used, key=lambda u: abs(u - q)) for q in range(len(weights))]
            weights = fitted[[used.index(q) for q in nearest]]
        return cls(dict(experts), weights)

    def active(self, people: Histories) -> Bools:
        """Who is in a visit, or of whose moment something is said. Shape [B]."""
        rows: Ints = np.zeros(len(people), dtype=np.int64)
        if people.session is not None:
            rows = people.session.count
        said = np.array([bool(words) for words in people.context], dtype=bool)
        return (rows > 0) | said if len(said) else rows > 0

    def shares(self, people: Histories) -> tuple[Doubles, Doubles]:
        """The weights a and b of B people. Shapes [B] and [B, S]."""
        active = self.active(people)
        count = np.zeros(len(people)) if people.session is None else people.session.count
        found = at_counts(self.weights, VISIT_KNOTS, np.asarray(count, dtype=np.int64))
        return np.where(active, found[:, 0], 1.0), found[:, 1:] * active[:, None]

    def added(self, profile: Floats, person: Histories) -> Floats:
        """The score of one person in a visit (B = 1), from that of the profile.

        Args:
            profile: p, centred over the candidates. Shape [1, I].
            person: The person.

        Returns:
            s, equal for the candidates to what the fusion adds up. Shape [1, I].
        """
        share, weights = self.shares(person)
        met = person.ruled_out()
        parts = list(self.experts.values())
        terms = person_terms(parts, weights[0], weights[0], person, met, profile.shape[1])
        visit = gathered(terms, np.float32(0.0), met)
        scores: Floats = np.float32(share[0]) * profile + visit[None, :]
        return scores

    def extended(self, training: Training) -> Present:
        """Every expert extended; trust stays as fitted."""
        more = {name: ranker.extended(training) for name, ranker in self.experts.items()}
        return Present(more, self.weights)


def _prior(names: tuple[str, ...]) -> Doubles:
    """Weights before any rehearsal. Shape [Q, 1 + S]."""
    way = np.array([n / (n + HALF) for n in VISIT_KNOTS])[:, None]
    ends = np.array([PROFILE, *(PRIOR.get(name, (0.0, 0.1)) for name in names)])
    prior: Doubles = (1.0 - way) * ends[:, 0] + way * ends[:, 1]
    return prior
