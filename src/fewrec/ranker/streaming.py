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
from fewrec.ranker.fusion import FittedFusion
from fewrec.ranker.gating import LEAST_SCALE
from fewrec.ranker.rehearsal import KNOTS
from fewrec.ranker.sequence.rehearsing import VISIT_KNOTS
from fewrec.ranker.stream_climb import climbed
from fewrec.ranker.stream_questions import Question, Said
from fewrec.ranker.weights import at_counts

SEGMENTS = ((0, 0), (1, 4), (5, 19), (20, 10**9))
"""Interactions known of a person, least and most, of the weights that are learned together."""

VISIT_SEGMENTS = ((1, 1), (2, 4), (5, 9), (10, 10**9))
"""Rows of a visit, least and most, of the weights of visits that are learned together."""


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
    experts: tuple[str, ...] = ()
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
        names = tuple(fusion.parts)
        if names != self.names:
            self.names, self.experts = names, tuple(fusion.experts)
            self.questions.clear()
        direction = at_counts(self._direction(fusion.new), KNOTS, said.people.count)
        for b, item in enumerate(liked):
            if said.seen[b, item]:
                continue
            signals = self._gated(said, b, direction[b])
            visit = int(said.visit[b])
            now = signals[:0] if said.now is None or not visit else said.now[b]
            telling = np.concatenate([said.experts[b], now, signals[-1:], shown[b : b + 1]])
            rows, stands = self._candidates(telling, said.seen[b], int(item), random)
            ahead, beside = (
                (signal[:, rows] - signal[:, [item]]).astype(np.float16)
                for signal in (signals, now)
            )
            count = int(said.people.count[b])
            self.questions.append(Question(count, ahead, stands, visit, beside if visit else None))
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
        weights = self._climbed(list(self.questions), start, KNOTS, (SEGMENTS[:1], SEGMENTS[1:]))
        learned, direction = weights[:, :-1], self._direction(new)
        fresh = learned.copy()
        fresh[:, place] = np.maximum(weights[:, -1:], LEAST_SCALE) * direction
        return learned, fresh

    def learned_of_visits(self, known: Doubles, new: Doubles, present: Doubles) -> Doubles:
        """Weights of visits that put the liked items of questions within visits higher.

        Args:
            known: Weights of the profile among known items, as they will be. Shape [Q, E].
            new: The same among new items. Shape [Q, E].
            present: Weights a and b_e of ``Present`` to start from. Shape [P, 1 + S].

        Returns:
            Such weights, none below 0, as large in sum. Shape [P, 1 + S].
        """
        profile = np.column_stack([known, new[:, self._place].sum(axis=1)])
        asked = []
        for question in self.questions:
            if question.now is not None:
                mine = at_counts(profile, KNOTS, np.array([question.known]))
                ahead = np.concatenate([mine.astype(np.float32) @ question.ahead, question.now])
                asked.append(Question(question.visit, ahead, question.stands))
        return self._climbed(asked, present, VISIT_KNOTS, (VISIT_SEGMENTS,))

    @property
    def _place(self) -> list[int]:
        return [e for e, name in enumerate(self.experts) if name in self.content]

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

    def _climbed(
        self,
        questions: Sequence[Question],
        start: Doubles,
        knots: tuple[int, ...],
        groups: Sequence[Sequence[tuple[int, int]]],
    ) -> Doubles:
        """Weights at each knot, those of a group of segments together, then each apart.

        Args:
            questions: With the counts that the knots are about.
            start: Shape [Q, W].
            knots: Q counts.
            groups: Segments of counts that are alike.

        Returns:
            Shape [Q, W].
        """
        weights = start.copy()
        counts = np.array([question.known for question in questions])
        for segments in groups:
            mine = _between(counts, segments[0][0], segments[-1][1])
            if mine.sum() < self.least:
                continue
            shared = self._climb(_chosen(questions, mine), _mean(start, knots, segments))
            for segment in segments:
                own = _between(counts, *segment)
                better = shared
                if len(segments) > 1 and own.sum() >= self.apart:
                    better = self._climb(_chosen(questions, own), shared)
                at = _between(np.array(knots), *segment)
                weights[at] = better * start[at].sum(axis=1, keepdims=True)
        return weights

    def _climb(self, questions: Sequence[Question], start: Doubles) -> Doubles:
        return climbed(questions, start, self.passes, self.gain)


def _between(counts: Ints, least: int, most: int) -> Bools:
    inside: Bools = (counts >= least) & (counts <= most)
    return inside


def _chosen(questions: Sequence[Question], mine: Bools) -> list[Question]:
    return [question for question, is_mine in zip(questions, mine, strict=True) if is_mine]


def _mean(weights: Doubles, knots: tuple[int, ...], segments: Sequence[tuple[int, int]]) -> Doubles:
    """Mean weights of the knots of some segments, with sum 1. Shape [W]."""
    at = _between(np.array(knots), segments[0][0], segments[-1][1])
    mean: Doubles = weights[at].mean(axis=0)
    return mean / max(float(mean.sum()), 1e-9)
