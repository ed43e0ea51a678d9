"""A fit in a process of its own, to be killed: python long_fit.py MODEL WORK MODE OUT [PAUSE]."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
from tests.ranker.finetune.world import shelf_shots, shelf_training

from fewrec.ranker.finetune.tuning import Tuning
from fewrec.ranker.finetune.two_tower import TwoTower


def fit(model: str, work: str, mode: str, processes: int = 1):
    """Three folds and a fit on everything, three epochs each, with dropout."""
    tuning = Tuning(
        mode=mode, model=model, epochs=3, batch=4, patience=3, rank=2, layers=1, dropout=0.1,
        learning_rate=1e-2, work=work, processes=processes,
    )  # fmt: skip
    return TwoTower(tuning=tuning).fit(shelf_shots(24), shelf_training())


def main() -> None:
    """Fit, slowed down so that there is time to be killed, and write what came out."""
    model, work, mode, out, *slow = sys.argv[1:]
    if slow:
        from fewrec.ranker.finetune import loop

        def unhurried(self) -> None:
            time.sleep(float(slow[0]))

        loop.Finetuning.on_train_epoch_start = unhurried
    fitted = fit(model, work, mode)
    np.savez(Path(out), vectors=fitted.vectors, head=fitted.head, curve=fitted.curve)


if __name__ == "__main__":
    main()
