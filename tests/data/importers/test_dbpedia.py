"""DBpedia beside a data set."""

from pathlib import Path

import pytest

from fewrec.data.importers import IMPORTERS
from fewrec.data.sources import read_folder
from fewrec.errors import BadValue, EmptyData

R = "http://dbpedia.org/resource/"
FILES = {
    "map.txt": f"8\tNew Order X\t{R}New_Order\n3\tNew Order\t{R}New_Order\n4\tMoby\t{R}Moby\n",
    "genre.txt": f"{R}Moby {R}Techno\n{R}New_Order {R}Techno\n",
    "train.dat.txt": f"2 {R}New_Order 1 -1\n3 {R}Moby 1 -1\n",
    "test.dat.txt": f"2 {R}Moby 1 -1\n",
}


def written(folder: Path, *names: str) -> Path:
    folder.mkdir()
    for name in names:
        (folder / name).write_text(FILES[name], encoding="utf-8")
    return folder


def test_items_are_entities_and_rows_know_their_part(tmp_path: Path) -> None:
    report = IMPORTERS["dbpedia"](written(tmp_path / "in", *FILES), tmp_path / "out")
    assert report.rows == {"interactions": 3, "items": 2, "graph": 2}
    assert report.notes[-1].startswith("1 items stand for several")
    data = read_folder(tmp_path / "out")
    assert data.catalog.items.ids == (f"{R}New_Order", f"{R}Moby")
    assert data.catalog.titles == ("New Order", "Moby"), "the title that reads like the address"
    assert data.triples[0] == (f"{R}Moby", "http://dbpedia.org/ontology/genre", f"{R}Techno")
    lines = (tmp_path / "out" / "interactions.csv").read_text().splitlines()
    assert lines[0] == "user,item,split" and lines[3] == f"2,{R}Moby,test"


def test_a_graph_alone_is_no_data_folder(tmp_path: Path) -> None:
    with pytest.raises(EmptyData, match="fewrec graph import dbpedia"):
        IMPORTERS["dbpedia"](written(tmp_path / "in", "map.txt", "genre.txt"), tmp_path / "out")


def test_a_file_that_is_no_relation_is_named(tmp_path: Path) -> None:
    source = written(tmp_path / "in", *FILES)
    (source / "notes.txt").write_text("hello world\n")
    with pytest.raises(BadValue, match=r"notes.txt, line 1: the line does not begin with an add"):
        IMPORTERS["dbpedia"](source, tmp_path / "out")


def test_the_real_one(shared_data: Path, tmp_path: Path) -> None:
    report = IMPORTERS["dbpedia"](shared_data / "dbpedia" / "lastfm", tmp_path / "out")
    assert report.rows == {"interactions": 78_633, "items": 9_781, "graph": 110_921}
