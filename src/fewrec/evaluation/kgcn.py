"""Pairs as KGCN's authors split them: as many unmet items as met ones, 6 : 2 : 2 at random.

In this protocol every person has as many negatives as positives in the whole file, so a person
with few negatives in the training part has many in the test part: whoever learns from training
negatives can read test labels off their balance. Here nothing reads them. What the leak is worth
is a row of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from threadpoolctl import threadpool_limits

from fewrec.data.arrays import Bools, Doubles, Floats, Ints
from fewrec.data.events import Interactions
from fewrec.data.histories import Histories
from fewrec.evaluation.evaluate import Result
from fewrec.evaluation.experiment import Cell, Scorer
from fewrec.evaluation.graph_bench import WITHOUT, GraphBench
from fewrec.evaluation.pairs import Predictions, auc_difference, pair_rows, uauc_difference
from fewrec.evaluation.rows import Row
from fewrec.evaluation.table import difference_row, settle
from fewrec.protocols import FittedRanker
from fewrec.seeding import generator

PUBLISHED = {"KGCN": 0.796, "CKAN": 0.842, "KGIN": 0.849, "MCCLK": 0.876}
"""AUC on Last.FM as the papers report it; all of them learn from training negatives."""

LEAKY = "hybrid-leaky"
LEAK = "leak-alone"
SHARES = (0.6, 0.2)
"""Of the rows, to learn from and to tune on; the others are asked about."""


@dataclass(frozen=True)
class Pairs:
    """N labelled pairs of user and item; all shapes [N]."""

    user: Ints
    item: Ints
    label: Floats

    def __len__(self) -> int:
        return len(self.user)

    def where(self, rows: Bools | Ints) -> Pairs:
        """Some of the pairs."""
        return Pairs(self.user[rows], self.item[rows], self.label[rows])


def drawn_pairs(likes: Interactions, seed: int) -> Pairs:
    """Every liked pair once, and for each person as many items that they never met.

    Args:
        likes: Rows; dislikes take no part, and are no candidates for a negative either.
        seed: Of the draw.
    """
    random, items = generator(seed, "kgcn negatives"), len(likes.items)
    liked = likes.where(likes.label > 0)
    pair = np.unique(liked.user * items + liked.item)
    user, item = pair // items, pair % items
    users, start = np.unique(user, return_index=True)
    bounds = [*start, len(user)]
    met = likes.histories(users)
    negatives: list[Ints] = []
    for b, (at, end) in enumerate(pairwise(bounds)):
        free = np.setdiff1d(np.arange(items), met.item[met.start[b] : met.start[b + 1]])
        negatives.append(random.choice(free, min(end - at, len(free)), replace=False))
    counts = [len(some) for some in negatives]
    return Pairs(
        np.concatenate([user, np.repeat(users, counts)]),
        np.concatenate([item, *negatives]),
        np.repeat([1.0, 0.0], [len(user), sum(counts)]).astype(np.float32),
    )


def parted(pairs: Pairs, seed: int) -> tuple[Pairs, Pairs, Pairs]:
    """Training, validation and test part, 6 : 2 : 2 of the rows at random."""
    order = generator(seed, "kgcn parts").permutation(len(pairs))
    first = round(SHARES[0] * len(pairs))
    second = first + round(SHARES[1] * len(pairs))
    return (
        pairs.where(order[:first]),
        pairs.where(order[first:second]),
        pairs.where(order[second:]),
    )


def answers(
    bench: GraphBench, likes: Interactions, train: Pairs, test: Pairs, seed: int
) -> dict[str, Doubles]:
    """What rankers fitted on the training part say of test pairs. Shape [N] each.

    Args:
        bench: The data with the graph and without it.
        likes: All rows, for those behind the training pairs.
        train: Pairs of which only the likes are read.
        test: N pairs.
        seed: Of the fits.

    Returns:
        P(like) by ``hybrid`` and ``hybrid-without-graph``, the score of ``popularity``.
    """
    items = len(likes.items)
    known = train.where(train.label > 0)
    pair = likes.user * items + likes.item
    rows = likes.where((likes.label > 0) & np.isin(pair, known.user * items + known.item))
    users, person = np.unique(test.user, return_inverse=True)
    found: dict[str, Doubles] = {}
    with threadpool_limits(limits=1):
        for name, side in (("hybrid", bench.whole), (WITHOUT, bench.bare)):
            fitted = side.rankers["hybrid"]().fit(side.training(rows, seed))
            said = side.dataset.people
            people = rows.histories(users).knowing(
                [said.attributes[u] for u in users], [said.profile[u] for u in users]
            )
            probabilities = getattr(fitted, "probabilities", fitted.scores)
            found[name] = _picked(probabilities, people, person, test.item)
            experts: Mapping[str, FittedRanker] = getattr(fitted, "experts", {})
            if "popularity" in experts:
                found["popularity"] = _picked(
                    experts["popularity"].scores, people, person, test.item
                )
    return found


def _picked(scorer: Scorer, people: Histories, person: Ints, item: Ints) -> Doubles:
    """Scores of the asked pairs, people in blocks. Shape [N]."""
    score = np.zeros(len(item))
    for at in range(0, len(people), 200):
        block = np.arange(at, min(at + 200, len(people)))
        mine = np.flatnonzero((person >= at) & (person <= block[-1]))
        score[mine] = scorer(people.take(block))[person[mine] - at, item[mine]]
    return score


def leak(train: Pairs, test: Pairs, users: int) -> Doubles:
    """Log-odds of the test labels from the balance of each person's training labels. Shape [N].

    A person with p positives and n negatives in the training part is expected to have
    m = (p + n) / (2 * .6) of each in the whole file, so m - p positives and m - n negatives are
    left for the other parts.
    """
    positive = np.bincount(train.user, train.label, minlength=users)
    negative = np.bincount(train.user, 1.0 - train.label, minlength=users)
    each = (positive + negative) / (2 * SHARES[0])
    left = np.maximum(each - positive, 0) + 0.5, np.maximum(each - negative, 0) + 0.5
    odds: Doubles = np.log(left[0] / left[1])[test.user]
    return odds


def run_kgcn(bench: GraphBench, seeds: Sequence[int], step: Callable[[], None]) -> Result:
    """AUC and UAUC of rankers that never read a training negative, and of the leak.

    Args:
        bench: The data with the graph and without it; likes alone count.
        seeds: Of negatives, parts and fits.
        step: Called after each seed.
    """
    likes = bench.whole.dataset.interactions
    found: dict[str, list[Predictions]] = {}
    for seed in seeds:
        train, _, test = parted(drawn_pairs(likes, seed), seed)
        told = answers(bench, likes, train, test, seed)
        hint = leak(train, test, len(likes.users))
        p = np.clip(told["hybrid"], 1e-6, 1 - 1e-6)
        told |= {LEAKY: np.log(p / (1 - p)) + hint, LEAK: hint}
        for name, score in told.items():
            cell = {"task": "kgcn", "ranker": name, "data": bench.whole.dataset.name}
            found.setdefault(name, []).append(_predictions(cell, likes, test, score, seed))
        step()
    rows = [row for seen in found.values() for row in pair_rows(seen)]
    return Result([*rows, *_published(bench.whole.dataset.name)], _compared(found), [])


def _predictions(
    cell: Cell, likes: Interactions, test: Pairs, score: Doubles, seed: int
) -> Predictions:
    users, person = np.unique(test.user, return_inverse=True)
    names = tuple(likes.users.ids[u] for u in users)
    return Predictions(
        cell, seed, names, person, score.astype(np.float32), test.label, probability=False
    )


def _compared(found: Mapping[str, Sequence[Predictions]]) -> list[Row]:
    made = []
    for b in (WITHOUT, "popularity"):
        for metric, compare in (("auc", auc_difference), ("uauc", uauc_difference)):
            if b in found:
                cell = dict(found[b][0].cell)
                cell.pop("ranker")
                difference = compare(found["hybrid"], found[b])
                made += settle([difference_row(cell, "hybrid", b, metric, difference)])
    return made


def _published(data: str) -> list[Row]:
    return [
        {"task": "kgcn", "ranker": name, "data": data, "metric": "auc", "mean": value,
         "published": True}
        for name, value in PUBLISHED.items()
    ]  # fmt: skip
