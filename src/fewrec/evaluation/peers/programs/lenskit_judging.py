"""LensKit: metrics of lists through ``RunAnalysis``."""

from __future__ import annotations

import math
from typing import Any

from .exchange import Model, Scores, Task
from .judging import Values, repeated


def judge(task: Task) -> Scores:
    """NDCG and recall; the library has no coverage of the catalogue.

    By default the first two places weigh the same in NDCG, and recall is divided by at most the
    number of places; the former is set alike, the latter cannot be.
    """
    import pandas as pd
    from lenskit.data import ItemListCollection
    from lenskit.metrics import NDCG, Recall, RunAnalysis
    from lenskit.metrics.ranking import LogRankWeight

    weight = LogRankWeight(offset=1 if task.settings["alike"] else 0)

    def collection(part: dict[str, Any]) -> Any:
        table = pd.DataFrame(part).rename(columns={"user": "user_id", "item": "item_id"})
        return ItemListCollection.from_df(table, "user_id")

    def made(lists: dict[str, Any], good: dict[str, Any]) -> Any:
        return collection(lists), collection({n: good[n] for n in ("user", "item")})

    def judged(both: Any) -> Values:
        analysis = RunAnalysis(NDCG(10, weight=weight), Recall(20))
        mean = analysis.measure(*both).list_summary()["mean"]
        return float(mean["NDCG@10"]), float(mean["Recall@20"]), math.nan

    return repeated(task, made, judged)


MODELS: dict[str, Model] = {"judge": judge}
