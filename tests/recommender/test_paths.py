"""Reasons that walk the graph: a model keeps it, says what stands in it, and grows."""

from dataclasses import replace

import polars as pl
import pytest

from fewrec.data.slate import Query
from fewrec.data.sources import dataset_from_tables
from fewrec.data.toy import SHELVES, toy_world
from fewrec.errors import EmptyData
from fewrec.evaluation.path_bench import run_paths
from fewrec.recommender import Recommender

DIRECTOR = "http://dbpedia.org/ontology/director"


def entity(item):
    return f"http://dbpedia.org/resource/{item}"


def linked():
    """The toy world in which every shelf has one director for its even items, one for the odd."""
    world = toy_world()
    triples = [
        (entity(f"{shelf}-{n}"), DIRECTOR, entity(f"{('Ann', 'Bo')[n % 2]}_{shelf.title()}"))
        for shelf in SHELVES
        for n in range(8)
    ]
    links = {item: entity(item) for item in world.catalog.items.ids}
    return replace(world, triples=tuple(triples), links=links)


@pytest.fixture(scope="module")
def model():
    return Recommender.fit(linked(), encoder="char-ngrams-128", experts=("popularity", "text-knn"))


def reasons(model):
    slate = model.slate(Query(likes=("space-0",), k=4), explain=True)
    return dict(zip(slate.items, slate.reasons, strict=True)), slate


def test_a_director_is_a_reason(model):
    told, slate = reasons(model)
    sentence = "Directed by Ann Space, who also directed The starship 0, which you liked"
    assert sentence in told["space-2"]
    triples = set(linked().triples)
    for evidence in slate.evidence:
        for path in evidence.paths:
            assert path.liked == "space-0"
            own = {t for t in path.triples() if t[1] == DIRECTOR}
            assert own <= triples
            assert {t[1] for t in set(path.triples()) - own} <= {"shelf", "year"}


def test_they_are_the_same_after_a_trip_to_disk(model, tmp_path):
    model.save(tmp_path / "model")
    back = Recommender.load(tmp_path / "model")
    assert reasons(back)[0] == reasons(model)[0]
    back.save(tmp_path / "model")  # over the files that are mapped
    assert reasons(Recommender.load(tmp_path / "model"))[0] == reasons(model)[0]
    assert reasons(back)[0] == reasons(model)[0]


def test_newcomers_that_the_graph_names_have_paths_and_others_none(model):
    items = pl.DataFrame({"item": ["new", "stranger"], "title": ["The starship 9", "Starship 10"]})
    links = pl.DataFrame({"item": ["new"], "entity": [entity("space-7")]})
    grown = model.with_data(dataset_from_tables(items=items, links=links, alike=model.precedent))
    new, stranger = (grown.explain(Query(likes=("space-5",)), name) for name in ("new", "stranger"))
    assert new.evidence.paths[0].items == ("new", "", "space-5")
    assert stranger.evidence.paths == ()


def test_without_a_graph_there_are_none(tmp_path):
    model = Recommender.fit(toy_world(), encoder="char-ngrams-128", experts=("popularity",))
    assert model.paths is None
    model.save(tmp_path / "model")
    assert Recommender.load(tmp_path / "model").paths is None
    with pytest.raises(EmptyData, match="no graph to find paths in"):
        run_paths(toy_world(), people=1, k=1, seed=0, step=lambda: None)


def test_the_bench_counts_what_it_walks():
    users = {f"u{n}" for n in range(30)}
    world = toy_world(per_shelf=14)
    assert users == set(world.people.users)
    pairs = [(f"{s}-{n}", "director", f"{s} {n % 3}") for s in SHELVES for n in range(14)]
    steps = []
    rows, said = run_paths(
        replace(world, triples=tuple(pairs)),
        people=4,
        k=2,
        seed=0,
        step=lambda: steps.append(1),
    )
    found = {row["metric"]: row["mean"] for row in rows}
    assert len(steps) == 4 and found["linked items"] == 8
    assert found["false paths"] == 0 and found["sentences that say more than their path"] == 0
    assert found["share with a path"] == 1.0 == found["share with a best path of 2 edges"]
    assert found["paths"] >= 8 and said
    assert all("irected by" in sentence for sentence in said)


def test_newcomers_that_come_with_triples_have_paths(model):
    tables = {
        "items": pl.DataFrame({"item": ["new", "bare"], "title": ["Ship 9", "Ship 10"]}),
        "graph": pl.DataFrame(
            {"head": ["new"], "relation": [DIRECTOR], "tail": [entity("Ann_Space")]}
        ),
    }
    grown = model.with_data(dataset_from_tables(**tables, alike=model.precedent))
    asked = Query(likes=("space-0",))
    (first, *_) = grown.explain(asked, "new").evidence.paths
    assert first.triples() == (
        ("new", DIRECTOR, entity("Ann_Space")),
        (entity("space-0"), DIRECTOR, entity("Ann_Space")),
    )
    assert grown.explain(asked, "bare").evidence.paths == ()
    before, after = (m.explain(asked, "space-2").evidence.paths for m in (model, grown))
    assert [p.items for p in before] == [p.items for p in after]
    assert model.paths is not None and grown.paths is not None
    assert grown.paths.graph.edges == model.paths.graph.edges + 1


def test_a_slate_as_json_holds_the_paths(model):
    (told, *_) = (
        row["paths"] for row in reasons(model)[1].to_dict()["items"] if row["item"] == "space-2"
    )
    assert told[0]["liked"] == "space-0"
    assert [entity("space-0"), DIRECTOR, entity("Ann_Space")] in told[0]["triples"]
    assert told[0]["specificity"] <= 0
    assert model.slate(Query(likes=("space-0",), k=1)).to_dict()["items"][0]["paths"] == []
