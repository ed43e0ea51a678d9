"""LLMRank's Amazon sequences."""

from pathlib import Path

import pytest

from fewrec.data.importers import IMPORTERS
from fewrec.data.sources import read_folder
from fewrec.errors import BadValue, EmptyData, MissingColumn

HEADER = "user_id:token\titem_id_list:token_seq\titem_id:token\n"
FILES = {
    "Games-6k.test.inter": HEADER + "0\t7 3\t5\n1\t5\t7\n",
    "Games-6k.valid.inter": HEADER + "0\t7\t3\n1\t\t5\n",
    "Games.item": "item_id:token\ttitle:token_seq\n3\tFire Emblem\n5\tTetris\n7\tPong, 1972\n",
}


def written(folder: Path, **changed: str | None) -> Path:
    folder.mkdir()
    for name, text in {**FILES, **changed}.items():
        if text is not None:
            (folder / name).write_text(text, encoding="utf-8")
    return folder


def brought(tmp_path: Path, **changed: str | None):
    report = IMPORTERS["amazon-llmrank"](written(tmp_path / "in", **changed), tmp_path / "out")
    return report, read_folder(tmp_path / "out")


def test_sequences_keep_their_order(tmp_path: Path) -> None:
    report, data = brought(tmp_path)
    assert report.rows == {"interactions": 5, "items": 3}
    rows = data.interactions
    met = [
        (rows.users.ids[u], rows.items.ids[i]) for u, i in zip(rows.user, rows.item, strict=True)
    ]
    assert met == [("0", "7"), ("0", "3"), ("0", "5"), ("1", "5"), ("1", "7")]
    assert rows.timestamp.tolist() == [1, 2, 3, 1, 2] and (rows.label == 1).all()
    assert data.catalog.titles == ("Fire Emblem", "Tetris", "Pong, 1972")
    assert "the same sequences without their ends" in " ".join(report.notes)


def test_what_does_not_fit_is_said(tmp_path: Path) -> None:
    other = {"Games-6k.valid.inter": HEADER + "0\t7\t3\n1\t\t7\n"}
    titles = {"Games.item": "item_id:token\ttitle:token_seq\n3\tFire Emblem\n5\tTetris\n"}
    report, data = brought(tmp_path, **other, **titles)
    assert "1 lines of Games-6k.valid.inter say something else" in " ".join(report.notes)
    assert "1 items of the sequences are not in Games.item" in " ".join(report.notes)
    assert len(data.catalog) == 3


def test_titles_may_be_missing(tmp_path: Path) -> None:
    report, _ = brought(tmp_path, **{"Games.item": None})
    assert report.rows == {"interactions": 5} and "ids only" in " ".join(report.notes)


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"Games-6k.test.inter": HEADER + "0\t7 3\n"}, BadValue, "the line has 2 cells, not 3"),
        ({"Games-6k.test.inter": HEADER + "0\t7 3\t\n"}, BadValue, "the cell is empty"),
        ({"Games-6k.test.inter": "a\tb\n1\t2\n"}, MissingColumn, "the header has a, b"),
        ({"Games-6k.test.inter": None}, EmptyData, "there is no"),
        ({"Toys.test.inter": FILES["Games-6k.test.inter"]}, BadValue, "there are 2 files"),
    ],
)
def test_damaged_folders_are_refused(tmp_path: Path, changed, error, words) -> None:
    with pytest.raises(error, match=words):
        brought(tmp_path, **changed)
    assert not (tmp_path / "out").exists()


def test_the_real_one(shared_data: Path, tmp_path: Path) -> None:
    report = IMPORTERS["amazon-llmrank"](shared_data / "amazon-games", tmp_path / "out")
    assert report.rows == {"interactions": 440_264, "items": 16_859}
    assert "the same sequences without their ends" in " ".join(report.notes)
