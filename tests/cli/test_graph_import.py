"""`fewrec graph import` and `fewrec graph link`, as a person types them."""

from __future__ import annotations

from pathlib import Path

import polars as pl

EXCERPT = Path(__file__).parents[1] / "knowledge" / "linked"
ITEMS = 'item,title,imdb\n1,"Matrix, The (1999)",133093\n2,Blade Runner (1982),\n3,Other (2000),\n'


def shop(folder: Path) -> Path:
    folder.mkdir()
    (folder / "items.csv").write_text(ITEMS, encoding="utf-8")
    return folder


def test_it_says_what_it_imported(fewrec, tmp_path):
    data = shop(tmp_path / "data")
    done = fewrec("graph", "import", "wikidata", EXCERPT / "wikidata.json", data, "--type", "film")
    assert done.code == 0, done.err
    assert "8 triples over 8 entities and 4 relations written" in done.out
    assert "The graph knows 2 of 3 items: 1 by id, 1 by title." in done.out
    assert "P57#director" in done.out
    assert (data / "links.csv").is_file() and (data / "graph.csv").is_file()


def test_json_holds_the_report(fewrec, tmp_path):
    data = shop(tmp_path / "data")
    done = fewrec(
        "graph", "import", "wikidata", EXCERPT / "wikidata.nt", data, "--hops", 2, "--relation",
        "director", "--json", "-",
    )  # fmt: skip
    graph = done.json["graph"]
    assert (graph["made"], graph["linked"], graph["items"], graph["doubtful"]) == (3, 2, 3, 0)
    assert graph["relations"][0] == {
        "relation": "http://www.wikidata.org/prop/direct/P57#director",
        "triples": 3,
        "items": 2,
        "heads": 2,
        "tails": 3,
    }


def test_broken_lines_go_to_quarantine(fewrec, tmp_path):
    data, file = shop(tmp_path / "data"), tmp_path / "a.nt"
    file.write_text("<http://d/Other> <http://p/of> <http://d/Thing> .\nbroken\n")
    refused = fewrec("graph", "import", "rdf", file, data)
    assert refused.code == 2 and "a.nt, line 2" in refused.err and "--skip-bad" in refused.err
    assert not (data / "graph.csv").exists()
    done = fewrec("graph", "import", "rdf", file, data, "--skip-bad", "--json", "-")
    assert done.json["graph"]["set_aside"] == 1 and "1 faulty row" in done.json["alarms"][0]
    aside = pl.read_csv(data / "quarantine" / "graph.csv")
    assert aside.rows(named=True)[0]["line"] == 2 and aside["row"][0] == "broken"


def test_an_unknown_relation_and_format_name_the_nearest(fewrec, tmp_path):
    data = shop(tmp_path / "data")
    dump = EXCERPT / "wikidata.json"
    done = fewrec("graph", "import", "wikidata", dump, data, "--relation", "gnre")
    assert done.code == 2 and "Did you mean 'genre'" in done.err
    done = fewrec("graph", "import", "wikidat", dump, data)
    assert done.code == 2 and "Did you mean 'wikidata'" in done.err


def test_links_with_a_review_that_can_be_given_back(fewrec, tmp_path):
    data, review = shop(tmp_path / "data"), tmp_path / "review.csv"
    table = tmp_path / "entities.csv"
    table.write_text(
        "entity,title,year,type\nq:1,The Matrix,1999,film\nq:2,Blade Runner,2017,film\n"
        "q:3,Another,2000,film\n"
    )
    done = fewrec("graph", "link", data, "--entities", table, "--review", review, "--type", "film")
    assert done.code == 0, done.err
    assert "1 links made, 0 kept" in done.out and "Nothing fits 1 of 3 items" in done.out
    doubt = pl.read_csv(review)
    assert doubt.columns[:4] == ["item", "title", "year", "entity"]
    assert doubt["entity"].to_list() == ["q:2"] and "35 years apart" in doubt["how"][0]
    again = fewrec("graph", "link", data, "--entities", review, "--json", "-")
    assert again.json["links"]["made"] == 1 and again.json["links"]["kept"] == 1
    assert (data / "links.csv").read_text() == "item,entity\n1,q:1\n2,q:2\n"


def test_links_of_the_folders_own_graph_and_replacing(fewrec, tmp_path):
    data = shop(tmp_path / "data")
    (data / "graph.csv").write_text("head,relation,tail\nhttp://d/The_Matrix,by,http://d/X\n")
    (data / "links.csv").write_text("item,entity\n1,wrong\n")
    done = fewrec("graph", "link", data, "--threshold", 0.7)
    assert "1 items are linked to another entity than was found" in done.out
    done = fewrec("graph", "link", data, "--threshold", 0.7, "--replace", "--json", "-")
    assert done.json["links"]["changed"] == 1
    assert (data / "links.csv").read_text() == "item,entity\n1,http://d/The_Matrix\n"


def test_shared_entities_and_cycles_are_reported(fewrec, tmp_path):
    data, table = shop(tmp_path / "data"), tmp_path / "entities.csv"
    table.write_text("entity,item\n2,1\n1,2\n2,3\n")
    done = fewrec("graph", "link", data, "--entities", table, "--json", "-")
    alarms = " ".join(done.json["alarms"])
    assert "1 entity is linked to several items (2: 1, 3)" in alarms
    assert "a cycle" in alarms and done.json["links"]["chains"]


def test_a_file_of_another_kind_is_refused(fewrec, tmp_path):
    data = shop(tmp_path / "data")
    (tmp_path / "a.xml").write_text("<a/>")
    done = fewrec("graph", "link", data, "--entities", tmp_path / "a.xml")
    assert done.code == 2 and "is no list of entities" in done.err
    done = fewrec("graph", "link", data)
    assert done.code == 2 and "no graph whose entities" in done.err


def test_a_folder_is_no_place_for_the_review(fewrec, tmp_path):
    data = shop(tmp_path / "data")
    dump = EXCERPT / "wikidata.json"
    done = fewrec("graph", "import", "wikidata", dump, data, "--review", tmp_path)
    assert done.code == 2 and "this is a folder" in done.err
    assert [path.name for path in data.iterdir()] == ["items.csv"], "nothing was begun"
