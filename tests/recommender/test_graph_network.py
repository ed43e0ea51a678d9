"""Vectors of a graph neural network as an expert: learned, explained, saved, extended."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from fewrec.data.slate import Query
from fewrec.data.sources import dataset_from_tables
from fewrec.data.toy import SHELVES, toy_world
from fewrec.errors import EmptyData
from fewrec.recommender import Recommender
from fewrec.recommender.settings import FitSettings

pytest.importorskip(
    "torch_geometric", reason="needs the extra `graph`: pip install 'fewrec[graph]'"
)

EXPERTS = ("popularity", "text-knn", "graph-knn")


def linked():
    """The toy world in which the items of a shelf share four makers."""
    world = toy_world()
    triples = [
        (f"{shelf}-{n}", "maker", f"{shelf} maker {(n + m) % 4}")
        for shelf in SHELVES
        for n in range(8)
        for m in range(3)
    ]
    return replace(world, triples=tuple(triples))


@pytest.fixture(scope="module")
def model():
    return Recommender.fit(linked(), encoder="char-ngrams-128", experts=EXPERTS)


def shelf(item):
    return item.split("-")[0]


def test_items_that_share_neighbours_lie_together(model):
    near = model.known.features.entities @ model.known.features.entities.T
    ids = model.known.catalog.items.ids
    same = np.array([[shelf(a) == shelf(b) for b in ids] for a in ids]) & ~np.eye(
        len(ids), dtype=bool
    )
    other = np.array([[shelf(a) != shelf(b) for b in ids] for a in ids])
    assert near[same].mean() > near[other].mean() + 0.1


def test_no_like_moves_them(model):
    world = linked()
    fewer = replace(world, interactions=world.interactions.where(np.arange(40)))
    again = Recommender.fit(fewer, encoder="char-ngrams-128", experts=EXPERTS)
    assert np.array_equal(again.known.features.entities, model.known.features.entities)


def test_its_facts_name_a_liked_item(model):
    expert = model.fusion.experts["graph-knn"]
    facts = expert.facts(model.histories(["u0"]), np.arange(4))
    told = [fact for row in facts for fact in row]
    assert told and {fact.part for fact in told} == {"graph-knn"}


def test_a_trip_to_disk_changes_nothing(model, tmp_path):
    model.save(tmp_path / "m")
    back = Recommender.load(tmp_path / "m")
    ask = Query(user="u0", k=5)
    assert back.slate(ask) == model.slate(ask)
    assert np.array_equal(back.known.features.entities, model.known.features.entities)
    assert newcomer(back) == newcomer(model)


FIRST = next(iter(SHELVES))


def newcomer(model):
    """Entity vector of an item that comes with triples alone, and its likeness to both shelves."""
    items = pl.DataFrame({"item": ["fresh"], "title": ["a thing"]})
    graph = pl.DataFrame(
        [("fresh", "maker", f"{FIRST} maker {n}") for n in range(3)],
        schema=["head", "relation", "tail"],
        orient="row",
    )
    grown = model.with_data(dataset_from_tables(items=items, graph=graph, alike=model.precedent))
    vectors, ids = grown.known.features.entities, grown.known.catalog.items.ids
    place = [n for n, item in enumerate(ids) if shelf(item) == FIRST]
    others = [n for n, item in enumerate(ids[:-1]) if shelf(item) != FIRST]
    return float((vectors[place] @ vectors[-1]).mean()), float(
        (vectors[others] @ vectors[-1]).mean()
    )


def test_a_newcomer_finds_its_place_by_its_triples(model):
    mine, others = newcomer(model)
    assert mine > others + 0.1


def test_without_a_graph_there_is_nothing_to_learn():
    with pytest.raises(EmptyData, match="the graph has no edges"):
        Recommender.fit(toy_world(), encoder="char-ngrams-128", experts=EXPERTS)


def test_it_is_an_expert_where_it_is_asked_for():
    world = linked()
    assert "graph-knn" not in FitSettings().experts_on(world)
    assert "graph-knn" in FitSettings(graph_network=True).experts_on(world)
    assert FitSettings(experts=("popularity",), graph_network=True).experts_on(world) == (
        "popularity",
        "graph-knn",
    )
