"""The surroundings of some entities in a graph too large to hold: one pass a step."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from fewrec.knowledge.linked.collected import Collected
from fewrec.knowledge.linked.rdf import Statement

Stream = Callable[[Collection[str] | None], Iterable[Statement]]
"""Begins a pass through the triples. Given heads, it may leave out what has other heads."""


def everything(stream: Stream, language: str) -> tuple[Collected, int]:
    """All triples, and how many were left out as literals of other languages. One pass."""
    made, foreign = Collected(), 0
    for head, relation, tail, spoken in stream(None):
        if spoken and not same_language(spoken, language):
            foreign += 1
        else:
            made.add(head, relation, tail)
    return made, foreign


def within(
    stream: Stream, start: Collection[str], hops: int, language: str
) -> tuple[Collected, int]:
    """What lies within so many steps of some entities.

    A step goes along the arrow, from head to tail; the first one also against it, so that
    (person, directed, film) is found from the film. Later steps do not go against the arrow:
    from a country, that would lead to everything in it.

    Memory grows with what is found, time with the file: ``hops`` passes.

    Args:
        stream: The triples.
        start: Entities to start from.
        hops: Steps, at least 1.
        language: Literals of this language, or of none, are kept.

    Returns:
        The triples, and how many literals of other languages were left out.
    """
    made, foreign = Collected(), 0
    edge, passed = set(start), set(start)
    for hop in range(hops):
        fresh: set[str] = set()
        for head, relation, tail, spoken in stream(edge if hop else None):
            along = head in edge
            if not along and (hop or spoken is not None or tail not in edge):
                continue
            if spoken and not same_language(spoken, language):
                foreign += 1
                continue
            made.add(head, relation, tail)
            if spoken is None:
                fresh.add(tail if along else head)
        edge = fresh - passed
        passed |= edge
    return made, foreign


def same_language(spoken: str, wanted: str) -> bool:
    """Whether a language tag (``en-GB``) is of a language (``en``)."""
    spoken, wanted = spoken.lower(), wanted.lower()
    return spoken == wanted or spoken.startswith(f"{wanted}-")
