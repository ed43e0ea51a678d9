"""RecBole's atomic files."""

from pathlib import Path

import pytest

from fewrec.data.importers import IMPORTERS
from fewrec.data.sources import read_folder
from fewrec.errors import BadValue, EmptyData

FILES = {
    "x.inter": "user_id:token\titem_id:token\trating:float\ttimestamp:float\n"
    "007\ta\t5\t881250949\n7\tb\t1\t881250950.0\n",
    "x.item": "item_id:token\tmovie_title:token_seq\tclass:token_seq\tvec:float_seq\n"
    'a\tThe "Big" One\tDrama  War\t0.5 1\nb\tOther\t\t1 2\n',
    "x.user": "user_id:token\toccupation:token\n007\tspy\n",
    "x.kg": "head_id:token\trelation_id:token\ttail_id:token\nm.1\tfilm.film.actor\tm.2\n",
    "x.link": "item_id:token\tentity_id:token\na\tm.1\n",
}


def import_recbole(tmp_path: Path, files: dict[str, str]):
    source = tmp_path / "in"
    source.mkdir(exist_ok=True)
    for name, text in files.items():
        (source / name).write_text(text, encoding="utf-8")
    return IMPORTERS["recbole"](source, tmp_path / "out")


def test_all_kinds_of_files(tmp_path: Path) -> None:
    report = import_recbole(tmp_path, FILES)
    assert report.rows == {"interactions": 2, "items": 2, "users": 1, "graph": 1, "links": 1}
    data = read_folder(tmp_path / "out")
    assert data.people.users.ids == ("007", "7")
    assert data.catalog.titles == ('The "Big" One', "Other")
    assert data.catalog.table["genre"].to_list() == [["Drama", "War"], None]
    assert data.catalog.table["vec"].to_list() == [[0.5, 1.0], [1.0, 2.0]]
    assert data.people.attributes == (("occupation=spy",), ())
    assert data.triples == (("m.1", "film.film.actor", "m.2"),)
    assert data.links == {"a": "m.1"}


def test_one_file_is_enough(tmp_path: Path) -> None:
    assert import_recbole(tmp_path, {"x.inter": FILES["x.inter"]}).rows == {"interactions": 2}


def test_faults(tmp_path: Path) -> None:
    with pytest.raises(EmptyData, match="there are no atomic files"):
        import_recbole(tmp_path, {})
    with pytest.raises(
        BadValue, match=r"column 'user_id': the header gives no type.*user_id:token"
    ):
        import_recbole(tmp_path, {"x.inter": "user_id\titem_id\na\tb\n"})
    with pytest.raises(BadValue, match=r"there is no column for 'item'"):
        import_recbole(tmp_path, {"x.inter": "user_id:token\tthing:token\na\tb\n"})
    with pytest.raises(BadValue, match=r"line 3: the line has 2 cells, not 4"):
        import_recbole(tmp_path, {"x.inter": FILES["x.inter"].replace("\t1\t881250950.0", "")})
    with pytest.raises(BadValue, match=r"there are several \.inter files"):
        import_recbole(tmp_path, FILES | {"y.inter": FILES["x.inter"]})
