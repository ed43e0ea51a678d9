"""LensKit: iALS, EASE and item-kNN, asked with a query that carries the person's history."""

from __future__ import annotations

from typing import Any

import numpy as np

from .exchange import Model, Scores, Task


def _scored(scorer: Any, task: Task) -> Scores:
    """Train, and ask once a person. Items are named by their row numbers. Shape [B, I].

    Histories hold only items of the training part: of others the scorers raise or crash.
    """
    import pandas as pd
    from lenskit.data import ItemList, RecQuery, from_interactions_df
    from lenskit.training import TrainingOptions

    rows = pd.DataFrame({"user_id": task.train.person, "item_id": task.train.item})
    scorer.train(from_interactions_df(rows.drop_duplicates()), TrainingOptions(rng=task.seed))
    everything = ItemList(item_ids=np.arange(task.asked.items))
    made = np.full((len(task.asked), task.asked.items), -np.inf, dtype=np.float32)
    for person in range(len(task.asked)):
        liked = np.intersect1d(task.asked.of(person), task.train.item)
        if len(liked):
            query = RecQuery(user_items=ItemList(item_ids=liked))
            made[person] = scorer(query, everything).scores()
    return made


def ials(task: Task) -> Scores:
    """ImplicitMFScorer; a query's history becomes a new user embedding."""
    from lenskit.als import ImplicitMFScorer

    return _scored(ImplicitMFScorer(**task.settings), task)


def ease(task: Task) -> Scores:
    """EASEScorer; a history times the item-item weights."""
    from lenskit.knn.ease import EASEScorer

    return _scored(EASEScorer(**task.settings), task)


def knn(task: Task) -> Scores:
    """ItemKNNScorer on implicit feedback."""
    from lenskit.knn import ItemKNNScorer

    return _scored(ItemKNNScorer(feedback="implicit", **task.settings), task)


MODELS: dict[str, Model] = {"ials": ials, "ease": ease, "knn": knn}
