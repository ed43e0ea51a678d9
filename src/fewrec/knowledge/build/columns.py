"""Triples of a catalogue's columns: categories, lists, persons, decades and bins of numbers."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from fewrec.data.catalog import Catalog
from fewrec.data.dataset import Triple
from fewrec.knowledge.pairs import catalogue_pairs, number_bins


def catalogue_triples(
    catalog: Catalog, links: Mapping[str, str] | None = None, taken: Collection[str] = ()
) -> list[Triple]:
    """Triples (item, column, value) of all category, list, person, year and number columns.

    Args:
        catalog: I items.
        links: Entity of an item, where it goes by another name in the graph.
        taken: Names of other entities. A value that is one of them, or an item, carries its
            column's name ("genre Alien"), so that two different things never become one.

    Returns:
        Each triple once, in the order of items and columns.
    """
    links = links or {}
    entities = [links.get(item, item) for item in catalog.items.ids]
    reserved = {*entities, *catalog.items.ids, *taken}
    pairs = catalogue_pairs(catalog, number_bins(catalog))
    triples = [
        (entities[row], relation, f"{relation} {value}" if value in reserved else value)
        for row, relation, value in pairs.iter_rows()
    ]
    return list(dict.fromkeys(triples))
