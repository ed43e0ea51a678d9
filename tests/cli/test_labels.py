"""`fewrec labels suggest`, `labels check` and `bench labels` as a person types them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from fewrec.seeding import generator

PEOPLE, ITEMS = 24, 16


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """People who rate 1 to 5; the first half of the items is good. A third is not rated."""
    random = generator(0, "a folder to label")
    rows = []
    for user in range(PEOPLE):
        for item in random.permutation(ITEMS)[:9]:
            value = int(random.integers(4, 6) if item < ITEMS // 2 else random.integers(1, 3))
            rows.append((f"u{user}", f"i{item}", value if random.random() < 2 / 3 else None))
    made = tmp_path / "data"
    made.mkdir()
    frame = pl.DataFrame(rows, schema=["user", "item", "value"], orient="row")
    frame.write_csv(made / "interactions.csv")
    titles = [f"{'good' if n < ITEMS // 2 else 'poor'} thing {n}" for n in range(ITEMS)]
    items = pl.DataFrame({"item": [f"i{n}" for n in range(ITEMS)], "title": titles})
    items.write_csv(made / "items.csv")
    return made


def unrated(folder: Path) -> set[tuple[str, str]]:
    frame = pl.read_csv(folder / "interactions.csv")
    return set(frame.filter(pl.col("value").is_null()).select("user", "item").iter_rows())


@pytest.mark.parametrize("by", ["covering", "model"])
def test_a_round_of_labels_is_asked_answered_and_asked_again(fewrec, folder, tmp_path, by):
    out, more = tmp_path / "to-label.csv", tmp_path / "more.csv"
    done = fewrec("labels", "suggest", folder, "-k", 12, "-o", out, "--json", "-", "--by", by)
    assert done.code == 0, done.err
    assert done.json["labels"]["by"] == by
    first = pl.read_csv(out)
    asked = set(first.select("user", "item").iter_rows())
    assert len(asked) == 12
    assert asked <= unrated(folder)
    assert first["value"].null_count() == 12
    value = pl.when(pl.col("item").str.slice(1).cast(int) < ITEMS // 2).then(5).otherwise(1)
    skipped = first.with_columns(value=value).with_row_index()
    skipped = skipped.with_columns(value=pl.when(pl.col("index") > 0).then("value"))
    skipped.drop("index").write_csv(out)
    done = fewrec(
        "labels", "suggest", folder, "-k", 10, "--have", out, "-o", more, "--json", "-", "--by", by
    )
    assert done.code == 0, done.err
    assert "1 row without an answer" in " ".join(done.json["alarms"])
    second = set(pl.read_csv(more).select("user", "item").iter_rows())
    answered = asked - {tuple(first.row(0)[:2])}
    assert not second & answered
    assert second <= unrated(folder)


def test_without_any_label_rows_are_chosen(fewrec, folder, tmp_path):
    frame = pl.read_csv(folder / "interactions.csv").with_columns(value=pl.lit(None))
    frame.write_csv(folder / "interactions.csv")
    out = tmp_path / "to-label.csv"
    done = fewrec("labels", "suggest", folder, "-k", 5, "-o", out)
    assert done.code == 0, done.err
    assert pl.read_csv(out).height == 5


def test_planted_wrong_labels_are_listed_with_their_lines(fewrec, folder, tmp_path):
    file, out = folder / "interactions.csv", tmp_path / "suspicious.csv"
    frame = pl.read_csv(file)
    lines = np.flatnonzero(frame["value"].is_not_null().to_numpy())[::15]
    turned = [6 - v if n in lines else v for n, v in enumerate(frame["value"])]
    frame.with_columns(value=pl.Series(turned)).write_csv(file)
    done = fewrec("labels", "check", folder, "-o", out, "--json", "-")
    assert done.code == 0, done.err
    found = pl.read_csv(out)
    planted = {int(n) + 2 for n in lines}
    assert len(planted & set(found["line"].to_list())) >= 0.8 * found.height
    assert found.height >= 0.3 * len(lines)  # the surest ones
    assert found["doubt"].is_sorted(descending=True)
    assert done.json["labels"]["flagged"] == found.height


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (["user", "item"], "neither a value nor an event"),
        (["user", "item", "value"], "has a label"),
    ],
)
def test_what_cannot_be_labelled_is_said(fewrec, folder, tmp_path, columns, told):
    frame = pl.read_csv(folder / "interactions.csv").drop_nulls().select(columns)
    frame.write_csv(folder / "interactions.csv")
    done = fewrec("labels", "suggest", folder, "-o", tmp_path / "x.csv")
    assert done.code == 2
    assert told in done.err


def test_an_unknown_way_is_answered_with_the_nearest(fewrec, folder, tmp_path):
    done = fewrec("labels", "suggest", folder, "-o", tmp_path / "x.csv", "--by", "modle")
    assert done.code == 2
    assert "model" in done.err


def test_wrong_labels_in_train_prompts(fewrec, shared_data, tmp_path):
    source = shared_data / "tallrec-movie-ml100k"
    (tmp_path / "p").mkdir()
    for file in source.glob("train*.json"):
        (tmp_path / "p" / file.name).symlink_to(file)
    done = fewrec(
        "bench", "labels", "--data", tmp_path / "p", "--seeds", 1, "--shots", 32,
        "--only", "noise,alone", "--json", "-",
    )  # fmt: skip
    assert done.code == 0, done.err
    means = {
        row["wrong"]: row["mean"]
        for row in done.json["rows"]
        if row["metric"] == "auc" and row["ranker"] == "hybrid" and row["segment"] == "wrong labels"
    }
    assert means[0.0] > 0.6
    assert means[0.2] > means[0.0] - 0.05
    alone = [row for row in done.json["rows"] if row["segment"] == "wrong labels, items alone"]
    aucs = {row["wrong"]: row["mean"] for row in alone if row["metric"] == "auc"}
    assert aucs.keys() == means.keys()
    assert all(0.3 < value < means[0.0] for value in aucs.values())  # histories tell most
