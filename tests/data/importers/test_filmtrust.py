"""FilmTrust: half stars and trust."""

from pathlib import Path

import pytest

from fewrec.data.importers import IMPORTERS
from fewrec.data.sources import read_folder
from fewrec.errors import BadValue, EmptyData


def test_ratings_trust_and_people_who_rate_nothing(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / "ratings.txt").write_text("1 1 2\n1 2 3.5\n2 1 4\n2 1 1\n")
    (source / "trust.txt").write_text("1 2 1\n9 1 1\n")
    report = IMPORTERS["filmtrust"](source, tmp_path / "out")
    assert report.rows == {"interactions": 4, "graph": 2, "users": 3}
    assert "1 people have links of trust but no rating." in report.notes
    data = read_folder(tmp_path / "out")
    assert data.triples == (("user:1", "trusts", "user:2"), ("user:9", "trusts", "user:1"))
    assert data.people.users.ids == ("1", "2", "9")
    assert all(data.people.attributes), "everybody has a friend"


def test_a_damaged_line_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "ratings.txt").write_text("1 1 2\n1 2\n")
    with pytest.raises(BadValue, match=r"ratings.txt, line 2: the line has 2 cells, not 3"):
        IMPORTERS["filmtrust"](tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    with pytest.raises(EmptyData, match=r"there is no ratings.txt"):
        IMPORTERS["filmtrust"](tmp_path / "nowhere", tmp_path / "out")


def test_the_real_one(shared_data: Path, tmp_path: Path) -> None:
    report = IMPORTERS["filmtrust"](shared_data / "filmtrust", tmp_path / "out")
    assert report.rows == {"interactions": 35_497, "graph": 1_853, "users": 1_642}
