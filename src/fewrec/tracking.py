"""Runs that are over, noted for TensorBoard, Weights & Biases or MLflow (the extra ``track``).

Everything goes to files in a folder and nowhere else; none of it needs torch.
"""

from __future__ import annotations

import importlib.util
import os
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fewrec.errors import ConfigError, MissingExtra, nearest

TRACKERS = {"tensorboard": "tensorboard", "wandb": "wandb", "mlflow": "mlflow"}
"""Module that each tracker needs."""

PROJECT = "fewrec"
"""Name of the project, or experiment, in a tracker."""

_QUIET = {
    "WANDB_SILENT": "true",
    "WANDB_ERROR_REPORTING": "false",
    "MLFLOW_ALLOW_FILE_STORE": "true",  # a plain folder is meant
    "MLFLOW_DISABLE_TELEMETRY": "true",
}


@dataclass(frozen=True)
class Tracked:
    """What a run was and what it reached.

    Attributes:
        name: Of the run.
        settings: Shown as text.
        metrics: Finite numbers by name, each at its step: (step, name, value).
    """

    name: str
    settings: Mapping[str, str]
    metrics: Sequence[tuple[int, str, float]] = field(default=())

    @property
    def steps(self) -> dict[int, dict[str, float]]:
        """Metrics by step, the lowest first."""
        found: dict[int, dict[str, float]] = {step: {} for step, _, _ in sorted(self.metrics)}
        for step, name, value in self.metrics:
            found[step][name] = value
        return found


def check_tracker(name: str) -> None:
    """Refuse a tracker before the work begins.

    Raises:
        ConfigError: There is no such tracker.
        MissingExtra: Its package is not installed.
    """
    if name not in TRACKERS:
        raise ConfigError(f"there is no tracker {name!r}. {nearest(name, TRACKERS, 'trackers')}")
    if importlib.util.find_spec(TRACKERS[name]) is None:
        raise MissingExtra(TRACKERS[name], "track", f"The tracker {name!r}")


def track(name: str, folder: Path, run: Tracked) -> None:
    """Note a run that is over.

    Args:
        name: ``tensorboard``; ``wandb``, whose files wait in the folder until ``wandb sync``
            sends them; ``mlflow``, a file store in the folder.
        folder: For the notes.
        run: What to note.

    Raises:
        ConfigError: There is no such tracker.
        MissingExtra: Its package is not installed.
    """
    check_tracker(name)
    folder.mkdir(parents=True, exist_ok=True)
    with quiet_trackers():
        _WAYS[name](folder, run)


def _tensorboard(folder: Path, run: Tracked) -> None:
    """Events of the run in a folder of its name; settings are the text ``settings``."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.compat.proto.tensor_pb2 import TensorProto
    from tensorboard.compat.proto.types_pb2 import DT_STRING
    from tensorboard.plugins.text.metadata import create_summary_metadata
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    table = ["| setting | value |", "|---|---|"]
    table += [f"| {key} | {value} |" for key, value in run.settings.items()]
    text = TensorProto(dtype=DT_STRING, string_val=["\n".join(table).encode()])
    about = create_summary_metadata(display_name="settings", description="")
    values = [(0, Summary.Value(tag="settings", metadata=about, tensor=text))]
    values += [
        (step, Summary.Value(tag=name, simple_value=value))
        for step, told in run.steps.items()
        for name, value in told.items()
    ]
    writer = EventFileWriter(str(folder / run.name))
    try:
        for step, value in values:
            summary = Summary(value=[value])
            writer.add_event(Event(wall_time=time.time(), step=step, summary=summary))
    finally:
        writer.close()


def _wandb(folder: Path, run: Tracked) -> None:
    import wandb

    quiet = wandb.Settings(silent=True, console="off", disable_git=True, x_disable_stats=True)
    noted = wandb.init(
        project=PROJECT,
        name=run.name,
        dir=str(folder),
        config=dict(run.settings),
        mode="offline",
        reinit="create_new",
        settings=quiet,
    )
    try:
        for step, told in run.steps.items():
            noted.log(told, step=step)
    finally:
        noted.finish()
        wandb.teardown()  # returns when everything is on the disk; finish alone does not wait


def _mlflow(folder: Path, run: Tracked) -> None:
    from mlflow.entities import Metric, Param
    from mlflow.tracking import MlflowClient

    client = MlflowClient(tracking_uri=f"file:{folder.resolve()}/mlruns")
    known = client.get_experiment_by_name(PROJECT)
    place = known.experiment_id if known else client.create_experiment(PROJECT)
    made = client.create_run(place, run_name=run.name).info.run_id
    now = int(time.time() * 1000)
    client.log_batch(
        made,
        metrics=[
            Metric(name.replace("@", " at "), value, now, step) for step, name, value in run.metrics
        ],
        params=[Param(key, value) for key, value in run.settings.items()],
    )
    client.set_terminated(made)


_WAYS: dict[str, Callable[[Path, Tracked], None]] = {
    "tensorboard": _tensorboard,
    "wandb": _wandb,
    "mlflow": _mlflow,
}


@contextmanager
def quiet_trackers() -> Iterator[None]:
    """Without the trackers' remarks on themselves, and without their reports to their makers."""
    before = {name: os.environ.get(name) for name in _QUIET}
    os.environ |= _QUIET
    try:
        with warnings.catch_warnings():
            for module in ("lightning", "mlflow", "wandb", "tensorboard"):
                warnings.filterwarnings("ignore", module=rf"{module}\..*")
            yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
