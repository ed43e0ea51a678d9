"""TensorBoard, Weights & Biases and MLflow (the extra ``track``): one way to log to any of them."""

from __future__ import annotations

import importlib.util
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fewrec.errors import ConfigError, MissingExtra, nearest

if TYPE_CHECKING:
    from lightning.pytorch.loggers import Logger

TRACKERS = {"tensorboard": "tensorboard", "wandb": "wandb", "mlflow": "mlflow"}
"""Module that each tracker needs."""


def check_tracker(name: str) -> None:
    """Refuse a tracker before the work begins.

    Raises:
        ConfigError: There is no such tracker.
        MissingExtra: Its package, or Lightning, is not installed.
    """
    if name not in TRACKERS:
        raise ConfigError(f"there is no tracker {name!r}. {nearest(name, TRACKERS, 'trackers')}")
    if importlib.util.find_spec(TRACKERS[name]) is None:
        raise MissingExtra(TRACKERS[name], "track", f"The tracker {name!r}")
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
        return loggers.WandbLogger(name=run, save_dir=folder, project="fewrec", offline=True)
    with _file_store():
        return loggers.MLFlowLogger(
            experiment_name="fewrec", run_name=run, tracking_uri=f"file:{folder.resolve()}/mlruns"
        )


def log_result(
    name: str, folder: Path, run: str, settings: Mapping[str, Any], metrics: Mapping[str, float]
) -> None:
    """Log a run that is over: its settings and what it reached.

    Args:
        name: Of the tracker.
        folder: For the logs.
        run: Name of the run.
        settings: Shown as text.
        metrics: Finite numbers by name.
    """
    with quiet_trackers():
        logger = tracker(name, folder, run)
        logger.log_hyperparams({key: str(value) for key, value in settings.items()})
        logger.log_metrics(dict(metrics), step=0)
        logger.finalize("success")
        if name == "wandb":
            logger.experiment.finish()  # type: ignore[attr-defined]


@contextmanager
def quiet_trackers() -> Iterator[None]:
    """Without the trackers' remarks on themselves."""
    with warnings.catch_warnings(), _file_store():
        for module in ("lightning", "mlflow", "wandb", "tensorboard"):
            warnings.filterwarnings("ignore", module=rf"{module}\..*")
        before = os.environ.get("WANDB_SILENT")
        os.environ["WANDB_SILENT"] = "true"
        try:
            yield
        finally:
            if before is None:
                del os.environ["WANDB_SILENT"]
            else:
                os.environ["WANDB_SILENT"] = before


@contextmanager
def _file_store() -> Iterator[None]:
    """MLflow 3 wants to be told that a plain folder is meant."""
    name = "MLFLOW_ALLOW_FILE_STORE"
    before = os.environ.get(name)
    os.environ[name] = "true"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
