"""JSON lines: mixed types, missing keys, broken lines."""

from pathlib import Path

import pytest

from fewrec.data.faults import Inspector
from fewrec.data.jsonl import read_jsonl
from fewrec.data.tables import as_ids
from fewrec.errors import BadValue


def read(tmp_path: Path, text: str, inspector: Inspector | None = None):
    path = tmp_path / "items.jsonl"
    path.write_text(text, encoding="utf-8")
    return read_jsonl(path, "items", inspector or Inspector())


def test_numbers_and_texts_as_ids(tmp_path: Path) -> None:
    table = read(tmp_path, '{"item": 7, "x": 1}\n{"item": "007", "y": ["a", "b"]}\n')
    assert as_ids(table, "item").to_list() == ["7", "007"]
    assert table.frame["y"].to_list() == [None, ["a", "b"]]
    assert table.lines.tolist() == [1, 2]


def test_blank_lines_keep_the_count_right(tmp_path: Path) -> None:
    table = read(tmp_path, '{"item": "a"}\n\n{"item": "b"}\n')
    assert table.frame["item"].to_list() == ["a", "b"]
    assert table.lines.tolist() == [1, 3]


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadValue, match=r"line 2: the line is not JSON .*character 10"):
        read(tmp_path, '{"item": "a"}\n{"item": "b\n')
    with pytest.raises(BadValue, match="line 2: the line is not a JSON object"):
        read(tmp_path, '{"item": "a"}\n5\n')


def test_broken_lines_are_collected_when_asked(tmp_path: Path) -> None:
    inspector = Inspector(collect=True)
    table = read(tmp_path, '{"item": "a"}\nnope\n{"item": "b", "tags": {"x": 1}}\n', inspector)
    assert table.frame["item"].to_list() == ["a", "b"]
    assert table.lines.tolist() == [1, 3]
    assert [(f.line, f.value) for f in inspector.faults] == [(2, "nope")]
