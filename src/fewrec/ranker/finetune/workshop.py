"""Where a fine-tuning keeps its checkpoints and finished folds, so that it can go on (``lm``)."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fewrec.ranker.finetune.loop import Finetuning


class Workshop:
    """A folder for one fit; it is emptied when the fit is over, and stays when it is killed.

    Args:
        work: Folder of all fits; "" keeps nothing.
        key: Of this fit: another one has another folder inside.
        track: Name of a tracker, or "".
        track_folder: For its logs.
    """

    def __init__(self, work: str, key: str, track: str = "", track_folder: str = "") -> None:
        self._folder = Path(work) / key if work else None
        self._track, self._track_folder = track, Path(track_folder)

    def __enter__(self) -> Workshop:
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, kind: object, *error: object) -> None:
        if self._folder is not None and kind is None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def result(self, name: str) -> dict[str, Any] | None:
        """What a finished stage left; None where it is not finished."""
        if self._folder is None or not (self._folder / f"{name}.json").is_file():
            return None
        found: dict[str, Any] = json.loads((self._folder / f"{name}.json").read_text())
        return found

    def keep(self, name: str, result: dict[str, Any]) -> None:
        """Note a finished stage, whole or not at all, and drop its checkpoint."""
        if self._folder is None:
            return
        half = self._folder / f".{name}.{os.getpid()}"
        half.write_text(json.dumps(result))
        half.replace(self._folder / f"{name}.json")
        shutil.rmtree(self._folder / name, ignore_errors=True)

    def train(self, module: Finetuning, epochs: int) -> None:
        """Train a stage, from its checkpoint where there is one."""
        from fewrec.ranker.finetune.loop import train
        from fewrec.ranker.finetune.tracking import quiet_trackers, tracker

        name = module.stage.name
        folder = None if self._folder is None else self._folder / name
        if not self._track:
            train(module, epochs, folder, False)
            return
        with quiet_trackers():
            logger = tracker(self._track, self._track_folder, name)
            train(module, epochs, folder, logger)
            if self._track == "wandb":
                logger.experiment.finish()  # type: ignore[attr-defined]
