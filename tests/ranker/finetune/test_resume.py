"""Killed in the middle and started again: the same model as without the kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from tests.ranker.finetune.long_fit import fit

pytest.importorskip("torch", reason="needs the extra lm")
pytest.importorskip("lightning", reason="needs the extra lm")

ROOT = Path(__file__).parents[3]
PROGRAM = Path(__file__).with_name("long_fit.py")


def start(*words: object) -> subprocess.Popen:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, PROGRAM, *map(str, words)], env=environment)


def wait_for(pattern: str, folder: Path, process: subprocess.Popen) -> None:
    end = time.monotonic() + 300
    while not list(folder.glob(pattern)):
        assert process.poll() is None, "the fit ended before it could be killed"
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["lora", "adalora", "full"])
@pytest.mark.parametrize("stage", ["*/fold-0/last.ckpt", "*/fold-1/last.ckpt"])
def test_a_killed_fit_goes_on_and_ends_the_same(tiny_model, tmp_path, mode, stage):
    model = tiny_model("bert")
    work, out = tmp_path / "work", tmp_path / "out.npz"
    process = start(model, work, mode, out, 0.5)
    wait_for(stage, work, process)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not out.exists()
    assert start(model, work, mode, out).wait() == 0
    wanted, found = fit(str(model), "", mode), np.load(out)
    np.testing.assert_array_equal(found["curve"], wanted.curve)
    np.testing.assert_array_equal(found["head"], wanted.head)
    np.testing.assert_array_equal(found["vectors"], wanted.vectors)
    assert list(work.iterdir()) == []


class Killed(BaseException):
    """Ends a fit without any handler seeing it coming."""


def test_a_fit_goes_on_from_its_last_epoch(tiny_model, tmp_path, monkeypatch):
    """The same in one process: the fit is left in the second epoch of the second fold."""
    from fewrec.ranker.finetune import loop

    model, starts = str(tiny_model("bert")), []

    def counted(self) -> None:
        starts.append((self.stage.name, self.current_epoch))
        if len(starts) == 5:
            raise Killed

    monkeypatch.setattr(loop.Finetuning, "on_train_epoch_start", counted)
    with pytest.raises(Killed):
        fit(model, str(tmp_path), "lora")
    resumed = fit(model, str(tmp_path), "lora")
    assert starts[4] == starts[5] == ("fold-1", 1)
    assert len(starts) == 5 + 2 + resumed.epochs
    starts.clear()
    starts.extend([None] * 5)
    wanted = fit(model, "", "lora")
    np.testing.assert_array_equal(resumed.vectors, wanted.vectors)
    np.testing.assert_array_equal(resumed.head, wanted.head)
    assert resumed.curve == wanted.curve


def test_a_checkpoint_of_other_shots_or_settings_is_not_taken(tiny_model):
    from dataclasses import replace

    from tests.ranker.finetune.world import shelf_shots, shelf_training

    from fewrec.ranker.finetune.pretrained import base_model
    from fewrec.ranker.finetune.tuning import Tuning
    from fewrec.ranker.finetune.two_tower import TwoTower

    base, training = base_model(str(tiny_model("bert"))), shelf_training()
    tuning = Tuning("lora", work="here")
    keys = [
        TwoTower(tuning=t, echo=e).assignment(base, shots, tr).key
        for t, e, shots, tr in (
            (tuning, 0.3, shelf_shots(16), training),
            (replace(tuning, work="there", progress=True), 0.3, shelf_shots(16), training),
            (replace(tuning, rank=4), 0.3, shelf_shots(16), training),
            (tuning, 0.2, shelf_shots(16), training),
            (tuning, 0.3, shelf_shots(16, seed=1), training),
            (tuning, 0.3, shelf_shots(16), replace(training, seed=1)),
            (tuning, 0.3, shelf_shots(16), replace(training, texts=training.texts[::-1])),
        )
    ]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 6


@pytest.mark.slow
def test_two_processes_do_what_one_does(tiny_model):
    """Gradients of two gloo processes are averaged: two halves of a batch are one batch."""
    from tests.ranker.finetune.world import shelf_shots, shelf_training

    from fewrec.ranker.finetune.tuning import Tuning
    from fewrec.ranker.finetune.two_tower import TwoTower

    shots, training = shelf_shots(24), shelf_training()

    def fitted(processes: int, batch: int):
        tuning = Tuning(
            mode="lora", model=str(tiny_model("bert")), epochs=2, batch=batch, rank=2, layers=1,
            learning_rate=1e-2, processes=processes, patience=2, dropout=0,
        )  # fmt: skip
        return TwoTower(tuning=tuning, echo=0, balance=False).fit(shots, training)

    one, two = fitted(1, 8), fitted(2, 4)
    assert one.epochs == two.epochs
    np.testing.assert_allclose(two.curve, one.curve, atol=1e-4)
    np.testing.assert_allclose(two.vectors, one.vectors, atol=1e-3)
