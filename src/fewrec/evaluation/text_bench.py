"""`fewrec bench text`: what the words of a catalogue add, and how much of it needs an encoder.

Each (seed, question, contestants) is a cell with a file of its own. Asked are people about items
that nobody met, and newcomers of whom a few clicks are known; contestants are rankers that read
nothing but text, and the fusion with and without text vectors.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from fewrec import __version__
from fewrec.data.features import ItemFeatures
from fewrec.evaluation.asking import Findings, ask
from fewrec.evaluation.cells import code_digest, load_findings, save_findings
from fewrec.evaluation.contestants import HYBRID, Contestants
from fewrec.evaluation.experiment import Outcome, Scorer
from fewrec.evaluation.lexical import bm25_knn, tfidf_knn
from fewrec.evaluation.opening import Bench
from fewrec.evaluation.protocols import Fold, asked_about, new_item_fold, new_user_fold
from fewrec.evaluation.rows import Row, metric_row
from fewrec.evaluation.table import comparisons, list_rows
from fewrec.knowledge.wording import item_texts
from fewrec.protocols import Training
from fewrec.ranker.content import TextKNN
from fewrec.ranker.feature_map import FeatureMap
from fewrec.ranker.fusion import FittedFusion, Fusion
from fewrec.ranker.rehearsal import KNOTS
from fewrec.ranker.text_metric import TextMetric
from fewrec.recommender.rankers import TUNED_TEXT, hybrid

FROZEN, WITHOUT, TUNED = "frozen", f"{HYBRID}-no-text", f"{HYBRID}-tuned-text"
SHOTS: Mapping[str, int | None] = {"tuned-64": 64, "tuned-256": 256, "tuned-all": None}
WORDS = ("tf-idf", "tf-idf-2", "bm25")
MAPPED = "text-to-factors"
QUESTIONS = ("new_items", "new_users")
PARTS = ("texts", HYBRID, WITHOUT, TUNED)
USUAL = PARTS[:3]
"""Contestants that are asked where nothing is said."""
FEW = (1, 3, 5)
"""Known clicks of a newcomer."""

ASKED = 400
"""At most so many people are asked about new items."""

METRICS = ("ndcg@10", "recall@20", "coverage")
WEIGHT = "weight "
"""Beginning of the names under which the fusion's weights are kept."""


@dataclass(frozen=True)
class TextBench:
    """What to run.

    Attributes:
        bench: Data, features, rankers.
        seeds: Of splits and fits.
        folder: Where the cells are kept.
        parts: Contestants, of ``PARTS``.
    """

    bench: Bench
    seeds: tuple[int, ...]
    folder: Path
    parts: tuple[str, ...] = USUAL

    def cells(self) -> Iterator[tuple[int, str, str, Path]]:
        """Seed, question, contestants and file of every cell, in the order they are run."""
        for seed in self.seeds:
            for question in QUESTIONS:
                for part in self.parts:
                    name = f"{self.bench.dataset.name}-seed-{seed}-{question}-{part}.json"
                    yield seed, question, part, self.folder / "cells" / name


def run_text(asked: TextBench, step: Callable[[str], None]) -> list[Outcome]:
    """Run what is missing.

    Args:
        asked: What to run.
        step: Told the name of each cell when it is done or found done.

    Returns:
        Outcomes of all cells.
    """
    key = _key(asked.bench)
    found: list[Outcome] = []
    for seed, question, part, file in asked.cells():
        done = load_findings(file, key)
        if done is None:
            with threadpool_limits(limits=1):
                save_findings(file, _cell(asked.bench, seed, question, part), key)
            done = load_findings(file, key)
        found += done.outcomes if done is not None else ()
        step(file.stem)
    return found


def summarised(outcomes: Sequence[Outcome]) -> tuple[list[Row], list[Row], list[dict[str, Any]]]:
    """Tables of all outcomes.

    Returns:
        Rows; comparisons of the frozen encoder with words, of tuned vectors with the frozen
        encoder, and of the fusion with and without text and with tuned text, each with the
        ``ratio`` of the means; shares of the fusion's weights.
    """
    listed = [o for o in outcomes if o.users]
    rows = [row for row in list_rows(listed) if row["metric"] in METRICS]
    compared = comparisons(listed, WORDS, a=FROZEN)
    for name in (*SHOTS, MAPPED):
        compared += comparisons(listed, (FROZEN,), a=name)
    compared += comparisons(listed, (WITHOUT,))
    compared += comparisons(listed, (HYBRID,), a=TUNED)
    mean = {_place(row): row["mean"] for row in rows if row["metric"] == "ndcg@10"}
    for row in compared:
        one, other = (mean.get(_place({**row, "ranker": row[side]})) for side in ("a", "b"))
        row["ratio"] = one / other if one is not None and other else None
    return rows, compared, _weights(outcomes)


def _place(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row.get(key) for key in ("ranker", "data", "segment", "k"))


def _cell(bench: Bench, seed: int, question: str, part: str) -> Findings:
    fold = _fold(bench, seed, question)
    training = bench.training(fold.train, seed)
    if part == "texts":
        return _asked(bench, fold, _readers(bench, training))
    if part == WITHOUT:
        empty = np.zeros((len(bench.features), 0), dtype=np.float32)
        features = replace(bench.features, vectors=empty)
        training = replace(training, features=features, encoder=None)
    ranker = bench.rankers[HYBRID]()
    if part == TUNED and isinstance(ranker, Fusion):
        ranker = hybrid((*ranker.experts, TUNED_TEXT))
    fusion = ranker.fit(training)
    found = _asked(bench, fold, {part: fusion.scores})
    if part != WITHOUT and isinstance(fusion, FittedFusion):
        kept = _trust(fusion, part, seed, bench.dataset.name, question)
        found = replace(found, outcomes=(*found.outcomes, *kept))
    return found


def _fold(bench: Bench, seed: int, question: str) -> Fold:
    if question == "new_items":
        return new_item_fold(bench.dataset, seed, None, ASKED)
    fold = new_user_fold(bench.dataset, seed, None, asked_about(bench.dataset))
    return replace(fold, splits=tuple(s for s in fold.splits if s[0]["k"] in FEW))


def _readers(bench: Bench, training: Training) -> dict[str, Scorer]:
    """Rankers that know items by their text alone."""
    nothing = ItemFeatures.nothing(len(bench.features))
    told = replace(training, features=replace(nothing, vectors=bench.features.vectors))
    texts = item_texts(bench.dataset.catalog)
    made: dict[str, Scorer] = {
        "tf-idf": tfidf_knn(texts).scores,
        "tf-idf-2": tfidf_knn(texts, power=2.0).scores,
        "bm25": bm25_knn(texts).scores,
        FROZEN: TextKNN().fit(told).scores,
    }
    made |= {name: TextMetric(k).fit(told).scores for name, k in SHOTS.items()}
    made[MAPPED] = FeatureMap().fit(told).scores
    return made


def _asked(bench: Bench, fold: Fold, scorers: Mapping[str, Scorer]) -> Findings:
    contestants = Contestants(scorers, {}, frozenset(), None, None, None)
    found = ask(fold, contestants, bench.dataset.name, bench.features.vectors[:, :0], pairs=False)
    kept = tuple(o for o in found.outcomes if o.cell["ranker"] != "random" or FROZEN in scorers)
    return replace(found, outcomes=kept)


def _trust(fusion: FittedFusion, part: str, seed: int, data: str, question: str) -> list[Outcome]:
    """Each expert's share of all weight among known and among new items, at each knot."""
    made = []
    for among, weights in (("known items", fusion.known), ("new items", fusion.new)):
        total = np.maximum(np.abs(weights).sum(axis=1), 1e-12)
        for q, k in enumerate(KNOTS):
            cell: dict[str, str | int | float] = {"ranker": part, "data": data}
            cell |= {"segment": question, "k": k, "among": among}
            shares = {
                WEIGHT + name: float(weights[q, e] / total[q])
                for e, name in enumerate(fusion.experts)
            }
            made.append(Outcome(cell, seed, (), {}, shares))
    return made


def _weights(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Rows of the fusion's shares over all seeds, one an expert and knot."""
    groups: dict[tuple[Any, ...], list[Outcome]] = {}
    for outcome in outcomes:
        if not outcome.users:
            groups.setdefault(tuple(outcome.cell.items()), []).append(outcome)
    return [
        metric_row(dict(cell), metric, [o.overall[metric] for o in seeds])
        for cell, seeds in groups.items()
        for metric in seeds[0].overall
    ]


def _key(bench: Bench) -> str:
    """Changes with everything that a cell depends on, as far as it can be known."""
    facts = {
        "data": bench.dataset.fingerprint,
        "size": [len(bench.dataset.people.users), len(bench.dataset.catalog)],
        "notes": bench.dataset.notes,
        "version": __version__,
        "encoder": bench.encoder.name if bench.encoder else "",
        "code": code_digest(),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
