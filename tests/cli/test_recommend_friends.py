"""`fewrec recommend --friends`: people instead of items, from a fitted model."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import fewrec
from fewrec.cli import main


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("friends")
    random = np.random.default_rng(0)
    rows, links = [], []
    for u in range(40):
        rows += [(f"{u}", f"{20 * (u % 2) + i}") for i in random.choice(20, 5, replace=False)]
        links += [
            (f"user:{u}", "friend", f"user:{v}")
            for v in range(u)
            if u % 2 == v % 2 and random.random() < 0.3
        ]
    data = folder / "data"
    data.mkdir()
    pl.DataFrame(rows, schema=["user", "item"], orient="row").write_csv(data / "interactions.csv")
    named = ["head", "relation", "tail"]
    pl.DataFrame(links, schema=named, orient="row").write_csv(data / "graph.csv")
    assert main(["fit", str(data), "-o", str(folder / "model"), "--quiet"]) == 0
    return folder / "model"


def asked(model: Path, *words: str, capsys: pytest.CaptureFixture[str]) -> dict:
    capsys.readouterr()
    assert main(["recommend", str(model), "--friends", "--json", "-", *words]) == 0
    return json.loads(capsys.readouterr().out)["slates"]


def test_friends_of_one_person(model, capsys):
    (slate,) = asked(model, "--user", "6", "-k", "5", "--explain", capsys=capsys)
    assert slate["stage"] == "friends" and len(slate["items"]) == 5
    assert all(int(row["item"]) % 2 == 0 and row["item"] != "6" for row in slate["items"])
    assert any("in common" in reason for row in slate["items"] for reason in row["reasons"])


def test_friends_of_everybody_in_a_table(model, capsys, tmp_path):
    (tmp_path / "who.csv").write_text("user\n1\n2\nnew\n")
    words = ("--users", str(tmp_path / "who.csv"), "-o", str(tmp_path / "out.csv"), "-k", "3")
    slates = asked(model, *words, capsys=capsys)
    assert [slate["user"] for slate in slates] == ["1", "2", "new"]
    assert slates[2]["stage"] == "popular" and "no links" in slates[2]["notes"][0]
    assert pl.read_csv(tmp_path / "out.csv").height == 9


def test_options_that_are_of_items_are_refused(model, capsys):
    assert main(["recommend", str(model), "--friends", "--likes", "3"]) == 2
    assert "Leave out" in capsys.readouterr().err


def test_friends_in_python_are_learned_once(model, capsys):
    opened = fewrec.load(model)
    frame = opened.friends(["6", "new"], k=5)
    assert frame.columns == ["user", "friend", "rank", "score"]
    (slate,) = asked(model, "--user", "6", "-k", "5", capsys=capsys)
    told = frame.filter(pl.col("user").cast(pl.String) == "6")["friend"].cast(pl.String)
    assert told.to_list() == [row["item"] for row in slate["items"]]
    learned = opened.recommender.friends
    assert opened.friends("7", k=3).height == 3
    assert opened.recommender.friends is learned
