"""Lines of learning curves: their looks, their bands, and their names where they end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fewrec.evaluation.drawing import BLUE, GREEN, ORANGE, PALE, SOFT
from fewrec.evaluation.rows import Row
from fewrec.evaluation.table import BEST_PEER, CHOSEN

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOOKS: dict[str, dict[str, Any]] = {
    "hybrid": {"color": BLUE, "linewidth": 2.2, "marker": "o", "markersize": 4, "zorder": 5},
    CHOSEN: {"color": ORANGE, "linewidth": 1.7, "marker": "s", "markersize": 3.5, "zorder": 4},
    BEST_PEER: {"color": GREEN, "linewidth": 1.7, "marker": "^", "markersize": 4, "zorder": 4},
    "popularity": {"color": SOFT, "linewidth": 1.3, "linestyle": (0, (4, 2)), "zorder": 3},
    "random": {"color": SOFT, "linewidth": 1.3, "linestyle": (0, (1, 1.5)), "zorder": 3},
}
"""Rankers that stand out; every other one is a thin grey line without a name."""
_OTHERS: dict[str, Any] = {"color": PALE, "linewidth": 0.9, "zorder": 2}
_BANDED = ("hybrid", CHOSEN, BEST_PEER)
_NAMES = {CHOSEN: "best single", BEST_PEER: "best peer"}


def draw_line(axes: Axes, x: Sequence[float], line: Sequence[Row], ranker: str) -> None:
    """One ranker, with its 95 % band where it is one of those compared.

    Args:
        axes: Where.
        x: Places along the x axis.
        line: A row with a mean for each of them.
        ranker: Whose; gives the look.
    """
    look = LOOKS.get(ranker, _OTHERS)
    axes.plot(x, [r["mean"] for r in line], **look)
    if ranker in _BANDED and all(r["low"] is not None for r in line):
        low, high = [r["low"] for r in line], [r["high"] for r in line]
        axes.fill_between(x, low, high, color=look["color"], alpha=0.13, linewidth=0)


def label_ends(axes: Axes, ends: Mapping[str, float], x: float, top: float) -> None:
    """Write each line's name at its end, pushed apart where they would overlap.

    Args:
        axes: Where.
        ends: Ranker, or words for the grey lines -> the last value.
        x: Where the names begin.
        top: Upper end of the y axis; names are pushed apart by a share of it.
    """
    order = sorted(ends, key=lambda ranker: ends[ranker])
    places = apart([ends[ranker] for ranker in order], 0.088 * top, 0.97 * top)
    for ranker, y in zip(order, places, strict=True):
        weight = "bold" if ranker == "hybrid" else "normal"
        name, colour = _NAMES.get(ranker, ranker), LOOKS.get(ranker, {"color": SOFT})["color"]
        axes.text(x, y, name, color=colour, va="center", size=8.5, weight=weight)


def apart(values: Sequence[float], gap: float, ceiling: float) -> list[float]:
    """Places for names: each value, or so far above the last that a gap is between; none too high.

    Args:
        values: Growing.
        gap: Least distance of two names.
        ceiling: Above it no name stands; those pushed over it push the ones below down.
    """
    places: list[float] = []
    for value in values:
        places.append(max(value, places[-1] + gap) if places else value)
    for i in reversed(range(len(places))):
        places[i] = min(places[i], ceiling - gap * (len(places) - 1 - i))
    return places


def shared_top(rows: Sequence[Row]) -> float:
    """Upper end of a shared y axis."""
    return 1.08 * max((r["high"] or r["mean"] for r in rows if r["mean"]), default=1.0)
