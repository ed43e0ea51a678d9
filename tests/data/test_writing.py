"""Data folders are written whole or not at all, and read back as what they were."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from fewrec.data import writing
from fewrec.data.settings import read_settings
from fewrec.data.sources import dataset_from_tables, read_folder
from fewrec.data.toy import toy_world
from fewrec.data.writing import to_toml, write_dataset, write_folder, write_toy
from fewrec.errors import ConfigError

TABLES = {"items": pl.DataFrame({"item": ["a", "b"], "tags": [["x", 'y"'], None]})}


def test_the_toy_world_comes_back(tmp_path: Path) -> None:
    toy = write_toy(tmp_path / "toy")
    back = read_folder(tmp_path / "toy")
    assert back.name == "toy"
    assert back.people == toy.people
    assert back.catalog.items == toy.catalog.items
    assert back.catalog.kinds == toy.catalog.kinds
    assert back.catalog.table.equals(toy.catalog.table)
    assert back.interactions.rule == toy.interactions.rule
    for name in ("user", "item", "label", "weight", "value", "timestamp"):
        assert np.array_equal(getattr(back.interactions, name), getattr(toy.interactions, name))


def test_lists_graph_links_events_and_odd_ids_come_back(tmp_path: Path) -> None:
    data = dataset_from_tables(
        pl.DataFrame(
            {
                "user": ["a,b", "007", ' "q" '],
                "item": ["x\ny", "z", "z"],
                "event": ["buy", "view", "skip"],
                "timestamp": [1.5, None, 3.0],
            }
        ),
        pl.DataFrame({"item": ["x\ny"], "tags": [["p|q", 'r"s'] * 2], "vec": [[0.5, 1.0]]}),
        pl.DataFrame({"user": ["007", "x"], "hobby": [["a", "b"], ["a"]], "profile": ["hi", ""]}),
        pl.DataFrame({"head": ["z"], "relation": ["is"], "tail": ["\U0001f600"]}),
        pl.DataFrame({"item": ["z"], "entity": ["m.1"]}),
    )
    write_dataset(data, tmp_path / "out")
    back = read_folder(tmp_path / "out")
    assert back.catalog.items == data.catalog.items
    assert back.catalog.table.equals(data.catalog.table)
    assert back.people == data.people
    assert (back.triples, back.links) == (data.triples, data.links)
    assert np.array_equal(back.interactions.label, data.interactions.label)
    assert np.array_equal(back.interactions.weight, data.interactions.weight)
    assert np.array_equal(back.interactions.timestamp, data.interactions.timestamp, equal_nan=True)


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("dear")
    with pytest.raises(ConfigError, match=r"mine is not empty\. Give another folder"):
        write_folder(tmp_path / "mine", TABLES)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "dear"
    with pytest.raises(ConfigError, match=r"thesis\.txt is a file"):
        write_folder(tmp_path / "mine" / "thesis.txt", TABLES)
    write_folder(tmp_path / "mine", TABLES, overwrite=True)
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == ["items.csv"]


def test_a_failure_on_the_way_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_folder(tmp_path / "data", TABLES)
    before = (tmp_path / "data" / "items.csv").read_text()

    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "to_toml", full)
    with pytest.raises(OSError, match="No space left"):
        write_folder(tmp_path / "data", TABLES, settings={"name": "x"}, overwrite=True)
    assert (tmp_path / "data" / "items.csv").read_text() == before
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_settings_come_back(tmp_path: Path) -> None:
    settings = {
        "name": 'a "b"\n\\c',
        "like": "value >= 4",
        "columns": {"user": "ü x", "items": {"title": "name"}},
        "events": {"like-0.5": 0.5, "größer": 2.0},
        "items": {"a b": "list"},
    }
    (tmp_path / "fewrec.toml").write_text(to_toml(settings), encoding="utf-8")
    found = read_settings(tmp_path / "fewrec.toml")
    assert found.model_dump(exclude_defaults=True) == settings


def test_labels_without_values_come_back(tmp_path: Path) -> None:
    toy = toy_world()
    rows = toy.interactions
    bare = replace(rows, value=np.full(len(rows), np.nan, dtype=np.float32), rule="as told")
    write_dataset(replace(toy, interactions=bare), tmp_path / "out")
    back = read_folder(tmp_path / "out")
    assert np.array_equal(back.interactions.label, rows.label)
    assert np.isnan(back.interactions.value).all()
