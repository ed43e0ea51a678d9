"""Which item is which entity: by an id both have, else by title, year and type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fewrec.knowledge.linked.described import Described
from fewrec.knowledge.linked.similar import similar
from fewrec.knowledge.linked.variants import variants

THRESHOLD = 0.8
"""Links below this confidence are left to a person."""

EXACT, KEY = 1.0, 0.98
YEAR_SAME, YEAR_NEAR, YEAR_UNKNOWN, YEAR_OTHER = 1.0, 0.97, 0.85, 0.3
TYPE_SAME, TYPE_UNKNOWN, TYPE_OTHER = 1.0, 0.97, 0.4


@dataclass(frozen=True)
class Candidate:
    """An entity that an item may be.

    Attributes:
        item: Row of the item.
        entity: Row of the entity.
        confidence: How sure, in [0, 1]; 1 for an id that both have.
        how: What agreed: a catalogue's name, or ``title``, ``variant``, ``similar``, each with
            what was said about year and type.
        rival: Row of the entity that fits next best, -1 without one.
    """

    item: int
    entity: int
    confidence: float
    how: str
    rival: int = -1


def candidates(items: Described, entities: Described) -> list[Candidate]:
    """The best entity of every item that has one at all.

    An id in a catalogue that item and entity share decides, first of all. Else titles are
    compared, first as written, then by their key (``title_key``), then by alternative titles
    and without subtitles, last by similar spelling. The confidence is a product: how alike the
    titles are, times whether years agree, times whether types do; and less where a second
    entity fits about as well (c * c^2 / (c^2 + r^2) with the rival's r).

    Args:
        items: I items.
        entities: N entities; of entities with the same name the first counts.

    Returns:
        At most one candidate an item, in the order of the items.
    """
    known = dict(_by_id(items, entities))
    open_rows = [row for row in range(len(items)) if row not in known and items.titles[row]]
    titled = _by_title(items, entities, open_rows)
    rest = [row for row in open_rows if row not in titled]
    for row, alike in similar(items, entities, rest).items():
        titled[row] = {entity: (score, "similar") for entity, score in alike.items()}
    for row, found in titled.items():
        known[row] = _best(row, found, items, entities)
    return [known[row] for row in sorted(known)]


def _by_id(items: Described, entities: Described) -> Iterator[tuple[int, Candidate]]:
    """Items whose id in some catalogue an entity has, catalogue by catalogue."""
    done: set[int] = set()
    own = {**items.ids, "item": items.names}
    for catalogue, theirs in entities.ids.items():
        if catalogue not in own:
            continue
        rows: dict[str, int] = {}
        for row, given in enumerate(theirs):
            if given:
                rows.setdefault(given, row)
        for item, given in enumerate(own[catalogue]):
            if item not in done and given and given in rows:
                done.add(item)
                yield item, Candidate(item, rows[given], 1.0, catalogue)


def _by_title(
    items: Described, entities: Described, rows: list[int]
) -> dict[int, dict[int, tuple[float, str]]]:
    """Item -> entity -> how alike their titles are, for titles with the same key."""
    wanted: dict[str, list[tuple[int, float]]] = {}
    for row in rows:
        for key, worth in variants(items.titles[row]).items():
            wanted.setdefault(key, []).append((row, worth))
    found: dict[int, dict[int, tuple[float, str]]] = {}
    for entity, title in enumerate(entities.titles):
        for key, worth in variants(title).items() if title else ():
            for row, own in wanted.get(key, ()):
                score = min(worth, own) * (EXACT if title == items.titles[row] else KEY)
                how = "title" if min(worth, own) == 1 else "variant"
                before = found.setdefault(row, {}).get(entity, (0.0, ""))
                found[row][entity] = max(before, (score, how))
    return found


def _best(
    row: int, found: dict[int, tuple[float, str]], items: Described, entities: Described
) -> Candidate:
    judged = []
    for entity, (alike, how) in found.items():
        year, told = _years(items.years[row], entities.years[entity])
        kind, said = _types(items.types[row], entities.types[entity])
        judged.append((alike * year * kind, -entity, f"{how}{told}{said}"))
    judged.sort(reverse=True)
    (score, place, how), rest = judged[0], judged[1:]
    names = entities.names
    others = [(s, -p) for s, p, _ in rest if names[-p] != names[-place]]
    rival, second = others[0] if others else (0.0, -1)
    sure = score * score**2 / (score**2 + rival**2) if score else 0.0
    return Candidate(row, -place, round(sure, 4), how, second)


def _years(one: int | None, other: int | None) -> tuple[float, str]:
    if one is None or other is None:
        return YEAR_UNKNOWN, ", year unknown"
    apart = abs(one - other)
    if apart <= 1:
        return (YEAR_SAME, ", year") if apart == 0 else (YEAR_NEAR, ", year one off")
    return YEAR_OTHER / (apart - 1) ** 0.5, f", {apart} years apart"


def _types(one: str, other: str) -> tuple[float, str]:
    if not one or not other:
        return TYPE_UNKNOWN if one else 1.0, ""
    return (TYPE_SAME, ", type") if one == other else (TYPE_OTHER, f", is a {other}")
