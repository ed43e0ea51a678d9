"""DKN's Bing news."""

from pathlib import Path

import pytest

from fewrec.data.importers import IMPORTERS
from fewrec.data.sources import read_folder
from fewrec.errors import BadValue, EmptyData

TRAIN = (
    "0\ttautog bite coming strong\t0\t36136:Tautog\n"
    "9\tcarrie fisher dies\t1\t1980:Carrie Fisher\n"
    "8\tcarrie fisher dies\t0\t1980:Carrie Fisher;14000:Star Wars: IV\n"
    "8\tcarrie fisher dies\t0\t1980:Carrie Fisher;14000:Star Wars: IV\n"
)
TEST = "9\tnothing happened\t1\t\n"


def brought(tmp_path: Path, train: str = TRAIN, test: str | None = TEST):
    source = tmp_path / "in"
    source.mkdir()
    (source / "raw_train.txt").write_text(train, encoding="utf-8")
    if test is not None:
        (source / "raw_test.txt").write_text(test, encoding="utf-8")
    report = IMPORTERS["dkn"](source, tmp_path / "out")
    return report, read_folder(tmp_path / "out")


def test_headlines_are_items_with_their_entities(tmp_path: Path) -> None:
    report, data = brought(tmp_path)
    assert report.rows == {"interactions": 5, "items": 3}
    assert data.catalog.titles[:2] == ("tautog bite coming strong", "carrie fisher dies")
    named = data.catalog.table["entities"].to_list()
    assert named == [["Tautog"], ["Carrie Fisher", "Star Wars: IV"], None]
    assert data.interactions.label.tolist() == [0, 1, 0, 1]  # the repetition counts once
    notes = " ".join(report.notes)
    assert "1 headlines name other entities" in notes and "1 rows repeat" in notes


def test_one_file_is_enough(tmp_path: Path) -> None:
    report, _ = brought(tmp_path, test=None)
    assert report.rows["interactions"] == 4 and "There is no raw_test.txt." in report.notes


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("0\ttitle\t1\n", "the line has 3 cells, not 4"),
        ("0\ttitle\t2\t1:A\n", "the answer is neither 0 nor 1"),
        ("0\ttitle\t\t1:A\n", "the answer is neither 0 nor 1"),
        ("0\ttitle\t1\t1:A;B\n", "an entity has no name"),
        ("0\ttitle\t1\t1:\n", "an entity has no name"),
        ("\ttitle\t1\t1:A\n", "the cell is empty"),
    ],
)
def test_broken_lines_are_named(tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(BadValue, match=words) as fault:
        brought(tmp_path, TRAIN + line)
    assert "line 5" in str(fault.value) and not (tmp_path / "out").exists()


def test_another_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(EmptyData, match="neither raw_train"):
        IMPORTERS["dkn"](tmp_path / "in", tmp_path / "out")


def test_the_real_one(shared_data: Path, tmp_path: Path) -> None:
    report = IMPORTERS["dkn"](shared_data / "news-dkn", tmp_path / "out")
    assert report.rows == {"interactions": 10_401 + 462, "items": 9075}
    assert "7 headlines name other entities" in " ".join(report.notes)
