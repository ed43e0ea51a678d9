"""HetRec 2011's Last.fm."""

from pathlib import Path

import pytest

from fewrec.data.importers import IMPORTERS
from fewrec.data.sources import read_folder
from fewrec.errors import EmptyData

FILES = {
    "user_artists": "userID\tartistID\tweight\n2\t51\t13883\n2\t52\t5\n3\t51\t1\n",
    "artists": "id\tname\turl\tpictureURL\n51\tDuran Duran\thttp://a\thttp://b\n52\tBjörk\thttp://c\t\n",
    "user_friends": "userID\tfriendID\n2\t3\n3\t2\n",
    "tags": "tagID\ttagValue\n1\tpop\n2\t80s\n",
    "user_taggedartists": "userID\tartistID\ttagID\tday\tmonth\tyear\n2\t51\t1\t1\t4\t2009\n"
    "3\t51\t2\t1\t4\t2009\n2\t51\t2\t1\t4\t2009\n",
}


def written(folder: Path, *names: str) -> Path:
    folder.mkdir()
    for name in names:
        (folder / f"{name}.dat").write_text(FILES[name], encoding="utf-8")
    return folder


def test_plays_artists_friends_and_tags(tmp_path: Path) -> None:
    report = IMPORTERS["hetrec"](written(tmp_path / "in", *FILES), tmp_path / "out")
    assert report.rows == {"interactions": 3, "items": 2, "graph": 2}
    data = read_folder(tmp_path / "out")
    assert data.catalog.titles == ("Duran Duran", "Björk")
    assert data.catalog.table["tags"].to_list() == [["80s", "pop"], None]
    assert data.interactions.value.tolist() == [13883, 5, 1]
    assert (data.interactions.label == 1).all()
    assert data.triples[0] == ("user:2", "friend", "user:3")


def test_plays_alone_are_enough(tmp_path: Path) -> None:
    report = IMPORTERS["hetrec"](written(tmp_path / "in", "user_artists"), tmp_path / "out")
    assert report.rows == {"interactions": 3} and "no tags" in report.notes[-1]


def test_another_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmptyData, match="there is no user_artists"):
        IMPORTERS["hetrec"](written(tmp_path / "in", "artists"), tmp_path / "out")


def test_the_real_one(shared_data: Path, tmp_path: Path) -> None:
    report = IMPORTERS["hetrec"](shared_data / "lastfm", tmp_path / "out")
    assert report.rows["items"] == 17_632 and report.rows["interactions"] > 92_000
