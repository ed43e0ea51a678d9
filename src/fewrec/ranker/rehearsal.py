"""Coldness, rehearsed: training people treated as strangers, training items as if unmet.

The fusion must know how far to trust each expert when little is known. It finds out on the
training part: experts are fitted without some people (and, in a second round, without some
items), then asked to rank for these people from a few of their interactions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Bools, Floats, Ints
from fewrec.data.histories import Histories
from fewrec.protocols import FittedRanker, Ranker, Training
from fewrec.seeding import generator

KNOTS = (0, 1, 2, 3, 5, 10, 20, 40, 100)
"""Numbers of known interactions at which strangers are rehearsed."""

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Lists:
    """L rehearsed rankings at one knot, each cut to at most N telling candidates.

    Attributes:
        experts: Standardised scores of E experts; 0 in empty places. Shape [L, E, N].
        relevant: Whether the person liked the candidate. Shape [L, N].
        valid: Whether the place holds a candidate. Shape [L, N].
        warmth: c / (c + kappa) of the candidate, c its interactions at fit. Shape [L, N].
        likes: How many items in all the person would like to find. Shape [L].
        weight: How many of the catalogue each candidate stands for, at least 1. Shape [L, N].
        person: Number of the person, to split by. Shape [L].
    """

    experts: Floats
    relevant: Bools
    valid: Bools
    warmth: Floats
    likes: Ints
    weight: Floats
    person: Ints

    def __len__(self) -> int:
        return len(self.person)

    def where(self, rows: Bools) -> Lists:
        """Some of the lists. ``rows``: mask of shape [L]."""
        return Lists(**{name: value[rows] for name, value in vars(self).items()})


def standardised(raw: Floats, seen: Bools) -> Floats:
    """Scores of each person with mean 0 and deviation 1 over what they have not seen.

    Args:
        raw: Shape [B, I].
        seen: Items that are no candidates. Shape [B, I].

    Returns:
        Shape [B, I]; all 0 for a person to whom the ranker gives the same score everywhere,
        and 0 for seen items.
    """
    open_ = ~seen
    number = np.maximum(open_.sum(axis=1, keepdims=True), 1)
    mean = np.where(open_, raw, 0.0).sum(axis=1, keepdims=True) / number
    moved = np.where(open_, raw - mean, 0.0)
    deviation = np.sqrt((moved**2).sum(axis=1, keepdims=True) / number)
    flat = deviation < 1e-6 * np.maximum(np.abs(mean), 1e-3)
    scaled: Floats = np.where(flat, 0.0, moved / np.where(flat, 1.0, deviation))
    return scaled.astype(np.float32)


@dataclass(frozen=True)
class Rehearsal:
    """How coldness is simulated.

    Attributes:
        folds: Parts of the people, each hidden once, at least 2.
        people: At most so many people rehearse.
        hidden: Share of items hidden in the second round.
        kappa: Interactions at which an item is half warm.
        top: Candidates kept from the top of each expert.
        drawn: Further candidates drawn at random.
    """

    folds: int = 4
    people: int = 400
    hidden: float = 0.2
    kappa: float = 3.0
    top: int = 40
    drawn: int = 100

    def run(
        self,
        experts: Mapping[str, Ranker],
        training: Training,
        content: tuple[str, ...],
        progress: Progress | None = None,
    ) -> tuple[dict[int, Lists], dict[int, Lists]]:
        """Rehearse new people among all items, then known tastes among new items.

        Args:
            experts: E rankers by name.
            training: Data to rehearse on.
            content: Names of the experts that can speak about items nobody met.
            progress: Called with the share done.

        Returns:
            Two dicts by knot: lists over the whole catalogue (all experts), and lists over
            hidden items only (the ``content`` experts). Knots without a list are left out.
        """
        random = generator(training.seed, "rehearsal")
        likes = np.diff(training.interactions.likes().indptr)
        active = random.permutation(np.flatnonzero(likes >= 2))[: self.people]
        folds = min(self.folds if len(active) >= 20 else 10, len(active))
        everything: dict[int, list[Lists]] = {knot: [] for knot in KNOTS}
        newcomers: dict[int, list[Lists]] = {knot: [] for knot in KNOTS}
        if folds < 2:
            return {}, {}
        cold_experts = {name: experts[name] for name in content if name in experts}
        for fold in range(folds):
            held = active[fold::folds]
            for knot, lists in self._people_round(experts, training, held, random).items():
                everything[knot].append(lists)
            if cold_experts:
                found = self._items_round(cold_experts, training, held, random)
                for knot, lists in found.items():
                    newcomers[knot].append(lists)
            if progress is not None:
                progress((fold + 1) / folds)
        return _joined(everything), _joined(newcomers)

    def _people_round(
        self,
        experts: Mapping[str, Ranker],
        training: Training,
        held: Ints,
        random: np.random.Generator,
    ) -> dict[int, Lists]:
        known = training.interactions.where(~np.isin(training.interactions.user, held))
        fitted = _fit(experts, replace(training, interactions=known))
        met = np.bincount(known.item, minlength=len(known.items))
        return self._reveal(fitted, training, held, np.ones(len(met), dtype=bool), met, random)

    def _items_round(
        self,
        experts: Mapping[str, Ranker],
        training: Training,
        held: Ints,
        random: np.random.Generator,
    ) -> dict[int, Lists]:
        rows = training.interactions
        hidden = random.random(len(rows.items)) < self.hidden
        known = rows.where(~np.isin(rows.user, held) & ~hidden[rows.item])
        if len(known) == 0:
            return {}
        fitted = _fit(experts, replace(training, interactions=known))
        met = np.bincount(known.item, minlength=len(known.items))
        return self._reveal(fitted, training, held, hidden, met, random)

    def _reveal(
        self,
        fitted: Mapping[str, FittedRanker],
        training: Training,
        held: Ints,
        candidates: Bools,
        met: Ints,
        random: np.random.Generator,
    ) -> dict[int, Lists]:
        """Rank ``candidates`` for held-out people from the first k rows of a random order."""
        full = training.interactions.histories(held)
        full = full.knowing([training.people.attributes[u] for u in held])
        place = _random_places(full, random)
        hideable = ~candidates.all() & candidates[full.item]
        place = np.where(hideable, np.iinfo(np.int64).max, place)
        answer = {}
        for knot in KNOTS:
            shown = place < knot
            hidden_rows = full.rows(~shown)
            size = len(training.interactions.items)
            relevant = hidden_rows.likes(size)
            relevant = sparse.csr_matrix(relevant.multiply(candidates[None, :]))
            enough = (full.count >= knot) & (np.diff(relevant.indptr) > 0)
            people = np.flatnonzero(enough)
            if len(people) == 0:
                continue
            answer[knot] = self._cut(
                fitted,
                full.rows(shown).take(people),
                relevant[people],
                candidates,
                met / (met + self.kappa),
                held[people],
                random,
            )
        return answer

    def _cut(
        self,
        fitted: Mapping[str, FittedRanker],
        people: Histories,
        relevant: sparse.csr_matrix,
        candidates: Bools,
        warmth: np.ndarray,
        person: Ints,
        random: np.random.Generator,
    ) -> Lists:
        """Keep the good items, the top of each expert, and some drawn at random."""
        seen = people.seen(relevant.shape[1]).toarray() > 0
        scores = np.stack([standardised(r.scores(people), seen) for r in fitted.values()], axis=1)
        open_ = ~seen & candidates[None, :]
        good = relevant.toarray() > 0
        kept = good.copy()
        for e in range(scores.shape[1]):
            kept |= _is_top(np.where(open_, scores[:, e], -np.inf), self.top)
        kept &= open_
        rest = open_ & ~kept
        share = self.drawn / np.maximum(rest.sum(axis=1, keepdims=True), 1)
        lucky = rest & (random.random(rest.shape) < share)
        weight = np.where(lucky, np.maximum(1.0 / np.minimum(share, 1.0), 1.0), 1.0)
        columns, valid = _packed(kept | lucky)
        rows = np.arange(len(columns))[:, None]
        packed = np.take_along_axis(scores, columns[:, None, :], axis=2) * valid[:, None, :]
        return Lists(
            experts=packed.astype(np.float32),
            relevant=good[rows, columns] & valid,
            valid=valid,
            warmth=warmth[columns].astype(np.float32),
            likes=good.sum(axis=1),
            weight=np.where(valid, weight[rows, columns], 0.0).astype(np.float32),
            person=person,
        )


def _fit(experts: Mapping[str, Ranker], training: Training) -> dict[str, FittedRanker]:
    return {name: ranker.fit(training) for name, ranker in experts.items()}


def _random_places(people: Histories, random: np.random.Generator) -> Ints:
    """Place of each row in a random order of its person's rows. Shape [H]."""
    order = np.lexsort((random.random(len(people.item)), people.person))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order)) - people.start[people.person[order]]
    return place


def _is_top(scores: Floats, most: int) -> Bools:
    """Whether each item is among a person's ``most`` best. Shape [B, I]."""
    most = min(most, scores.shape[1])
    best = np.argpartition(-scores, most - 1, axis=1)[:, :most]
    top = np.zeros(scores.shape, dtype=bool)
    np.put_along_axis(top, best, True, axis=1)
    return top & np.isfinite(scores)


def _packed(kept: Bools) -> tuple[Ints, Bools]:
    """Column numbers of the kept places, packed to the left. Two of shape [B, N]."""
    width = max(int(kept.sum(axis=1).max()), 1)
    columns = np.argsort(~kept, axis=1, kind="stable")[:, :width]
    return columns, np.take_along_axis(kept, columns, axis=1)


def _joined(parts: dict[int, list[Lists]]) -> dict[int, Lists]:
    """Lists of all folds, padded to one width."""
    answer = {}
    for knot, lists in parts.items():
        if lists:
            width = max(part.valid.shape[1] for part in lists)
            wide = [_widened(part, width) for part in lists]
            names = vars(lists[0])
            answer[knot] = Lists(
                **{n: np.concatenate([getattr(w, n) for w in wide]) for n in names}
            )
    return answer


def _widened(lists: Lists, width: int) -> Lists:
    more = width - lists.valid.shape[1]

    def padded(value: np.ndarray) -> np.ndarray:
        if value.ndim == 1:
            return value
        return np.pad(value, [(0, 0)] * (value.ndim - 1) + [(0, more)])

    return Lists(**{name: padded(value) for name, value in vars(lists).items()})
