"""A data folder's graph, completed: what is probable enough is taken, the rest is listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np

from fewrec.data.dataset import Dataset, Triple
from fewrec.knowledge.build.candidates import candidates, named_candidates
from fewrec.knowledge.build.columns import catalogue_triples
from fewrec.knowledge.build.extraction import read_edges, with_reading
from fewrec.knowledge.build.facts import Facts, entries, facts_of
from fewrec.knowledge.build.folder import given_triples
from fewrec.knowledge.build.mentions import title_mentions
from fewrec.knowledge.build.repair import DOUBTFUL, PRECISION, Done, Edges, doubts, proposals
from fewrec.knowledge.build.review import Case
from fewrec.knowledge.build.signals import Context
from fewrec.protocols import LanguageModel, TextEncoder

WORTH_A_LOOK = 0.3
"""Less probable edges are not listed."""

READING, LOOKING = "Reading texts", "Looking for links"
ASKING, JUDGING = "Asking the language model", "Judging the graph's links"
"""Steps, as they are told."""

Tell = Callable[[str, float], None]

LISTED = 1000
"""Most missing edges on the list, and most doubtful ones."""


@dataclass(frozen=True)
class Wish:
    """What to look for.

    Attributes:
        text: Edges that the texts name, and titles in them.
        repair: Edges that anything speaks for, and edges of the graph that look wrong.
        threshold: Edges this probable are taken.
        read: So many of the most probable edges below are put to the language model.
        seed: Of what is hidden to learn from.
    """

    text: bool = False
    repair: bool = False
    threshold: float = PRECISION
    read: int = 200
    seed: int = 0


@dataclass(frozen=True)
class Completion:
    """What was found.

    Attributes:
        text: Triples that the texts name, probable enough.
        repair: Other triples, probable enough.
        cases: What a person should look at.
        share: Share of true edges that the graph seems to hold.
        read: Edges that a language model was asked about.
        auc: How well its answers told known edges from wrong ones; NaN where it was not asked.
    """

    text: Sequence[Triple] = ()
    repair: Sequence[Triple] = ()
    cases: Sequence[Case] = field(default=())
    share: float = 1.0
    read: int = 0
    auc: float = float("nan")


def complete(
    folder: Path,
    dataset: Dataset,
    wish: Wish,
    *,
    encoder: TextEncoder | None = None,
    model: LanguageModel | None = None,
    decided: Sequence[Case] = (),
    tell: Tell = lambda step, share: None,
) -> Completion:
    """Find what a graph lacks and what in it looks wrong.

    What earlier runs proposed is not evidence: the graph that came from elsewhere and the
    catalogue's columns are.

    Args:
        folder: The data folder.
        dataset: What was read from it.
        wish: What to look for.
        encoder: Encodes texts; None goes by words and structure alone.
        model: Asked about edges that are not probable enough; None asks nobody.
        decided: What a person decided: ``yes`` is taken, ``no`` is left out, neither is listed.
        tell: Told the name of the step that is going on and the share done of it.

    Returns:
        What was found.
    """
    facts = learned_from(folder, dataset)
    context = Context.of(
        dataset.catalog, facts.values, encoder, lambda done, many: tell(READING, done / many)
    )
    edges, share = proposals(
        facts,
        context,
        seed=wish.seed,
        found=candidates if wish.repair else named_candidates,
        tell=partial(tell, LOOKING),
    )
    read, auc = 0, float("nan")
    if model is not None:
        edges, read, auc = _asked(model, dataset, facts, edges, wish, partial(tell, ASKING))
    told = {case.triple: case.decision for case in decided}
    triples = triples_of(dataset, facts, edges)
    sure = {t: None for t, p in zip(triples, edges.score, strict=True) if p >= wish.threshold}
    sure |= {case.triple: None for case in decided if case.kind == "missing"}
    taken = [triple for triple in sure if told.get(triple) != "no"]
    named = _named(facts, context, edges, triples)
    cases = _missing(dataset, edges, triples, wish.threshold)
    if wish.repair:
        cases += _doubtful(
            dataset, facts, doubts(facts, context, seed=wish.seed, tell=partial(tell, JUDGING))
        )
    said = title_mentions(dataset.catalog, dataset.links) if wish.text else []
    return Completion(
        text=[triple for triple in taken if triple in named] + said,
        repair=[triple for triple in taken if triple not in named],
        cases=[case for case in cases if case.triple not in told] + list(decided),
        share=share,
        read=read,
        auc=auc,
    )


def learned_from(folder: Path, dataset: Dataset) -> Facts:
    """Facts of the graph from elsewhere, and of the columns where items share the value.

    Decades and bins of numbers are left out.
    """
    made = catalogue_triples(dataset.catalog, dataset.links, dataset.people.users.ids)
    many = Counter((relation, value) for _, relation, value in made)
    triples = given_triples(folder) + [triple for triple in made if many[triple[1:]] > 1]
    out = frozenset(dataset.catalog.of_kind("year", "number"))
    return facts_of(replace(dataset, triples=tuple(dict.fromkeys(triples))), out)


def triples_of(dataset: Dataset, facts: Facts, edges: Edges) -> list[Triple]:
    """Edges by their names, the way they point in the graph."""
    ids, links = dataset.catalog.items.ids, dataset.links
    found = []
    for item, pair in zip(edges.item.tolist(), edges.pair.tolist(), strict=True):
        entity, value = links.get(ids[item], ids[item]), facts.values[facts.value[pair]]
        relation = int(facts.relation[pair])
        ends = (entity, value) if facts.forward[relation] else (value, entity)
        found.append((ends[0], facts.relations[relation], ends[1]))
    return found


def _asked(
    model: LanguageModel, dataset: Dataset, facts: Facts, edges: Edges, wish: Wish, tell: Done
) -> tuple[Edges, int, float]:
    """Edges with the model's answers counted in, how many it was asked about, its AUC."""
    open_ = np.flatnonzero((edges.score < wish.threshold) & (edges.score > 0))[: wish.read]
    if not len(open_):
        return edges, 0, float("nan")
    asked = edges.where(open_)
    reading = read_edges(model, dataset.catalog, facts, asked, seed=wish.seed, tell=tell)
    score = edges.score.copy()
    score[open_] = with_reading(asked, reading).score
    order = np.argsort(-score, kind="stable")
    return Edges(edges.item, edges.pair, score).where(order), len(open_), reading.auc


def _named(
    facts: Facts, context: Context, edges: Edges, triples: Sequence[Triple]
) -> frozenset[Triple]:
    """Those of the triples that a text or column names."""
    value, told = facts.value[edges.pair], np.zeros(len(edges), dtype=bool)
    for part in context.named:
        told |= entries(part, edges.item, value) > 0
    return frozenset(triple for triple, some in zip(triples, told, strict=True) if some)


def _missing(
    dataset: Dataset, edges: Edges, triples: Sequence[Triple], threshold: float
) -> list[Case]:
    look = np.flatnonzero((edges.score < threshold) & (edges.score >= WORTH_A_LOOK))[:LISTED]
    ids, titles = dataset.catalog.items.ids, dataset.catalog.titles
    return [
        Case("missing", float(edges.score[at]), ids[row], titles[row], triples[at])
        for at, row in zip(look.tolist(), edges.item[look].tolist(), strict=True)
    ]


def _doubtful(dataset: Dataset, facts: Facts, edges: Edges) -> list[Case]:
    edges = edges.where(np.flatnonzero(edges.score < DOUBTFUL)[:LISTED])
    ids, titles = dataset.catalog.items.ids, dataset.catalog.titles
    named = zip(triples_of(dataset, facts, edges), edges.item.tolist(), edges.score, strict=True)
    return [
        Case("doubtful", float(score), ids[row], titles[row], triple)
        for triple, row, score in named
    ]
