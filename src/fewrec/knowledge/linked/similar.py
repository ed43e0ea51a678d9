"""Titles that are spelled alike, found by their rare words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

from fewrec.data.title_match import title_key
from fewrec.knowledge.linked.described import Described

RARE = 50
"""A word that stands in more titles of items, or of entities, than this finds nothing."""

LEAST = 0.75
"""Titles less alike than this are not offered."""

WORTH = 0.9
"""Worth of two titles spelled alike, times how alike they are."""


def similar(
    items: Described, entities: Described, rows: Sequence[int]
) -> dict[int, dict[int, float]]:
    """Entities whose titles look like those of some items.

    Args:
        items: I items.
        entities: N entities.
        rows: The items to look for.

    Returns:
        Row of an item -> row of an entity -> how alike, in (0, 1).
    """
    keys = {row: title_key(items.titles[row]) for row in rows}
    held = Counter(word for key in keys.values() for word in set(key.split()) if len(word) > 2)
    wanted = {word for word, times in held.items() if times <= RARE}
    posts = _posts(entities.titles, wanted)
    found: dict[int, dict[int, float]] = {}
    for row, key in keys.items():
        near = {e for word in set(key.split()) for e in posts.get(word, ())}
        alike = {entity: _alike(key, title_key(entities.titles[entity])) for entity in near}
        kept = {entity: WORTH * score for entity, score in alike.items() if score >= LEAST}
        if kept:
            found[row] = kept
    return found


def _posts(titles: Sequence[str], wanted: set[str]) -> dict[str, list[int]]:
    """Word -> rows of the titles it stands in, for wanted words that are rare."""
    posts: dict[str, list[int]] = {word: [] for word in wanted}
    for row, title in enumerate(titles):
        for word in set(title_key(title).split()) & wanted if title else ():
            if len(posts[word]) <= RARE:
                posts[word].append(row)
    return {word: rows for word, rows in posts.items() if len(rows) <= RARE}


def _alike(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= LEAST else 0.0
