"""implicit: iALS, BPR and item-kNN with cosine, new people folded in as the library offers."""

from __future__ import annotations

from typing import Any

import numpy as np

from .exchange import Model, Scores, Task, mean_of_liked


def _recommended(model: Any, task: Task, **options: Any) -> Scores:
    """Scores of ``model.recommend`` with the likes of people it never met. Shape [B, I]."""
    asked = task.asked.matrix()
    people = np.arange(len(task.asked))
    ids, scores = model.recommend(
        people, asked, N=task.asked.items, filter_already_liked_items=False, **options
    )
    made = np.full((len(people), task.asked.items), -np.inf, dtype=np.float32)
    rows, places = np.nonzero(ids >= 0)
    made[rows, ids[rows, places]] = scores[rows, places]
    return made


def ials(task: Task) -> Scores:
    """AlternatingLeastSquares; people are folded in by ``recalculate_user``."""
    from implicit.cpu.als import AlternatingLeastSquares

    model = AlternatingLeastSquares(**task.settings, random_state=task.seed, num_threads=1)
    model.fit(task.train.matrix(), show_progress=False)
    return _recommended(model, task, recalculate_user=True)


def bpr(task: Task) -> Scores:
    """BayesianPersonalizedRanking; it has no fold-in: the mean of liked items' factors.

    The last factor of an item is its bias, and that of a person is 1.
    """
    from implicit.cpu.bpr import BayesianPersonalizedRanking

    model = BayesianPersonalizedRanking(**task.settings, random_state=task.seed, num_threads=1)
    model.fit(task.train.matrix(), show_progress=False)
    items = np.asarray(model.item_factors)
    people = mean_of_liked(task.asked, items)
    people[:, -1] = 1
    scores: Scores = people @ items.T
    return scores


def knn(task: Task) -> Scores:
    """CosineRecommender; ``recommend`` with the likes of somebody it never met."""
    from implicit.nearest_neighbours import CosineRecommender

    model = CosineRecommender(**task.settings, num_threads=1)
    model.fit(task.train.matrix(), show_progress=False)
    return _recommended(model, task)


MODELS: dict[str, Model] = {"ials": ials, "bpr": bpr, "knn": knn}
