"""What may be odd about links from items to entities: shared entities, chains, cycles."""

from __future__ import annotations

from collections.abc import Mapping


def shared_entities(links: Mapping[str, str]) -> dict[str, list[str]]:
    """Entities that several items are linked to, each with these items."""
    items: dict[str, list[str]] = {}
    for item, entity in links.items():
        items.setdefault(entity, []).append(item)
    return {entity: held for entity, held in items.items() if len(held) > 1}


def chains(links: Mapping[str, str]) -> list[list[str]]:
    """Links that lead to another item that is linked itself: a -> b, b -> c.

    An item stands for its entity in the graph, so the entity ``b`` and the item ``b`` could not
    be told apart.

    Returns:
        Each chain from its first item to its last entity; a cycle ends where it began.
    """
    onward = {item: entity for item, entity in links.items() if entity != item}
    targets = set(onward.values())
    starts = [item for item in onward if item not in targets]
    found: list[list[str]] = []
    walked: set[str] = set()
    for start in (*starts, *onward):
        if start not in walked:
            path = _path(onward, start)
            walked.update(path)
            if len(path) > 2:
                found.append(path)
    return found


def _path(onward: Mapping[str, str], start: str) -> list[str]:
    """Where links lead from one item, until they end or come to a place again."""
    path, been = [start], {start}
    while path[-1] in onward:
        path.append(onward[path[-1]])
        if path[-1] in been:
            break
        been.add(path[-1])
    return path
