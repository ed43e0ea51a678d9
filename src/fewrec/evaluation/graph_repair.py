"""`fewrec bench graph-repair`: part of a graph is hidden, part of it made wrong, and looked for.

Of the facts about items that the graph knows, 20 % are hidden and 5 % get another value of the
same relation. Proposals count as right where the whole graph has them: true links that it
lacks as well count as wrong. Items without any fact are left out, since nothing can tell.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fewrec.data.arrays import Bools
from fewrec.data.dataset import Dataset
from fewrec.errors import EmptyData
from fewrec.evaluation.rows import Row, metric_row
from fewrec.knowledge.build.extraction import area
from fewrec.knowledge.build.facts import Facts, facts_of
from fewrec.knowledge.build.repair import (
    PRECISION,
    Edges,
    are_facts,
    doubts,
    proposals,
    wrong_edges,
)
from fewrec.knowledge.build.signals import Context
from fewrec.knowledge.names import readable_relation
from fewrec.protocols import TextEncoder

HIDDEN, CORRUPTED = 0.2, 0.05
LEVELS = (PRECISION, 0.8)
FIRST = 100
FEWEST = 100
"""Relations with fewer facts are not looked at one by one."""


@dataclass(frozen=True)
class Outcome:
    """What one seed gave.

    Attributes:
        whole: The facts as they were.
        proposed: Of items that have facts.
        judged: The facts as they were spoilt.
        out: How many facts were hidden or replaced.
    """

    whole: Facts
    proposed: Edges
    judged: Edges
    out: int


def run_repair(
    dataset: Dataset, encoder: TextEncoder | None, seeds: Sequence[int], step: Callable[[], None]
) -> list[Row]:
    """Hide, corrupt, look, with all that is known and without what columns list.

    Args:
        dataset: Items, graph and links.
        encoder: Encodes texts.
        seeds: Of what is hidden and corrupted.
        step: Called after each of 2 * S runs.

    Returns:
        Rows by ``evidence`` and ``segment`` (a relation): ``precision`` and ``recall`` of
        proposals at each threshold, ``taken`` (how many), ``auc`` of flags on wrong facts,
        ``precision@100`` of the first flags.

    Raises:
        EmptyData: There are too few facts about items.
    """
    facts = facts_of(dataset)
    if facts.held.nnz < FEWEST:
        raise EmptyData(
            f"{dataset.name}: the graph has {facts.held.nnz:,} facts about items, too few to "
            "hide some",
            fix="Give a data folder with a graph whose entities are its items or linked to them.",
        )
    context = Context.of(dataset.catalog, facts.values, encoder)
    bare = replace(context, named=context.named[-1:], columns=())
    rows: list[Row] = []
    for evidence, known in (("all", context), ("titles and texts", bare)):
        outcomes = []
        for seed in seeds:
            outcomes.append(_outcome(facts, known, seed))
            step()
        cell = {"task": "graph-repair", "data": dataset.name, "evidence": evidence}
        rows += _rows(cell, outcomes)
    return rows


def _outcome(facts: Facts, context: Context, seed: int) -> Outcome:
    rng = np.random.default_rng(seed)
    item, pair = facts.edges()
    order = rng.permutation(len(item))
    hidden, wrong = int(HIDDEN * len(item)), int(CORRUPTED * len(item))
    spoilt, kept = order[hidden : hidden + wrong], order[hidden + wrong :]
    other, another = wrong_edges(facts, item[spoilt], pair[spoilt], rng)
    left = facts.holding(np.concatenate([item[kept], other]), np.concatenate([pair[kept], another]))
    proposed, _ = proposals(left, context, seed=seed)
    known = np.diff(facts.held.indptr)[proposed.item] > 0
    judged = doubts(left, context, seed=seed)
    return Outcome(facts, proposed.where(known), judged, hidden + wrong)


def _rows(cell: Row, outcomes: Sequence[Outcome]) -> list[Row]:
    facts = outcomes[0].whole
    rows = _segment(cell, outcomes, None)
    for number, name in enumerate(facts.relations):
        if int((facts.relation[facts.edges()[1]] == number).sum()) >= FEWEST:
            rows += _segment({**cell, "segment": readable_relation(name)}, outcomes, number)
    return rows


def _segment(cell: Row, outcomes: Sequence[Outcome], relation: int | None) -> list[Row]:
    found: dict[str, list[float]] = {}
    for outcome in outcomes:
        for metric, value in _measures(outcome, relation).items():
            found.setdefault(metric, []).append(value)
    why = "nothing was proposed"
    return [metric_row(cell, metric, values, reason=why) for metric, values in found.items()]


def _measures(outcome: Outcome, relation: int | None) -> dict[str, float]:
    facts = outcome.whole
    proposed, judged = (
        edges if relation is None else edges.where(facts.relation[edges.pair] == relation)
        for edges in (outcome.proposed, outcome.judged)
    )
    true = are_facts(facts, proposed.item, proposed.pair)
    wrong = ~are_facts(facts, judged.item, judged.pair)
    measures: dict[str, float] = {}
    for level in LEVELS:
        taken = proposed.score >= level
        measures[f"precision at {level}"] = _share(true[taken])
        measures[f"taken at {level}"] = float(taken.sum())
        if relation is None:
            measures[f"recall at {level}"] = float(true[taken].sum()) / outcome.out
    measures["auc"] = area(-judged.score, wrong) if wrong.any() else math.nan
    measures[f"precision@{FIRST}"] = _share(wrong[:FIRST])
    return measures


def _share(true: Bools) -> float:
    return float(true.mean()) if len(true) else math.nan
