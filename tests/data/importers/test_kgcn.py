"""KGCN's graph of Last.fm."""

from pathlib import Path

import pytest

from fewrec.data.importers import IMPORTERS
from fewrec.data.sources import read_folder
from fewrec.errors import EmptyData

FILES = {
    "kg.txt": "0\tmusic.artist.origin\t2\n1\tmusic.artist.origin\t2\n",
    "item_index2entity_id.txt": "51\t0\n52\t1\n",
    "user_artists.dat": "userID\tartistID\tweight\n2\t51\t13883\n2\t99\t5\n3\t52\t1\n",
    "artists.dat": "id\tname\turl\tpictureURL\n51\tDuran Duran\t\t\n99\tBjörk\t\t\n",
}


def written(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_text(FILES[name], encoding="utf-8")
    return folder


def test_plays_of_items_with_an_entity_count(tmp_path: Path) -> None:
    report = IMPORTERS["kgcn"](written(tmp_path / "in", *FILES), tmp_path / "out")
    assert report.rows == {"interactions": 2, "graph": 2, "links": 2, "items": 2}
    assert "1 of 3 plays are left out" in report.notes[0]
    data = read_folder(tmp_path / "out")
    assert data.catalog.items.ids == ("51", "52") and data.catalog.titles == ("Duran Duran", "52")
    assert data.links == {"51": "_:0", "52": "_:1"}
    assert data.triples[0] == ("_:0", "music.artist.origin", "_:2")
    assert (data.interactions.label == 1).all()


def test_the_folder_around_it_may_be_given(tmp_path: Path) -> None:
    written(tmp_path / "in" / "kgcn", *list(FILES)[:3])
    (tmp_path / "in" / "artists.dat").write_text(FILES["artists.dat"], encoding="utf-8")
    report = IMPORTERS["kgcn"](tmp_path / "in", tmp_path / "out")
    assert report.rows["items"] == 2


def test_without_titles_ids_stand_for_them(tmp_path: Path) -> None:
    report = IMPORTERS["kgcn"](written(tmp_path / "in", *list(FILES)[:3]), tmp_path / "out")
    assert "items" not in report.rows


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmptyData, match=r"there is no item_index2entity_id.txt"):
        IMPORTERS["kgcn"](written(tmp_path / "in", "kg.txt", "user_artists.dat"), tmp_path / "out")


def test_the_real_one(shared_data: Path, tmp_path: Path) -> None:
    report = IMPORTERS["kgcn"](shared_data / "lastfm", tmp_path / "out")
    assert report.rows == {"interactions": 21_173, "graph": 15_518, "links": 3_846, "items": 3_846}
