"""Trust in experts, learned while a service runs: each like is a ranking question, answered.

Before a like is learned from, every expert is asked how it would have ranked the liked item
among all others for that person. What they say is remembered (a few telling candidates, no ids,
no names), and now and then the weights of the fusion climb from where they stand: one weight
after the other, as long as the liked items of the remembered questions rise. Nobody rehearses,
nothing is fitted anew, and no expert is asked about a like that it has seen.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from fewrec.data.arrays import Bools, Doubles, Floats, Ints
from fewrec.data.histories import Histories
from fewrec.ranker.fusion import FittedFusion
from fewrec.ranker.gating import LEAST_SCALE
from fewrec.ranker.rehearsal import KNOTS, standardised
from fewrec.ranker.weights import at_counts

SEGMENTS = ((0, 0), (1, 4), (5, 19), (20, 10**9))
"""Interactions known of a person, least and most, of the weights that are learned together."""

STEPS = (-0.5, -0.15, -0.05, 0.05, 0.15, 0.5)
"""Moves tried for one weight, in shares of the sum of all."""

LEAST_GAIN = 0.3
"""Least gain of a move, in liked items from nowhere to the top."""

DEPTH = 10.0
"""Rank at which a liked item is worth half as much as at the top."""


@dataclass(frozen=True)
class Said:
    """What E experts say of all items for B people.

    Attributes:
        people: The people.
        experts: Standardised scores. Shape [B, E, I].
        seen: Items that are no candidates. Shape [B, I].
        warmth: g(c) of each item. Shape [I].
    """

    people: Histories
    experts: Floats
    seen: Bools
    warmth: Floats

    @classmethod
    def of(cls, fusion: FittedFusion, people: Histories) -> Said:
        """Ask every expert, trusted or not."""
        seen = people.seen(len(fusion.met)).toarray() > 0
        raw = [standardised(r.scores(people), seen) for r in fusion.experts.values()]
        return cls(people, np.stack(raw, axis=1), seen, fusion.warmth)

    def take(self, people: Ints) -> Said:
        """About some of the people. ``people``: shape [N]."""
        return Said(self.people.take(people), self.experts[people], self.seen[people], self.warmth)

    def scores(self, known: Doubles, new: Doubles) -> Floats:
        """The fusion's scores up to a constant a person. Weights of shape [Q, E]. Shape [B, I]."""
        warm = at_counts(known, KNOTS, self.people.count).astype(np.float32)
        cold = at_counts(new, KNOTS, self.people.count).astype(np.float32)
        score: Floats = np.matmul(warm[:, None, :], self.experts)[:, 0] * self.warmth
        score += np.matmul(cold[:, None, :], self.experts)[:, 0] * (1.0 - self.warmth)
        return score


@dataclass(frozen=True)
class Question:
    """One like, as a question to the experts.

    Attributes:
        known: Interactions known of the person.
        ahead: By how much each expert puts each candidate above the liked item; one expert more,
            content among new items, and content gated elsewhere. Shape [E + 1, N], float16.
        stands: How many items of the catalogue each candidate stands for. Shape [N].
    """

    known: int
    ahead: np.ndarray
    stands: Floats


@dataclass
class StreamTrust:
    """Remembers questions and learns weights from them.

    Attributes:
        content: Experts that can speak about items nobody met.
        kept: So many questions are remembered, the latest.
        top: Candidates kept from the top of each expert.
        drawn: Further candidates drawn at random.
        least: Questions before anything is learned.
        apart: Questions before a segment gets weights of its own.
        passes: Rounds over all weights.
        gain: A move must raise the summed worth of the liked items by so many of its standard
            errors, by questions; else it is taken for chance.
    """

    content: tuple[str, ...]
    kept: int = 1500
    top: int = 15
    drawn: int = 40
    least: int = 20
    apart: int = 50
    passes: int = 2
    gain: float = 1.0
    names: tuple[str, ...] = ()
    questions: deque[Question] = field(default_factory=deque)

    def __len__(self) -> int:
        return len(self.questions)

    def watch(
        self,
        fusion: FittedFusion,
        said: Said,
        shown: Floats,
        liked: Ints,
        random: np.random.Generator,
    ) -> None:
        """Remember what experts said before B likes.

        Args:
            fusion: Whose experts; others than before make the older questions void.
            said: About the B people.
            shown: Scores by which they were shown something. Shape [B, I].
            liked: Item row that each person liked next. Shape [B].
            random: Draws candidates.
        """
        names = tuple(fusion.experts)
        if names != self.names:
            self.names = names
            self.questions.clear()
        direction = at_counts(self._direction(fusion.new), KNOTS, said.people.count)
        for b, item in enumerate(liked):
            if said.seen[b, item]:
                continue
            signals = self._gated(said, b, direction[b])
            telling = np.concatenate([said.experts[b], signals[-1:], shown[b : b + 1]])
            rows, stands = self._candidates(telling, said.seen[b], int(item), random)
            ahead = (signals[:, rows] - signals[:, [item]]).astype(np.float16)
            self.questions.append(Question(int(said.people.count[b]), ahead, stands))
        while len(self.questions) > self.kept:
            self.questions.popleft()

    def learned(self, known: Doubles, new: Doubles) -> tuple[Doubles, Doubles]:
        """Weights that put the liked items of the remembered questions higher.

        Args:
            known: Weights among known items to start from. Shape [Q, E].
            new: Weights among new items. Shape [Q, E].

        Returns:
            Such weights, none below 0, as large in sum. Two of shape [Q, E].
        """
        place = self._place
        start = np.column_stack([known, new[:, place].sum(axis=1)])
        weights = self._climbed(start)
        learned, direction = weights[:, :-1], self._direction(new)
        fresh = learned.copy()
        fresh[:, place] = np.maximum(weights[:, -1:], LEAST_SCALE) * direction
        return learned, fresh

    @property
    def _place(self) -> list[int]:
        return [e for e, name in enumerate(self.names) if name in self.content]

    def _direction(self, new: Doubles) -> Doubles:
        """Weights of content among new items, with sum 1 at each knot. Shape [Q, content]."""
        weights = new[:, self._place]
        total = weights.sum(axis=1, keepdims=True)
        even = np.full_like(weights, 1.0 / max(weights.shape[1], 1))
        return np.where(total > 1e-9, weights / np.maximum(total, 1e-9), even)

    def _candidates(
        self, scores: Floats, seen: Bools, liked: int, random: np.random.Generator
    ) -> tuple[Ints, Floats]:
        """Other items, the top of each score, and how many each stands for. Two of shape [N]."""
        open_ = ~seen
        open_[liked] = False
        offered = np.flatnonzero(open_)
        scores = scores[:, offered]
        most = min(self.top, len(offered))
        if most == 0:
            return offered, np.zeros(0, dtype=np.float32)
        telling = np.zeros(len(offered), dtype=bool)
        telling[np.argpartition(-scores, most - 1, axis=1)[:, :most]] = True
        best, rest = np.flatnonzero(telling), np.flatnonzero(~telling)
        size = self.drawn if len(rest) else 0
        lucky = rest[np.unique(random.integers(max(len(rest), 1), size=size))]
        stands = np.ones(len(best) + len(lucky), dtype=np.float32)
        stands[len(best) :] = len(rest) / max(len(lucky), 1)
        return offered[np.concatenate([best, lucky])], stands

    def _gated(self, said: Said, b: int, direction: Doubles) -> Floats:
        """What the E + 1 weights multiply. Shape [E + 1, I]."""
        place, warmth = self._place, said.warmth
        signals = said.experts[b].copy()
        cold = direction.astype(np.float32) @ signals[place] * (1.0 - warmth)
        signals[place] *= warmth
        return np.concatenate([signals, cold[None, :]])

    def _climbed(self, start: Doubles) -> Doubles:
        """Weights at each knot. ``start``: shape [Q, E + 1]. Shape [Q, E + 1]."""
        weights = start.copy()
        counts = np.array([question.known for question in self.questions])
        for segments in (SEGMENTS[:1], SEGMENTS[1:]):
            mine = _between(counts, segments[0][0], segments[-1][1])
            if mine.sum() < self.least:
                continue
            shared = self._climb(mine, _mean(start, segments))
            for segment in segments:
                own = _between(counts, *segment)
                better = shared
                if len(segments) > 1 and own.sum() >= self.apart:
                    better = self._climb(own, shared)
                at = _between(np.array(KNOTS), *segment)
                weights[at] = better * start[at].sum(axis=1, keepdims=True)
        return weights

    def _climb(self, mine: Bools, start: Doubles) -> Doubles:
        """Coordinate ascent on some questions. ``start`` and answer: sum 1, shape [E + 1]."""
        chosen = [
            question for question, is_mine in zip(self.questions, mine, strict=True) if is_mine
        ]
        ahead, stands = _packed(chosen)
        weights = start.copy()
        score = np.tensordot(weights.astype(np.float32), ahead, axes=1)
        best = _worth(score, stands)
        for _ in range(self.passes):
            before = best
            for e in range(len(weights)):
                for step in STEPS:
                    move = max(weights[e] + step * weights.sum(), 0.0) - weights[e]
                    tried = score + np.float32(move) * ahead[e]
                    value = _worth(tried, stands) if move else best
                    if _better(value - best, self.gain):
                        best, score = value, tried
                        weights[e] += move
            weights /= max(float(weights.sum()), 1e-9)
            score = np.tensordot(weights.astype(np.float32), ahead, axes=1)
            if not _better(best - before, self.gain):
                break
        return weights


def _between(counts: Ints, least: int, most: int) -> Bools:
    inside: Bools = (counts >= least) & (counts <= most)
    return inside


def _mean(weights: Doubles, segments: Sequence[tuple[int, int]]) -> Doubles:
    """Mean weights of the knots of some segments, with sum 1. Shape [E + 1]."""
    at = _between(np.array(KNOTS), segments[0][0], segments[-1][1])
    mean: Doubles = weights[at].mean(axis=0)
    return mean / max(float(mean.sum()), 1e-9)


def _packed(questions: Sequence[Question]) -> tuple[Floats, Floats]:
    """Questions side by side, empty places standing for nothing. [E + 1, L, N] and [L, N]."""
    width = max(len(question.stands) for question in questions)
    size = len(questions[0].ahead)
    ahead = np.zeros((size, len(questions), width), dtype=np.float32)
    stands = np.zeros((len(questions), width), dtype=np.float32)
    for n, question in enumerate(questions):
        ahead[:, n, : len(question.stands)] = question.ahead
        stands[n, : len(question.stands)] = question.stands
    return ahead, stands


def _better(gains: Doubles, errors: float) -> bool:
    """Whether gains of single questions add up to more than chance. ``gains``: shape [L]."""
    return float(gains.sum()) > LEAST_GAIN + errors * float(np.sqrt((gains**2).sum()))


def _worth(score: Floats, stands: Floats) -> Doubles:
    """Worth 1 / (1 + (rank / 10)^2) of each liked item; equals share the rank. Shape [L]."""
    beaten = (score > 1e-6).astype(np.float32) + (score >= -1e-6).astype(np.float32)
    rank = 0.5 * np.einsum("ln,ln->l", beaten, stands)
    worth: Doubles = 1.0 / (1.0 + (rank.astype(np.float64) / DEPTH) ** 2)
    return worth
