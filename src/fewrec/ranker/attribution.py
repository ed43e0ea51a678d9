"""Which of a person's items a score comes from, for rankers that are linear in the history."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fewrec.data.arrays import Floats, Ints
from fewrec.data.evidence import Fact
from fewrec.data.histories import Histories


def history_facts(
    part: str,
    person: Histories,
    shares: Floats,
    candidates: Ints,
    items: Sequence[str],
    most: int = 3,
) -> list[list[Fact]]:
    """Name the liked items that raise each candidate's score.

    Args:
        part: Name of the ranker.
        person: One person (B = 1) with H rows.
        shares: What row h adds to the raw score of candidate n. Shape [H, N].
        candidates: Item row of each candidate. Shape [N].
        items: Id of every item row.
        most: At most so many facts for a candidate.

    Returns:
        For each of N candidates facts of kind ``liked_item``, largest share first; only items
        that add something above 0 are named. An item with several rows is named once, with
        their sum; no item is named as a reason for itself.
    """
    liked, row = np.unique(person.item[person.label > 0], return_inverse=True)
    sums = np.zeros((len(liked), len(candidates)), dtype=np.float32)
    np.add.at(sums, row, shares[person.label > 0])
    sums[liked[:, None] == candidates[None, :]] = 0.0
    return [
        [
            Fact(kind="liked_item", part=part, amount=float(column[n]), item=items[liked[n]])
            for n in np.argsort(-column, kind="stable")[:most]
            if column[n] > 0
        ]
        for column in sums.T
    ]
