"""Worlds at the edge of sense: one person, one item, no likes, nothing but a catalogue."""

import numpy as np
import polars as pl
import pytest
from tests.recommender.conftest import events

from fewrec.data.slate import Query
from fewrec.data.sources import dataset_from_tables
from fewrec.recommender import Recommender

ITEMS = pl.DataFrame({"item": ["a", "b", "c"], "title": ["One thing", "Two things", "Three"]})
GRID = [(f"u{u}", f"i{i}") for u in range(6) for i in range(5) if (u + i) % 2]

WORLDS = {
    "one person, one item": lambda: dataset_from_tables(events([("u", "a", 1.0)])),
    "one person": lambda: dataset_from_tables(
        events([("u", "a", 1.0), ("u", "b", 0.0), ("u", "c", 1.0)])
    ),
    "one item": lambda: dataset_from_tables(
        events([("u", "a", 1.0), ("v", "a", 0.0), ("w", "a", 1.0)])
    ),
    "no likes": lambda: dataset_from_tables(
        events([(u, i, 0.0) for u, i in GRID]), like="value >= 1"
    ),
    "only likes": lambda: dataset_from_tables(events([(u, i, 1.0) for u, i in GRID])),
    "only items": lambda: dataset_from_tables(items=ITEMS),
    "one item only": lambda: dataset_from_tables(items=ITEMS[:1]),
    "items and people": lambda: dataset_from_tables(
        items=ITEMS, users=pl.DataFrame({"user": ["u"], "profile": ["I like two things"]})
    ),
    "everybody met everything": lambda: dataset_from_tables(
        events([(f"u{u}", f"i{i}", float((u + i) % 2)) for u in range(6) for i in range(5)])
    ),
    "a header and no rows": lambda: dataset_from_tables(events([]), items=ITEMS),
    "two people": lambda: dataset_from_tables(
        events([("u", "a", 1.0), ("u", "b", 1.0), ("v", "b", 1.0), ("v", "c", 0.0)]), items=ITEMS
    ),
}


@pytest.fixture(scope="module", params=WORLDS, ids=[name.replace(" ", "-") for name in WORLDS])
def world(request) -> Recommender:
    dataset = WORLDS[request.param]()
    return Recommender.fit(dataset, encoder="char-ngrams-64" if dataset.catalog.kinds else None)


def test_any_question_has_an_answer(world, tmp_path):
    first = world.known.catalog.items.ids[0]
    world.save(tmp_path / "m")
    again = Recommender.load(tmp_path / "m")
    for query in (
        Query(user="u"),
        Query(user="nobody"),
        Query(likes=(first,)),
        Query(dislikes=(first,)),
        Query(profile="things I love"),
        Query(user="u", include_seen=True, diversity=0.5),
        Query(user="u", before=5.0),
        Query(user="u1", k=1),
    ):
        slate = world.slate(query, explain=True)
        assert slate.items == again.slate(query, explain=True).items
        assert len(slate) <= min(query.k, len(world.known.catalog))
        assert np.isfinite(slate.scores).all()
        for score, piece in zip(slate.scores, slate.evidence, strict=True):
            assert sum(piece.contributions.values()) == pytest.approx(score, abs=1e-4)


def test_any_pair_has_a_score(world):
    first = world.known.catalog.items.ids[0]
    pairs = pl.DataFrame(
        {"user": ["u", "nobody", "u1"], "item": ["a", "nothing", first], "timestamp": [1, None, 3]}
    )
    scores = world.score(pairs)
    assert np.isfinite(scores).all()
    assert ((scores >= 0) & (scores <= 1)).all()


def test_newcomers_are_taken_in(world):
    happened = events([("new", "a", 1.0), ("new", "x", 0.0)])
    described = pl.DataFrame({"item": ["x"], "title": ["X, a thing"]})
    grown = world.with_data(dataset_from_tables(happened, described, alike=world.precedent))
    slate = grown.slate(Query(user="new"), explain=True)
    assert slate.stage == "few"
    assert not {"a", "x"} & set(slate.items)
    assert "x" in grown.slate(Query(k=20)).items
    assert np.isfinite(grown.score(pl.DataFrame({"user": ["new"], "item": ["x"]}))).all()


def test_everything_can_be_explained_and_compared(world):
    last = world.known.catalog.items.ids[-1]
    told = world.explain(Query(user="u"), last)
    assert np.isfinite(told.score)
    assert last not in world.similar(last).items


def test_what_nobody_likes_has_a_low_score():
    model = Recommender.fit(WORLDS["no likes"]())
    assert model.manifest.likes == 0
    assert model.score(pl.DataFrame({"user": ["u0"], "item": ["i2"]}))[0] < 0.2
