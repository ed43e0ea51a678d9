"""Data saved as a picture: how much further along the best peer's curve reaches hybrid's level.

The x axes are log n and log(1 + k), in which ``saved.needed`` reads curves off by straight lines,
so that an arrow ends on the line that is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from fewrec.evaluation.curve_lines import LOOKS, draw_line, label_ends, shared_top
from fewrec.evaluation.drawing import INK, PALE, SOFT, style
from fewrec.evaluation.peers.saved import CLICKS_AT, PEOPLE_AT, clicks_with, factor_named
from fewrec.evaluation.rows import Row, people_named, select
from fewrec.evaluation.table import BEST_PEER

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_STRIP = 0.22
"""Room for words below 0, as a share of what is above."""
_EACH = "each peer"


@dataclass(frozen=True)
class SavedPanel:
    """One small picture.

    Attributes:
        along: What grows along the x axis: training users (``n``), or clicks of the person (``k``).
        n: Training users, where ``along`` is the clicks; those of the arrow, where it is not.
        rows: NDCG@10 of hybrid and the peers, those with a mean.
        saved: The arrow, a row of ``data_saved``; None where there is none.
        everybody: How many training users ``all`` is.
    """

    along: Literal["n", "k"]
    n: object
    rows: tuple[Row, ...]
    saved: Mapping[str, Any] | None
    everybody: float

    @property
    def title(self) -> str:
        """What the picture shows."""
        held = f"{CLICKS_AT} clicks known" if self.along == "n" else people_named(self.n)
        return f"NDCG@10 · {held}"

    def amount(self, row: Row) -> float:
        """Training users or clicks of a row."""
        value = row[self.along]
        return self.everybody if value == "all" else float(value)

    def place(self, amount: float) -> float:
        """Where an amount stands on the x axis."""
        return math.log(amount + (1.0 if self.along == "k" else 0.0))


def saved_panels(document: Mapping[str, Any]) -> list[SavedPanel]:
    """The pictures of a result: training users, and clicks with 100 of them and with the most.

    Args:
        document: JSON of `fewrec bench curve --peers`.

    Returns:
        Nothing where the result has no peers; a picture with fewer than two points is left out.
    """
    if not document.get("peers"):
        return []
    names = {"hybrid", BEST_PEER, *(peer["name"] for peer in document["peers"])}
    rows = [
        r
        for r in select(document["rows"], metric="ndcg@10", segment="new_users", diversity=None)
        if r["ranker"] in names and r["mean"] is not None
    ]
    found = {(s["what"], s["n"]): s for s in document["data_saved"]}
    everybody = float(document["training_users"])
    by_n = tuple(select(rows, k=CLICKS_AT))
    panels = [SavedPanel("n", PEOPLE_AT, by_n, found.get(("training users", PEOPLE_AT)), everybody)]
    panels += [
        SavedPanel("k", n, tuple(select(rows, n=n)), found.get(("clicks", n)), everybody)
        for n in clicks_with({r["n"] for r in rows})
    ]
    return [panel for panel in panels if len({panel.amount(r) for r in panel.rows}) > 1]


def saved_figure(panels: Sequence[SavedPanel], top: float | None = None) -> Figure:
    """Small multiples beside each other, with one y axis for all.

    Args:
        panels: Some of ``saved_panels``, at least one.
        top: Upper end of the y axes; None for that of the panels.
    """
    end = top or shared_top([row for panel in panels for row in panel.rows])
    with style() as new_figure:
        figure = new_figure(3.5 * len(panels), 3.3)
        for place, panel in enumerate(panels):
            axes = figure.add_subplot(1, len(panels), place + 1)
            _draw(axes, panel, end)
            axes.set_title(panel.title)
        figure.tight_layout(w_pad=1.2)
    return figure


def saved_pictures(panels: Sequence[SavedPanel]) -> list[Figure]:
    """Each picture by itself, for a page that arranges them by its width; same y axis."""
    top = shared_top([row for panel in panels for row in panel.rows])
    return [saved_figure([panel], top) for panel in panels]


def arrow_words(saved: Mapping[str, Any]) -> str:
    """What an arrow is labelled with: the factor, and who is ahead where nothing is saved."""
    whose = "users" if saved["what"] == "training users" else "clicks"
    words = f"{factor_named(saved)} × the {whose}"
    if saved["peer_level"] > saved["level"]:
        return f"{words}:\nthe peer is ahead"
    return words.replace("more than ", "more than\n")


def _draw(axes: Axes, panel: SavedPanel, top: float) -> None:
    amounts = {panel.amount(r): r[panel.along] for r in panel.rows}
    steps = sorted(amounts)
    ends: dict[str, float] = {}
    for ranker in sorted({r["ranker"] for r in panel.rows}, key=lambda r: (r in LOOKS, r)):
        line = sorted(select(panel.rows, ranker=ranker), key=panel.amount)
        draw_line(axes, [panel.place(panel.amount(r)) for r in line], line, ranker)
        name, value = ranker if ranker in LOOKS else _EACH, line[-1]["mean"]
        ends[name] = min(value, ends.get(name, value))
    first, last = panel.place(steps[0]), panel.place(steps[-1])
    wide = last - first
    axes.set_ylim(-_STRIP * top, top)
    axes.set_xlim(first - 0.05 * wide, last + 0.5 * wide)
    named = [f"{a:g}" if amounts[a] != "all" else f"{a:g} (all)" for a in steps]
    axes.set_xticks([panel.place(a) for a in steps], named)
    what = "training users, log scale" if panel.along == "n" else "clicks known of the person"
    axes.set_xlabel(what, loc="left")
    inside = [y for y in axes.get_yticks() if 0 <= y < top]
    axes.set_yticks(inside)
    axes.hlines(inside, first, last, color=PALE, linewidth=0.5, alpha=0.5)
    label_ends(axes, ends, last + 0.04 * wide, top)
    if panel.saved is not None:
        _arrow(axes, panel, panel.saved, top)


def _arrow(axes: Axes, panel: SavedPanel, saved: Mapping[str, Any], top: float) -> None:
    """From hybrid's point along its level to the peer's curve, with plumb lines to the x axis."""
    start = panel.place(float(PEOPLE_AT if panel.along == "n" else saved["k"]))
    end, level = panel.place(saved["needs"]), saved["level"]
    axes.vlines(
        sorted({start, end}),
        -_STRIP * top,
        level,
        color=SOFT,
        linewidth=0.8,
        linestyle=(0, (1, 2)),
        zorder=1,
    )
    if end > start:
        look = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", (end, level), (start, level), arrowprops=look, zorder=6)
    axes.annotate(
        arrow_words(saved), (end, -0.5 * _STRIP * top), (5, 0), textcoords="offset points",
        va="center", size=8.5, color=INK,
    )  # fmt: skip
