"""Coldness, rehearsed: training people treated as strangers, training items as if unmet.

The fusion must know how far to trust each expert when little is known. It finds out on the
training part: experts are fitted without some people (and, in a second round, without some
items), then asked to rank for these people from a few of their interactions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Bools, Doubles, Floats, Ints
from fewrec.data.counts import ItemCounts
from fewrec.data.histories import Histories
from fewrec.protocols import FittedRanker, Ranker, Training
from fewrec.ranker.baselines import user_rate
from fewrec.ranker.preference import LABEL_EXPERTS, Pairs, as_signal, logit
from fewrec.ranker.prior import FittedItemPrior
from fewrec.ranker.quality import FittedItemQuality
from fewrec.seeding import generator

KNOTS = (0, 1, 2, 3, 5, 10, 20, 40, 100)
"""Numbers of known interactions at which strangers are rehearsed."""

PAIRS_EACH = 40
"""At most so many labelled rows of one person at one knot teach the preference head."""

CELLS = 250_000_000
"""So many scores (people times experts times items) are held at once."""

ASKED = 10_000_000
"""So many people times items rehearse at most, but at least ``LEAST`` people do."""

LEAST = 50

HELD_SHARE = 0.05
"""Holding out this share of all people at once changes what is fitted as little as another seed."""

NEVER = np.iinfo(np.int64).max
"""Place of rows that are not shown at any knot."""

Progress = Callable[[float], None]

Beside = Callable[[Mapping[str, "FittedRanker"], Training, Ints], None]
"""Told the experts fitted without some people, what they were fitted on, and who these are."""


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
class Rehearsed:
    """What rehearsals gave, by knot; knots where nobody could rehearse are left out.

    Attributes:
        people: Lists of new people over the whole catalogue, all experts.
        items: Lists over hidden items only, the content experts.
        pairs: Labelled rows of new people, all experts.
    """

    people: dict[int, Lists]
    items: dict[int, Lists]
    pairs: dict[int, Pairs]


@dataclass(frozen=True)
class Rehearsal:
    """How coldness is simulated.

    Attributes:
        folds: At most so many parts of the people, each hidden once, at least 2. Fewer where
            those who rehearse are few among all: with each part goes a fit of every expert.
        people: At most so many people rehearse; fewer in catalogues above 25,000 items.
        hidden: Share of items hidden in the second round.
        kappa: Interactions at which an item is half warm.
        top: Candidates kept from the top of each expert.
        drawn: Further candidates drawn at random.
    """

    folds: int = 4
    people: int = 400
    hidden: float = 0.2
    kappa: float = 3.0
    top: int = 25
    drawn: int = 80

    def run(
        self,
        experts: Mapping[str, Ranker],
        training: Training,
        content: tuple[str, ...],
        progress: Progress | None = None,
        beside: Beside | None = None,
    ) -> Rehearsed:
        """Rehearse new people among all items, then known tastes among new items.

        Args:
            experts: E rankers by name.
            training: Data to rehearse on.
            content: Names of the experts that can speak about items nobody met.
            progress: Called with the share done.
            beside: Another rehearsal that uses the same folds.

        Returns:
            Lists and pairs.
        """
        random = generator(training.seed, "rehearsal")
        likes = np.diff(training.interactions.likes().indptr)
        able = np.flatnonzero(likes >= 2)
        active = random.permutation(able)[: asked_in(len(training.interactions.items), self.people)]
        if len(active) < 2:
            return Rehearsed({}, {}, {})
        folds = self._parts(len(active), len(able))
        cold_experts = {name: experts[name] for name in content if name in experts}
        found: list[Rehearsed] = []
        for fold in range(folds):
            held = active[fold::folds]
            people, pairs = self._people_round(experts, training, held, random, beside)
            items = self._items_round(cold_experts, training, held, random)
            found.append(Rehearsed(people, items, pairs))
            if progress is not None:
                progress((fold + 1) / folds)
        return Rehearsed(
            _joined([f.people for f in found], join_lists),
            _joined([f.items for f in found], join_lists),
            _joined([f.pairs for f in found], _join_pairs),
        )

    def _parts(self, active: int, able: int) -> int:
        """Into how many parts those who rehearse are cut."""
        if active < 20:
            return min(10, active)
        return int(np.clip(np.ceil(active / able / HELD_SHARE), 1, self.folds))

    def _people_round(
        self,
        experts: Mapping[str, Ranker],
        training: Training,
        held: Ints,
        random: np.random.Generator,
        beside: Beside | None,
    ) -> tuple[dict[int, Lists], dict[int, Pairs]]:
        known = training.interactions.without_users(held)
        whole = replace(training, interactions=known)
        fitted = _fit(experts, whole)
        counts = known.counts
        if beside is not None:
            beside(fitted, whole, held)
        return self._reveal(_Stage(fitted, training, None, counts), held, random)

    def _items_round(
        self,
        experts: Mapping[str, Ranker],
        training: Training,
        held: Ints,
        random: np.random.Generator,
    ) -> dict[int, Lists]:
        rows = training.interactions
        hidden = random.random(len(rows.items)) < self.hidden
        known = rows.without_users(held)
        known = known.where(~hidden[known.item])
        if len(known) == 0 or not experts:
            return {}
        fitted = _fit(experts, replace(training, interactions=known))
        return self._reveal(_Stage(fitted, training, hidden, known.counts), held, random)[0]

    def _reveal(
        self, stage: _Stage, held: Ints, random: np.random.Generator
    ) -> tuple[dict[int, Lists], dict[int, Pairs]]:
        """Rank for held-out people, as many at once as memory allows."""
        block = at_once(len(stage.fitted), len(stage.training.interactions.items))
        parts = [
            self._reveal_some(stage, held[at : at + block], random)
            for at in range(0, len(held), block)
        ]
        if len(parts) == 1:
            return parts[0]
        return (
            _joined([lists for lists, _ in parts], join_lists),
            _joined([pairs for _, pairs in parts], _join_pairs),
        )

    def _reveal_some(
        self, stage: _Stage, held: Ints, random: np.random.Generator
    ) -> tuple[dict[int, Lists], dict[int, Pairs]]:
        """Rank for held-out people from the first k rows of a random order.

        Among all items where none are hidden; else among the hidden items, none of which is ever
        revealed.
        """
        fitted, training = stage.fitted, stage.training
        hidden, counts = stage.hidden, stage.counts
        full = training.interactions.histories(held)
        full = full.knowing([training.people.attributes[u] for u in held])
        size = len(training.interactions.items)
        candidates = np.ones(size, dtype=bool) if hidden is None else hidden
        unshown = np.zeros(len(full.item), dtype=bool) if hidden is None else hidden[full.item]
        place = np.where(unshown, NEVER, _random_places(full, random, unshown))
        warmth = (counts.met / (counts.met + self.kappa)).astype(np.float32)
        lists, pairs = {}, {}
        for knot in KNOTS:
            shown, rest = full.rows(place < knot), full.rows(place >= knot)
            seen = shown.seen(size).toarray() > 0
            wanted = rest.likes(size).multiply(candidates[None, :]).multiply(~seen)
            relevant = sparse.csr_matrix(wanted)
            enough = (shown.count == knot) & (np.diff(relevant.indptr) > 0)
            people = np.flatnonzero(enough)
            if len(people) == 0:
                continue
            shown, seen = shown.take(people), seen[people]
            scores = _signals(fitted, shown, seen)
            lists[knot] = self.cut(
                scores, ~seen & candidates[None, :], relevant[people], counts, held[people], random
            )
            if hidden is None and training.interactions.has_negatives:
                asked = rest.take(people)
                asked = asked.rows(~seen[asked.person, asked.item])
                pairs[knot] = _pairs(scores, shown, asked, fitted, counts, warmth, random)
        return lists, pairs

    def cut(
        self,
        scores: Floats,
        open_: Bools,
        relevant: sparse.csr_matrix,
        counts: ItemCounts,
        person: Ints,
        random: np.random.Generator,
    ) -> Lists:
        """Lists that keep the good items, the top of each expert, and some drawn at random.

        Args:
            scores: Standardised, of E experts. Shape [L, E, I].
            open_: Items that may be shown. Shape [L, I].
            relevant: 1 where an item is good. Shape [L, I].
            counts: What happened to the items, for their warmth.
            person: Whose lists these are. Shape [L].
            random: Draws.
        """
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
            warmth=(counts.met / (counts.met + self.kappa))[columns].astype(np.float32),
            likes=good.sum(axis=1),
            weight=np.where(valid, weight[rows, columns], 0.0).astype(np.float32),
            person=person,
        )


@dataclass(frozen=True)
class _Stage:
    """What held-out people meet.

    Attributes:
        fitted: Experts that know nothing of them.
        training: With their rows.
        hidden: Items that nobody met, mask [I]; None where people are new among known items.
        counts: Of the items, as the experts know them.
    """

    fitted: Mapping[str, FittedRanker]
    training: Training
    hidden: Bools | None
    counts: ItemCounts


def at_once(experts: int, items: int) -> int:
    """People who are asked together, so that memory stays bounded."""
    return max(1, CELLS // max(experts * items, 1))


def asked_in(items: int, people: int) -> int:
    """Of so many people, those who are asked in a catalogue of so many items."""
    return min(people, max(ASKED // max(items, 1), LEAST))


def _fit(experts: Mapping[str, Ranker], training: Training) -> dict[str, FittedRanker]:
    return {name: ranker.fit(training) for name, ranker in experts.items()}


def _signals(fitted: Mapping[str, FittedRanker], people: Histories, seen: Bools) -> Floats:
    """Standardised scores of all experts. Shape [B, E, I]."""
    return np.stack([standardised(r.scores(people), seen) for r in fitted.values()], axis=1)


def _pairs(
    scores: Floats,
    shown: Histories,
    asked: Histories,
    fitted: Mapping[str, FittedRanker],
    counts: ItemCounts,
    warmth: Floats,
    random: np.random.Generator,
) -> Pairs:
    """Up to ``PAIRS_EACH`` labelled rows of each person that were not shown."""
    asked = asked.rows(_random_places(asked, random) < PAIRS_EACH)
    base = float(logit(counts.base_rate))
    rates = item_rates(fitted, counts.rate())
    item = logit(rates[asked.item]) - base
    user = logit(user_rate(shown, counts.base_rate))[asked.person] - base
    experts = scores[asked.person, :, asked.item]
    for e, (name, ranker) in enumerate(fitted.items()):
        raw = experts[:, e]
        if name in LABEL_EXPERTS:
            raw = ranker.scores(shown)[asked.person, asked.item]
        experts[:, e] = as_signal(name, raw, experts[:, e], warmth[asked.item])
    return Pairs(np.column_stack([item, user, experts]), asked.label.astype(np.float64))


def item_rates(fitted: Mapping[str, FittedRanker], fallback: Doubles) -> Doubles:
    """Like-rate of each item, from the first expert that has one. Shape [I]."""
    expert = fitted.get(rating_expert(fitted))
    if isinstance(expert, FittedItemQuality | FittedItemPrior):
        return expert.rate.astype(np.float64)
    return fallback


def rating_expert(fitted: Mapping[str, FittedRanker]) -> str:
    """Name of the first expert that knows like-rates of items; "" where none does."""
    known = (FittedItemQuality, FittedItemPrior)
    return next((name for name, expert in fitted.items() if isinstance(expert, known)), "")


def _random_places(
    people: Histories, random: np.random.Generator, last: Bools | None = None
) -> Ints:
    """Place of each row in a random order of its person's rows. Shape [H].

    Rows with ``last`` (shape [H]) come after all others of their person.
    """
    late = np.zeros(len(people.item), dtype=bool) if last is None else last
    order = np.lexsort((random.random(len(people.item)), late, people.person))
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


Part = TypeVar("Part")


def _joined(
    parts: Sequence[dict[int, Part]], join: Callable[[list[Part]], Part]
) -> dict[int, Part]:
    """Each knot's parts of all folds as one."""
    return {k: join([p[k] for p in parts if k in p]) for k in KNOTS if any(k in p for p in parts)}


def _join_pairs(parts: list[Pairs]) -> Pairs:
    return Pairs(
        np.concatenate([p.signals for p in parts]), np.concatenate([p.label for p in parts])
    )


def join_lists(parts: list[Lists]) -> Lists:
    """Lists of several folds, one after the other."""
    width = max(part.valid.shape[1] for part in parts)
    wide = [_widened(part, width) for part in parts]
    return Lists(**{n: np.concatenate([getattr(w, n) for w in wide]) for n in vars(parts[0])})


def _widened(lists: Lists, width: int) -> Lists:
    more = width - lists.valid.shape[1]

    def padded(value: np.ndarray) -> np.ndarray:
        if value.ndim == 1:
            return value
        return np.pad(value, [(0, 0)] * (value.ndim - 1) + [(0, more)])

    return Lists(**{name: padded(value) for name, value in vars(lists).items()})
