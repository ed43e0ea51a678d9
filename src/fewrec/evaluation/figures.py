"""Figures of the report: calibration, and accuracy against variety."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from fewrec.evaluation.drawing import BLUE, PALE, SOFT, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_OURS: dict[str, Any] = {"color": BLUE, "linewidth": 2.2, "marker": "o", "markersize": 4}
_OTHER: dict[str, Any] = {"color": SOFT, "linewidth": 1.1, "marker": ".", "markersize": 4}


def calibration_plot(tables: Sequence[Mapping[str, Any]]) -> Figure:
    """Predicted against observed shares of likes, with how many rows each bin holds.

    Args:
        tables: Objects with ``ranker, edges, count, predicted, observed``; ``hybrid`` first.
    """
    with style() as new_figure:
        figure = new_figure(4.2, 4.2)
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=[4, 1])
        above.plot([0, 1], [0, 1], color=PALE, linewidth=1, linestyle=(0, (4, 3)))
        for table in reversed(tables):
            _reliability(above, table)
        edges, count = np.asarray(tables[0]["edges"]), np.asarray(tables[0]["count"])
        below.bar(edges[:-1], count, np.diff(edges), align="edge", color=PALE, edgecolor="none")
        below.set_yticks([int(count.max())], [f"{int(count.max()):,}"])
        above.set(xlim=(0, 1), ylim=(0, 1), title="Liked, of those given this probability")
        below.set(xlabel="predicted probability of a like", ylabel="rows")
        figure.tight_layout(h_pad=0.6)
    return figure


def pareto_curve(points: Sequence[tuple[float, float, float]]) -> Figure:
    """Accuracy against coverage as ``--diversity`` grows.

    Args:
        points: (diversity, coverage, NDCG@10), by growing diversity, from 0.
    """
    diversity, shown, accuracy = np.array(points, dtype=float).T
    floor = 0.99 * accuracy.max()
    with style() as new_figure:
        figure = new_figure(4.6, 3.2)
        axes = figure.subplots()
        axes.axhline(floor, color=PALE, linewidth=1, linestyle=(0, (4, 3)))
        axes.plot(shown, accuracy, **_OURS)
        for d, x, y in zip(diversity, shown, accuracy, strict=True):
            axes.annotate(f"{d:g}", (x, y), (4, 5), textcoords="offset points", color=SOFT, size=8)
        axes.set_ylim(*_room(min(accuracy.min(), 0.95 * accuracy.max()), accuracy.max()))
        axes.set_xlim(*_room(shown.min(), shown.max()))
        axes.annotate(
            "99 % of the best", (0, floor), (4, -10), xycoords=("axes fraction", "data"),
            textcoords="offset points", color=SOFT, size=8,
        )  # fmt: skip
        axes.set(xlabel="share of the catalogue shown to somebody", title="NDCG@10")
        figure.tight_layout()
    return figure


def _reliability(axes: Axes, table: Mapping[str, Any]) -> None:
    bins = zip(table["predicted"], table["observed"], strict=True)
    kept = [(p, o) for p, o in bins if p is not None]
    if not kept:
        return
    x, y = np.array(kept, dtype=float).T
    ours = table["ranker"] == "hybrid"
    look = _OURS if ours else _OTHER
    axes.plot(x, y, **look)
    place = round((0.75 if ours else 0.3) * (len(x) - 1))
    axes.annotate(
        table["ranker"], (x[place], y[place]), (-8, 6) if ours else (8, -10),
        textcoords="offset points", color=look["color"], size=8.5,
        ha="right" if ours else "left", weight="bold" if ours else "normal",
    )  # fmt: skip


def _room(low: float, high: float) -> tuple[float, float]:
    """Axis limits with room for labels."""
    span = max(high - low, 1e-3)
    return low - 0.12 * span, high + 0.16 * span
