"""The figure of the living loop: likes collected, how far behind the best, and coverage."""

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


def cumulative_reward(
    curves: Mapping[str, Sequence[float]], coverage: Mapping[str, float], slates: int
) -> Figure:
    """Cumulative reward of each ranker, its regret against the best one at the end, coverage.

    Args:
        curves: Ranker -> cumulative reward at evenly spaced slates.
        coverage: Ranker -> share of the catalogue that it showed.
        slates: How many slates there were.
    """
    best = max(curves, key=lambda name: curves[name][-1])
    with style() as new_figure:
        figure = new_figure(10.6, 3.2)
        left, right, beside = figure.subplots(1, 3, width_ratios=(5, 5, 3))
        behind = {n: np.array(curves[best]) - np.array(values) for n, values in curves.items()}
        _lines(left, {n: np.array(values) for n, values in curves.items()}, slates)
        _lines(right, behind, slates)
        left.set(title="Liked items that were on the slate", xlabel="slates")
        right.set(title=f"Regret against {best}", xlabel="slates")
        _bars(beside, sorted(curves, key=lambda name: curves[name][-1]), coverage)
        figure.tight_layout()
    return figure


def _lines(axes: Axes, lines: Mapping[str, np.ndarray], slates: int) -> None:
    """One line a ranker, with names at the ends that do not cover each other."""
    top = max(float(y.max()) for y in lines.values()) or 1.0
    span = top - min(0.0, *(float(y.min()) for y in lines.values()))
    lowest = -span
    axes.hlines(0, 0, slates, color=PALE, linewidth=0.8)
    for name, y in sorted(lines.items(), key=lambda line: float(line[1][-1])):
        x = np.linspace(slates / len(y), slates, len(y))
        colour = _COLOURS.get(name, SOFT)
        axes.plot(x, y, color=colour, linewidth=1.6)
        lowest = max(float(y[-1]), lowest + LABEL_GAP * span)
        axes.annotate(
            name, (x[-1], lowest), (3, 0), textcoords="offset points", color=colour, size=8,
            va="center",
        )  # fmt: skip
    axes.set_ylim(top=max(lowest, top) + 0.06 * span)
    axes.set_xlim(0, slates * 1.4)
    axes.set_xticks([0, slates // 2, slates], ["0", f"{slates // 2:,}", f"{slates:,}"])


def _bars(axes: Axes, names: Sequence[str], coverage: Mapping[str, float]) -> None:
    """One bar a ranker, the one with most likes on top."""
    shares = [coverage[name] for name in names]
    colours = [_COLOURS.get(name, SOFT) for name in names]
    axes.barh(range(len(names)), shares, color=colours, height=0.6)
    axes.set_yticks(range(len(names)), names)
    for place, share in enumerate(shares):
        axes.annotate(
            f"{share:.1%}", (share, place), (3, 0), textcoords="offset points", va="center",
            color=SOFT, size=8,
        )  # fmt: skip
    axes.set_xlim(0, max(shares) * 1.35)
    axes.set_xticks([])
    axes.set(title="Catalogue shown")
