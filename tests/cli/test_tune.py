"""`fewrec tune`: what it says and leaves behind, killed and taken up again."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fewrec.data.toy import toy_world
from fewrec.data.writing import write_dataset

MODEL = """
[model]
encoder = "char-ngrams-64"
experts = ["popularity", "item-knn"]

[model.rehearsal]
folds = 2
people = 20
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("toy") / "toy"
    write_dataset(toy_world(users=40, per_shelf=8), place)
    with (place / "fewrec.toml").open("a") as settings:
        settings.write(MODEL)
    return place


def judged(study: Path) -> int:
    """Trials in a search's file that are over."""
    if not study.is_file():
        return 0
    with sqlite3.connect(f"file:{study}?mode=ro", uri=True, timeout=30) as file:
        try:
            query = "SELECT COUNT(*) FROM trials WHERE state IN ('COMPLETE', 'PRUNED')"
            return int(file.execute(query).fetchone()[0])
        except sqlite3.OperationalError:
            return 0


def test_killed_and_taken_up_it_finishes_and_its_settings_fit_a_model(fewrec, folder, tmp_path):
    out = tmp_path / "run"
    words = ["tune", str(folder), "--out", str(out), "--seed", "2"]
    words += ["--parts", "experts"]
    program = "import sys; from fewrec.cli import main; sys.exit(main(sys.argv[1:]))"
    killed = subprocess.Popen([sys.executable, "-c", program, *words], stdout=subprocess.DEVNULL)
    for _ in range(1200):
        if judged(out / "study.db") >= 1 or killed.poll() is not None:
            break
        time.sleep(0.05)
    assert killed.poll() is None
    killed.send_signal(signal.SIGKILL)
    killed.wait(60)
    before = judged(out / "study.db")
    assert before >= 1 and not (out / "model.toml").exists()
    done = fewrec(*words, "--trials", before + 1, "--json", tmp_path / "tune.json")
    assert done.code == 0, done.err
    told = json.loads((tmp_path / "tune.json").read_text())
    trials = told["tuning"]["trials"]
    assert sum(one["state"] != "stopped" for one in trials) == before + 1
    assert trials[0]["values"] == told["tuning"]["default"]
    assert told["seeds"] == [2] and "never saw" in told["setting"]
    assert told["tuning"]["verdict"] in done.out and "nothing: the default" in done.out
    assert json.loads((out / "result.json").read_text())["tuning"] == told["tuning"]
    assert (out / "tune.png").stat().st_size > 1000
    fitted = fewrec(
        "fit", folder, "-o", tmp_path / "m", "--config", out / "model.toml", "--json", "-"
    )
    assert fitted.code == 0, fitted.err
    settings = told["tuning"]["settings"]
    assert set(fitted.json["model"]["experts"]) == {"item-prior", *settings["experts"]}
    assert fitted.json["seeds"] == [2]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--parts", "expert"], "'expert' is no part. Did you mean 'experts'"),
        (["--protocol", "random"], "a search cannot go by 'random'"),
    ],
)
def test_what_is_wrong_stops_before_the_work(fewrec, folder, tmp_path, words, said):
    done = fewrec("tune", folder, "--out", tmp_path / "run", *words)
    assert done.code == 2 and said in done.err
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_a_sample_of_movielens_is_searched_by_new_people(fewrec, ml100k_files, tmp_path):
    from fewrec.evaluation.opening import open_data
    from fewrec.evaluation.sample import sampled

    whole = open_data("ml-100k", progress=False)
    write_dataset(sampled(whole, users=150, items=300), tmp_path / "ml")
    words = ["tune", tmp_path / "ml", "--protocol", "new-users", "--trials", 3]
    done = fewrec(*words, "--out", tmp_path / "run", "--json", "-")
    assert done.code == 0, done.err
    assert done.json["tuning"]["trials"][0]["value"] > 0.2
    assert {knob for knob in done.json["tuning"]["default"]} >= {"use.ease", "ials.factors"}
