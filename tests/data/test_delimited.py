"""CSV files as people have them: every cell is kept, every defect has its line."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fewrec.data.delimited import read_delimited
from fewrec.data.faults import Inspector
from fewrec.errors import BadValue, EmptyData


def read(tmp_path: Path, raw: bytes | str, inspector: Inspector | None = None, **options: str):
    path = tmp_path / "items.csv"
    path.write_bytes(raw.encode() if isinstance(raw, str) else raw)
    return read_delimited(path, "items", inspector or Inspector(), **options)


def test_cells_stay_text_exactly_as_written(tmp_path: Path) -> None:
    table = read(tmp_path, "item,title\n007,a b \n 7 ,\U0001f600 é\n1e5,NA\n")
    assert table.frame["item"].to_list() == ["007", " 7 ", "1e5"]
    assert table.frame["title"].to_list() == ["a b ", "\U0001f600 é", "NA"]
    assert table.lines.tolist() == [2, 3, 4]


def test_empty_cells_are_missing(tmp_path: Path) -> None:
    table = read(tmp_path, 'item,title\na,\nb,""\n')
    assert table.frame["title"].to_list() == [None, None]


def test_lines_count_the_newlines_inside_quoted_cells(tmp_path: Path) -> None:
    table = read(tmp_path, 'item,"ti\ntle"\na,"one\ntwo\nthree"\nb,"say ""hi"", x"\nc,plain\n')
    assert table.frame.columns == ["item", "ti\ntle"]
    assert table.lines.tolist() == [3, 6, 7]
    assert table.frame["ti\ntle"].to_list() == ["one\ntwo\nthree", 'say "hi", x', "plain"]


def test_blank_lines_and_stray_quotes_are_survived_with_right_lines(tmp_path: Path) -> None:
    table = read(tmp_path, '\nitem,title\n\na,5" disk\n\nb,plain\n')
    assert table.frame["title"].to_list() == ['5" disk', "plain"]
    assert table.lines.tolist() == [4, 6]


@pytest.mark.parametrize(
    "raw",
    [
        "item,title\r\na,x\r\nb,é\r\n",
        "item,title\ra,x\rb,é",
        "\ufeffitem,title\na,x\nb,é",
    ],
)
def test_line_ends_and_byte_order_mark_do_not_matter(tmp_path: Path, raw: str) -> None:
    table = read(tmp_path, raw)
    assert table.frame.rows() == [("a", "x"), ("b", "é")]
    assert table.lines.tolist() == [2, 3]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_unicode_encodings_are_recognised(tmp_path: Path, encoding: str) -> None:
    table = read(tmp_path, "item,title\na,标题 é\n".encode(encoding))
    assert table.frame.rows() == [("a", "标题 é")]


def test_a_nul_inside_a_cell_is_not_an_encoding(tmp_path: Path) -> None:
    assert read(tmp_path, "item,title\na,x\x00y\n").frame["title"].to_list() == ["x\x00y"]


def test_other_encodings_are_an_error_with_line_and_byte(tmp_path: Path) -> None:
    with pytest.raises(BadValue, match=r"items\.csv, line 3: byte 0xe9 is not UTF-8.*fewrec init"):
        read(tmp_path, "item,title\na,x\nb,café\n".encode("latin-1"))


def test_a_row_that_does_not_fit_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadValue, match=r"line 3: the row has 3 cells, the header 2 .*quotes"):
        read(tmp_path, "item,title\na,x\nb,y,z\n")
    with pytest.raises(BadValue, match=r"line 2: the row has 1 cells, the header 2"):
        read(tmp_path, "item,title\na\n")


def test_misfit_rows_are_collected_when_asked(tmp_path: Path) -> None:
    inspector = Inspector(collect=True)
    table = read(tmp_path, 'item,title\na,x\nb,y,z\n"c"d,w\ne,f\n', inspector)
    assert table.frame["item"].to_list() == ["a", "e"]
    assert table.lines.tolist() == [2, 5]
    assert [(f.line, f.value) for f in inspector.faults] == [(3, "b,y,z"), (4, '"c"d,w')]


def test_an_unclosed_quote_is_an_error_even_when_faults_are_collected(tmp_path: Path) -> None:
    with pytest.raises(BadValue, match="line 3: a quote opened in this row is never closed"):
        read(tmp_path, 'item,title\na,x\nb,"y\nc,z\n', Inspector(collect=True))


def test_blank_files_and_doubled_columns(tmp_path: Path) -> None:
    with pytest.raises(EmptyData, match="the file is blank"):
        read(tmp_path, "\n \n")
    with pytest.raises(BadValue, match=r"the header names a column twice .*'item'"):
        read(tmp_path, "item,item\na,b\n")


def test_a_header_alone_is_no_rows(tmp_path: Path) -> None:
    table = read(tmp_path, "item,title\n")
    assert table.frame.columns == ["item", "title"]
    assert len(table) == 0


def test_another_separator(tmp_path: Path) -> None:
    assert read(tmp_path, "item;title\na;x,y\n", separator=";").frame.rows() == [("a", "x,y")]


def test_huge_cells(tmp_path: Path) -> None:
    huge = "word " * 200_000
    table = read(tmp_path, f'item,text\na,"{huge}"\n\nb,5" {huge}\n')
    assert table.frame["text"].str.len_bytes().to_list() == [len(huge), len(huge) + 3]
    limit = csv.field_size_limit()
    assert limit == 131072


CELL = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufeff\x85\u2028\u2029")
    | st.sampled_from(',"\n '),
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(st.tuples(CELL, CELL), max_size=6), quoting=st.sampled_from([0, 1]))
def test_whatever_a_csv_writer_wrote_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], quoting: int
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=quoting)
    writer.writerow(["left", "right"])
    lines = []
    for row in rows:
        lines.append(out.getvalue().count("\n") + 1)
        writer.writerow(row)
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    path.write_bytes(out.getvalue().encode())
    table = read_delimited(path, "items", Inspector())
    assert table.frame.rows() == [(a or None, b or None) for a, b in rows]
    assert table.lines.tolist() == lines
