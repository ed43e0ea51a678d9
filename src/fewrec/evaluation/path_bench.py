"""`fewrec bench paths`: how often the graph connects a recommendation with a like, and how fast."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fewrec.data.arrays import Bools
from fewrec.data.dataset import Dataset
from fewrec.data.evidence import Evidence, Path
from fewrec.data.slate import Query, Slate
from fewrec.errors import EmptyData
from fewrec.knowledge.graph.of_dataset import graph_of, item_entities
from fewrec.knowledge.paths import PathFinder
from fewrec.metrics.intervals import mean_interval
from fewrec.recommender import Recommender
from fewrec.seeding import generator
from fewrec.words.faithful import unsupported
from fewrec.words.paths import path_sentence

LIKES = 10
"""Asked are people with at least so many likes."""

EDGES = (1, 2, 3, 4)


@dataclass
class Tally:
    """What was found about the linked items of one person's list.

    Attributes:
        linked: Recommended items that a triple of the data's graph names; what the catalogue
            says of an item does not count here, though paths may walk it.
        by_edges: Of these, how many have a best path of so many edges.
        told: How many have a reason that walks a path.
        short: How many of these reasons walk two edges.
        paths: How many paths were given.
        false: How many of them name a triple that the graph does not have.
        unfaithful: How many reasons say more than their path.
        seconds: What finding the paths of the list took.
    """

    linked: int = 0
    by_edges: Counter[int] = field(default_factory=Counter)
    told: int = 0
    short: int = 0
    paths: int = 0
    false: int = 0
    unfaithful: int = 0
    seconds: float = 0.0


def run_paths(
    dataset: Dataset, *, people: int, k: int, seed: int, step: Callable[[], None]
) -> tuple[list[dict[str, Any]], list[str]]:
    """Fit a model, recommend with reasons, and walk every path again.

    Args:
        dataset: With a graph.
        people: At most so many people with at least ``LIKES`` likes are asked about.
        k: Length of the lists.
        seed: Of the fit and of the choice of people.
        step: Called after each person.

    Returns:
        Rows of task ``paths``, and some of the sentences.

    Raises:
        EmptyData: There is no graph, or nobody with enough likes.
    """
    finder = PathFinder.of(dataset)
    if finder is None:
        raise EmptyData(
            f"{dataset.name}: there is no graph to find paths in",
            fix="Make one with `fewrec graph build` or `fewrec graph import`.",
        )
    users = _chosen(dataset, people, seed)
    if not users:
        raise EmptyData(f"{dataset.name}: nobody has {LIKES} likes or more")
    model = Recommender.fit(dataset, seed=seed)
    triples, linked = _triples(finder), _linked(dataset)
    tallies, said = [], []
    finder.paths(np.arange(1), np.arange(1))  # lays out the graph, once a process
    for user in users:
        slate = model.slate(Query(user=user, k=k), explain=True)
        tallies.append(_tally(model, finder, slate, triples, linked))
        said += _sentences(model, slate)[:1]
        step()
    return _rows(dataset.name, tallies, k), list(dict.fromkeys(said))[:20]


def _chosen(dataset: Dataset, most: int, seed: int) -> list[str]:
    rows = dataset.interactions
    likes = np.bincount(rows.user[rows.label > 0], minlength=len(rows.users))
    able = np.flatnonzero(likes >= LIKES)
    some = generator(seed, "paths").permutation(able)[:most]
    return [rows.users.ids[row] for row in np.sort(some)]


def _triples(finder: PathFinder) -> frozenset[tuple[str, str, str]]:
    graph = finder.graph
    names = graph.names(np.arange(len(graph)))
    edges = zip(*(column.tolist() for column in graph.triples()), strict=True)
    return frozenset((names[h], graph.relations[r], names[t]) for h, r, t in edges)


def _linked(dataset: Dataset) -> Bools:
    """Items that the data's own graph names. Shape [I]."""
    graph = graph_of(dataset)
    named: Bools = item_entities(graph, dataset) >= 0
    return named


def _tally(
    model: Recommender,
    finder: PathFinder,
    slate: Slate,
    triples: frozenset[tuple[str, str, str]],
    linked: Bools,
) -> Tally:
    found, titles = Tally(), _titles(model)
    rows = model.known.catalog.items.rows(slate.items)
    history = model.histories([slate.query.user or ""])
    begin = time.perf_counter()
    finder.paths(history.item[history.label > 0][::-1], rows)
    found.seconds = time.perf_counter() - begin
    for row, evidence, reasons in zip(rows, slate.evidence, slate.reasons, strict=True):
        if not linked[row]:
            continue
        found.linked += 1
        walked = _walked(evidence, reasons, titles)
        found.told += bool(walked)
        found.short += any(len(path) == 2 for path in walked)
        found.unfaithful += any(
            bool(unsupported(path_sentence(path, titles), evidence, titles)) for path in walked
        )
        found.paths += len(evidence.paths)
        found.false += sum(not triples.issuperset(path.triples()) for path in evidence.paths)
        if evidence.paths:
            found.by_edges[len(evidence.paths[0])] += 1
    return found


def _walked(evidence: Evidence, reasons: Sequence[str], titles: dict[str, str]) -> list[Path]:
    return [path for path in evidence.paths if path_sentence(path, titles) in reasons]


def _sentences(model: Recommender, slate: Slate) -> list[str]:
    titles = _titles(model)
    return [
        f"{titles[evidence.item]}: {path_sentence(path, titles)}"
        for evidence, reasons in zip(slate.evidence, slate.reasons, strict=True)
        for path in _walked(evidence, reasons, titles)
    ]


def _titles(model: Recommender) -> dict[str, str]:
    catalog = model.known.catalog
    return dict(zip(catalog.items.ids, catalog.titles, strict=True))


def _rows(name: str, tallies: Sequence[Tally], k: int) -> list[dict[str, Any]]:
    linked = np.array([one.linked for one in tallies], dtype=np.float64)
    counts = {
        "share with a path": [sum(one.by_edges.values()) for one in tallies],
        **{
            f"share with a best path of {edges} edge{'s' if edges > 1 else ''}": [
                one.by_edges[edges] for one in tallies
            ]
            for edges in EDGES
        },
        "share with a path among the reasons": [one.told for one in tallies],
        "share with a path of 2 edges among the reasons": [one.short for one in tallies],
    }
    shared = {"data": name, "task": "paths", "k": k, "people": len(tallies)}
    rows = [
        {**shared, "metric": metric, **_share(np.array(values, dtype=np.float64), linked)}
        for metric, values in counts.items()
    ]
    seconds = 1000 * np.array([one.seconds for one in tallies])
    plain = {
        "paths": sum(one.paths for one in tallies),
        "false paths": sum(one.false for one in tallies),
        "sentences that say more than their path": sum(one.unfaithful for one in tallies),
        "linked items": int(linked.sum()),
        "median_ms": float(np.median(seconds)),
        "p95_ms": float(np.quantile(seconds, 0.95)),
    }
    return rows + [{**shared, "metric": metric, "mean": value} for metric, value in plain.items()]


def _share(values: np.ndarray, linked: np.ndarray) -> dict[str, float]:
    """Of all linked items, with an interval by person."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found = mean_interval(np.where(linked > 0, values / linked, np.nan), weights=linked)
    return {"mean": found.mean, "low": found.low, "high": found.high}
