"""Losses of a fit while it runs, through Lightning's loggers, for the trackers of ``tracking``."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from fewrec import tracking
from fewrec.errors import MissingExtra
from fewrec.tracking import PROJECT, TRACKERS, quiet_trackers

if TYPE_CHECKING:
    from lightning.pytorch.loggers import Logger

__all__ = ["TRACKERS", "check_tracker", "quiet_trackers", "tracker"]


def check_tracker(name: str) -> None:
    """Refuse a tracker before the work begins.

    Raises:
        ConfigError: There is no such tracker.
        MissingExtra: Its package, or Lightning, is not installed.
    """
    tracking.check_tracker(name)
    if importlib.util.find_spec("lightning") is None:
        raise MissingExtra("lightning", "lm", f"The tracker {name!r}")


def tracker(name: str, folder: Path, run: str) -> Logger:
    """Open a log.

    Args:
        name: ``tensorboard``; ``wandb``, which writes to the folder and sends nothing
            (``wandb sync`` does); ``mlflow``, a file store in the folder.
        folder: For the logs.
        run: Name of the run.

    Returns:
        A logger of Lightning.

    Raises:
        ConfigError: There is no such tracker.
        MissingExtra: Its package is not installed.
    """
    check_tracker(name)
    folder.mkdir(parents=True, exist_ok=True)
    from lightning.pytorch import loggers

    if name == "tensorboard":
        return loggers.TensorBoardLogger(folder, name=run)
    if name == "wandb":
        return loggers.WandbLogger(name=run, save_dir=folder, project=PROJECT, offline=True)
    with quiet_trackers():
        return loggers.MLFlowLogger(
            experiment_name=PROJECT, run_name=run, tracking_uri=f"file:{folder.resolve()}/mlruns"
        )
