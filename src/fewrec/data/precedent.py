"""How an earlier data set was read, so that a later one is read alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fewrec.data.catalog import ColumnKind


@dataclass(frozen=True)
class Precedent:
    """Decisions that a few newcomers alone would not give again.

    Three new items of one genre look like a constant column, and the ages of three people give
    other groups than those of a thousand.

    Attributes:
        like: The liked rule.
        kinds: What each column of the items table is.
        bins: Edges of each number column of the users table.
    """

    like: str
    kinds: Mapping[str, ColumnKind]
    bins: Mapping[str, tuple[float, ...]]
