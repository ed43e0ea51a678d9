"""Separator, quotes, lines before the table, header."""

from __future__ import annotations

import pytest

from fewrec.data.guess.dialect import guess_dialect, records, rejoin_entities, separator_named
from fewrec.data.guess.header import has_header, header_names


def cells(text: str, separator: str = "") -> list[list[str]]:
    return [row for _, row in records(text, guess_dialect(text, separator))]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|", "::", "^", "~", "\x01"])
def test_separators(mark: str) -> None:
    rows = [["u1", "Up", "5"], ["u2", "Jaws", "3"], ["u2", "Big", "4"]]
    assert cells("\n".join(mark.join(row) for row in rows) + "\n") == rows


@pytest.mark.parametrize(("gap", "found"), [(" ", " "), ("   ", "  ")])
def test_spaces(gap: str, found: str) -> None:
    text = f"1{gap}20{gap}3\n2{gap}21{gap}4\n"
    assert guess_dialect(text).separator in (found, " ")
    assert cells(text) == [["1", "20", "3"], ["2", "21", "4"]]


def test_aligned_columns_whose_cells_hold_single_spaces() -> None:
    text = "anna    Star Wars    5\nben     Up           3\ncarla   The Fly      4\n"
    assert cells(text)[0] == ["anna", "Star Wars", "5"]


def test_a_decimal_comma_does_not_beat_the_semicolon() -> None:
    assert guess_dialect("a;b;c\n1;2;4,5\n1;3;3,0\n").separator == ";"


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ('a,b\n1,"x, y"\n2,"z"\n', "x, y"),
        ('a,b\n1,"say ""hi"", now"\n2,"z"\n', 'say "hi", now'),
        ('a,b\n1,"say \\"hi\\", now"\n2,"z"\n', 'say "hi", now'),
        ("a,b\n'1','it''s, ok'\n'2','z'\n'3','y'\n", "it's, ok"),
        ("a,b\n'1','it\\'s, ok'\n'2','z'\n'3','y'\n", "it's, ok"),
        ('a,b\n1,"two\nlines"\n2,"z"\n', "two\nlines"),
        ('a\tb\n1\t5" pipe\n2\tz\n', '5" pipe'),
    ],
)
def test_quotes(text: str, cell: str) -> None:
    assert cells(text)[1][1] == cell


def test_lines_know_where_they_begin() -> None:
    text = 'a,b\n1,"two\nlines"\n\n2,z\n'
    assert [line for line, _ in records(text, guess_dialect(text))] == [1, 2, 5]


def test_comments_and_a_told_separator_stand_before_the_table() -> None:
    assert guess_dialect("# made by x\n\nsep,a\n1,2\n3,4\n").skip == 2
    assert cells("sep=;\na;b,c\n1;2,5\n") == [["a", "b,c"], ["1", "2,5"]]


def test_lines_drawn_by_databases_are_no_rows() -> None:
    text = "| user | item |\n|------|------|\n| a    | x    |\n"
    assert cells(text)[1] == ["", " a    ", " x    ", ""]


def test_a_separator_told_is_taken() -> None:
    assert cells("a;b,c\nd;e,f\n", ",") == [["a;b", "c"], ["d;e", "f"]]
    assert [separator_named(n) for n in ("tab", "space", ";")] == ["\t", " ", ";"]


def test_cells_torn_inside_an_entity() -> None:
    torn = ["1", "Norton &amp", " Company", "x"]
    assert rejoin_entities(torn, 3, "\t") == ["1", "Norton &amp; Company", "x"]
    assert rejoin_entities(["1", "a", "b", "x"], 3, "\t") is None


@pytest.mark.parametrize(
    ("first", "named"),
    [
        (["user", "item"], True),
        (["anna", "Up"], False),
        (["u_x", "col7"], True),
        (["1", "2"], False),
        (["用户", "商品"], True),
    ],
)
def test_header(first: list[str], named: bool) -> None:
    rest = [["anna", "Up"], ["anna", "Big"], ["ben", "Up"], ["ben", "Jaws"]]
    if first == ["1", "2"]:
        rest = [["1", "3"], ["4", "2"], ["1", "9"]]
    assert has_header([first, *rest])[0] is named


def test_a_matrix_may_number_its_columns() -> None:
    rows = [["user", "1", "2", "3", "4"], ["a", "5", "0", "3", "0"], ["b", "0", "4", "1", "5"]]
    assert has_header(rows) == (True, True)


def test_names_are_unique_and_never_empty() -> None:
    assert header_names(["a", "", "a", " b  c "], 5) == ["a", "column_2", "a_2", "b c", "column_5"]
