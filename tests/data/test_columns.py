"""What columns are taken for: the stranger's catalogue, column by column."""

import polars as pl
import pytest

from fewrec.data.columns import infer_column, infer_columns

TAGS = ["rock|pop", "pop", "jazz|rock", "folk", "rock|folk", "pop|jazz"]
PLOTS = [f"A long story about person number {n} and what became of them" for n in range(6)]


@pytest.mark.parametrize(
    ("name", "cells", "kind"),
    [
        ("title", ["A", "B", "C"], "title"),
        ("Name", ["A", "B", "C"], "title"),
        ("片名", ["甲", "乙", "丙"], "title"),
        ("plot", PLOTS, "text"),
        ("words", PLOTS, "text"),
        ("genres", TAGS, "list"),
        ("whatever", TAGS, "list"),
        ("whatever", [t.replace("|", ";") for t in TAGS], "list"),
        ("whatever", [t.replace("|", ", ") for t in TAGS], "list"),
        ("whatever", ['["rock", "pop"]', '["pop"]', "[]"], "list"),
        ("whatever", ["['rock', 'pop']", "['pop']", "['jazz']"], "list"),
        ("whatever", [["rock"], ["pop", "jazz"], None], "list"),
        ("authors", ["Ann Lee", "Bo Ek, Cy Dow", "Di Fu"], "person"),
        ("director", ["Ann Lee", "Bo Ek", "Di Fu"], "person"),
        ("price", ["1.50", "2", "NA", *["3"] * 20], "number"),
        ("size", [1, 2, 3], "number"),
        ("year", ["1999", "2001", "1950"], "year"),
        ("released", ["1999", "2001", "1950", "1951", "1964"], "year"),
        ("released", ["1999-01-02", "2001-02-03", "1950-03-04"], "year"),
        ("released", ["01-Jan-1995", "02-Feb-1996"], "year"),
        ("brand", ["Foo", "Bar", "Baz"], "category"),
        ("whatever", ["red", "blue", "red", "green"], "category"),
        ("active", [True, False, True], "category"),
        ("embedding", ["[0.1, 0.2]", "[1, -3e-2]"], "vector"),
        ("embedding", [[0.1, 0.2], [1.0, 2.0]], "vector"),
        ("page", ["http://a.b/c", "https://d.e/f"], "skip"),
        ("imdbId", [114709, 113497, 113228], "skip"),
        ("imdb", ["0114709", "0113497", "0113228", "0114885"], "skip"),
        ("sort", ["same", "same", "same"], "skip"),
        ("nothing", [None, None], "skip"),
        ("nothing", ["", " "], "skip"),
        ("available_from", ["2024-01-01", "2024-02-01"], "skip"),
    ],
)
def test_kinds(name: str, cells: list[object], kind: str) -> None:
    assert infer_column(name, pl.Series(name, cells, strict=False)).kind == kind


def test_sentences_with_commas_are_no_lists() -> None:
    cells = [f"He went home, slept, and woke up as number {n}" for n in range(8)]
    assert infer_column("whatever", pl.Series(cells)).kind == "text"
    names = ["Washington, DC", "Paris, France", "Lima, Peru", "Bonn, Germany"]
    assert infer_column("city", pl.Series(names)).kind == "category"


def test_there_is_one_title() -> None:
    frame = pl.DataFrame({"headline": ["x", "y"], "title": ["a", "b"], "name": ["m", "n"]})
    kinds = {name: column.kind for name, column in infer_columns(frame).items()}
    assert kinds == {"headline": "text", "title": "title", "name": "text"}
    stated = infer_columns(frame, {"name": "title"})
    assert stated["name"].kind == "title"
    assert stated["title"].kind == "text"
