"""`fewrec bench warm`: lists for people of whom much is known, every rating counting as a like.

The protocol of recommenders' comparison of algorithms: three quarters of each person's ratings,
drawn at random, are learned from; all items but these are ranked; NDCG@10.
Source: https://github.com/recommenders-team/recommenders, "Algorithm comparison".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from fewrec.data.dataset import Dataset
from fewrec.data.splits import user_random_split
from fewrec.errors import EmptyData
from fewrec.evaluation.asking import Findings, ask
from fewrec.evaluation.contestants import HYBRID, Contestants, fit_contestants
from fewrec.evaluation.experiment import Scorer
from fewrec.evaluation.opening import Bench
from fewrec.evaluation.protocols import single
from fewrec.evaluation.resuming import SeededBench, cell_key, done_or_made
from fewrec.evaluation.rows import Row
from fewrec.evaluation.table import comparisons, list_rows
from fewrec.metrics.ranking import hits, ndcg_of_hits, relevant_count, top_items
from fewrec.protocols import Ranker, Training
from fewrec.ranker.baselines import Popularity
from fewrec.ranker.ials import IALS
from fewrec.ranker.item_item import EASE, ItemKNN

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


def run_warm(
    asked: SeededBench, step: Callable[[], None]
) -> tuple[list[Row], list[Row], list[str]]:
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


def _cell(bench: Bench, seed: int) -> Findings:
    split = user_random_split(bench.dataset.interactions, seed, people=bench.dataset.people)
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
    inner = user_random_split(training.interactions, training.seed)
    part = replace(training, interactions=inner.train)
    seen = inner.histories.seen(len(inner.train.items))
    good = relevant_count(inner.relevant)

    def value(penalty: float) -> float:
        scores = EASE(regularisation=penalty).fit(part).scores(inner.histories)
        hit = hits(top_items(scores, 10, excluded=seen), inner.relevant)
        return float(np.nanmean(ndcg_of_hits(hit, good, 10)))

    return max(penalties, key=value)
