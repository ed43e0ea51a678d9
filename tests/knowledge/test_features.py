"""Item features: text vectors, numbers and attributes of a catalogue and its graph."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from fewrec.data.catalog import Catalog
from fewrec.data.dataset import Dataset
from fewrec.data.events import Interactions
from fewrec.data.ids import IdMap
from fewrec.data.people import People
from fewrec.data.toy import toy_world
from fewrec.errors import ConfigError
from fewrec.knowledge.features import FeatureSpec, item_features
from fewrec.knowledge.neighbours import Relations, neighbour_pairs
from fewrec.knowledge.text import HashingEncoder
from fewrec.knowledge.wording import item_headings, item_texts


def world(table, kinds, triples=(), links=None):
    """A data set of items only."""
    items, users = IdMap(tuple(f"i{row}" for row in range(table.height))), IdMap(())
    none = np.zeros(0)
    rows = Interactions(
        users, items, none.astype(int), none.astype(int), *(none.astype(np.float32),) * 3, none
    )
    catalog = Catalog(items, table, kinds)
    return Dataset("w", rows, catalog, People.unknown(users), tuple(triples), links or {})


def names_of(features, row):
    """The attributes of one item."""
    return {features.attribute_names[column] for column in features.attributes[row].indices}


def test_the_toy_world_has_vectors_years_and_shelves():
    toy = toy_world()
    features = item_features(toy, HashingEncoder())
    assert features.vectors.shape == (24, 512)
    assert np.allclose(np.linalg.norm(features.vectors, axis=1), 1, atol=1e-6)
    assert features.numbers.shape == (24, 1)
    assert features.numbers[0, 0] == pytest.approx(-3.5 / np.std(range(8)), abs=1e-5)
    assert names_of(features, 0) == {("shelf", "space")}


def test_without_an_encoder_there_are_no_vectors():
    assert item_features(toy_world(), None).vectors.shape == (24, 0)


def test_with_descriptions_an_item_lies_between_its_heading_and_its_text():
    toy, encoder = toy_world(), HashingEncoder()
    heading, whole = encoder.encode([item_headings(toy.catalog)[0], item_texts(toy.catalog)[0]])
    vector = item_features(toy, encoder).vectors[0]
    assert vector @ heading == pytest.approx(vector @ whole, abs=1e-5)
    assert vector @ heading > heading @ whole
    titles = replace(toy, catalog=replace(toy.catalog, kinds={"title": "title"}))
    assert np.array_equal(
        item_features(titles, encoder).vectors, encoder.encode(item_texts(titles.catalog))
    )


def test_long_tailed_numbers_take_a_logarithm_and_missing_ones_are_zero():
    prices = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10_000.0, None]
    stars = [3.0, 4.0, 5.0, 4.0, 3.0, 2.0, 1.0, 3.0, 3.0, 2.0]
    table = pl.DataFrame({"price": prices, "stars": stars})
    spec = FeatureSpec.of(world(table, {"price": "number", "stars": "number"}))
    assert [(scale.column, scale.log) for scale in spec.numbers] == [
        ("price", True),
        ("stars", False),
    ]
    columns = spec.features(world(table, {"price": "number", "stars": "number"})).numbers
    assert columns[9, 0] == 0
    assert columns[:9, 0].mean() == pytest.approx(0, abs=1e-6)
    assert columns[:, 1].std() == pytest.approx(1, abs=1e-6)


def test_a_column_that_does_not_vary_is_no_number():
    table = pl.DataFrame({"stock": [5.0, 5.0, 5.0], "year": [None, None, 1999.0]})
    features = item_features(world(table, {"stock": "number", "year": "year"}), None)
    assert features.numbers.shape == (3, 0)


def test_rare_and_ubiquitous_attributes_are_left_out_and_counted():
    genres = [["a", "x"], ["a", "x"], ["a", "y"], ["a"], ["a"]]
    spec = FeatureSpec.of(world(pl.DataFrame({"genre": genres}), {"genre": "list"}))
    assert spec.attributes == (("genre", "x"),)
    assert (spec.rare, spec.hubs) == (1, 1)
    assert spec.notes() == (
        "1 attributes that a single item has were left out.",
        "1 attributes that more than 50% of the items have were left out.",
    )


def test_mirrored_relations_give_one_attribute_and_links_lead_to_the_graph():
    table = pl.DataFrame({"title": ["A", "B", "C", "D"]})
    triples = [
        ("m.a", "film.genre", "m.comedy"),
        ("m.comedy", "genre.films", "m.a"),
        ("m.b", "film.genre", "m.comedy"),
        ("m.comedy", "genre.films", "m.b"),
        ("i2", "film.genre", "m.drama"),
        ("i3", "film.genre", "m.drama"),
        ("m.elsewhere", "film.genre", "m.comedy"),
    ]
    graph = world(table, {"title": "title"}, triples, {"i0": "m.a", "i1": "m.b"})
    features = item_features(graph, None)
    assert features.attribute_names == (("film.genre", "m.comedy"), ("film.genre", "m.drama"))
    assert features.attributes.toarray().tolist() == [[1, 0], [1, 0], [0, 1], [0, 1]]


def test_a_neighbour_counts_once_however_many_relations_lead_to_it():
    table = pl.DataFrame({"title": ["A", "B", "C", "D"]})
    triples = [(f"i{n}", "actor", "Ann") for n in range(2)]
    triples += [(f"i{n}", "director", "Ann") for n in range(2)] + [("i2", "actor", "Bob")]
    features = item_features(world(table, {"title": "title"}, triples), None)
    assert features.attribute_names == (("actor", "Ann"),)


def test_a_larger_catalogue_gets_the_same_columns_on_the_same_scale():
    toy = toy_world()
    small = replace(
        toy,
        catalog=Catalog(
            IdMap(toy.catalog.items.ids[:20]), toy.catalog.table[:20], toy.catalog.kinds
        ),
    )
    encoder = HashingEncoder()
    spec = FeatureSpec.of(small, encoder)
    before, after = spec.features(small, encoder), spec.features(toy, encoder)
    assert len(after) == 24
    assert np.array_equal(after.vectors[:20], before.vectors)
    assert np.array_equal(after.numbers[:20], before.numbers)
    assert np.array_equal(after.attributes[:20].toarray(), before.attributes.toarray())
    assert names_of(after, 23) == {("shelf", "cooking")}


def test_a_catalogue_without_the_columns_still_fits():
    spec = FeatureSpec.of(toy_world())
    bare = world(pl.DataFrame({"title": ["A", "B"]}), {"title": "title"})
    features = spec.features(bare)
    assert features.numbers.tolist() == [[0], [0]]
    assert features.attributes.shape == (2, 3)
    assert features.attributes.nnz == 0


def test_the_spec_survives_json():
    spec = FeatureSpec.of(toy_world(), HashingEncoder())
    assert FeatureSpec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec


def test_another_encoder_is_refused():
    spec = FeatureSpec.of(toy_world(), HashingEncoder())
    with pytest.raises(ConfigError, match="'char-ngrams-512', not with 'char-ngrams-64'"):
        spec.features(toy_world(), HashingEncoder(64))


def test_an_empty_catalogue_has_empty_features():
    features = item_features(world(pl.DataFrame({"title": []}), {"title": "title"}), None)
    assert len(features) == 0
    assert features.attributes.shape == (0, 0)


def test_relations_between_items_keep_their_direction():
    table = pl.DataFrame({"title": list("ABCDE")})
    triples = [("i1", "prequel", "i0"), ("i2", "prequel", "i0"), ("i0", "sequel", "i1")]
    triples += [("i0", "sequel", "i2"), ("i3", "similar", "i4"), ("i4", "similar", "i3")]
    graph = world(table, {"title": "title"}, triples)
    relations = Relations.of(graph)
    assert dict(relations.mirrored) == {"sequel": "prequel", "similar": "similar"}
    assert neighbour_pairs(graph, relations).rows() == [
        (0, "reverse of prequel", "i1"),
        (0, "reverse of prequel", "i2"),
        (1, "prequel", "i0"),
        (2, "prequel", "i0"),
        (3, "similar", "i4"),
        (4, "similar", "i3"),
    ]


def test_a_triple_that_lacks_its_mirror_is_read_like_the_others():
    table = pl.DataFrame({"title": [str(n) for n in range(12)]})
    triples = [(f"i{n}", "director", "Ann") for n in range(11)]
    triples += [("Ann", "directed", f"i{n}") for n in range(1, 12)]
    graph = world(table, {"title": "title"}, triples)
    pairs = neighbour_pairs(graph, Relations.of(graph))
    assert pairs.rows() == [(n, "director", "Ann") for n in range(12)]
