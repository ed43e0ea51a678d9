"""RecTools: metrics of lists through ``calc_metrics``."""

from __future__ import annotations

from typing import Any

import numpy as np

from .exchange import Model, Scores, Task
from .judging import Values, repeated


def judge(task: Task) -> Scores:
    """NDCG, recall and coverage of the catalogue.

    By default NDCG is divided by what a list of good items alone would reach, also where a person
    has fewer good items than places; alike, by what can be achieved.
    """
    import pandas as pd
    from rectools import Columns
    from rectools.metrics import NDCG, CatalogCoverage, Recall, calc_metrics

    metrics = {
        "ndcg": NDCG(k=10, divide_by_achievable=task.settings["alike"]),
        "recall": Recall(k=20),
        "coverage": CatalogCoverage(k=10, normalize=True),
    }
    catalog = np.arange(task.asked.items)
    named = {"user": Columns.User, "item": Columns.Item, "rank": Columns.Rank}

    def made(lists: dict[str, Any], good: dict[str, Any]) -> Any:
        tables = [pd.DataFrame(part).rename(columns=named) for part in (lists, good)]
        return tables[0], tables[1][[Columns.User, Columns.Item]]

    def judged(tables: Any) -> Values:
        found = calc_metrics(metrics, tables[0], tables[1], catalog=catalog)
        return float(found["ndcg"]), float(found["recall"]), float(found["coverage"])

    return repeated(task, made, judged)


MODELS: dict[str, Model] = {"judge": judge}
