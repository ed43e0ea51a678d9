"""The guess on messy exports, as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.data.chinese import write_chinese
from tests.data.messy import MESSY, Messy
from tests.data.unseen import ALL_UNSEEN

from fewrec.data.guess import Guess, guess_files


def misreadings(case: Messy, guess: Guess) -> list[str]:
    """Everything in which a guess differs from the right reading."""
    wrong = []
    for table, (rows, columns, row) in case.tables.items():
        frame = guess.tables.get(table)
        if frame is None:
            wrong.append(f"no {table}")
            continue
        if frame.height != rows:
            wrong.append(f"{table}: {frame.height} rows, not {rows}")
        if not columns <= set(frame.columns):
            wrong.append(f"{table}: columns {frame.columns}")
        elif not any(row.items() <= found.items() for found in _hashable(frame.rows(named=True))):
            wrong.append(f"{table}: no row {row}")
    extra = set(guess.tables) - set(case.tables)
    wrong += [f"an unexpected table {table}" for table in extra]
    if not guess.rule.startswith(case.like):
        wrong.append(f"rule: {guess.rule}")
    if len(guess.faults) != case.set_aside:
        wrong.append(f"set aside: {[fault.problem for fault in guess.faults]}")
    return wrong


def _hashable(rows):
    return [{k: tuple(v) if isinstance(v, list) else v for k, v in row.items()} for row in rows]


@pytest.mark.parametrize("case", [*MESSY, *ALL_UNSEEN], ids=lambda case: case.name)
def test_needs_no_edit_and_says_what_is_doubtful(case: Messy, tmp_path: Path) -> None:
    guess = guess_files(case.write(tmp_path))
    assert misreadings(case, guess) == []
    assert tuple(doubt.flag for doubt in guess.doubts) == case.unsure


def test_there_are_twenty_files_and_most_leave_no_doubt() -> None:
    assert len(MESSY) >= 20
    assert sum(not case.unsure for case in MESSY) >= 18


def test_a_chinese_catalogue(tmp_path: Path) -> None:
    guess = guess_files(write_chinese(tmp_path))
    assert guess.doubts == () and guess.faults == ()
    assert guess.rule == "value >= 1" and guess.likes == (155, 60)
    items = guess.tables["items"]
    assert items.height == 40
    assert items.row(0) == (
        "D01", "麻婆豆腐", "川菜", "重辣", 28, "嫩豆腐配牛肉末，花椒麻，辣椒香，拌饭一绝",
    )  # fmt: skip
    assert guess.settings["items"]["菜系"] == "category"
    assert guess.settings["items"]["描述"] == "text"
