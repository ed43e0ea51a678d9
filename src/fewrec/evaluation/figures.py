"""Figures of the report, drawn with matplotlib: learning curve, calibration, diversity.

One look for all: lines are labelled where they end, colours are those of Okabe and Ito (told
apart by colour-blind readers too), grey is for what is not the point. Inside the report the ink
follows the page (light or dark); the files beside it are drawn on white.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fewrec.errors import MissingExtra
from fewrec.evaluation.rows import Row, select
from fewrec.evaluation.table import CHOSEN

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, SOFT, PALE = "#1c1e21", "#6b7078", "#b9bec6"
BLUE, ORANGE = "#0072b2", "#d55e00"
LOOKS: dict[str, dict[str, Any]] = {
    "hybrid": {"color": BLUE, "linewidth": 2.2, "marker": "o", "markersize": 4, "zorder": 5},
    CHOSEN: {"color": ORANGE, "linewidth": 1.7, "marker": "s", "markersize": 3.5, "zorder": 4},
    "popularity": {"color": SOFT, "linewidth": 1.3, "linestyle": (0, (4, 2)), "zorder": 3},
    "random": {"color": SOFT, "linewidth": 1.3, "linestyle": (0, (1, 1.5)), "zorder": 3},
}
OTHERS: dict[str, Any] = {"color": PALE, "linewidth": 0.9, "zorder": 2}
NAMES = {CHOSEN: "best single"}
_THEME = {
    INK: "var(--ink)", SOFT: "var(--soft)", PALE: "var(--pale)",
    BLUE: "var(--blue)", ORANGE: "var(--orange)",
}  # fmt: skip
_RC: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": PALE,
    "axes.labelcolor": SOFT,
    "axes.titlecolor": INK,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "svg.hashsalt": "fewrec",
    "savefig.dpi": 200,
}

Panel = tuple[Any, str]
"""Training users and metric of one small picture of the learning curve."""


def curve_panels(rows: Sequence[Row], segment: str) -> list[Panel]:
    """The small pictures of a learning curve: accuracy first, then coverage, one each n."""
    here = [r for r in select(rows, segment=segment) if "k" in r and "diversity" not in r]
    sizes = sorted({r["n"] for r in here if "n" in r}, key=_size_key)
    return [(n, metric) for metric in ("ndcg@10", "coverage") for n in sizes]


def learning_curve(rows: Sequence[Row], segment: str, panels: Sequence[Panel]) -> Figure:
    """Small multiples: what is reached (y) with k clicks of a new person (x), for each n.

    Args:
        rows: Rows of the JSON contract with ``n`` and ``k``.
        segment: Whose rows to draw.
        panels: Which small pictures, from ``curve_panels``.

    Returns:
        The figure; panels of one metric share their y axis.
    """
    metrics = list(dict.fromkeys(metric for _, metric in panels))
    wide = max(len(panels) // len(metrics), 1)
    with _style() as new_figure:
        figure = new_figure(3.1 * wide, 2.45 * len(metrics))
        for place, (n, metric) in enumerate(panels):
            axes = figure.add_subplot(len(metrics), wide, place + 1)
            drawn = select(rows, segment=segment, metric=metric, diversity=None)
            _curve(axes, [r for r in drawn if r.get("n") == n], _limit(drawn))
            axes.set_title(_panel_title(n, metric))
        figure.tight_layout(w_pad=1.2, h_pad=1.4)
    return figure


def calibration_plot(tables: Sequence[Mapping[str, Any]]) -> Figure:
    """Predicted against observed shares of likes, with how many rows each bin holds.

    Args:
        tables: Objects with ``ranker, edges, count, predicted, observed``; ``hybrid`` first.
    """
    with _style() as new_figure:
        figure = new_figure(4.2, 4.2)
        top, below = figure.subplots(2, 1, sharex=True, height_ratios=[4, 1])
        top.plot([0, 1], [0, 1], color=PALE, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
        for table in reversed(tables):
            _reliability(top, table)
        edges = np.asarray(tables[0]["edges"])
        count = np.asarray(tables[0]["count"])
        below.bar(edges[:-1], count, np.diff(edges), align="edge", color=PALE, edgecolor="none")
        below.set_yticks([int(count.max())], [f"{int(count.max()):,}"])
        top.set(xlim=(0, 1), ylim=(0, 1), title="liked, of those given this probability")
        below.set(xlabel="predicted probability of a like", ylabel="rows")
        figure.tight_layout(h_pad=0.6)
    return figure


def pareto_curve(points: Sequence[tuple[float, float, float]]) -> Figure:
    """Accuracy against coverage as ``--diversity`` grows.

    Args:
        points: (diversity, coverage, NDCG@10), by growing diversity, from 0.
    """
    diversity, coverage, accuracy = np.array(points, dtype=float).T
    floor = 0.99 * accuracy.max()
    with _style() as new_figure:
        figure = new_figure(4.6, 3.2)
        axes = figure.subplots()
        axes.axhline(floor, color=PALE, linewidth=1, linestyle=(0, (4, 3)))
        axes.plot(coverage, accuracy, **LOOKS["hybrid"])
        for d, x, y in zip(diversity, coverage, accuracy, strict=True):
            axes.annotate(f"{d:g}", (x, y), (4, 5), textcoords="offset points", color=SOFT, size=8)
        low, high = accuracy.min(), accuracy.max()
        axes.set_ylim(
            min(low, floor) - 0.1 * (high - low + 0.01), high + 0.15 * (high - low + 0.01)
        )
        left, right = coverage.min(), coverage.max()
        axes.set_xlim(left - 0.08 * (right - left + 0.01), right + 0.12 * (right - left + 0.01))
        axes.annotate(
            "99 % of the best NDCG@10", (1, floor), (0, -10), xycoords=("axes fraction", "data"),
            textcoords="offset points", ha="right", color=SOFT, size=8,
        )  # fmt: skip
        axes.set(xlabel="share of the catalogue shown to somebody", title="NDCG@10")
        figure.tight_layout()
    return figure


def save(figure: Figure, path: Path) -> list[Path]:
    """Write a figure as PNG and SVG beside each other.

    Args:
        figure: Any of the figures here.
        path: Without suffix.

    Returns:
        The two files.
    """
    files = [path.with_suffix(".png"), path.with_suffix(".svg")]
    with _style():
        figure.savefig(files[0], facecolor="white", metadata={"Software": None})
        figure.savefig(files[1], facecolor="white", metadata={"Date": None, "Creator": None})
    return files


def inline(figure: Figure, what: str) -> str:
    """The figure as an SVG element whose ink follows the colours of the page.

    Args:
        figure: Any of the figures here.
        what: What it shows, for readers who cannot see it.
    """
    buffer = io.StringIO()
    with _style(text_as_text=True):
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", svg, count=1)
    for colour, variable in _THEME.items():
        svg = svg.replace(colour, variable)
    svg = svg.replace("'DejaVu Sans', sans-serif", "inherit")
    return svg.replace("<svg", f'<svg role="img" aria-label="{what}"', 1)


@contextmanager
def _style(*, text_as_text: bool = False) -> Iterator[Callable[[float, float], Figure]]:
    """The look of all figures, for the time of drawing only; nothing global stays changed."""
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtra("matplotlib", "plots", "Drawing figures") from error
    with rc_context({**_RC, "svg.fonttype": "none" if text_as_text else "path"}):
        yield lambda width, height: Figure(figsize=(width, height))


def _curve(axes: Axes, rows: Sequence[Row], limit: float) -> None:
    rankers = dict.fromkeys(r["ranker"] for r in rows)
    steps = sorted({r["k"] for r in rows})
    ends: dict[str, float] = {}
    for ranker in sorted(rankers, key=lambda name: name in LOOKS):
        line = sorted(
            (r for r in rows if r["ranker"] == ranker and r["mean"] is not None),
            key=lambda r: r["k"],
        )
        if not line:
            continue
        x = [steps.index(r["k"]) for r in line]
        axes.plot(x, [r["mean"] for r in line], **LOOKS.get(ranker, OTHERS))
        if ranker in ("hybrid", CHOSEN) and all(r["low"] is not None for r in line):
            low, high = [r["low"] for r in line], [r["high"] for r in line]
            axes.fill_between(x, low, high, color=LOOKS[ranker]["color"], alpha=0.13, linewidth=0)
        if ranker in LOOKS:
            ends[ranker] = line[-1]["mean"]
    axes.set_ylim(0, limit)
    axes.set_xlim(-0.2, len(steps) - 1 + 1.6)
    axes.set_xticks(range(len(steps)), [str(k) for k in steps])
    axes.set_xlabel("clicks known of the person", loc="left")
    axes.grid(axis="y", color=PALE, linewidth=0.5, alpha=0.5)
    _label_ends(axes, ends, len(steps) - 1, limit)


def _label_ends(axes: Axes, ends: Mapping[str, float], x: float, limit: float) -> None:
    """Write each line's name at its end, pushed apart where they would overlap."""
    gap, last = 0.085 * limit, -np.inf
    for ranker, y in sorted(ends.items(), key=lambda pair: pair[1]):
        last = max(y, last + gap)
        weight = "bold" if ranker == "hybrid" else "normal"
        axes.text(
            x + 0.15, last, NAMES.get(ranker, ranker), color=LOOKS[ranker]["color"],
            va="center", size=8.5, weight=weight,
        )  # fmt: skip


def _reliability(axes: Axes, table: Mapping[str, Any]) -> None:
    kept = [
        (p, o) for p, o in zip(table["predicted"], table["observed"], strict=True) if p == p and p
    ]
    if not kept:
        return
    x, y = zip(*kept, strict=True)
    look = LOOKS["hybrid"] if table["ranker"] == "hybrid" else {**OTHERS, "color": SOFT}
    axes.plot(x, y, **look)
    place = int(np.argmax(np.abs(np.array(x) - np.array(y)))) if look is not LOOKS["hybrid"] else -1
    axes.annotate(
        table["ranker"], (x[place], y[place]), (6, -10), textcoords="offset points",
        color=look["color"], size=8.5, ha="left" if place != -1 else "right",
    )  # fmt: skip


def _limit(rows: Sequence[Row]) -> float:
    tops = [
        r["high"] if r["high"] is not None else r["mean"] for r in rows if r["mean"] is not None
    ]
    return 1.08 * max(tops, default=1.0)


def _size_key(n: object) -> float:
    return float("inf") if n == "all" else float(str(n))


def _panel_title(n: object, metric: str) -> str:
    people = "all training users" if n == "all" else f"{n} training users"
    return f"{ {'ndcg@10': 'NDCG@10', 'coverage': 'coverage@10'}[metric] } · {people}"
