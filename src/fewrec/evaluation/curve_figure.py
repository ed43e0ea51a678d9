"""The learning curve as small pictures: what a few clicks and a few people are worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from fewrec.evaluation.curve_lines import LOOKS, draw_line, label_ends, shared_top
from fewrec.evaluation.drawing import PALE, style
from fewrec.evaluation.rows import Row, people_named, select, size_order

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_METRICS = {"ndcg@10": "NDCG@10", "coverage": "coverage@10"}
_PLACES = {"new_items": "among new items", "new_items_all": "whole catalogue"}


@dataclass(frozen=True)
class Panel:
    """One small picture.

    Attributes:
        segment: Whose rows.
        metric: What stands on the y axis.
        along: What grows along the x axis: clicks of the person, or training users.
        n: Training users, where ``along`` is the clicks; None where the rows have no n.
    """

    segment: str
    metric: str
    along: Literal["k", "n"]
    n: object = None

    @property
    def title(self) -> str:
        """What the picture shows."""
        if self.segment in _PLACES:
            return f"{_METRICS[self.metric]} · {_PLACES[self.segment]}"
        people = "" if self.n is None else f" · {people_named(self.n)}"
        return f"{_METRICS[self.metric]}{people}"

    def rows(self, rows: Sequence[Row]) -> list[Row]:
        """The rows it draws; the coverage of random lists would dwarf all others."""
        found = select(rows, segment=self.segment, metric=self.metric, diversity=None)
        if self.metric == "coverage":
            found = [r for r in found if r["ranker"] != "random"]
        return found if self.along == "n" else select(found, n=self.n)


def curve_panels(rows: Sequence[Row], segments: Sequence[str]) -> list[Panel]:
    """The pictures of one figure: accuracy in the upper line, coverage below.

    Args:
        rows: Rows of the JSON contract.
        segments: ``new_users``, or those of new items.

    Returns:
        None where nothing would grow along the x axis.
    """
    columns: list[tuple[str, Literal["k", "n"], object]] = []
    for segment in segments:
        here = select(rows, segment=segment, diversity=None)
        sizes = sorted({r.get("n") for r in here}, key=size_order)
        if len({r.get("k") for r in here}) > 1:
            columns += [(segment, "k", n) for n in sizes]
        elif len(sizes) > 1:
            columns.append((segment, "n", None))
    return [Panel(s, metric, along, n) for metric in _METRICS for s, along, n in columns]


def learning_curve(
    rows: Sequence[Row], panels: Sequence[Panel], top: float | None = None
) -> Figure:
    """Small multiples; pictures of one metric share their y axis.

    Args:
        rows: Rows of the JSON contract.
        panels: Some of ``curve_panels``, in lines of equal length, one metric a line.
        top: Upper end of the y axes; None for that of the rows.
    """
    lines = len({panel.metric for panel in panels})
    wide = max(len(panels) // lines, 1)
    with style() as new_figure:
        figure = new_figure(3.1 * wide, 2.45 * lines)
        for place, panel in enumerate(panels):
            axes = figure.add_subplot(lines, wide, place + 1)
            shared = [r for p in panels if p.metric == panel.metric for r in p.rows(rows)]
            _draw(axes, panel.rows(rows), panel.along, top or shared_top(shared))
            axes.set_title(panel.title)
        figure.tight_layout(w_pad=1.2, h_pad=1.4)
    return figure


def single_pictures(rows: Sequence[Row], panels: Sequence[Panel]) -> list[Figure]:
    """Each picture by itself, for a page that arranges them by its width; same axes."""
    made = []
    for panel in panels:
        shared = [r for p in panels if p.metric == panel.metric for r in p.rows(rows)]
        made.append(learning_curve(rows, [panel], shared_top(shared)))
    return made


def _draw(axes: Axes, rows: Sequence[Row], along: str, top: float) -> None:
    steps = sorted({r[along] for r in rows}, key=size_order)
    ends: dict[str, float] = {}
    for ranker in sorted(dict.fromkeys(r["ranker"] for r in rows), key=lambda r: r in LOOKS):
        mine = [r for r in rows if r["ranker"] == ranker and r["mean"] is not None]
        line = sorted(mine, key=lambda r: size_order(r[along]))
        if line:
            x = [steps.index(r[along]) for r in line]
            draw_line(axes, x, line, ranker)
            ends |= {ranker: line[-1]["mean"]} if ranker in LOOKS else {}
    last = len(steps) - 1
    axes.set_ylim(0, top)
    axes.set_xlim(-0.05 * last, 1.42 * last)
    axes.set_xticks(range(len(steps)), [str(s) for s in steps])
    what = "clicks known of the person" if along == "k" else "training users"
    axes.set_xlabel(what, loc="left")
    inside = [y for y in axes.get_yticks() if 0 < y < top]
    axes.hlines(inside, -0.05 * last, last, color=PALE, linewidth=0.5, alpha=0.5)
    label_ends(axes, ends, 1.04 * last, top)
