"""`fewrec bench warm`: lists for people of whom much is known, every rating counting as a like.

The protocol of recommenders' comparison of algorithms: three quarters of each person's ratings,
drawn at random, are learned from; all items but these are ranked; NDCG@10.
Source: https://github.com/recommenders-team/recommenders, "Algorithm comparison".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from fewrec.data.dataset import Dataset
from fewrec.data.events import Interactions
from fewrec.data.holdout import Split, assemble, rank_in_user
from fewrec.data.people import People
from fewrec.errors import EmptyData
from fewrec.evaluation.asking import Findings, ask
from fewrec.evaluation.contestants import HYBRID, Contestants, fit_contestants
from fewrec.evaluation.experiment import Scorer
from fewrec.evaluation.opening import Bench
from fewrec.evaluation.protocols import single
from fewrec.evaluation.resuming import cell_key, done_or_made
from fewrec.evaluation.rows import Row
from fewrec.evaluation.table import comparisons, list_rows
from fewrec.metrics.ranking import hits, ndcg_of_hits, relevant_count, top_items
from fewrec.protocols import Ranker, Training
from fewrec.ranker.baselines import Popularity
from fewrec.ranker.ials import IALS
from fewrec.ranker.item_item import EASE, ItemKNN
from fewrec.seeding import generator

TRAIN_SHARE = 0.75
DATA = "ml-100k"
"""Data that the published numbers are about."""

PUBLISHED = {"BiVAE": 0.475, "BPR": 0.442, "LightGCN": 0.420, "NCF": 0.396, "SAR": 0.383}
"""NDCG@10 that recommenders reports, one run each."""

SINGLES: dict[str, Callable[[], Ranker]] = {
    "popularity": Popularity,
    "item-knn": ItemKNN,
    "ease": EASE,
    "ials": IALS,
}
LAMBDAS = (100.0, 200.0, 400.0, 800.0)
"""Penalties of EASE among which the training part chooses."""

TUNED = "ease-tuned"
METRICS = ("ndcg@10", "recall@20", "coverage", "overlap", "gini", "ild")


@dataclass(frozen=True)
class WarmBench:
    """What to run.

    Attributes:
        bench: Data whose rows are all likes, and rankers.
        seeds: Of splits and fits.
        folder: Where the cells are kept.
    """

    bench: Bench
    seeds: tuple[int, ...]
    folder: Path

    def cells(self) -> Iterator[tuple[int, Path]]:
        """Seed and file of every cell, in the order they are run."""
        for seed in self.seeds:
            yield seed, self.folder / "cells" / f"{self.bench.dataset.name}-seed-{seed}.json"


def all_liked(dataset: Dataset) -> Dataset:
    """The same data under the rule that every row is a like.

    Raises:
        EmptyData: There are no rows.
    """
    rows = dataset.interactions
    if not len(rows):
        raise EmptyData(f"{dataset.name}: there are no interactions", fix="Add interactions.")
    ones = np.ones(len(rows), dtype=np.float32)
    liked = replace(
        rows, label=ones, weight=ones.copy(), rule="every row is a like", has_negatives=False
    )
    mark = f"{dataset.fingerprint} every row a like"
    return replace(dataset, interactions=liked, fingerprint=mark)


def run_warm(asked: WarmBench, step: Callable[[], None]) -> tuple[list[Row], list[Row], list[str]]:
    """Run what is missing.

    Args:
        asked: What to run.
        step: Called when a cell is done or found done.

    Returns:
        Rows, those of papers marked ``published``; comparisons of ``hybrid`` by user; notes.
    """
    key, found = cell_key(asked.bench), []
    for seed, file in asked.cells():
        found.append(done_or_made(file, key, partial(_cell, asked.bench, seed)))
        step()
    outcomes = [o for findings in found for o in findings.outcomes]
    rows = [row for row in list_rows(outcomes) if row["metric"] in METRICS]
    compared = comparisons(outcomes, (*SINGLES, TUNED))
    notes = list(dict.fromkeys(note for findings in found for note in findings.notes))
    return [*rows, *published(asked.bench.dataset.name)], compared, notes


def published(data: str) -> list[Row]:
    """NDCG@10 from elsewhere, where this is the data it is about."""
    return [
        {"ranker": name, "data": data, "metric": "ndcg@10", "mean": value, "published": True}
        for name, value in PUBLISHED.items()
        if data == DATA
    ]


def per_user_random_split(rows: Interactions, seed: int, people: People | None = None) -> Split:
    """A quarter of each person's rows at random, rounded; people with one row lose none.

    Args:
        rows: All rows.
        seed: Of the draw.
        people: What is known of the users; nothing where None.

    Raises:
        EmptyData: Nobody has enough rows.
    """
    draw = generator(seed, "warm-split").random(len(rows))
    rank, count = rank_in_user(rows.user, draw, len(rows.users))
    held = rank >= np.round(TRAIN_SHARE * count)
    held &= count > 1
    users = np.unique(rows.user[held])
    return assemble(
        rows,
        train=~held,
        revealed=~held & np.isin(rows.user, users),
        held=held,
        users=users,
        people=people,
        note=f"a quarter of each person's rows at random (seed {seed}): {int(held.sum()):,} of "
        f"{len(rows):,} rows held out of {len(users):,} people",
    )


def _cell(bench: Bench, seed: int) -> Findings:
    split = per_user_random_split(bench.dataset.interactions, seed, bench.dataset.people)
    training = bench.training(split.train, seed)
    fitted = fit_contestants(training, {**SINGLES, HYBRID: bench.rankers[HYBRID]})
    wanted: dict[str, Scorer] = {name: fitted.scorers[name] for name in (*SINGLES, HYBRID)}
    penalty = chosen_penalty(training)
    wanted[TUNED] = EASE(regularisation=penalty).fit(training).scores
    asked = Contestants(wanted, {}, frozenset(), fitted.fusion, None, fitted.chosen)
    found = ask(single(split, seed), asked, bench.dataset.name, bench.features.vectors, pairs=False)
    told = f"lambda of {TUNED}, chosen on the training part of seed {seed}: {penalty:g}"
    return replace(found, notes=(*found.notes, told))


def chosen_penalty(training: Training, penalties: Sequence[float] = LAMBDAS) -> float:
    """The penalty of EASE that ranks a quarter of the training rows best, by NDCG@10."""
    inner = per_user_random_split(training.interactions, training.seed)
    part = replace(training, interactions=inner.train)
    seen = inner.histories.seen(len(inner.train.items))
    good = relevant_count(inner.relevant)

    def value(penalty: float) -> float:
        scores = EASE(regularisation=penalty).fit(part).scores(inner.histories)
        hit = hits(top_items(scores, 10, excluded=seen), inner.relevant)
        return float(np.nanmean(ndcg_of_hits(hit, good, 10)))

    return max(penalties, key=value)
