"""Items whose texts name other items."""

from __future__ import annotations

from collections.abc import Mapping

from fewrec.data.catalog import Catalog
from fewrec.data.dataset import Triple
from fewrec.knowledge.build.aliases import Aliases, words_of
from fewrec.knowledge.wording import clean

MENTIONS = "mentions"
SHORTEST = 2
"""Titles of fewer words are words as well."""


def title_mentions(catalog: Catalog, links: Mapping[str, str]) -> list[Triple]:
    """Triples (item, mentions, other item) where a free text holds another item's title.

    The title must stand there letter by letter, have at least two words, and be the title of one
    item only.

    Args:
        catalog: I items.
        links: Entity of an item, where it goes by another name in the graph.
    """
    titles = [clean(title) for title in catalog.titles]
    times: dict[str, int] = {}
    for title in titles:
        times[title] = times.get(title, 0) + 1
    looked = [t if times[t] == 1 and len(words_of(t)) >= SHORTEST else "" for t in titles]
    aliases, ids = Aliases(looked), catalog.items.ids
    found: dict[Triple, None] = {}
    for name in catalog.of_kind("text"):
        for row, cell in enumerate(catalog.table[name].to_list()):
            text = clean(cell or "")
            for other in aliases.found(text):
                if other != row and looked[other] in text:
                    pair = (links.get(ids[at], ids[at]) for at in (row, other))
                    found[(next(pair), MENTIONS, next(pair))] = None
    return list(found)
