"""A target event, from the tables to the slate: what others see as likes are steps on the way."""

import polars as pl
import pytest

from fewrec.data.settings import DataSettings
from fewrec.data.slate import Query
from fewrec.data.sources import dataset_from_tables
from fewrec.errors import ConfigError
from fewrec.recommender import Recommender
from fewrec.recommender.rankers import STEPS

NAMES = ("user", "item", "event", "timestamp")
SETTINGS = DataSettings(target="buy")


def table(rows):
    kinds = (pl.String, pl.String, pl.String, pl.Float64)
    return pl.DataFrame(rows, schema=dict(zip(NAMES, kinds, strict=True)), orient="row")


def shop(people=40, things=20):
    """Everybody views eight things in a row of their own, carts three of them, and buys those."""
    rows = []
    for u in range(people):
        mine = [f"i{(7 * u + 3 * n) % things}" for n in range(8)]
        rows += [(f"u{u}", i, "view", 1e9 + n) for n, i in enumerate(mine)]
        rows += [(f"u{u}", i, "cart", 1e9 + 50 + n) for n, i in enumerate(mine[:3])]
        rows += [(f"u{u}", i, "buy", 1e9 + 90 + n) for n, i in enumerate(mine[:3])]
    return table(rows)


@pytest.fixture(scope="module")
def model():
    carted = table([("new", "i4", "cart", 2e9), ("new", "i5", "view", 2e9 + 9)])
    dataset = dataset_from_tables(pl.concat([shop(), carted]), settings=SETTINGS)
    return Recommender.fit(dataset, encoder="char-ngrams-128")


def test_only_the_target_is_ranked_for_and_the_rest_are_steps(model):
    rows = model.known.interactions
    assert (len(rows), len(rows.steps)) == (120, 8 * 40 + 3 * 40 + 2)
    assert set(STEPS) <= set(model.fusion.experts)
    assert model.manifest.liked.startswith("rank for buy; by event")


def test_what_somebody_carted_comes_first_and_is_no_history(model):
    slate = model.slate(Query(user="new", k=20))
    assert slate.items[0] == "i4"
    assert "i5" in slate.items
    assert slate.stage == "popular"


def test_what_somebody_bought_is_not_shown_again(model):
    slate = model.slate(Query(user="u0", k=20))
    assert not {"i0", "i3", "i6"} & set(slate.items)
    assert "i9" in slate.items  # viewed alone


def test_views_of_a_query_are_steps_and_stay_candidates(model):
    before, after = (model.slate(Query(views=views, k=20)).items for views in ((), ("i11",)))
    assert after.index("i11") < before.index("i11")
    assert len(after) == len(before) == 20


def test_steps_are_evidence_from_their_time_on(model):
    early = model.slate(Query(user="new", k=20, before=1.5e9)).items
    late = model.slate(Query(user="new", k=20, before=3e9)).items
    assert early.index("i4") > late.index("i4") == 0
    times = pl.DataFrame({"user": ["new"] * 2, "item": ["i4"] * 2, "timestamp": [1.5e9, 3e9]})
    before, after = model.score(times)
    assert after > before
    assert model.score(times.drop("timestamp"))[0] == pytest.approx(after)


def test_a_saved_model_answers_the_same(model, tmp_path):
    model.save(tmp_path / "m")
    again = Recommender.load(tmp_path / "m")
    for query in (Query(user="new", k=20), Query(user="u3"), Query(views=("i7",))):
        one, two = model.slate(query, explain=True), again.slate(query, explain=True)
        assert one.items == two.items
        assert one.scores == pytest.approx(two.scores, abs=1e-6)
        assert one.reasons == two.reasons
    assert len(again.known.interactions.steps) == len(model.known.interactions.steps)


def test_newcomers_may_bring_steps_alone_and_bring_them_twice(model):
    rows = table([("later", "i8", "cart", 2e9), ("later", "i9", "view", 2e9)])
    more = dataset_from_tables(rows, alike=model.precedent)
    assert (len(more.interactions), len(more.interactions.steps)) == (0, 2)
    once = model.with_data(more)
    assert once.slate(Query(user="later")).items[0] == "i8"
    twice = once.with_data(dataset_from_tables(rows, alike=model.precedent))
    assert len(twice.known.interactions.steps) == len(once.known.interactions.steps)
    assert len(twice.known.interactions) == len(model.known.interactions)


def test_who_is_forgotten_loses_steps_too(model):
    left = model.known.without({"new"})
    assert len(left.interactions.steps) == len(model.known.interactions.steps) - 2


def test_steps_after_the_purchase_give_it_away_and_are_left_out():
    rows = table([("a", "x", "view", 1e9), ("a", "x", "buy", 2e9), ("a", "x", "view", 3e9)])
    dataset = dataset_from_tables(rows, settings=SETTINGS)
    assert dataset.interactions.steps.timestamp.tolist() == [1e9]
    assert any("1 row left out" in note for note in dataset.notes)


def test_a_target_that_never_happens_is_said():
    rows = table([("a", "x", "view", 1e9), ("a", "y", "cart", 2e9)])
    with pytest.raises(ConfigError, match=r"no row .* has the event 'buy'; there are cart, view"):
        dataset_from_tables(rows, settings=SETTINGS)
    with pytest.raises(ConfigError, match="'bye' is not a known event"):
        dataset_from_tables(rows, settings=DataSettings(target="bye"))
