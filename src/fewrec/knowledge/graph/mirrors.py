"""Relations that say the same in reverse (``directed`` and ``director``) become one."""

from __future__ import annotations

import numpy as np
import polars as pl

from fewrec.knowledge.graph.store import Graph

LEAST = 0.9
"""Two relations say the same in reverse where so many of the smaller one's pairs agree."""


def mirrored(forward: pl.DataFrame, backward: pl.DataFrame, least: float = LEAST) -> dict[str, str]:
    """Which relation is the reverse of which.

    Args:
        forward: Columns ``row``, ``relation``, ``value``: pairs as they stand, each once.
        backward: The same columns: pairs as they stand in reverse.
        least: Share of the smaller relation's pairs that must agree, in (0, 1].

    Returns:
        Relation -> the one it reverses; the one that stands forward stays. A symmetric relation
        is its own reverse.
    """
    heads = dict(forward.group_by("relation").len().iter_rows())
    tails = dict(backward.group_by("relation").len().iter_rows())
    both = forward.join(backward, on=["row", "value"], suffix="_back")
    shared = both.group_by("relation", "relation_back").len().sort("relation", "relation_back")
    found: dict[str, str] = {}
    for there, back, count in shared.iter_rows():
        enough = count >= least * min(heads[there], tails[back])
        if enough and there not in found and back not in found.values():
            found.setdefault(back, there)
    return found


def merge_mirrors(graph: Graph, least: float = LEAST) -> Graph:
    """The graph with one relation where two say the same in reverse.

    Args:
        graph: Any graph.
        least: Share of the smaller relation's triples that must stand reversed in the other.

    Returns:
        A graph in memory over the same entities: (person, directed, film) is there as
        (film, director, person), or the other way round, and counts once. Symmetric relations
        stay as they are. The same graph where nothing is mirrored.
    """
    head, relation, tail = graph.triples()
    named = {"relation": pl.Series(graph.relations, dtype=pl.String).gather(relation)}
    found = mirrored(
        pl.DataFrame({"row": head, **named, "value": tail}),
        pl.DataFrame({"row": tail, **named, "value": head}),
        least,
    )
    number = {name: at for at, name in enumerate(graph.relations)}
    becomes = {number[back]: number[there] for back, there in found.items() if back != there}
    if not becomes:
        return graph
    turn = np.isin(relation, list(becomes))
    kept = [at for at in range(len(graph.relations)) if at not in becomes]
    place = np.full(len(graph.relations), -1, dtype=np.int64)
    place[kept] = np.arange(len(kept))
    for back, there in becomes.items():
        place[back] = place[there]
    return Graph.of_rows(
        graph.entities,
        tuple(graph.relations[at] for at in kept),
        np.where(turn, tail, head),
        place[relation],
        np.where(turn, head, tail),
    )
