"""Wikidata's dumps, on an excerpt written by hand in the syntax of both."""

import bz2
import gzip
import json
from pathlib import Path

import pytest

from fewrec.data.sources import read_folder
from fewrec.errors import BadValue, ConfigError
from fewrec.knowledge.linked.imports import Wish, import_graph
from fewrec.knowledge.linked.rdf import Broken
from fewrec.knowledge.linked.wikidata import wikidata_items
from fewrec.knowledge.names import readable_relation, readable_value

HERE = Path(__file__).parent
JSON, TRUTHY = HERE / "wikidata.json", HERE / "wikidata.nt"
ITEMS = 'item,title,imdb\n1,"Matrix, The (1999)",133093\n2,Blade Runner (1982),\n3,Other (2000),\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "items.csv").write_text(ITEMS, encoding="utf-8")
    return tmp_path / "data"


@pytest.mark.parametrize("dump", [JSON, TRUTHY])
def test_an_entity_with_names_and_statements(dump: Path) -> None:
    matrix = next(wikidata_items(dump, Broken()))
    assert matrix.id == "Q83495" and matrix.labels["de"] == "Matrix"
    assert matrix.aliases == {"en": ["Matrix 1"]}
    assert ("P57", "Q9545711") in matrix.entities
    assert [other for p, other in matrix.entities if p == "P136"] == ["Q471839"], "best rank only"
    assert matrix.values["P345"] == ["tt0133093"] and matrix.values["P577"][0][:4] == "1999"
    found = {item.id: item for item in wikidata_items(dump, Broken())}
    assert len(found) == 14 and found["P57"].label("de") == "Regisseur"
    assert {p for p, _ in found["Q184843"].entities} == {"P31", "P57", "P136"}, "no novalue"
    assert found["Q56005"].label("fr") == "Ridley Scott", "the name for all languages"


@pytest.mark.parametrize("dump", [JSON, TRUTHY])
def test_one_hop_with_readable_names(folder: Path, dump: Path) -> None:
    done = import_graph(folder, "wikidata", dump, Wish(kind="film"))
    data = read_folder(folder)
    assert len(data.triples) == 8 and done.written.made == 8
    assert {item: readable_value(entity) for item, entity in data.links.items()} == {
        "1": "The Matrix",
        "2": "Blade Runner",
    }
    said = {
        (readable_value(h), readable_relation(r), readable_value(t)) for h, r, t in data.triples
    }
    assert ("The Matrix", "director", "Lana Wachowski") in said
    assert ("Blade Runner", "genre", "science fiction film") in said
    assert "Q184843" in data.links["2"], "the film, not the game of the same name"


@pytest.mark.parametrize("dump", [JSON, TRUTHY])
def test_two_hops_reach_what_directors_are(folder: Path, dump: Path) -> None:
    done = import_graph(folder, "wikidata", dump, Wish(hops=2))
    said = {tuple(map(readable_value, row)) for row in done.triples.frame().iter_rows()}
    assert ("Keanu Reeves", "P19", "Beirut") in said
    assert not any(head.startswith("United States") for head, _, _ in said)
    assert done.written.made == 14


def test_another_language_and_one_relation(folder: Path) -> None:
    done = import_graph(folder, "wikidata", JSON, Wish(language="de", relations=("Regisseur",)))
    assert [readable_relation(name) for name in done.triples.relations] == ["Regisseur"]
    assert done.written.made == 3
    with pytest.raises(ConfigError, match=r"no relation 'directr'.*Did you mean 'director'"):
        import_graph(folder, "wikidata", JSON, Wish(relations=("directr",)))
    assert len(read_folder(folder).triples) == 3, "a failure leaves what was there"


def test_importing_again_changes_nothing(folder: Path) -> None:
    import_graph(folder, "wikidata", JSON, Wish())
    before = [(folder / name).read_bytes() for name in ("graph.csv", "links.csv")]
    done = import_graph(folder, "wikidata", TRUTHY, Wish())
    after = [(folder / name).read_bytes() for name in ("graph.csv", "links.csv")]
    assert after == before and done.written.replaced == 8


def test_links_by_bare_ids_are_followed(folder: Path) -> None:
    (folder / "links.csv").write_text("item,entity\n3,Q184843\n")
    done = import_graph(folder, "wikidata", JSON, Wish())
    assert read_folder(folder).links["3"].endswith("Q184843#Blade_Runner")
    assert done.shared["http://www.wikidata.org/entity/Q184843"] == ["2", "3"]


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".bz2", bz2.compress)])
def test_packed_dumps(tmp_path: Path, suffix: str, pack) -> None:
    file = tmp_path / f"dump.json{suffix}"
    file.write_bytes(pack(JSON.read_bytes()))
    assert len(list(wikidata_items(file, Broken()))) == 14


def test_broken_lines_are_named_or_set_aside(folder: Path, tmp_path: Path) -> None:
    lines = JSON.read_text(encoding="utf-8").splitlines()
    lines[2] = lines[2][:100]
    lines[4] = '{"type":"item"},'
    dump = tmp_path / "dump.json"
    dump.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(BadValue, match=r"dump\.json, line 3: this is no entity of Wikidata"):
        list(wikidata_items(dump, Broken()))
    broken = Broken(collect=True)
    assert len(list(wikidata_items(dump, broken))) == 12
    assert [fault.line for fault in broken.faults] == [3, 5]


def test_lines_of_other_entities_are_not_even_parsed(tmp_path: Path) -> None:
    lines = JSON.read_text(encoding="utf-8").splitlines()
    lines[1] = lines[1][:200]
    (tmp_path / "dump.json").write_text("\n".join(lines), encoding="utf-8")
    wanted = list(wikidata_items(tmp_path / "dump.json", Broken(), {"Q43416"}))
    assert [item.id for item in wanted] == ["Q43416"]


def test_the_excerpt_has_the_shape_of_a_dump() -> None:
    text = JSON.read_text(encoding="utf-8")
    assert text.startswith("[\n{") and text.endswith("}\n]\n")
    assert len(json.loads(text)) == 14
    assert all(line.endswith(("},", "}", "[", "]")) for line in text.splitlines())
