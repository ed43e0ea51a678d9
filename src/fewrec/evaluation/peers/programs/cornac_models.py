"""Cornac: BPR and BiVAE."""

from __future__ import annotations

from typing import Any

import numpy as np

from .exchange import Model, Scores, Task, mean_of_liked


def _data(task: Task) -> Any:
    """Cornac's data set; its items keep their row numbers as ids."""
    from cornac.data import Dataset

    matrix = task.train.matrix().tocoo()
    rows = zip(matrix.row.tolist(), matrix.col.tolist(), np.ones(matrix.nnz).tolist(), strict=True)
    return Dataset.from_uir(list(rows), seed=task.seed)


def _placed(scores: Scores, data: Any, task: Task) -> Scores:
    made = np.full((len(task.asked), task.asked.items), -np.inf, dtype=np.float32)
    made[:, np.array(data.item_ids)] = scores
    return made


def bpr(task: Task) -> Scores:
    """BPR; it has no fold-in: the mean of liked items' factors, and the items' biases."""
    from cornac.models import BPR

    data = _data(task)
    model = BPR(**task.settings, seed=task.seed, num_threads=1).fit(data)
    factors = np.zeros((task.asked.items, model.i_factors.shape[1]), dtype=np.float32)
    factors[np.array(data.item_ids)] = model.i_factors
    people = mean_of_liked(task.asked, factors)
    return _placed(people @ model.i_factors.T + model.i_biases, data, task)


def bivae(task: Task) -> Scores:
    """BiVAE; its encoder of people is given the likes of somebody new."""
    import torch
    from cornac.models import BiVAECF

    torch.set_num_threads(1)
    data = _data(task)
    model = BiVAECF(**task.settings, seed=task.seed, use_gpu=False).fit(data)
    likes = task.asked.matrix().toarray()[:, np.array(data.item_ids)]
    with torch.no_grad():
        people, _ = model.bivae.encode_user(torch.tensor(likes))
        scores = model.bivae.decode_user(people, model.bivae.mu_beta).numpy()
    return _placed(scores, data, task)


MODELS: dict[str, Model] = {"bpr": bpr, "bivae": bivae}
