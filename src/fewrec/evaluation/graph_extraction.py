"""`fewrec bench graph-extraction`: what a title and a text tell of an item's relations.

Some items lose every fact and every column that lists values; what is left of them is a title
and free text. Proposals count as right where the catalogue or the graph has them. Compared are
words and likeness of texts, a language model's answers, both together, and two trivial answers.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fewrec.data.arrays import Bools, Doubles, Floats, Ints
from fewrec.data.catalog import Catalog
from fewrec.data.dataset import Dataset
from fewrec.errors import EmptyData
from fewrec.evaluation.rows import Row, metric_row
from fewrec.knowledge.build.columns import catalogue_triples
from fewrec.knowledge.build.completion import WORTH_A_LOOK
from fewrec.knowledge.build.extraction import area, read_edges, with_reading
from fewrec.knowledge.build.facts import Facts, facts_of
from fewrec.knowledge.build.repair import PRECISION, Done, Edges, are_facts, proposals
from fewrec.knowledge.build.signals import LISTED, Context
from fewrec.knowledge.names import readable_relation
from fewrec.metrics.intervals import paired_difference
from fewrec.protocols import LanguageModel, TextEncoder

TEXT, MODEL, FUSED = "text", "language-model", "text and language-model"
MAJORITY, RANDOM = "majority", "random"
FEWEST = 30
"""Relations with fewer hidden facts are counted in the whole alone."""


@dataclass(frozen=True)
class Extraction:
    """How much is asked.

    Attributes:
        items: So many items are read.
        each: Of each the most probable edges, by text, that the language model is asked about.
        relations: Names of relations; empty for all that have facts.
    """

    items: int = 150
    each: int = 6
    relations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trial:
    """One seed: edges that are looked at, with the score each ranker gives them.

    Attributes:
        facts: All of them.
        hidden: Item and pair of those to be found. Shapes [h].
        edges: Item, pair and the text's score. n edges.
        asked: Which of the n the language model was asked about. Shape [n].
        scores: Ranker -> shape [n].
        picked: Trivial ranker -> its edges.
        cost: Ranker -> processor seconds an item.
        auc: How well answers told known facts from wrong ones; NaN without a model.
    """

    facts: Facts
    hidden: tuple[Ints, Ints]
    edges: Edges
    asked: Bools
    scores: dict[str, Doubles]
    picked: dict[str, tuple[Ints, Ints]]
    cost: dict[str, float]
    auc: float


def run_extraction(
    dataset: Dataset,
    encoder: TextEncoder | None,
    model: LanguageModel | None,
    settings: Extraction,
    seeds: Sequence[int],
    tell: Done,
) -> tuple[list[Row], list[Row]]:
    """Hide what is known of some items and read their texts.

    Args:
        dataset: Items with a column of free text, and columns or a graph to be found.
        encoder: Encodes texts.
        model: Asked about edges; None leaves it out.
        settings: How much is asked.
        seeds: Of the items chosen.
        tell: Told the share that is done.

    Returns:
        Rows by ``ranker`` and ``segment`` (a relation): ``precision`` and ``recall`` of what is
        taken, ``to review`` (the share of all proposals), ``found`` (recall of taken and
        listed), ``average precision`` within each item over the edges that everybody scored;
        and comparisons of the last.

    Raises:
        EmptyData: There are no texts, or nothing to be found.
    """
    facts, bare = _known(dataset), _without_lists(dataset.catalog)
    context = Context.of(bare, facts.values, encoder)
    trials = []
    for number, seed in enumerate(seeds):

        def part(share: float, before: int = number) -> None:
            tell((before + share) / len(seeds))

        trials.append(_trial(facts, bare, context, model, settings, seed, part))
        part(1.0)
    cell = {"task": "graph-extraction", "data": dataset.name}
    rows = list(_rows(cell, trials, None))
    count = np.bincount(facts.relation[trials[0].hidden[1]], minlength=len(facts.relations))
    for r in np.flatnonzero(count >= FEWEST).tolist():
        segment = {**cell, "segment": readable_relation(facts.relations[r])}
        rows += _rows(segment, trials, r)
    return rows, _comparisons(cell, trials)


def _known(dataset: Dataset) -> Facts:
    """What the graph and the columns say; decades and bins of numbers are left out."""
    catalog = dataset.catalog
    made = catalogue_triples(catalog, dataset.links, dataset.people.users.ids)
    whole = replace(dataset, triples=tuple(dict.fromkeys([*dataset.triples, *made])))
    return facts_of(whole, frozenset(catalog.of_kind("year", "number")))


def _without_lists(catalog: Catalog) -> Catalog:
    """The catalogue without columns that list values."""
    lists = catalog.of_kind(*LISTED)
    kinds = {name: kind for name, kind in catalog.kinds.items() if name not in lists}
    return Catalog(catalog.items, catalog.table.drop(lists), kinds)


def _trial(
    facts: Facts,
    bare: Catalog,
    context: Context,
    model: LanguageModel | None,
    settings: Extraction,
    seed: int,
    tell: Done,
) -> Trial:
    rng, (item, pair) = np.random.default_rng(seed), facts.edges()
    wanted = np.isin(facts.relation, _numbers(facts, settings.relations))
    chosen = rng.permutation(_readable(bare, item[wanted[pair]]))[: settings.items]
    out = np.isin(item, chosen)
    left = facts.holding(item[~out], pair[~out])
    hidden = (item[out & wanted[pair]], pair[out & wanted[pair]])
    started = time.process_time()
    edges, _ = proposals(left, context, seed=seed)
    edges = edges.where(np.isin(edges.item, chosen) & wanted[edges.pair])
    cost = {TEXT: (time.process_time() - started) / len(chosen)}
    asked, scores = _first(edges.item, settings.each), {TEXT: edges.score}
    auc = math.nan
    if model is not None and asked.any():
        started, some = time.process_time(), edges.where(asked)
        reading = read_edges(model, bare, left, some, seed=seed, tell=tell)
        cost[MODEL] = (time.process_time() - started) / len(chosen)
        auc, level = reading.auc, np.full(len(some), some.score.mean())
        fused = edges.score.copy()
        fused[asked] = with_reading(some, reading).score
        alone = np.zeros(len(edges))
        alone[asked] = with_reading(replace(some, score=level), replace(reading, auc=1.0)).score
        scores |= {MODEL: alone, FUSED: fused}
        cost[FUSED] = cost[TEXT] + cost[MODEL]
    return Trial(
        facts, hidden, edges, asked, scores, _trivial(left, chosen, wanted, rng), cost, auc
    )


def _numbers(facts: Facts, names: Sequence[str]) -> list[int]:
    """Numbers of relations, by their whole or readable names; all without names."""
    every = range(len(facts.relations))
    found = [
        r
        for r in every
        if not names or {facts.relations[r], readable_relation(facts.relations[r])} & set(names)
    ]
    if not found:
        known = ", ".join(readable_relation(name) for name in facts.relations) or "none"
        raise EmptyData(f"no such relations: {', '.join(names)}", fix=f"There are: {known}.")
    return found


def _readable(bare: Catalog, item: Ints) -> Ints:
    """Items with a fact and a free text."""
    texts = [bare.table[name].to_list() for name in bare.of_kind("text")]
    told = np.array([any(row) for row in zip(*texts, strict=True)] or [False] * len(bare))
    found: Ints = np.unique(item)
    found = found[told[found]]
    if len(found) < 2:
        raise EmptyData(
            "no item has both a text and something to be found in it",
            fix="Give a data folder with a column of text, and columns or a graph of its items.",
        )
    return found


def _first(item: Ints, many: int) -> Bools:
    """The first so many edges of each item; edges stand by their score. Shape [n]."""
    order = np.argsort(item, kind="stable")
    begin = np.searchsorted(item[order], item[order])
    found = np.zeros(len(item), dtype=bool)
    found[order] = np.arange(len(item)) - begin < many
    return found


def _trivial(
    left: Facts, chosen: Ints, wanted: Bools, rng: np.random.Generator
) -> dict[str, tuple[Ints, Ints]]:
    """As many values of each relation as items have: the most frequent, or drawn by frequency."""
    parts: dict[str, list[tuple[Ints, Ints]]] = {MAJORITY: [], RANDOM: []}
    items = max(int((np.diff(left.held.indptr) > 0).sum()), 1)
    for r in np.unique(left.relation[wanted]).tolist():
        pairs = np.flatnonzero(left.relation == r)
        sizes = left.sizes[pairs].astype(np.float64)
        many = min(max(1, round(sizes.sum() / items)), int((sizes > 0).sum()))
        if not many:
            continue
        top = pairs[np.argsort(-sizes, kind="stable")[:many]]
        parts[MAJORITY].append((np.repeat(chosen, many), np.tile(top, len(chosen))))
        share = sizes / sizes.sum()
        drawn = [rng.choice(pairs, many, replace=False, p=share) for _ in chosen]
        parts[RANDOM].append((np.repeat(chosen, many), np.concatenate(drawn)))
    return {
        name: (np.concatenate([p[0] for p in some]), np.concatenate([p[1] for p in some]))
        for name, some in parts.items()
    }


def _rows(cell: Row, trials: Sequence[Trial], relation: int | None) -> Iterator[Row]:
    found: dict[tuple[str, str], list[float]] = {}
    for trial in trials:
        for ranker in (*trial.scores, *trial.picked):
            for metric, value in _measures(trial, ranker, relation).items():
                found.setdefault((ranker, metric), []).append(value)
    for (ranker, metric), values in found.items():
        yield metric_row(
            {**cell, "ranker": ranker}, metric, values, reason="nothing was taken or asked"
        )


def _measures(trial: Trial, ranker: str, relation: int | None) -> dict[str, float]:
    facts = trial.facts

    def within(pair: Ints) -> Bools:
        every = np.ones(len(pair), dtype=bool)
        return every if relation is None else facts.relation[pair] == relation

    out = int(within(trial.hidden[1]).sum())
    if ranker in trial.picked:
        item, pair = trial.picked[ranker]
        true = are_facts(facts, item, pair)[within(pair)]
        return {"precision": _share(true), "recall": float(true.sum()) / max(out, 1)}
    here = within(trial.edges.pair)
    true = are_facts(facts, trial.edges.item, trial.edges.pair)
    score = trial.scores[ranker]
    taken, shown = here & (score >= PRECISION), here & (score >= WORTH_A_LOOK)
    measures = {
        "precision": _share(true[taken]),
        "recall": float(true[taken].sum()) / max(out, 1),
        "to review": _share((score < PRECISION)[shown]),
        "found": float(true[shown].sum()) / max(out, 1),
    }
    asked = here & trial.asked
    if asked.any():
        measures["average precision"] = _share(
            _by_item(trial.edges.item[asked], score[asked], true[asked])
        )
        measures["auc"] = area(score[asked], true[asked])
    if relation is None:
        measures["cpu_seconds_an_item"] = trial.cost[ranker]
        if ranker == MODEL:
            measures["auc on known facts"] = trial.auc
    return measures


def _by_item(item: Ints, score: Doubles, true: Bools) -> Floats:
    """Average precision of each item that has a true edge among those asked about. Shape [m]."""
    found = []
    for row in np.unique(item[true]).tolist():
        at = np.flatnonzero(item == row)
        hit = true[at[np.argsort(-score[at], kind="stable")]]
        rank = np.flatnonzero(hit) + 1
        found.append(float(np.mean(np.arange(1, len(rank) + 1) / rank)))
    return np.array(found, dtype=np.float32)


def _comparisons(cell: Row, trials: Sequence[Trial]) -> list[Row]:
    """Average precision by item, with the language model and without it."""
    values: dict[str, list[Floats]] = {}
    for trial in trials:
        true = are_facts(trial.facts, trial.edges.item, trial.edges.pair)[trial.asked]
        for ranker, score in trial.scores.items():
            found = _by_item(trial.edges.item[trial.asked], score[trial.asked], true)
            values.setdefault(ranker, []).append(found)
    told = []
    for ranker in values:
        if ranker != TEXT:
            mine, other = (np.concatenate(values[name]).astype(float) for name in (ranker, TEXT))
            gap = paired_difference(mine, other)
            told.append(
                {
                    **cell,
                    "a": ranker,
                    "b": TEXT,
                    "metric": "average precision",
                    "difference": gap.difference,
                    "low": gap.low,
                    "high": gap.high,
                    "verdict": gap.verdict,
                }
            )
    return told


def _share(values: Bools | Floats) -> float:
    return float(values.mean()) if len(values) else math.nan
