"""The filling of a slate, place by place: what is still open, under pins and caps."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fewrec.data.choice import Cap, Menu


class Serving:
    """A slate being filled. Every policy walks through it, so pins and caps hold for all.

    Attributes:
        placed: Items so far, first place first.
        open: Items that may come next. Shape [N].
    """

    def __init__(self, menu: Menu) -> None:
        """Begin an empty slate; pinned items are held back for their places."""
        self.placed: list[int] = []
        self.open = np.ones(len(menu), dtype=bool)
        self._pins = dict(menu.pins)
        self._caps = [(cap, _none(cap)) for cap in menu.caps]
        for item in self._pins.values():
            self._leave(item)

    def places(self, k: int) -> Iterator[int | None]:
        """The places of a slate of k, one after the other: a pinned item, or None to choose one.

        Ends early where nothing is open and no pin is left; pins then move up.
        """
        for place in range(k):
            item = self._pins.pop(place, None)
            if item is None and not self.open.any():
                item = self._next_pin(k)
                if item is None:
                    return
            if item is not None:
                self.placed.append(item)
            yield item

    def put(self, item: int) -> None:
        """Choose an open item for the present place."""
        self.placed.append(item)
        self._leave(item)

    def _next_pin(self, k: int) -> int | None:
        waiting = [place for place in self._pins if place < k]
        return self._pins.pop(min(waiting)) if waiting else None

    def _leave(self, item: int) -> None:
        """Take an item off the menu, and close the values that are full with it."""
        self.open[item] = False
        for cap, count in self._caps:
            for value in cap.values[item]:
                if value >= 0:
                    count[value] += 1
                    if count[value] >= cap.most:
                        self.open &= ~(cap.values == value).any(axis=1)


def _none(cap: Cap) -> np.ndarray:
    return np.zeros(int(cap.values.max(initial=-1)) + 1, dtype=np.int64)
