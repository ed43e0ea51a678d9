"""The figure of the living loop: likes collected so far, and how far behind the best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from fewrec.evaluation.drawing import BLUE, ORANGE, PALE, SOFT, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLOURS = {"fewrec": BLUE, "fewrec-greedy": ORANGE}


LABEL_GAP = 0.07
"""Least distance between two names, as a share of the figure's height."""


def cumulative_reward(curves: Mapping[str, Sequence[float]], slates: int) -> Figure:
    """Cumulative reward of each ranker, and its regret against the best one at the end.

    Args:
        curves: Ranker -> cumulative reward at evenly spaced slates.
        slates: How many slates there were.
    """
    best = max(curves, key=lambda name: curves[name][-1])
    with style() as new_figure:
        figure = new_figure(7.4, 3.2)
        left, right = figure.subplots(1, 2)
        behind = {n: np.array(curves[best]) - np.array(values) for n, values in curves.items()}
        _lines(left, {n: np.array(values) for n, values in curves.items()}, slates)
        _lines(right, behind, slates)
        left.set(title="Liked items that were on the slate", xlabel="slates")
        right.set(title=f"Regret against {best}", xlabel="slates")
        for axes in (left, right):
            axes.set_xlim(0, slates * 1.35)
            axes.axhline(0, color=PALE, linewidth=0.8)
        figure.tight_layout()
    return figure


def _lines(axes: Axes, lines: Mapping[str, np.ndarray], slates: int) -> None:
    """One line a ranker, with names at the ends that do not cover each other."""
    span = max(float(y.max()) for y in lines.values()) or 1.0
    lowest = -span
    for name, y in sorted(lines.items(), key=lambda line: float(line[1][-1])):
        x = np.linspace(slates / len(y), slates, len(y))
        colour = _COLOURS.get(name, SOFT)
        axes.plot(x, y, color=colour, linewidth=1.6)
        lowest = max(float(y[-1]), lowest + LABEL_GAP * span)
        axes.annotate(
            name, (x[-1], lowest), (3, 0), textcoords="offset points", color=colour, size=8,
            va="center",
        )  # fmt: skip
    axes.set_ylim(top=max(lowest, span) * 1.06)
