"""Any file to text cells: packed, nested, torn, closed by totals, or no table at all."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import zipfile
from pathlib import Path

import polars as pl
import pytest

from fewrec.data.guess.raw import cleaned
from fewrec.data.guess.reading import Spelling, read_raw
from fewrec.errors import BadValue, EmptyData

TABLE = "user,item,rating\na,x,5\nb,y,3\nb,x,4\n"
ROWS = [("a", "x", "5"), ("b", "y", "3"), ("b", "x", "4")]


def raw_of(folder: Path, content: str | bytes, name: str = "f.csv", **spelling):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_raw(path, Spelling(**spelling))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, bytes])
def test_packed_files(tmp_path: Path, pack) -> None:
    raw = raw_of(tmp_path, pack(TABLE.encode()))
    assert raw.frame.rows() == ROWS
    assert raw.lines.tolist() == [2, 3, 4]


def test_a_zip_with_one_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "f.zip", "w") as packed:
        packed.writestr("inside/f.csv", TABLE)
    assert read_raw(tmp_path / "f.zip", Spelling()).frame.rows() == ROWS


def test_a_zip_with_two_files(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "f.zip", "w") as packed:
        packed.writestr("a.csv", TABLE)
        packed.writestr("b.csv", TABLE)
    with pytest.raises(BadValue, match="the archive holds 2 files"):
        read_raw(tmp_path / "f.zip", Spelling())


def test_a_spreadsheet(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "f.xlsx", "w") as packed:
        packed.writestr("[Content_Types].xml", "<x/>")
    with pytest.raises(BadValue, match="this is a spreadsheet"):
        read_raw(tmp_path / "f.xlsx", Spelling())
    with pytest.raises(BadValue, match="this is a spreadsheet"):
        raw_of(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "f.xls")


def test_a_database(tmp_path: Path) -> None:
    with pytest.raises(BadValue, match="this is a database"):
        raw_of(tmp_path, b"SQLite format 3\x00" + b"\x00" * 50, "f.db")


@pytest.mark.parametrize("start", [b"\x1f\x8b\x08damaged", b"PK\x03\x04damaged", b"BZhdamaged"])
def test_a_damaged_package(tmp_path: Path, start: bytes) -> None:
    with pytest.raises(BadValue, match="the packed file is damaged"):
        raw_of(tmp_path, start)


def test_a_package_damaged_in_the_middle(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(TABLE.encode() * 50))
    packed[20:24] = b"\xff\xff\xff\xff"
    with pytest.raises(BadValue, match="the packed file is damaged"):
        raw_of(tmp_path, bytes(packed))


def test_a_file_cut_in_the_middle_of_a_character(tmp_path: Path) -> None:
    assert len(raw_of(tmp_path, TABLE.encode("utf-16")[:-1])) == 3


def test_damaged_parquet(tmp_path: Path) -> None:
    with pytest.raises(BadValue, match="this is not a readable parquet file"):
        raw_of(tmp_path, b"PAR1 and then nothing", "f.parquet")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "the file is empty"),
        ("\n \n", "the file is empty"),
        ("user,item\n", "a header and no rows"),
        ("# only a comment\n", "no rows|not a"),
    ],
)
def test_empty_files(tmp_path: Path, content: str, problem: str) -> None:
    with pytest.raises(EmptyData, match=problem):
        raw_of(tmp_path, content)


def test_parquet_without_rows(tmp_path: Path) -> None:
    pl.DataFrame({"a": []}).write_parquet(tmp_path / "f.parquet")
    with pytest.raises(EmptyData, match="the file holds no rows"):
        read_raw(tmp_path / "f.parquet", Spelling())


def test_a_row_with_too_many_cells_is_kept_apart_with_its_line(tmp_path: Path) -> None:
    rows = "".join(f"u{n},i{n % 5},{1 + n % 5}\n" for n in range(40))
    raw = raw_of(tmp_path, f"user,item,rating\n{rows}z,The Good, the Bad,5\n")
    assert len(raw) == 40
    [fault] = raw.faults
    assert (fault.line, fault.problem) == (42, "the row has 4 cells, the others 3")
    assert fault.row == {"row": "z,The Good, the Bad,5"}


def test_blank_cells_at_the_end_may_be_left_out(tmp_path: Path) -> None:
    raw = raw_of(tmp_path, "user,item,note\na,x,hi\nb,y\nc,x\nd,y,well\ne,x\n")
    assert raw.frame["note"].to_list() == ["hi", None, None, "well", None]
    assert raw.notes == ("f.csv: 3 rows ended early; the last cells count as missing.",)


def test_reports_have_headings_and_totals(tmp_path: Path) -> None:
    raw = raw_of(tmp_path, f"Report;;\nMay 2024;;\n{TABLE.replace(',', ';')}Total;;12\n")
    assert raw.frame.rows() == ROWS
    assert [fault.problem for fault in raw.faults] == ["a closing line, not a row"]


def test_rows_with_damaged_bytes_are_kept_apart(tmp_path: Path) -> None:
    raw = raw_of(tmp_path, ("user,item\n" + "é,x\n" * 10).encode() + b"\xff\xfe,y\n")
    assert len(raw) == 10 and raw.form[0] == "utf-8"
    [fault] = raw.faults
    assert (fault.line, fault.problem) == (12, "the row holds bytes that are not UTF-8")
    assert fault.value == "\\xff\\xfe,y"


def test_many_regular_lines_read_like_few(tmp_path: Path) -> None:
    rows = [(f"u{n % 90}", f"i{n % 70}", str(1 + n % 5)) for n in range(1500)]
    text = "user;item;rating\n" + "".join(";".join(row) + "\n" for row in rows)
    raw = raw_of(tmp_path, text)
    assert raw.frame.rows() == rows
    assert raw.lines.tolist() == list(range(2, 1502))
    torn = raw_of(tmp_path, text + "u1;i1;3;9\n")
    assert torn.frame.rows() == rows
    assert torn.faults[0].line == 1502


def test_what_was_told_is_taken(tmp_path: Path) -> None:
    raw = raw_of(tmp_path, "a;b\n1;2\n3;4\n", separator=";", header=False)
    assert raw.frame.rows() == [("a", "b"), ("1", "2"), ("3", "4")]
    assert raw.frame.columns == ["column_1", "column_2"]


def test_missing_cells() -> None:
    frame = pl.DataFrame({"a": [" x ", "", "NULL", "nan"], "b": ["NA", "DE", "FR", "NA"]})
    assert cleaned(frame).rows() == [("x", "NA"), (None, "DE"), (None, "FR"), (None, "NA")]
    assert cleaned(pl.DataFrame({"a": ["NA", "4.5"]})).rows() == [(None,), ("4.5",)]


def test_json_lines_know_their_line(tmp_path: Path) -> None:
    lines = ['{"user": 1, "item": "a", "score": 4.0}', "", '{"user": 2, "item": "b"}', "{broken"]
    raw = raw_of(tmp_path, "\n".join([*lines, *lines[:1] * 3]), "f.jsonl")
    assert raw.frame.row(0) == ("1", "a", "4")
    assert raw.frame.row(1) == ("2", "b", None)
    assert raw.lines.tolist()[:2] == [1, 3]
    assert [(fault.line, fault.problem) for fault in raw.faults] == [(4, "the line is not JSON")]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ([{"u": 1, "i": "a"}, {"u": 2, "i": "b"}], [("1", "a"), ("2", "b")]),
        ([[1, "a"], [2, "b"]], [("1", "a"), ("2", "b")]),
        ({"meta": {"n": 2}, "data": {"rows": [{"u": 1}, {"u": 2}]}}, [("1",), ("2",)]),
        ({"anna": ["x", "y"], "ben": ["x"]}, [("anna", "x"), ("anna", "y"), ("ben", "x")]),
        ({"anna": {"x": 5}, "ben": {"y": 3}}, [("anna", "x", "5"), ("ben", "y", "3")]),
        ({"m1": {"t": "Up"}, "m2": {"t": "Big"}}, [("m1", "Up"), ("m2", "Big")]),
        ([{"u": {"id": 1}, "l": [[1, 2], ["a|b"]]}], [("1", "1|2|a/b")]),
        ([{"u": 1, "ok": True, "no": None}], [("1", "true", None)]),
        (
            [{"id": 7, "bought": [{"id": "a"}, {"id": "b"}]}, {"id": 8, "bought": [{"id": "a"}]}],
            [("7", "a"), ("7", "b"), ("8", "a")],
        ),
    ],
)
def test_shapes_of_json(tmp_path: Path, content, rows: list[tuple]) -> None:
    raw = raw_of(tmp_path, json.dumps(content), "f.json")
    assert raw.frame.rows() == rows


def test_json_without_a_table(tmp_path: Path) -> None:
    with pytest.raises(BadValue, match="there is no list of records in this JSON"):
        raw_of(tmp_path, json.dumps([1, 2, 3]), "f.json")


def test_text_that_only_begins_like_json(tmp_path: Path) -> None:
    assert raw_of(tmp_path, "[user];item\n[a];x\n[b];y\n").frame.rows() == [
        ("[a]", "x"),
        ("[b]", "y"),
    ]
