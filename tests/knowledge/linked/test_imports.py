"""Graphs of several formats into data folders."""

import gzip
import os
from pathlib import Path

import pytest

from fewrec.data.sources import read_folder
from fewrec.errors import BadValue, ConfigError, EmptyData
from fewrec.knowledge.linked import folder as folder_module
from fewrec.knowledge.linked.imports import Wish, import_graph

R = "http://dbpedia.org/resource/"
ITEMS = "item,title\n1,Alien (1979)\n2,Heat (1995)\n3,Nobody Knows (2004)\n"
MAP = f"7\tAlien (1979)\t{R}Alien_(film)\n2\tHeat (1995)\t{R}Heat_(1995_film)\n"
NT = f"""<{R}Alien_(film)> <http://p/director> <{R}Ridley_Scott> .
<{R}Alien_(film)> <http://p/year> "1979" .
<{R}Ridley_Scott> <http://p/born> <{R}South_Shields> .
<{R}Elsewhere> <http://p/born> <{R}South_Shields> .
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "items.csv").write_text(ITEMS, encoding="utf-8")
    return tmp_path / "data"


def dbpedia(folder: Path, mapped: str = MAP) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "map.txt").write_text(mapped, encoding="utf-8")
    (folder / "director.txt").write_text(f"{R}Alien_(film) {R}Ridley_Scott\n")
    return folder


def test_where_titles_differ_ids_are_not_those_of_the_folder(data: Path, tmp_path: Path) -> None:
    mapped = MAP.replace("7\t", "1\t").replace("2\tHeat", "3\tHeat")
    done = import_graph(data, "dbpedia", dbpedia(tmp_path / "src", mapped), Wish())
    assert "numbers its items otherwise" in done.notes[0]
    assert read_folder(data).links == {"1": f"{R}Alien_(film)"}
    assert "1 items are entities of which the source has no triple" in done.notes[1]


def test_where_titles_agree_ids_decide(data: Path, tmp_path: Path) -> None:
    mapped = f"1\tAlien\t{R}Alien_(film)\n3\tNobody Knows\t{R}Alien_(film)\n"
    done = import_graph(data, "dbpedia", dbpedia(tmp_path / "src", mapped), Wish())
    assert done.notes == ("Items are found by id; 2 of 2 titles agree.",)
    assert done.shared == {f"{R}Alien_(film)": ["1", "3"]}


def test_rdf_is_linked_by_address_and_hops_are_counted(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "films.nt.gz"
    file.write_bytes(gzip.compress(NT.encode()))
    whole = import_graph(data, "rdf", file, Wish())
    assert whole.written.made == 4 and whole.linked == {"1": f"{R}Alien_(film)"}
    near = import_graph(data, "rdf", file, Wish(hops=1))
    assert near.written.made == 2 and near.written.replaced == 4
    assert import_graph(data, "rdf", file, Wish(hops=2)).written.made == 3
    assert import_graph(data, "rdf", file, Wish(relations=("born",))).written.made == 2


def test_without_links_no_file_of_links_is_written(data: Path, tmp_path: Path) -> None:
    (tmp_path / "a.nt").write_text("<http://a/Elsewhere> <http://p/x> <http://a/B> .\n")
    done = import_graph(data, "rdf", tmp_path / "a.nt", Wish())
    assert done.written.made == 1 and not (data / "links.csv").exists()
    assert len(read_folder(data).triples) == 1


def test_two_graphs_speak_of_one_thing(data: Path, tmp_path: Path) -> None:
    (data / "links.csv").write_text("item,entity\n1,m.0123\n")
    (data / "graph.csv").write_text("head,relation,tail\nm.0123,genre,m.scifi\n2,genre,Crime\n")
    mapped = MAP.replace("7\t", "1\t")
    source = dbpedia(tmp_path / "src", mapped)
    (source / "director.txt").write_text(
        f"{R}Alien_(film) {R}Ridley_Scott\n{R}Heat_(1995_film) {R}Michael_Mann\n"
    )
    done = import_graph(data, "dbpedia", source, Wish())
    found = read_folder(data)
    director = "http://dbpedia.org/ontology/director"
    assert found.links == {"1": "m.0123"}
    assert ("m.0123", director, f"{R}Ridley_Scott") in found.triples
    assert ("2", director, f"{R}Michael_Mann") in found.triples
    assert "2 entities go by the name" in done.notes[-1] and done.written.kept == 2
    assert import_graph(data, "dbpedia", source, Wish()).written.made == 2
    assert read_folder(data).triples == found.triples


def test_freebase_links_and_mirrors(data: Path, tmp_path: Path) -> None:
    source = tmp_path / "src"
    source.mkdir()
    rows = [f"m.{n}\tfilm.directed_by\tm.p{n % 5}" for n in range(30)]
    rows += [f"m.p{n % 5}\tdirector.film\tm.{n}" for n in range(30)]
    head = "head_id:token\trelation_id:token\ttail_id:token\n"
    (source / "ml.kg").write_text(head + "\n".join(rows) + "\n")
    (source / "ml.link").write_text("item_id:token\tentity_id:token\n1\tm.1\n9\tm.2\n")
    done = import_graph(data, "recbole", source, Wish())
    assert done.written.made == 30 and done.linked == {"1": "m.1"}
    assert done.notes == (
        "Items are found by id (1); no titles were there to compare.",
        "1 relations say in reverse what others say and are merged.",
    )


def test_kgcn_numbers_are_not_items(data: Path, tmp_path: Path) -> None:
    (tmp_path / "kg.txt").write_text("1\tof\t3\n2\tof\t3\n")
    (tmp_path / "item_index2entity_id.txt").write_text("1\t2\n2\t1\n")
    done = import_graph(data, "kgcn", tmp_path, Wish())
    assert read_folder(data).links == {"1": "_:2", "2": "_:1"} and done.chains == []


def test_errors_leave_the_folder_as_it_was(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "films.nt"
    file.write_text(NT + "broken\n")
    before = sorted(path.name for path in data.iterdir())
    with pytest.raises(BadValue, match=r"films\.nt, line 5: .*--skip-bad"):
        import_graph(data, "rdf", file, Wish())
    with pytest.raises(ConfigError, match="no format 'rdg'.*'rdf'"):  # noqa: RUF043
        import_graph(data, "rdg", file, Wish())
    with pytest.raises(EmptyData, match="no such file"):
        import_graph(data, "rdf", tmp_path / "none.nt", Wish())
    file.write_text("<a> <b> <c> .\n")
    with pytest.raises(EmptyData, match="nothing to count hops from"):
        import_graph(data, "rdf", file, Wish(hops=1))
    assert sorted(path.name for path in data.iterdir()) == before


def test_a_full_disk_between_both_files_leaves_both(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (data / "graph.csv").write_text("head,relation,tail\na,b,c\n")
    (data / "links.csv").write_text("item,entity\n2,x\n")
    before = {path.name: path.read_bytes() for path in data.iterdir()}
    real = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if Path(target).name == "links.csv" and ".old." not in self.name:
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="No space"):
        import_graph(data, "dbpedia", dbpedia(tmp_path / "src"), Wish())
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in data.iterdir()} == before


@pytest.mark.parametrize("suffix", [".parquet", ".jsonl"])
def test_the_graph_keeps_its_format(data: Path, tmp_path: Path, suffix: str) -> None:
    import polars as pl

    table = pl.DataFrame({"head": ["a"], "relation": ["b"], "tail": ["c"]})
    file = data / f"graph{suffix}"
    table.write_parquet(file) if suffix == ".parquet" else table.write_ndjson(file)
    import_graph(data, "dbpedia", dbpedia(tmp_path / "src"), Wish())
    assert sorted(os.listdir(data)) == sorted(["items.csv", "links.csv", f"graph{suffix}"])
    assert len(read_folder(data).triples) == 2
    assert folder_module.graph_triples(data)["source"].to_list() == [None, "dbpedia"]


def test_the_real_ones(shared_data: Path, tmp_path: Path) -> None:
    from fewrec.data.importers import IMPORTERS

    IMPORTERS["movielens"](shared_data / "tallrec-movie-ml100k", tmp_path / "ml")
    done = import_graph(tmp_path / "ml", "dbpedia", shared_data / "dbpedia" / "movielens1m", Wish())
    assert done.written.made == 34_941 and len(done.linked) == 1_306
