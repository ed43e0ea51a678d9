"""Finding items by words of their title, as somebody types."""

from __future__ import annotations

from fewrec.errors import EmptyData
from fewrec.service.schemas import Listed
from fewrec.service.service import Service


def search(service: Service, words: str, limit: int) -> list[Listed]:
    """Items whose title or id holds all of some words, those that begin with them first.

    Args:
        service: Whose items.
        words: As typed; case does not matter.
        limit: At most so many.
    """
    try:
        now = service.live.snapshot()
    except EmptyData:
        return []
    catalog, wanted = now.model.known.catalog, words.casefold().split()
    found = []
    for item, title in zip(catalog.items, catalog.titles, strict=True):
        folded = title.casefold()
        if item not in now.closed and all(w in folded or w == item.casefold() for w in wanted):
            found.append((not folded.startswith(wanted[0]) if wanted else True, title, item))
    found.sort()
    return [Listed(item=item, title=title) for _, title, item in found[:limit]]
