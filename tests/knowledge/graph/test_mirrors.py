"""Relations that say the same in reverse, and the graph of a data folder."""

import numpy as np
import polars as pl
import pytest

from fewrec.data.sources import read_folder
from fewrec.knowledge.graph import Graph
from fewrec.knowledge.graph.mirrors import merge_mirrors
from fewrec.knowledge.graph.of_dataset import graph_of, item_entities


def named(graph):
    head, relation, tail = graph.triples()
    heads, tails = graph.names(head), graph.names(tail)
    return {(h, graph.relations[r], t) for h, r, t in zip(heads, relation, tails, strict=True)}


def films(mirrored):
    """Ten films and their directors, so many of them also the other way round."""
    there = [(f"film {n}", "director", f"person {n % 4}") for n in range(10)]
    return there + [(tail, "made", head) for head, _, tail in there[:mirrored]]


def test_mirrored_relations_become_one():
    extra = [("person 9", "made", "film 77"), ("film 1", "similar", "film 2")]
    graph = merge_mirrors(Graph.of(films(10) + extra))
    wanted = {*films(0), ("film 77", "director", "person 9"), extra[1]}
    assert named(graph) == wanted
    assert graph.relations == ("director", "similar")


def test_relations_of_which_too_few_agree_stay_apart():
    triples = [*films(8), ("person 9", "made", "film 77"), ("person 8", "made", "film 78")]
    graph = Graph.of(triples)
    assert merge_mirrors(graph) is graph
    assert named(merge_mirrors(graph, least=0.8)) < named(graph) | {
        ("film 77", "director", "person 9"),
        ("film 78", "director", "person 8"),
    }


def test_symmetric_relations_stay():
    graph = Graph.of([("a", "similar", "b"), ("b", "similar", "a")])
    assert merge_mirrors(graph) is graph


def test_an_empty_graph_has_no_mirrors():
    graph = Graph.of([])
    assert merge_mirrors(graph) is graph


@pytest.fixture
def folder(tmp_path):
    files = {
        "items": "item,title\n1,Alien\n2,Heat\n3,Fargo\n",
        "interactions": "user,item\nann,1\nbob,2\n1,3\n",
        "links": "item,entity\n1,dbr:Alien\n",
        "graph": "head,relation,tail\ndbr:Alien,director,Scott\n1,writer,Bannon\n"
        "2,director,Mann\nann,follows,bob\nuser:1,follows,user:ann\n",
    }
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text)
    return tmp_path


def test_graph_of_a_data_folder(folder):
    dataset = read_folder(folder)
    graph = graph_of(dataset)
    items = {
        ("dbr:Alien", "director", "Scott"),
        ("dbr:Alien", "writer", "Bannon"),
        ("2", "director", "Mann"),
    }
    assert named(graph) == items
    rows = item_entities(graph, dataset)
    assert graph.names(rows[:2]) == ["dbr:Alien", "2"]
    assert rows[2] == -1
    people = {("user:ann", "follows", "user:bob"), ("user:1", "follows", "user:ann")}
    assert named(graph_of(dataset, users=True)) == items | people


def test_a_folder_without_a_graph(tmp_path):
    pl.DataFrame({"item": ["1"], "title": ["Alien"]}).write_csv(tmp_path / "items.csv")
    dataset = read_folder(tmp_path)
    assert np.array_equal(item_entities(graph_of(dataset), dataset), [-1])
