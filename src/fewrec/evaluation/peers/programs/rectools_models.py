"""RecTools: SASRec on the CPU, asked with the sequence of a person it never met."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from .exchange import Likes, Model, Scores, Task

CELLS = 2_000_000
"""So many (person, item) places are asked for at once, to bound memory."""


def _table(likes: Likes, prefix: str) -> Any:
    """Rows in RecTools' columns; the order within a person becomes days."""
    import pandas as pd

    place = np.arange(len(likes.item)) - likes.start[likes.person]
    return pd.DataFrame(
        {
            "user_id": [f"{prefix}{u}" for u in likes.person],
            "item_id": likes.item,
            "weight": 1.0,
            "datetime": pd.Timestamp("2020-01-01") + pd.to_timedelta(place, unit="D"),
        }
    )


def sasrec(task: Task) -> Scores:
    """SASRecModel, trained until the epochs or the seconds are over.

    ``recommend`` takes a data set of new people's rows; the place in a list becomes the score.
    """
    import pytorch_lightning as lightning
    import torch
    from rectools.dataset import Dataset
    from rectools.models import SASRecModel

    torch.set_num_threads(1)
    lightning.seed_everything(task.seed)
    settings = dict(task.settings)
    epochs = settings.pop("epochs")

    class Clock(lightning.Callback):
        """Stops the fit after so much processor time, whatever else the machine does."""

        def on_train_batch_end(self, trainer: Any, *_: Any) -> None:
            trainer.should_stop = time.process_time() - begun > task.seconds

    def trainer() -> Any:
        return lightning.Trainer(
            max_epochs=epochs, callbacks=[Clock()], accelerator="cpu", devices=1, logger=False,
            enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False,
        )  # fmt: skip

    begun = time.process_time()

    model = SASRecModel(**settings, get_trainer_func=trainer, recommend_torch_device="cpu")
    model.fit(Dataset.construct(_table(task.train, "t")))
    rows = _table(task.asked, "a")
    known = rows[rows["item_id"].isin(model.data_preparator.get_known_item_ids())]
    made = np.full((len(task.asked), task.asked.items), -np.inf, dtype=np.float32)
    people = known["user_id"].unique()
    size = max(1, CELLS // task.asked.items)
    for first in range(0, len(people), size):
        some = people[first : first + size]
        data = Dataset.construct(known[known["user_id"].isin(some)])
        found = model.recommend(some, data, k=task.asked.items, filter_viewed=False)
        person = found["user_id"].str[1:].astype(int).to_numpy()
        made[person, found["item_id"].to_numpy()] = -found["rank"].to_numpy()
    return made


MODELS: dict[str, Model] = {"sasrec": sasrec}
