"""What the programs that judge lists share: columns of the lists, repetitions, their times.

A task carries good items of each person as ``train``, their lists, best first, as ``asked``, and
the settings ``repetitions``, ``whole`` (whether making the library's own structures from columns
is timed too) and ``alike`` (whether its options are set so that they mean what ours mean). The
answer has a row a repetition: seconds on the clock, of the processor, NDCG@10, recall@20 and
coverage@10 of the catalogue; NaN where the library has no such metric.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from .exchange import Likes, Scores, Task

Values = tuple[float, float, float]
"""NDCG@10, recall@20, coverage@10."""


def columns(likes: Likes) -> dict[str, Any]:
    """``user``, ``item`` and ``rank`` (from 1) of every row."""
    rank = np.arange(len(likes.item)) - likes.start[likes.person] + 1
    return {"user": likes.person, "item": likes.item, "rank": rank}


def repeated(
    task: Task,
    made: Callable[[dict[str, Any], dict[str, Any]], Any],
    judged: Callable[[Any], Values],
) -> Scores:
    """Time a library on the lists of a task, once before without counting. Shape [R, 5].

    Args:
        task: Lists, good items and settings.
        made: From the columns of lists and of good items to the library's own structures.
        judged: From these to the metrics.
    """
    lists, good = columns(task.asked), columns(task.train)
    whole, ready = task.settings["whole"], made(lists, good)
    judged(ready)
    rows = []
    for _ in range(task.settings["repetitions"]):
        wall, cpu = time.perf_counter(), time.process_time()
        values = judged(made(lists, good) if whole else ready)
        rows.append((time.perf_counter() - wall, time.process_time() - cpu, *values))
    return np.array(rows)
