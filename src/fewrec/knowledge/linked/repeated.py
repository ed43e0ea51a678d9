"""Relations that say the same twice: in reverse, or word for word."""

from __future__ import annotations

import numpy as np

from fewrec.knowledge.graph import Graph
from fewrec.knowledge.graph.mirrors import merge_mirrors
from fewrec.knowledge.graph.names import Names
from fewrec.knowledge.linked.collected import Collected, short_name

LEAST = 20
"""Relations with fewer triples are never taken for a copy of another."""

MOST = 2_000_000
"""In graphs with more triples nothing is merged: it would take too much memory."""


def one_of_each(triples: Collected) -> tuple[Collected, tuple[str, ...]]:
    """Triples without what stands there twice.

    Of two relations that say the same in reverse one stays (``merge_mirrors``); so does one of
    two where every triple of the smaller stands in the larger too.

    Returns:
        The triples, and what was merged, sentence by sentence.
    """
    if len(triples) > MOST:
        return triples, (f"With more than {MOST:,} triples, relations that say the same are kept.",)
    edges = (part.astype(np.int64) for part in triples.arrays())
    names = Names.of(list(triples.entities))
    graph = Graph.of_rows(names, tuple(triples.relations), *edges)
    merged = merge_mirrors(graph)
    notes = []
    if merged is not graph:
        gone = [name for name in graph.relations if name not in merged.relations]
        triples = triples.with_edges(merged.relations, *merged.triples())
        notes.append(f"{len(gone)} relations say in reverse what others say and are merged.")
    copies = _copies(triples)
    if copies:
        relation = triples.arrays()[1]
        number = [triples.relations[name] for name in copies]
        triples = triples.where(~np.isin(relation, number))
        said = ", ".join(f"{short_name(a)} ({short_name(b)})" for a, b in copies.items())
        notes.append(f"Relations of which every triple stands under another are left out: {said}.")
    return triples, tuple(notes)


def _copies(triples: Collected) -> dict[str, str]:
    """Relation -> a larger one under which all its triples stand."""
    head, relation, tail = (part.astype(np.int64) for part in triples.arrays())
    pair = head * len(triples.entities) + tail
    held = {n: pair[relation == n] for n in triples.relations.values()}
    names = {n: name for name, n in triples.relations.items()}
    order = sorted(held, key=lambda n: (len(held[n]), -n))
    found: dict[str, str] = {}
    for place, small in enumerate(order):
        if len(held[small]) < LEAST:
            continue
        for large in reversed(order[place + 1 :]):
            if np.isin(held[small], held[large]).all():
                found[names[small]] = names[large]
                break
    return found
