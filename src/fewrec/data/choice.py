"""What a policy chooses from, and what it chose: items on offer, pins, caps, propensities."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from fewrec.data.arrays import Bools, Doubles, Floats, Ints


@dataclass(frozen=True)
class Cap:
    """At most so many items of a slate may share a value (a category, a brand, an author).

    Attributes:
        name: What is capped, for counts and messages.
        values: Values of each item as numbers from 0; -1 fills up rows. Shape [N, W].
        most: How many items of a slate may share one value, at least 1.
    """

    name: str
    values: Ints
    most: int

    def take(self, rows: Ints) -> Cap:
        """The same cap on some of the items, in the given order. ``rows``: shape [K]."""
        return replace(self, values=self.values[rows])


@dataclass(frozen=True)
class Menu:
    """N items that may be shown to one person now.

    Attributes:
        scores: Higher is better. Shape [N].
        vectors: What the first C of the items are, length 1 (or 0); the others count as like
            anything. None where nothing compares items. Shape [C, D'].
        new: Items that wait for their first audience; None where there are none. Shape [N].
        pins: Place of a slate (from 0) -> number of the item that must stand there.
        caps: What no slate may hold too much of. A pinned item stays where it must stand and
            counts from the beginning.
    """

    scores: Floats
    vectors: Floats | None = None
    new: Bools | None = None
    pins: dict[int, int] = field(default_factory=dict)
    caps: tuple[Cap, ...] = ()

    def __len__(self) -> int:
        return len(self.scores)


@dataclass(frozen=True)
class Choice:
    """A slate as item numbers of a menu, with how probable it was.

    Attributes:
        items: Numbers of the items, first place first; shorter than asked where the menu or
            its caps leave nothing. Shape [K].
        propensities: Probability of each item at its place, given the items before it; 1 where
            nothing was left to chance. Shape [K].
    """

    items: Ints
    propensities: Doubles

    @property
    def log_probability(self) -> float:
        """Natural logarithm of the probability of this very slate."""
        with np.errstate(divide="ignore"):
            return float(np.log(self.propensities).sum())
