"""`fewrec bench graph`: what the knowledge graph adds where little is known, and what it costs.

The same data are read twice, with the graph and without it, and `hybrid` is fitted on both for
the same folds: people nobody has met, items nobody has met, and a fifth of all pairs held out.
Every (seed, fold) is a cell with a file of its own; a run that was stopped goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from fewrec import __version__
from fewrec.data.arrays import Bools, Ints
from fewrec.data.dataset import Dataset
from fewrec.data.features import ItemFeatures
from fewrec.data.histories import Histories
from fewrec.data.people import friends_of, without_friends
from fewrec.data.splits import Split, random_split
from fewrec.errors import EmptyData
from fewrec.evaluation.alarms import table_alarms
from fewrec.evaluation.asking import Findings
from fewrec.evaluation.cells import code_digest, load_findings, save_findings
from fewrec.evaluation.evaluate import Result
from fewrec.evaluation.experiment import (
    Cell,
    Outcome,
    Question,
    judge_chance,
    judge_lists,
    top_lists,
)
from fewrec.evaluation.opening import Bench, open_bench
from fewrec.evaluation.protocols import Fold, asked_about, new_item_fold, new_user_fold
from fewrec.evaluation.table import comparisons, list_rows
from fewrec.knowledge.gnn.items import graph_vectors, item_network
from fewrec.protocols import FittedRanker
from fewrec.recommender import hybrid

WITHOUT = "hybrid-without-graph"
NETWORK = "hybrid-with-network"
NEAR = "graph-knn"
TEXT = "text-knn"
FEW, WARM = 3, 10
FOLDS = ("new-users", "new-items", "pairs")
METRICS = ("ndcg@10", "coverage", "ild")


@dataclass(frozen=True)
class GraphBench:
    """The same data with the graph and without it.

    Attributes:
        whole: With the graph.
        bare: Without it.
        network: Whether vectors of a graph neural network are a ranker, and an expert, besides.
    """

    whole: Bench
    bare: Bench
    network: bool = False

    @classmethod
    def of(cls, dataset: Dataset, network: bool = False) -> GraphBench:
        """Lay out both.

        Args:
            dataset: With a graph.
            network: Whether to train a network over it; its links alone, no likes.

        Raises:
            EmptyData: The data hold no graph.
        """
        if not dataset.triples:
            raise EmptyData(
                f"{dataset.name}: there is no graph to compare with and without",
                fix="Make one with `fewrec graph build` or `fewrec graph import`.",
            )
        whole = open_bench(dataset)
        if network:
            whole = replace(whole, features=_with_network(whole))
        return cls(whole, open_bench(dataset.without_graph()), network)

    def key(self) -> str:
        """Changes with everything that a cell depends on, as far as it can be known."""
        facts = {
            "data": self.whole.dataset.fingerprint,
            "version": __version__,
            "encoder": self.whole.encoder.name if self.whole.encoder else "",
            "network": self.network,
            "code": code_digest(),
        }
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def graph_cells(seeds: Sequence[int], folder: Path) -> Iterator[tuple[int, str, Path]]:
    """Seed, fold and file of every cell, in the order they are run."""
    for seed in seeds:
        for name in FOLDS:
            yield seed, name, folder / "cells" / f"seed-{seed}-{name}.json"


def run_graph(
    bench: GraphBench, seeds: Sequence[int], folder: Path, step: Callable[[], None]
) -> Result:
    """Run what is missing and summarise everything.

    Args:
        bench: The data, twice.
        seeds: Of splits and fits.
        folder: Where the cells are kept.
        step: Called after each cell.

    Returns:
        Rows of ``hybrid``, ``hybrid-without-graph`` and the baselines by ``segment``; hybrid
        against all of them in NDCG@10, against itself without the graph also in distance
        within lists.
    """
    key, found = bench.key(), []
    for seed, name, file in graph_cells(seeds, folder):
        done = load_findings(file, key)
        if done is None:
            save_findings(file, Findings(tuple(_cell(bench, seed, name))), key)
            done = load_findings(file, key)
        found += [done] if done else []
        step()
    outcomes = [outcome for findings in found for outcome in findings.outcomes]
    rows = list_rows(outcomes)
    compared = comparisons(outcomes, (WITHOUT, NETWORK, NEAR, TEXT, "popularity", "random"))
    compared += comparisons(outcomes, (WITHOUT,), metric="ild")
    return Result(rows, compared, table_alarms(rows, compared))


def _cell(bench: GraphBench, seed: int, name: str) -> list[Outcome]:
    """Both hybrids and the baselines on one fold."""
    fold = _fold(bench.whole.dataset, seed, name)
    with threadpool_limits(limits=1):
        rankers = _fitted(bench, fold)
        made: list[Outcome] = []
        for cell, split in fold.splits:
            made += _judged(bench, rankers, split, {"data": bench.whole.dataset.name, **cell}, seed)
    return made


def _fold(dataset: Dataset, seed: int, name: str) -> Fold:
    people = asked_about(dataset)
    if name == "new-users":
        return new_user_fold(dataset, seed, None, people)
    if name == "new-items":
        return new_item_fold(dataset, seed, None, None)
    split = random_split(dataset.interactions, seed=seed, people=dataset.people)
    return Fold(seed, split.train, (({}, split),), split.note)


def _fitted(bench: GraphBench, fold: Fold) -> Mapping[str, FittedRanker]:
    whole = bench.whole.rankers["hybrid"]().fit(bench.whole.training(fold.train, fold.seed))
    bare = bench.bare.rankers["hybrid"]().fit(bench.bare.training(fold.train, fold.seed))
    experts: Mapping[str, FittedRanker] = getattr(whole, "experts", {})
    base: dict[str, FittedRanker] = {
        name: experts[name] for name in ("popularity", TEXT) if name in experts
    }
    if bench.network:
        weighed = (*experts, NEAR)
        fused = hybrid(weighed).fit(bench.whole.training(fold.train, fold.seed))
        base |= {NEAR: fused.experts[NEAR], NETWORK: fused}
    return {**base, WITHOUT: bare, "hybrid": whole}


def _with_network(bench: Bench) -> ItemFeatures:
    """Features with vectors of a graph neural network, trained on all links and no likes."""
    text = bench.features.vectors
    network = item_network(bench.dataset, text)
    return replace(bench.features, entities=graph_vectors(network, bench.dataset, text))


def _judged(
    bench: GraphBench, rankers: Mapping[str, FittedRanker], split: Split, cell: Cell, seed: int
) -> list[Outcome]:
    question, vectors = Question.of(split, seed), bench.whole.features.vectors
    bare = _bare(question.histories)
    segments = {str(cell["segment"]): np.arange(len(question.users))} if "segment" in cell else {}
    segments |= _segments(split, str(cell.get("segment", "")))
    tops = {
        name: top_lists(
            ranker.scores, question if name != WITHOUT else replace(question, histories=bare)
        )
        for name, ranker in rankers.items()
    }
    made = []
    for segment, who in segments.items():
        if not len(who):
            continue
        here, asked = {**cell, "segment": segment}, question.where(who)
        made.append(judge_chance(asked, {"ranker": "random", **here}, vectors))
        made += [
            judge_lists(top[who], asked, {"ranker": name, **here}, vectors)
            for name, top in tops.items()
        ]
    return made


def _bare(people: Histories) -> Histories:
    """The same people as if nobody were linked to them."""
    return replace(people, attributes=tuple(without_friends(row) for row in people.attributes))


def _segments(split: Split, segment: str) -> dict[str, Ints]:
    """Parts of the people asked about: with few likes and with many, with friends and without."""
    people = split.histories
    likes = np.bincount(people.person[people.label > 0], minlength=len(people))
    linked = np.array([bool(friends_of(row)) for row in people.attributes])
    parts: dict[str, Bools] = {}
    if not segment:
        parts |= {"few likes": likes <= FEW, "warm": likes >= WARM}
    if linked.any():
        base = f"{segment} " if segment else ""
        parts[f"{base}with friends"] = linked
        if not segment:
            parts["few likes with friends"] = linked & (likes <= FEW)
    return {name: np.flatnonzero(mask) for name, mask in parts.items()}
