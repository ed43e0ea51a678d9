"""A run that is over goes to a tracker's own files, and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from fewrec.errors import ConfigError, MissingExtra
from fewrec.tracking import TRACKERS, Tracked, check_tracker, track

NDCG = "rehearsed ndcg@10/ease"
RUN = Tracked(
    "shop-seed-3",
    {"seed": "3", "experts": "ease, text-knn"},
    [(5, NDCG, 0.25), (0, "seconds/ease", 1.5), (10, NDCG, 0.5)],
)


def needed(name: str) -> None:
    pytest.importorskip(TRACKERS[name], reason="needs the extra track")


def test_an_unknown_tracker_and_a_missing_one_are_named(monkeypatch):
    with pytest.raises(ConfigError, match=r"no tracker 'tensorbord'.*'tensorboard'"):
        check_tracker("tensorbord")
    monkeypatch.setattr("importlib.util.find_spec", lambda name, package=None: None)
    for name in TRACKERS:
        with pytest.raises(MissingExtra, match=r"pip install 'fewrec\[track\]'"):
            check_tracker(name)


def test_tensorboard_reads_back_what_was_told(tmp_path):
    needed("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    before = dict(os.environ)
    track("tensorboard", tmp_path, RUN)
    assert dict(os.environ) == before
    read = EventAccumulator(str(tmp_path / "shop-seed-3")).Reload()
    told = [(one.step, one.value) for one in read.Scalars("rehearsed ndcg@10/ease")]
    assert told == [(5, 0.25), (10, 0.5)]
    assert [one.value for one in read.Scalars("seconds/ease")] == [1.5]
    (settings,) = read.Tensors("settings")
    assert b"| experts | ease, text-knn |" in settings.tensor_proto.string_val[0]


@pytest.mark.slow
def test_mlflow_keeps_a_run_in_the_folder(tmp_path):
    needed("mlflow")
    for _ in range(2):  # the second run joins the first one's experiment
        track("mlflow", tmp_path, RUN)
    runs = sorted(tmp_path.glob("mlruns/*/*/metrics"))
    assert len(runs) == 2 and len({run.parents[1] for run in runs}) == 1
    lines = (runs[0] / "rehearsed ndcg at 10" / "ease").read_text().splitlines()
    assert [line.split()[1:] for line in lines] == [["0.25", "5"], ["0.5", "10"]]
    assert (runs[0].parent / "params" / "experts").read_text() == "ease, text-knn"
    assert "status: 3" in (runs[0].parent / "meta.yaml").read_text()  # finished


@pytest.mark.slow
def test_wandb_writes_offline_and_sends_nothing(tmp_path):
    needed("wandb")
    track("wandb", tmp_path, RUN)
    (file,) = tmp_path.glob("wandb/offline-run-*/run-*.wandb")
    written = file.read_bytes()
    for told in (b"rehearsed ndcg@10/ease", b"ease, text-knn", b"shop-seed-3"):
        assert told in written


def test_tensorboard_needs_no_torch(tmp_path):
    needed("tensorboard")
    code = (
        "import sys; from pathlib import Path; from fewrec.tracking import Tracked, track;"
        f"track('tensorboard', Path({str(tmp_path)!r}), Tracked('a', {{}}, [(0, 'b', 1.0)]));"
        "assert 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "a").is_dir()
