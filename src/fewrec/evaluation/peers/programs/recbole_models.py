"""RecBole: LightGCN; it has no fold-in: the mean of liked items' propagated embeddings."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from .exchange import Likes, Model, Scores, Task, mean_of_liked

NAME = "likes"


def _write(likes: Likes, folder: Path) -> None:
    """An atomic file, RecBole's own format."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = sorted(set(zip(likes.person.tolist(), likes.item.tolist(), strict=True)))
    lines = ["user_id:token\titem_id:token", *(f"u{u}\t{i}" for u, i in rows)]
    (folder / f"{NAME}.inter").write_text("\n".join(lines) + "\n", encoding="utf-8")


def lightgcn(task: Task) -> Scores:
    """LightGCN, trained for the given epochs on every like."""
    from recbole.config import Config
    from recbole.data import create_dataset, data_preparation
    from recbole.model.general_recommender import LightGCN
    from recbole.trainer import Trainer
    from recbole.utils import init_seed

    os.chdir(task.folder)
    _write(task.train, task.folder / NAME)
    told = {
        "data_path": str(task.folder), "seed": task.seed, "use_gpu": False, "state": "ERROR",
        "load_col": {"inter": ["user_id", "item_id"]}, "show_progress": False,
        "eval_args": {"split": {"RS": [1, 0, 0]}, "group_by": None, "order": "RO", "mode": "full"},
        "train_neg_sample_args": {"distribution": "uniform", "sample_num": 1, "alpha": 1.0,
                                  "dynamic": False, "candidate_num": 0},
        **task.settings,
    }  # fmt: skip
    config = Config(model="LightGCN", dataset=NAME, config_dict=told)
    init_seed(task.seed, True)
    data = create_dataset(config)
    train, _, _ = data_preparation(config, data)
    model = LightGCN(config, train.dataset)
    Trainer(config, model).fit(train, saved=False, show_progress=False, verbose=False)
    _, propagated = model.forward()
    tokens = data.field2id_token["item_id"][1:]
    factors = np.zeros((task.asked.items, propagated.shape[1]), dtype=np.float32)
    factors[tokens.astype(int)] = propagated.detach().numpy()[1:]
    scores = mean_of_liked(task.asked, factors) @ factors.T
    unknown = np.setdiff1d(np.arange(task.asked.items), tokens.astype(int))
    scores[:, unknown] = -np.inf
    return scores


MODELS: dict[str, Model] = {"lightgcn": lightgcn}
