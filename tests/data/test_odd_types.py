"""Data frames bring columns of every type; each is read, or refused in a sentence."""

import datetime as dt
import decimal
from pathlib import Path

import polars as pl
import pytest

from fewrec.data.sources import dataset_from_tables, read_folder
from fewrec.data.writing import write_dataset
from fewrec.errors import FewrecError

DAYS = [dt.date(2000 + n, 1, 1) for n in range(6)]
COLUMNS = {
    "decimal": pl.Series([decimal.Decimal("1.5")] * 3 + [None] * 3),
    "categorical": pl.Series(["a", "b", "a", None, "c", "a"], dtype=pl.Categorical),
    "enum": pl.Series(["a", "b", "a", None, "b", "a"], dtype=pl.Enum(["a", "b"])),
    "time": pl.Series([dt.time(1, 2)] * 5 + [None]),
    "duration": pl.Series([dt.timedelta(n) for n in range(5)] + [None]),
    "date": pl.Series(DAYS),
    "moment": pl.Series([dt.datetime(2000 + n, 1, 1) for n in range(6)]),
    "null": pl.Series([None] * 6),
    "binary": pl.Series([b"\xff"] * 6),
    "array": pl.Series([[1.0, 2.0]] * 6, dtype=pl.Array(pl.Float64, 2)),
    "ragged": pl.Series([[1, 2], [3], [], None, [1], [2]]),
    "empty lists": pl.Series([[None], [], None, [], [], []]),
    "records": pl.Series([{"a": 1}] * 6),
    "lists of records": pl.Series([[{"a": 1}]] * 6),
    "flag": pl.Series([True, False, None, True, True, False]),
    "not a number": pl.Series([float("nan"), 1.0, 2.0, 3.0, float("inf"), None]),
    "large": pl.Series([2**63 + 4096 * n for n in range(6)], dtype=pl.UInt64),
    "object": pl.Series([Path("a")] * 6, dtype=pl.Object),
    "huge": pl.Series(["x" * 1_000_000] + ["y z"] * 5),
    "weird": pl.Series(["", "  ", "\x00", "\u202e", "[", "[1,"]),
    "title": pl.Series(["A", None, "", "B", "C", "D"]),
    "available_from": pl.Series(DAYS),
    "price": pl.Series(["1,5", "2", "3", "x", "$4", "5"]),
}
IDS = [f"i{n}" for n in range(6)]


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_of_items_and_users(name: str, tmp_path: Path) -> None:
    items = pl.DataFrame({"item": IDS}).with_columns(COLUMNS[name].alias(name))
    data = dataset_from_tables(items=items, users=items.rename({"item": "user"}))
    assert len(data.catalog) == len(data.people.users) == 6
    assert set(data.catalog.kinds) == {name}
    if "records" in name or name == "binary":
        assert data.catalog.kinds[name] == "skip"
    write_dataset(data, tmp_path / "out")
    back = read_folder(tmp_path / "out")
    if data.catalog.kinds[name] != "skip":
        assert back.catalog.table.equals(data.catalog.table)
    assert back.catalog.kinds == data.catalog.kinds
    assert back.people.attributes == data.people.attributes


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("column", ["user", "item", "value", "event", "timestamp", "position"])
def test_columns_of_interactions(name: str, column: str) -> None:
    frame = pl.DataFrame({"user": IDS, "item": IDS}).with_columns(COLUMNS[name].alias(column))
    try:
        data = dataset_from_tables(frame)
    except FewrecError as error:
        assert column in str(error)
    else:
        assert len(data.interactions) == 6


def test_what_becomes_of_odd_numbers() -> None:
    frame = pl.DataFrame({"user": IDS}).with_columns(
        COLUMNS["large"].alias("large"), COLUMNS["not a number"].alias("odd")
    )
    people = dataset_from_tables(pl.DataFrame({"user": IDS, "item": IDS}), users=frame).people
    assert people.attributes[0] == ("large=9223372036854775808",)
    assert people.attributes[1] == ("large=9223372036854779904", "odd=1")
    assert len(set(people.attributes)) == 6
