"""Whole ways through the commands: strange ids, a Chinese catalogue, real ratings."""

import json
from pathlib import Path

import polars as pl
import pytest
from tests.data.chinese import write_chinese

from fewrec.metrics.preference import auc

FAST = 'encoder = "char-ngrams-64"\n'
IDS = ["007", "7", " a b ", "🎉", "x,y", 'say "hi"', "ünï", "-1", "1e3", "NULL", "nan", "日本"]


def test_ids_of_any_kind_survive_the_whole_way(fewrec, tmp_path):
    data = tmp_path / "my data 🎉"
    data.mkdir()
    users = [f"{name}" for name in reversed(IDS)]
    rows = [
        (user, item, int((u + i) % 3 > 0))
        for u, user in enumerate(users)
        for i, item in enumerate(IDS)
        if (u * 5 + i) % 4
    ]
    frame = pl.DataFrame(rows, schema=["user", "item", "value"], orient="row")
    frame.write_csv(data / "interactions.csv", quote_style="non_numeric")
    pl.DataFrame({"item": IDS, "title": [f"Titel {n}" for n in range(len(IDS))]}).write_csv(
        data / "items.csv", quote_style="non_numeric"
    )
    (tmp_path / "fast.toml").write_text(FAST)
    model = tmp_path / "model 7"
    fit = fewrec("fit", data, "-o", model, "--config", tmp_path / "fast.toml")
    assert fit.code == 0, fit.err
    assert f"'{model}' --user" in fit.out, "the next command can be pasted into a shell"

    pl.DataFrame({"user": users}).write_csv(tmp_path / "u.csv", quote_style="non_numeric")
    asked = fewrec("recommend", model, "--users", tmp_path / "u.csv", "-k", 12,
                   "-o", tmp_path / "r.csv")  # fmt: skip
    assert asked.code == 0, asked.err
    answer = pl.read_csv(tmp_path / "r.csv", infer_schema=False)
    assert answer["user"].unique(maintain_order=True).to_list() == users
    met = set(frame.select("user", "item").iter_rows())
    left = {(user, item) for user in users for item in IDS} - met
    assert set(answer.select("user", "item").iter_rows()) == left

    frame.select("user", "item").write_csv(tmp_path / "p.csv", quote_style="non_numeric")
    scored = fewrec("score", model, tmp_path / "p.csv", "-o", tmp_path / "s.csv")
    assert "not know" not in scored.out
    table = pl.read_csv(tmp_path / "s.csv", infer_schema=False)
    assert table.select("user", "item").equals(frame.select("user", "item"))
    one = fewrec("recommend", model, "--user", " a b ", "--likes", "🎉", "--json", "-")
    assert one.json["slates"][0]["user"] == " a b "


def test_a_chinese_catalogue(fewrec, tmp_path):
    files = write_chinese(tmp_path)
    data, model = tmp_path / "data", tmp_path / "model"
    assert fewrec("init", *files, data).code == 0
    checked = fewrec("data", "check", data)
    assert checked.code == 0, checked.out
    assert "Chinese" in checked.out
    fit = fewrec("fit", data, "-o", model)
    assert fit.code == 0, fit.err
    assert "mostly Chinese" in fit.out
    assert "multilingual encoder" in fit.out
    card = (model / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "mostly Chinese" in card
    manifest = json.loads((model / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["text_encoder"].startswith("char-ngrams")

    cuisine = dict(
        pl.read_csv(data / "items.csv", infer_schema=False).select("item", "菜系").rows()
    )
    hot = fewrec("recommend", model, "--likes", "麻婆豆腐", "--likes", "水煮牛肉", "-k", 4,
                 "--explain", "--json", "-").json["slates"][0]  # fmt: skip
    assert [cuisine[row["item"]] for row in hot["items"]].count("川菜") >= 3
    assert all(row["reasons"] for row in hot["items"])
    sweet = fewrec("recommend", model, "--profile", "我喜欢香甜软糯的甜品", "-k", 3, "--json", "-")
    assert "甜品" in [cuisine[row["item"]] for row in sweet.json["slates"][0]["items"]]


@pytest.fixture(scope="module")
def films(tmp_path_factory, ml100k_files) -> Path:
    """300 people of MovieLens 100K and the films that at least 10 of them liked."""
    from fewrec.data.public import public_folder

    source = public_folder("ml-100k", progress=False)
    ratings = pl.read_csv(source / "interactions.csv").filter(pl.col("user") <= 300)
    liked = ratings.filter(pl.col("value") >= 4).group_by("item").len().filter(pl.col("len") >= 10)
    folder = tmp_path_factory.mktemp("films")
    ratings.filter(pl.col("item").is_in(liked["item"].to_list())).write_csv(
        folder / "interactions.csv"
    )
    for name in ("items.csv", "users.csv", "links.csv"):
        table = pl.read_csv(source / name, infer_schema=False)
        if "item" in table.columns:
            kept = [str(item) for item in liked["item"]]
            table = table.filter(pl.col("item").is_in(kept))
        table.write_csv(folder / name)
    return folder


@pytest.fixture(scope="module")
def split(films, tmp_path_factory) -> tuple[Path, pl.DataFrame]:
    """A data folder without the ratings of the last 200 people, and these ratings."""
    ratings = pl.read_csv(films / "interactions.csv")
    place = tmp_path_factory.mktemp("split") / "train"
    place.mkdir()
    ratings.filter(pl.col("user") <= 100).write_csv(place / "interactions.csv")
    for name in ("items.csv", "users.csv"):
        (place / name).write_bytes((films / name).read_bytes())
    return place, ratings.filter(pl.col("user") > 100)


@pytest.fixture(scope="module")
def model(split, tmp_path_factory) -> Path:
    from fewrec.cli import main

    folder = tmp_path_factory.mktemp("films-model") / "model"
    assert main(["fit", str(split[0]), "-o", str(folder), "--quiet"]) == 0
    return folder


def test_more_evidence_gives_better_scores_of_strangers(fewrec, split, model, tmp_path):
    _, unseen = split
    unseen = unseen.sample(fraction=1.0, shuffle=True, seed=0)
    place = pl.int_range(pl.len()).over("user")
    asked = unseen.filter(place >= 20)
    asked.drop("value", "timestamp").write_csv(tmp_path / "pairs.csv")
    label = (asked["value"] >= 4).to_numpy().astype(float)
    found = []
    for known in (0, 20):
        folder = tmp_path / f"known-{known}"
        folder.mkdir()
        unseen.filter(place < known).write_csv(folder / "interactions.csv")
        words = ("--data", folder) if known else ()
        done = fewrec("score", model, tmp_path / "pairs.csv", "-o", tmp_path / "s.csv", *words)
        assert done.code == 0, done.err
        score = pl.read_csv(tmp_path / "s.csv")["score"].to_numpy()
        assert len(score) == len(label)
        assert abs(score.mean() - label.mean()) < 0.12
        found.append(auc(score, label))
    assert found[0] > 0.6, "what everybody thinks of a film"
    assert found[1] > found[0] + 0.01, "what the person thinks of twenty others"


def test_an_explained_slate_of_real_films(fewrec, model):
    slate = fewrec("recommend", model, "--likes", "Toy Story", "--likes", "Aladdin", "-k", 5,
                   "--explain", "--json", "-").json["slates"][0]  # fmt: skip
    assert len(slate["items"]) == 5
    for row in slate["items"]:
        assert row["reasons"]
        assert sum(row["contributions"].values()) == pytest.approx(row["score"], abs=1e-4)
