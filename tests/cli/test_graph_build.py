"""`fewrec graph build` on a folder with a catalogue."""

ITEMS = """item,title,genre,isbn
1,Toy Story,Animation|Comedy,A1
2,Heat,Crime|Drama,B2
3,Fargo,Crime|Comedy,C3
4,Alone,,D4
"""


def test_it_writes_the_graph_and_says_what_it_made(fewrec, tmp_path):
    (tmp_path / "items.csv").write_text(ITEMS, encoding="utf-8")
    done = fewrec("graph", "build", tmp_path)
    assert done.code == 0
    assert "6 triples made from the catalogue" in done.out
    assert "Comedy (2)" in done.out
    assert "1 of 4 items share no value with any other item" in done.out
    assert (tmp_path / "graph.csv").is_file()


def test_json_holds_the_report(fewrec, tmp_path):
    (tmp_path / "items.csv").write_text(ITEMS, encoding="utf-8")
    done = fewrec("graph", "build", tmp_path, "--json", "-")
    graph = done.json["graph"]
    assert (graph["made"], graph["kept"], graph["isolated"]) == (6, 0, 1)
    assert graph["relations"][0]["relation"] == "genre"
    assert graph["relations"][0]["singletons"] == 2
    assert len(done.json["alarms"]) == 1


def test_a_folder_without_usable_columns_is_one_sentence(fewrec, tmp_path):
    (tmp_path / "items.csv").write_text("item,title\n1,A\n2,B\n", encoding="utf-8")
    done = fewrec("graph", "build", tmp_path)
    assert done.code == 2
    assert "no triples can be made of this catalogue" in done.err
