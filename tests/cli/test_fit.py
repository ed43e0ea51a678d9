"""`fewrec fit`: what it says and leaves behind, and what it never does to what is there."""

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from fewrec.data.writing import write_toy
from fewrec.ranker.text_metric import TextMetric
from fewrec.recommender import Recommender, rankers, storage

FAST = 'encoder = "char-ngrams-64"\nexperts = ["popularity", "item-knn", "text-knn"]\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("toy") / "toy"
    write_toy(place)
    return place


@pytest.fixture(scope="module")
def config(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("config") / "fast.toml"
    file.write_text(FAST)
    return file


def test_fit_says_what_it_did_and_what_comes_next(fewrec, folder, tmp_path):
    done = fewrec("fit", folder, "-o", tmp_path / "model", "--json", tmp_path / "fit.json")
    assert done.code == 0, done.err
    for said in (
        "30 users, 24 items, 270 interactions",
        "Liked rule: value >= 1: 150 likes, 120 not liked.",
        "Texts are read by all-minilm-l6-v2-int8.",
        f"Saved in {tmp_path / 'model'}",
        f"fewrec recommend {tmp_path / 'model'} --user u0 --explain",
        f"fewrec evaluate {folder}",
    ):
        assert said in done.out
    told = json.loads((tmp_path / "fit.json").read_text())
    assert told["seeds"] == [0]
    assert told["model"]["liked"] == "value >= 1"
    assert {row["metric"] for row in told["rows"]} == {"ndcg@10"}
    assert {"popularity", "ease"} <= {row["ranker"] for row in told["rows"]}
    card = (tmp_path / "model" / "MODEL_CARD.md").read_text()
    assert "30 users, 24 items, 270 interactions, 150 likes" in card
    assert "| popularity | 0 |" in card
    assert (tmp_path / "model" / "arrays.safetensors").stat().st_mode & 0o044


def test_the_same_seed_gives_the_same_model(fewrec, folder, config, tmp_path):
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        assert (
            fewrec("fit", folder, "-o", tmp_path / name, "--config", config, "--seed", seed).code
            == 0
        )
    a, b, c = ((tmp_path / n / "arrays.safetensors").read_bytes() for n in "abc")
    assert a == b
    assert (tmp_path / "a" / "manifest.json").read_text() == (
        tmp_path / "b" / "manifest.json"
    ).read_text()
    assert a != c


def test_settings_stand_in_a_file_or_in_the_folder(fewrec, folder, tmp_path, config):
    done = fewrec("fit", folder, "-o", tmp_path / "m", "--config", config, "--json", "-")
    model = done.json["model"]
    assert model["text_encoder"] == "char-ngrams-64"
    assert set(model["experts"]) == {"popularity", "item-knn", "text-knn", "item-prior"}
    own = tmp_path / "own"
    write_toy(own)
    settings = own / "fewrec.toml"
    settings.write_text(settings.read_text() + f"\n[model]\nseed = 7\n{FAST}")
    assert fewrec("fit", own, "-o", tmp_path / "m", "--json", "-").json["seeds"] == [7]
    assert fewrec("fit", own, "-o", tmp_path / "m", "--seed", 8, "--json", "-").json["seeds"] == [8]


def test_a_fit_is_noted_for_a_tracker(fewrec, folder, config, tmp_path, monkeypatch):
    pytest.importorskip("tensorboard", reason="needs the extra track")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    monkeypatch.chdir(tmp_path)
    done = fewrec(
        "fit", folder, "-o", "m", "--config", config, "--track", "tensorboard",
        "--json", tmp_path / "fit.json",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "Noted as toy-seed-0 in runs. See it with: tensorboard --logdir runs" in done.out
    told = json.loads((tmp_path / "fit.json").read_text())
    assert told["track"] == {"tracker": "tensorboard", "folder": "runs", "run": "toy-seed-0"}
    read = EventAccumulator("runs/toy-seed-0").Reload()
    names = set(read.Tags()["scalars"])
    for expert in ("popularity", "item-knn", "text-knn", "item-prior"):
        assert read.Scalars(f"seconds/{expert}")[0].value == pytest.approx(
            told["expert_seconds"][expert]
        )
        shown = {one.step: one.value for one in read.Scalars(f"rehearsed ndcg@10/{expert}")}
        rows = {row["k"]: row["mean"] for row in told["rows"] if row["ranker"] == expert}
        assert shown == pytest.approx(rows)
        assert {f"weight among {kind} items/{expert}" for kind in ("known", "new")} <= names
    other = fewrec("fit", folder, "-o", "n", "--config", config)
    assert other.code == 0
    same = [(tmp_path / name / "arrays.safetensors").read_bytes() for name in ("m", "n")]
    assert same[0] == same[1]  # watching changes nothing


def test_an_unknown_tracker_stops_before_the_work(fewrec, folder, tmp_path):
    done = fewrec("fit", folder, "-o", tmp_path / "m", "--track", "tensorbord")
    assert done.code == 2
    assert "Did you mean 'tensorboard'" in done.err
    assert not (tmp_path / "m").exists()


def test_tuned_text_is_an_expert_on_demand(fewrec, folder, tmp_path, monkeypatch):
    small = partial(TextMetric, 16, directions=4, silent=True)
    monkeypatch.setitem(rankers.KNOWN, rankers.TUNED_TEXT, small)
    (tmp_path / "c.toml").write_text(FAST + "tuned_text = true\n")
    done = fewrec(
        "fit", folder, "-o", tmp_path / "m", "--config", tmp_path / "c.toml", "--json", "-"
    )
    assert "tuned-text" in done.json["model"]["experts"]
    rehearsed = [r for r in done.json["rows"] if r["ranker"] == "tuned-text"]
    assert rehearsed and all(0 <= r["mean"] <= 1 for r in rehearsed)
    asked = fewrec("recommend", tmp_path / "m", "--user", "u0", "--explain", "--json", "-")
    assert asked.code == 0 and len(asked.json["slates"][0]["items"]) == 10


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sed = 3", "unknown key 'sed'. Did you mean 'seed'?"),
        ('experts = ["easy"]', "'easy' is no expert. Did you mean 'ease'"),
        ("experts = []", "key 'experts'"),
        ("seed = -1", "key 'seed': Input should be greater than or equal to 0"),
        ('seed = "x"', "key 'seed'"),
        ("tuned_text = 1", "key 'tuned_text': Input should be a valid boolean"),
        ("seed =", "this is not valid TOML"),
    ],
)
def test_wrong_settings_are_named(fewrec, folder, tmp_path, text, said):
    file = tmp_path / "bad.toml"
    file.write_text(text)
    done = fewrec("fit", folder, "-o", tmp_path / "m", "--config", file)
    assert done.code == 2
    assert said in done.err
    assert str(file) in done.err
    assert not (tmp_path / "m").exists()


def test_wrong_settings_in_the_folder_are_named(fewrec, tmp_path):
    write_toy(tmp_path / "own")
    settings = tmp_path / "own" / "fewrec.toml"
    settings.write_text(settings.read_text() + "\n[model]\nencodr = 'x'\n")
    done = fewrec("fit", tmp_path / "own", "-o", tmp_path / "m")
    assert done.code == 2
    assert "fewrec.toml, [model]: unknown key 'encodr'. Did you mean 'encoder'?" in done.err


def test_an_encoder_that_is_not_there_is_named(fewrec, folder, tmp_path):
    (tmp_path / "c.toml").write_text('encoder = "all-minilm-l7"')
    done = fewrec("fit", folder, "-o", tmp_path / "m", "--config", tmp_path / "c.toml")
    assert done.code == 2
    assert "all-minilm-l6-v2" in done.err


def test_a_settings_file_that_is_not_there(fewrec, folder, tmp_path):
    done = fewrec("fit", folder, "-o", tmp_path / "m", "--config", tmp_path / "none.toml")
    assert done.code == 2
    assert "none.toml: the settings cannot be read: No such file" in done.err


def test_a_place_that_holds_something_else_is_refused_before_the_work(fewrec, folder, tmp_path):
    (tmp_path / "letters.txt").write_text("dear")
    for place, said in (
        (tmp_path, "holds files that are no model"),
        (tmp_path / "letters.txt", "is a file"),
    ):
        done = fewrec("fit", folder, "-o", place)
        assert done.code == 2
        assert said in done.err
    assert (tmp_path / "letters.txt").read_text() == "dear"


def test_bad_rows_stop_the_fit_or_are_set_aside(fewrec, tmp_path, config):
    data = tmp_path / "data"
    write_toy(data)
    with (data / "interactions.csv").open("a") as file:
        file.write("u1,space-1,many,3\n")
    stopped = fewrec("fit", data, "-o", tmp_path / "m", "--config", config)
    assert stopped.code == 2
    assert "interactions.csv, line 272, column 'value'" in stopped.err
    assert not (tmp_path / "m").exists()
    went_on = fewrec("fit", data, "-o", tmp_path / "m", "--config", config, "--skip-bad")
    assert went_on.code == 0
    assert "1 faulty row is left out and set aside" in went_on.out
    assert (data / "quarantine").is_dir()


def test_data_without_dislikes_and_without_likes_are_said(fewrec, tmp_path, config):
    for name, value, said in (("likes", 1, "not calibrated"), ("none", 0, "no row is a like")):
        data = tmp_path / name
        data.mkdir()
        rows = [f"u{u},i{i},{value}" for u in range(6) for i in range(u, u + 3)]
        (data / "interactions.csv").write_text("\n".join(["user,item,value", *rows]) + "\n")
        (data / "fewrec.toml").write_text('like = "value >= 1"\n')
        done = fewrec("fit", data, "-o", tmp_path / f"{name}-model", "--config", config)
        assert done.code == 0, done.err
        assert said in done.out


def program(*words: object) -> list[str]:
    return [
        sys.executable,
        "-c",
        "import sys; from fewrec.cli import main; sys.exit(main(sys.argv[1:]))",
        *map(str, words),
    ]


def left_behind(place: Path) -> list[str]:
    return sorted(p.name for p in place.iterdir())


def test_ctrl_c_in_the_middle_of_a_fit_leaves_the_old_model(fewrec, folder, config, tmp_path):
    model = tmp_path / "model"
    assert fewrec("fit", folder, "-o", model, "--config", config).code == 0
    before = (model / "manifest.json").read_bytes()
    started = tmp_path / "started"
    slow = (
        "import sys, time; from pathlib import Path\n"
        "from fewrec.recommender import storage\n"
        "whole = storage.save_file\n"
        "def save(arrays, file):\n"  # half of the draft is written by now
        f"    Path({str(started)!r}).touch(); time.sleep(60); whole(arrays, file)\n"
        "storage.save_file = save\n"
        "from fewrec.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    words = [sys.executable, "-c", slow, "fit", str(folder), "-o", str(model), "--seed", "5"]
    fit = subprocess.Popen([*words, "--config", str(config)], stderr=subprocess.PIPE, text=True)
    for _ in range(600):
        if started.exists() or fit.poll() is not None:
            break
        time.sleep(0.1)
    assert started.exists(), fit.stderr.read()
    fit.send_signal(signal.SIGINT)
    _, said = fit.communicate(timeout=60)
    assert fit.returncode == 130, said
    assert "interrupted" in said
    assert "Traceback" not in said
    assert (model / "manifest.json").read_bytes() == before
    assert left_behind(tmp_path) == ["model", "started"]
    Recommender.load(model)


@pytest.mark.parametrize("limit", [500, 3000, None], ids=["tables", "manifest", "arrays"])
def test_a_full_disk_leaves_the_old_model(fewrec, folder, config, tmp_path, monkeypatch, limit):
    resource = pytest.importorskip("resource")
    model = tmp_path / "model"
    assert fewrec("fit", folder, "-o", model, "--config", config).code == 0
    before = {p.name: p.read_bytes() for p in model.iterdir()}
    most = limit or max(len(content) for content in before.values()) - 1000
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    whole = storage._write_tables

    def limited(*parts):
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))  # no file may grow beyond
        whole(*parts)

    monkeypatch.setattr(storage, "_write_tables", limited)
    try:
        done = fewrec("fit", folder, "-o", model, "--config", config, "--seed", 5)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert done.code == 2
    assert "could not be written" in done.err
    assert "What was there is unchanged" in done.err
    assert {p.name: p.read_bytes() for p in model.iterdir()} == before
    assert left_behind(tmp_path) == ["model"]
    Recommender.load(model)


@pytest.fixture
def small_disk(tmp_path):
    """A real file system of 1 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("mounting a small file system needs root")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_really_full_disk_leaves_the_old_model(fewrec, folder, config, small_disk):
    model = small_disk / "model"
    assert fewrec("fit", folder, "-o", model, "--config", config).code == 0
    before = (model / "manifest.json").read_bytes()
    free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
    (small_disk / "ballast").write_bytes(b"x" * (free - 24_000))
    done = fewrec("fit", folder, "-o", model, "--config", config, "--seed", 5)
    assert done.code == 2
    assert "No space left" in done.err
    assert (model / "manifest.json").read_bytes() == before
    assert left_behind(small_disk) == ["ballast", "model"]
    Recommender.load(model)
    (small_disk / "ballast").unlink()
    assert fewrec("fit", folder, "-o", model, "--config", config, "--seed", 5).code == 0
    assert (model / "manifest.json").read_bytes() != before


def test_two_fits_into_one_folder_at_once(folder, config, tmp_path):
    words = [
        program("fit", folder, "-o", tmp_path / "m", "--config", config, "--seed", s)
        for s in (1, 2)
    ]
    runs = [subprocess.Popen(w, stderr=subprocess.PIPE, text=True) for w in words]
    for run in runs:
        _, said = run.communicate(timeout=120)
        assert run.returncode == 0, said
    assert Recommender.load(tmp_path / "m").manifest.seed in (1, 2)
    assert left_behind(tmp_path) == ["m"]
