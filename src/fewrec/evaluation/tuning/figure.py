"""The search as a picture: value by trial, and which settings mattered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from fewrec.evaluation.drawing import BLUE, ORANGE, PALE, SOFT, style
from fewrec.evaluation.tuning.search import Attempt

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHOWN = 10
"""So many settings, the most important ones."""


def search_picture(attempts: Sequence[Attempt], importance: Mapping[str, float]) -> Figure:
    """Value by trial on the left; importance on the right where it is known.

    Args:
        attempts: Of the search; the first is the default.
        importance: Share of each knob; may be empty.
    """
    with style() as new_figure:
        figure = new_figure(9.2 if importance else 4.8, 3.2)
        _values(figure.add_subplot(1, 2 if importance else 1, 1), attempts)
        if importance:
            _bars(figure.add_subplot(1, 2, 2), importance)
        figure.tight_layout(w_pad=1.5)
    return figure


def _values(axes: Axes, attempts: Sequence[Attempt]) -> None:
    complete = [one for one in attempts if one.state == "complete"]
    pruned = [one for one in attempts if one.state == "pruned"]
    x, y = [one.number for one in complete], [one.value or 0.0 for one in complete]
    axes.scatter(
        [one.number for one in pruned], [one.value or 0.0 for one in pruned],
        s=16, facecolors="none", edgecolors=SOFT, linewidths=0.8, label="given up",
    )  # fmt: skip
    axes.scatter(x, y, s=16, color=BLUE, label="judged to the end")
    if complete:
        axes.step(x, np.maximum.accumulate(y), where="post", color=BLUE, linewidth=1.1)
        axes.axhline(y[0], color=ORANGE, linewidth=1, linestyle=(0, (4, 3)), label="default")
    axes.set(title="NDCG@10 by trial, on the folds of the search", xlabel="trial")
    axes.legend(frameon=False, loc="best", fontsize=8, labelcolor=SOFT)


def _bars(axes: Axes, importance: Mapping[str, float]) -> None:
    most = sorted(importance.items(), key=lambda pair: pair[1])[-SHOWN:]
    axes.barh([name for name, _ in most], [share for _, share in most], color=PALE)
    axes.set(title="What separates good trials from others", xlabel="share (PED-ANOVA)")
