"""`graph show`, `graph report`, and `graph build` with what it takes beside the columns."""

import json

import pytest

from fewrec.cli import main

ITEMS = """item,title,genre,year
1,Alien,Horror|Sci-Fi,1979
2,Blade Runner,Sci-Fi,1982
3,Heat,Crime,1995
4,Aliens,Horror|Sci-Fi,1986
5,Nobody Knows,,2004
"""
GRAPH = """head,relation,tail
http://dbpedia.org/resource/Alien,http://dbpedia.org/ontology/director,Ridley_Scott
2,http://dbpedia.org/ontology/director,Ridley_Scott
2,http://dbpedia.org/ontology/director,Ridley_Scott
3,http://dbpedia.org/ontology/director,Michael_Mann
3,http://dbpedia.org/ontology/producer,michael mann
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "items.csv").write_text(ITEMS)
    (tmp_path / "graph.csv").write_text(GRAPH)
    (tmp_path / "links.csv").write_text(
        "item,entity\n1,http://dbpedia.org/resource/Alien\n4,http://dbpedia.org/resource/Aliens\n"
    )
    (tmp_path / "fewrec.toml").write_text('[items]\ngenre = "list"\n')
    return tmp_path


def document(capsys, *words):
    assert main([*map(str, words), "--json", "-"]) == 0
    return json.loads(capsys.readouterr().out)


def test_show_names_neighbours_and_items_alike(folder, capsys):
    told = document(capsys, "graph", "show", folder, "Blade Runner")
    assert told["entity"] == {"name": "2", "label": "Blade Runner"}
    (edge,) = told["edges"]
    assert (edge["relation"], edge["forward"], edge["degree"]) == ("director", True, 2)
    assert [(a["item"], a["title"], a["shared"]) for a in told["alike"]] == [("1", "Alien", 1)]
    assert main(["graph", "show", str(folder), "Ridley_Scott"]) == 0
    assert "Alien" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("item", "said"),
    [("Aline", "Did you mean 'Alien'"), ("Nobody Knows", "says nothing about the item '5'")],
)
def test_show_says_why_there_is_nothing(folder, capsys, item, said):
    assert main(["graph", "show", str(folder), item]) == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_report_counts_what_looks_wrong(folder, capsys, tmp_path):
    page = tmp_path / "out" / "graph.html"
    told = document(capsys, "graph", "report", folder, "-o", page)["graph"]
    assert told["duplicates"] == 1
    assert told["dangling"] == 1
    assert told["dangling_examples"] == [["4", "http://dbpedia.org/resource/Aliens"]]
    assert told["absent_examples"] == ["4", "5"]
    assert told["statistics"]["triples"] == 4
    assert [c["coverage"] for c in told["coverage"]] == [0.6, 0.2]
    assert told["sources"] == {"elsewhere": 5}
    assert "Ridley_Scott" in page.read_text() and "<script" not in page.read_text()


def test_a_folder_without_a_graph_is_told(folder, capsys):
    (folder / "graph.csv").unlink()
    for words in (("show", "Alien"), ("report",)):
        assert main(["graph", words[0], str(folder), *words[1:]]) == 2
        assert "fewrec graph build" in capsys.readouterr().err


def test_build_takes_titles_in_texts_and_writes_a_list(folder, capsys):
    plots = ["", "As in Nobody Knows of 2004.", "", "", ""]
    lines = ITEMS.splitlines()
    told = [f"{line},{plot}" for line, plot in zip(lines[1:], plots, strict=True)]
    (folder / "items.csv").write_text("\n".join([lines[0] + ",plot", *told]) + "\n")
    (folder / "fewrec.toml").write_text('[items]\ngenre = "list"\nplot = "text"\n')
    built = document(capsys, "graph", "build", folder, "--text", "--repair")
    assert built["graph"]["more"] == {"text": 1, "repair": 0}
    assert "2,mentions,5,text" in (folder / "graph.csv").read_text()
    assert (folder / "graph-review.csv").read_text().startswith("kind,score,item")
    assert main(["graph", "build", str(folder), "--review", "x.csv"]) == 2
    assert "need --text or --repair" in capsys.readouterr().err
