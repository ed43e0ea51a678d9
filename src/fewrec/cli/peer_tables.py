"""Tables of the terminal about other libraries: data saved, and how varied lists are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import RenderableType


def peer_tables(extras: Mapping[str, Any]) -> list[RenderableType]:
    """What the best tuned peer needs for what hybrid reaches with little, and its coverage.

    Args:
        extras: Of ``compare_with_peers``.
    """
    from rich.table import Table

    from fewrec.evaluation.curve_figure import people_named
    from fewrec.evaluation.peers.saved import factor_named

    saved = Table(title="Data saved against the best tuned peer", title_justify="left")
    for name in ("with", "hybrid", "best peer", "it needs", "factor"):
        saved.add_column(name)
    for row in extras["data_saved"]:
        needs = f"{row['needs']:.1f} {row['what']}"
        saved.add_row(
            f"{people_named(row['n'])}, {row['k']} clicks", f"{row['level']:.3f}",
            f"{row['peer_level']:.3f}", needs if row["reached"] else f"more than {needs}",
            factor_named(row),
        )  # fmt: skip
    varied = Table(title="Not the same list for everybody", title_justify="left")
    for name in ("with", "hybrid: coverage (NDCG@10)", "best peer", "factor"):
        varied.add_column(name)
    for row in extras["not_the_same_list"]:
        factor = "undefined" if row["factor"] is None else f"{row['factor']:.1f}"
        varied.add_row(
            f"{people_named(row['n'])}, {row['k']} clicks",
            f"{row['coverage']:.3f} ({row['ndcg']:.3f})",
            f"{row['peer_coverage']:.3f} ({row['peer_ndcg']:.3f})", factor,
        )  # fmt: skip
    counts = extras["against_peer"]
    cells = counts["won"] + counts["tied"] + counts["lost"]
    said = (
        f"Against the best tuned peer hybrid wins {counts['won']}, ties {counts['tied']} and loses "
        f"{counts['lost']} of {cells} cells; it is not worse by 1 % in {counts['not_worse']}."
    )
    return [saved, varied, said]
