"""Numbers and names of what a graph holds around items."""

import json

import numpy as np
import polars as pl
import pytest
from tests.knowledge.test_features import world

from fewrec.knowledge.features import FeatureSpec, item_features
from fewrec.knowledge.neighbours import Relations
from fewrec.knowledge.surroundings import Surroundings
from fewrec.knowledge.text import HashingEncoder

FILMS = pl.DataFrame({"title": ["A", "B", "C"]})
ANN, BOB = "http://x.org/resource/Ann_Lee", "http://x.org/resource/Bob_Cy"
TRIPLES = [
    ("i0", "http://x.org/starring", ANN),
    ("i0", "http://x.org/starring", BOB),
    ("i1", "http://x.org/starring", ANN),
    ("elsewhere", "http://x.org/starring", ANN),
    ("elsewhere too", "http://x.org/starring", ANN),
    ("i1", "director", BOB),
]


def around(data):
    relations = Relations.of(data)
    return Surroundings.of(data, relations), relations


def test_numbers_by_hand():
    data = world(FILMS, {"title": "title"}, TRIPLES)
    found, relations = around(data)
    told = dict(zip(found.names(), found.numbers(data, relations).T, strict=True))
    ann, bob = np.log1p(4), np.log1p(2)  # triples in the whole graph
    star = "http://x.org/starring: "
    np.testing.assert_allclose(told[star + "how many"], np.log1p([2, 1, 0]))
    np.testing.assert_allclose(told[star + "the best connected"], [ann, ann, 0])
    np.testing.assert_allclose(told[star + "how connected"], [(ann + bob) / 2, ann, 0])
    np.testing.assert_allclose(told["director: how connected"], [0, bob, 0])
    np.testing.assert_allclose(told["in the graph"], [1, 1, 0])
    np.testing.assert_allclose(told["triples"], np.log1p([2, 2, 0]))


def test_names_are_read_as_a_person_would():
    data = world(FILMS, {"title": "title"}, TRIPLES)
    found, relations = around(data)
    assert found.words(data, relations) == [
        "starring: Ann Lee, Bob Cy",
        "starring: Ann Lee. director: Bob Cy",
        "",
    ]


def test_bare_identifiers_are_not_spoken():
    data = world(FILMS, {"title": "title"}, [("i0", "genre", "m.0b"), ("i1", "genre", "m.0c")])
    found, _ = around(data)
    assert not found.spoken
    encoder = HashingEncoder()
    bare = world(FILMS, {"title": "title"})
    np.testing.assert_array_equal(
        item_features(data, encoder).vectors, item_features(bare, encoder).vectors
    )


def test_names_bring_items_together_whose_titles_share_nothing():
    encoder = HashingEncoder()
    with_names = item_features(world(FILMS, {"title": "title"}, TRIPLES), encoder).vectors
    bare = item_features(world(FILMS, {"title": "title"}), encoder).vectors
    assert with_names[0] @ with_names[1] > bare[0] @ bare[1] + 0.1
    np.testing.assert_allclose(with_names[2], bare[2], atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(with_names, axis=1), 1.0, atol=1e-6)


def test_a_newcomer_is_described_with_what_was_known_at_fit():
    known = world(FILMS, {"title": "title"}, TRIPLES)
    spec = FeatureSpec.from_dict(json.loads(json.dumps(FeatureSpec.of(known).to_dict())))
    assert spec == FeatureSpec.of(known)
    new = world(pl.DataFrame({"title": ["D"]}), {"title": "title"}, [TRIPLES[0]])
    features = spec.features(new)
    star = features.around_names.index("http://x.org/starring: the best connected")
    old = spec.features(known)
    assert features.around_names == old.around_names
    assert features.around[0, star] == pytest.approx(old.around[1, star])  # both know Ann
    assert spec.features(world(FILMS, {"title": "title"})).around.shape == old.around.shape


def test_without_a_graph_there_is_nothing():
    data = world(FILMS, {"title": "title"})
    found, relations = around(data)
    assert found == Surroundings() and found.names() == ()
    assert found.numbers(data, relations).shape == (3, 0)
