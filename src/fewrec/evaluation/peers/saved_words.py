"""Data saved, coverage beside the best peer and cells won, as words for tables on any surface."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fewrec.evaluation.peers.saved import factor_named
from fewrec.evaluation.rows import people_named

SAVED_HEAD = ("with", "hybrid", "best peer", "it needs", "factor")
VARIED_HEAD = ("with", "hybrid: coverage (NDCG@10)", "best peer", "factor")


def saved_lines(document: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """A line of ``SAVED_HEAD`` for each of ``data_saved``.

    Args:
        document: JSON of `fewrec bench curve --peers`, or its part about peers.
    """
    made: list[tuple[str, ...]] = []
    for row in document["data_saved"]:
        needs = f"{row['needs']:.1f} {row['what']}"
        made.append(
            (
                _cell(row), f"{row['level']:.3f}", f"{row['peer_level']:.3f}",
                needs if row["reached"] else f"more than {needs}", factor_named(row),
            )
        )  # fmt: skip
    return made


def varied_lines(document: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """A line of ``VARIED_HEAD`` for each of ``not_the_same_list``; argument as above."""
    return [
        (
            _cell(row),
            f"{row['coverage']:.3f} ({row['ndcg']:.3f})",
            f"{row['peer_coverage']:.3f} ({row['peer_ndcg']:.3f})",
            "undefined" if row["factor"] is None else f"{row['factor']:.1f}",
        )
        for row in document["not_the_same_list"]
    ]


def cells_counted(document: Mapping[str, Any]) -> str:
    """Cells won, tied and lost, in a sentence; argument as above."""
    counts = document["against_peer"]
    cells = counts["won"] + counts["tied"] + counts["lost"]
    return (
        f"Against the peer that the training part chooses, over {cells} cells corrected for their "
        f"number: {counts['won']} won, {counts['tied']} tied, {counts['lost']} lost; not worse by "
        f"1 % in {counts['not_worse']}."
    )


def _cell(row: Mapping[str, Any]) -> str:
    return f"{people_named(row['n'])}, {row['k']} clicks"
