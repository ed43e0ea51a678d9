"""The items table: typed cells, one row an item."""

import polars as pl
import pytest

from fewrec.data.catalog import Catalog
from fewrec.data.faults import Inspector
from fewrec.data.items import read_items
from fewrec.data.tables import Table
from fewrec.errors import BadValue, ConfigError, MissingColumn


def items(
    columns: dict[str, list[object]], inspector: Inspector | None = None, **kinds
) -> tuple[Catalog, tuple[str, ...]]:
    table = Table.of_frame("items", pl.DataFrame(columns), "items.csv")
    return read_items(table, inspector or Inspector(), kinds)


def test_cells_are_typed_by_the_kind_of_their_column() -> None:
    catalog, notes = items(
        {
            "item": ["1", "2", "3"],
            "title": ["Toy Story (1995)", "", None],
            "genres": ["Animation|Children's|Comedy", "Comedy", None],
            "cast": ['["Tim Allen", "Tom Hanks"]', "[]", None],
            "year": ["1995", "01-Jan-1996", None],
            "price": ["1.5", "", "2"],
            "vector": ["[1, 2.5]", "[0, 1]", None],
            "available_from": ["2024-01-31", None, None],
        },
        year="year",
    )
    table = catalog.table
    assert catalog.titles == ("Toy Story (1995)", "2", "3")
    assert table["genres"].to_list() == [["Animation", "Children's", "Comedy"], ["Comedy"], None]
    assert table["cast"].to_list() == [["Tim Allen", "Tom Hanks"], [], None]
    assert table["year"].to_list() == [1995.0, 1996.0, None]
    assert table["price"].to_list() == [1.5, None, 2.0]
    assert table["vector"].to_list() == [[1.0, 2.5], [0.0, 1.0], None]
    assert table["available_from"].to_list() == [1706659200.0, None, None]
    assert catalog.kinds["cast"] == "person"
    assert notes[-1].startswith("items: columns are read as title title, genres list")


def test_cells_lost_in_a_guessed_number_column_are_told() -> None:
    price = [*[str(n) for n in range(30)], "free"]
    catalog, notes = items({"item": [f"i{n}" for n in range(31)], "price": price})
    assert catalog.table["price"].null_count() == 1
    assert "1 cell of column 'price' is no number and counts as missing ('free')." in notes[0]


def test_a_stated_kind_is_kept_to() -> None:
    with pytest.raises(BadValue, match=r"line 2, column 'price': this is not a number .*'free'"):
        items({"item": ["a", "b"], "price": ["1", "free"]}, price="number")
    catalog, _ = items({"item": ["a", "b"], "code": ["1", "2"]}, code="category")
    assert catalog.table["code"].to_list() == ["1", "2"]
    with pytest.raises(ConfigError, match=r"\[items\] states a kind for the column 'prise', .*'pr"):
        items({"item": ["a"], "price": ["1"]}, prise="number")


def test_an_item_may_stand_there_once() -> None:
    with pytest.raises(BadValue, match=r"line 3, .*twice .*'a'.* stands in lines 1 and 3"):
        items({"item": ["a", "b", "a"], "title": ["A", "B", "other"]})


def test_the_last_row_of_an_item_wins_where_faults_are_collected() -> None:
    inspector = Inspector(collect=True)
    catalog, _ = items({"item": ["a", "b", "a"], "title": ["A", "B", "other"]}, inspector)
    assert catalog.titles == ("B", "other")
    assert [(fault.line, fault.row["title"]) for fault in inspector.faults] == [(1, "A")]


def test_exact_repetitions_are_used_once() -> None:
    catalog, notes = items({"item": ["a", "b", "a"], "tags": [["x"], ["y"], ["x"]]})
    assert catalog.items.ids == ("a", "b")
    assert notes[0] == "items: 1 row repeats an earlier one exactly and is left out."


def test_ids_are_needed() -> None:
    with pytest.raises(MissingColumn, match=r"there is no column 'item'.*'items'"):
        items({"items": ["a"]})
    with pytest.raises(BadValue, match="line 2, column 'item': the id is empty"):
        items({"item": ["a", " "]})
    with pytest.raises(BadValue, match="the column must hold text or numbers"):
        items({"item": [["a"], ["b"]]})


def test_a_person_column_of_single_names_is_read_as_lists_of_one() -> None:
    frame = pl.DataFrame({"item": ["1", "2"], "director": ["Ann Lee", None]})
    catalog, _ = read_items(Table.of_frame("items", frame), Inspector(), {"director": "person"})
    assert catalog.table["director"].to_list() == [["Ann Lee"], None]
