"""`fewrec bench sessions`: what somebody likes next, given the visit they are in.

Some people are asked about at one moment of a visit each. All they did from that moment on is
hidden from everybody; other people's rows are learned from, later ones too. The good item is
the one that they liked next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from time import process_time
from typing import Any

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from fewrec.data.arrays import Ints
from fewrec.data.dataset import Dataset
from fewrec.data.histories import Histories
from fewrec.data.holdout import Split
from fewrec.data.visits import ordered
from fewrec.errors import EmptyData
from fewrec.evaluation.contestants import HYBRID
from fewrec.evaluation.experiment import (
    Outcome,
    Question,
    Scorer,
    judge_chance,
    judge_lists,
    top_lists,
)
from fewrec.evaluation.opening import Bench
from fewrec.evaluation.peers.models import Peer
from fewrec.evaluation.peers.run import nothing
from fewrec.evaluation.rows import Row
from fewrec.evaluation.table import comparisons, list_rows
from fewrec.evaluation.visit_peers import Rival, Rivals
from fewrec.ranker.fusion import FittedFusion
from fewrec.ranker.sequence.rehearsing import Walk
from fewrec.seeding import generator

WITHOUT = f"{HYBRID}-no-visit"
KNN_OF_VISIT = "item-knn-visit"
AGAINST = (WITHOUT, KNN_OF_VISIT, "visit-chain", "visit-knn", "item-knn", "popularity")
LENGTHS = {"1 row": (1, 1), "2-4 rows": (2, 4), "5 rows or more": (5, 10**9)}
"""Segments of people by the rows of their visit so far."""
METRICS = ("ndcg@10", "recall@20", "coverage")


@dataclass(frozen=True)
class Asked:
    """Who is asked about, when.

    Attributes:
        people: At most so many, drawn.
        last: Ask for the last row of each person (leave one out) instead of one at random.
    """

    people: int = 500
    last: bool = False


def visit_split(dataset: Dataset, asked: Asked, seed: int) -> tuple[Split, Ints]:
    """One moment each of some people.

    Args:
        dataset: Rows in an order that can be known.
        asked: Who is asked about.
        seed: Of the draws.

    Returns:
        The split, and how many rows of the visit each person's history holds. Shape [B].

    Raises:
        EmptyData: The order is not known, or nobody liked anything within a visit.
    """
    rows = dataset.interactions
    if not ordered(rows):
        raise EmptyData(
            f"{dataset.name}: the order of the rows is not known",
            fix="Give every row a timestamp; the numbers 1, 2, 3 do for an order.",
        )
    random = generator(seed, "bench sessions")
    everybody = Walk.of(rows, np.unique(rows.user))
    places = _places(everybody, asked, random)
    if not len(places):
        raise EmptyData(
            f"{dataset.name}: nobody liked anything after the first row of a visit",
            fix="Bring rows with times, or longer visits.",
        )
    moment = everybody.at(places, dataset.people.attributes)
    hidden = np.zeros(len(rows), dtype=bool)
    for place, end in zip(places, everybody.start[everybody.owner[places] + 1], strict=True):
        hidden[everybody.mine[place:end]] = True
    shape = (len(moment), len(rows.items))
    ones = np.ones(len(moment), dtype=np.float32)
    note = (
        f"{len(moment):,} people at {'their last row' if asked.last else 'one row'} of a visit; "
        f"{int((~hidden).sum()):,} rows to learn from, {int(hidden.sum()):,} hidden (seed {seed})"
    )
    split = Split(
        train=rows.where(~hidden),
        histories=moment.people,
        users=moment.user,
        relevant=sparse.csr_matrix((ones, (np.arange(len(moment)), moment.item)), shape),
        test=rows.where(moment.row),
        candidates=None,
        note=note,
    )
    return split, everybody.length[places]


def _places(walk: Walk, asked: Asked, random: np.random.Generator) -> Ints:
    """One place of each person asked about, people in their order."""
    fit = walk.askable & (walk.length > 0)
    if asked.last:
        fit &= np.append(walk.owner[1:] != walk.owner[:-1], True)
    places = np.flatnonzero(fit)
    places = places[np.lexsort((random.random(len(places)), walk.owner[places]))]
    owner = walk.owner[places]
    one = places[np.append(True, owner[1:] != owner[:-1])] if len(places) else places
    order = np.argsort(random.random(len(one)), kind="stable")
    return np.sort(one[order[: asked.people]])


@dataclass
class Found:
    """What came out of all seeds.

    Attributes:
        outcomes: Of everybody, seed by seed.
        notes: What was held out, in words.
        fits: Processor time of each fit, and what other libraries were given and set to.
        tried: Settings of other libraries that were tried inside the training part.
    """

    outcomes: list[Outcome] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    fits: list[dict[str, Any]] = field(default_factory=list)
    tried: list[dict[str, Any]] = field(default_factory=list)


def run_visits(
    bench: Bench,
    asked: Asked,
    seeds: Sequence[int],
    step: Callable[[], None],
    peers: Sequence[Peer] = (),
) -> Found:
    """Fit and ask, once a seed.

    Args:
        bench: Data and rankers, those of visits among them.
        asked: Who is asked about.
        seeds: Of draws and fits.
        step: Called after each seed.
        peers: Models of other libraries; each fit of theirs has as much processor time as the
            fit of ``hybrid`` took. Settings are chosen with the first seed.
    """
    found, rivals = Found(), Rivals(peers)
    for seed in seeds:
        with threadpool_limits(limits=1):
            split, length = visit_split(bench.dataset, asked, seed)
            begun = process_time()
            fusion = bench.rankers[HYBRID]().fit(bench.training(split.train, seed))
            took = process_time() - begun
        assert isinstance(fusion, FittedFusion)
        found.fits.append({"ranker": HYBRID, "seed": seed, "cpu_seconds": took})
        if peers and not rivals.chosen:
            before = replace(bench.dataset, interactions=split.train)
            rivals.tune(visit_split(before, asked, seed)[0], seed, took)
        others = rivals.ask(split, seed, took)
        found.fits += [dict(rival.fit) for rival in others]
        with threadpool_limits(limits=1):
            found.outcomes += _outcomes(fusion, others, split, length, bench, seed)
        found.notes.append(split.note)
        step()
    found.tried = rivals.tried
    return found


def scorers(fusion: FittedFusion) -> dict[str, Scorer]:
    """Everything that is compared, ``hybrid`` last."""
    made: dict[str, Scorer] = {name: ranker.scores for name, ranker in fusion.parts.items()}
    knn = fusion.experts["item-knn"]
    made[KNN_OF_VISIT] = lambda people: knn.scores(people.session or people)
    made[WITHOUT] = lambda people: fusion.scores(bare(people))
    made[HYBRID] = fusion.scores
    return made


def bare(people: Histories) -> Histories:
    """The same people as if nothing were known of their visit and moment."""
    return replace(people, session=None, context=())


def _outcomes(
    fusion: FittedFusion,
    others: Sequence[Rival],
    split: Split,
    length: Ints,
    bench: Bench,
    seed: int,
) -> list[Outcome]:
    question = Question.of(split, seed)
    cell = {"data": bench.dataset.name, "segment": "all"}
    parts = {"all": np.arange(len(length))}
    for name, (low, high) in LENGTHS.items():
        parts[name] = np.flatnonzero((length >= low) & (length <= high))
    tops = {rival.name: rival.top for rival in others if rival.top is not None}
    tops |= {name: top_lists(scorer, question) for name, scorer in scorers(fusion).items()}
    made = []
    vectors = bench.features.vectors[:, :0]
    for segment, who in parts.items():
        if len(who):
            some, keys = question.where(who), {**cell, "segment": segment}
            made.append(judge_chance(some, {"ranker": "random", **keys}, vectors))
            made += [
                nothing(some, {"ranker": rival.name, **keys}, rival.reason)
                for rival in others
                if rival.top is None
            ]
            made += [
                judge_lists(top[who], some, {"ranker": name, **keys}, vectors)
                for name, top in tops.items()
            ]
    return made


def summarised(
    outcomes: Sequence[Outcome], peers: Sequence[Peer] = ()
) -> tuple[list[Row], list[Row]]:
    """Rows of accuracy and coverage, and hybrid compared with the others."""
    rows = [row for row in list_rows(outcomes) if row["metric"] in METRICS]
    answered = {row["ranker"] for row in rows if row["mean"] is not None}
    against = [name for name in (*(peer.name for peer in peers), *AGAINST) if name in answered]
    return rows, comparisons(outcomes, against)
