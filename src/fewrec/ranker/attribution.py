"""Which of a person's items a score comes from, for rankers that are linear in the history."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fewrec.data.arrays import Floats
from fewrec.data.evidence import Fact
from fewrec.data.histories import Histories


def history_facts(
    part: str, person: Histories, shares: Floats, items: Sequence[str], most: int = 3
) -> list[list[Fact]]:
    """Name the history rows that raise each candidate's score.

    Args:
        part: Name of the ranker.
        person: One person (B = 1) with H rows.
        shares: What row h adds to the raw score of candidate n. Shape [H, N].
        items: Id of every item row.
        most: At most so many facts for a candidate.

    Returns:
        For each of N candidates facts of kind ``liked_item``, largest share first; only rows
        that add something above 0 are named.
    """
    facts: list[list[Fact]] = []
    for column in shares.T:
        best = np.argsort(-column, kind="stable")[:most]
        facts.append(
            [
                Fact(
                    kind="liked_item",
                    part=part,
                    amount=float(column[h]),
                    item=items[person.item[h]],
                    liked=bool(person.label[h] > 0),
                )
                for h in best
                if column[h] > 0 and person.label[h] > 0
            ]
        )
    return facts
