"""Losses and settings go to a tracker's own files, and nowhere else."""

from __future__ import annotations

import pytest
from tests.ranker.finetune.world import shelf_shots, shelf_training

from fewrec.ranker.finetune.tuning import Tuning
from fewrec.ranker.finetune.two_tower import TwoTower
from fewrec.tracking import TRACKERS

FILES = {"tensorboard": "**/events.out.tfevents*", "mlflow": "mlruns/*/*/metrics/held_out_loss"}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["tensorboard", "mlflow", "wandb"])
def test_a_fit_writes_its_losses_and_is_the_same_fit(tiny_model, tmp_path, name):
    pytest.importorskip(TRACKERS[name], reason="needs the extra track")
    pytest.importorskip("lightning", reason="needs the extra lm")
    told = {"mode": "lora", "model": str(tiny_model("bert")), "epochs": 1, "rank": 2, "layers": 1}
    tracked = Tuning(**told, track=name, track_folder=str(tmp_path / "logs"))
    shots, training = shelf_shots(16), shelf_training()
    fitted, plain = (TwoTower(tuning=t).fit(shots, training) for t in (tracked, Tuning(**told)))
    assert fitted.curve == plain.curve
    assert list((tmp_path / "logs").glob(FILES.get(name, "wandb/offline-run-*")))
    if name == "mlflow":
        (file, *_) = (tmp_path / "logs").glob(FILES[name])
        assert float(file.read_text().split()[1]) > 0
