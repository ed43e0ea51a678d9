"""Newcomers: people, items and rows that come after the fit."""

import numpy as np
import polars as pl
import pytest
from tests.recommender.conftest import ENCODER, events

from fewrec.data.slate import Query
from fewrec.data.sources import dataset_from_tables
from fewrec.recommender import Recommender

LATER = 1e6


def shelves(items):
    return [item.split("-")[0] for item in items]


def test_a_new_users_ratings_are_enough(since):
    fan = since([("fan", f"cooking-{n}", 1.0, LATER) for n in (0, 1, 3)])
    slate = fan.slate(Query(user="fan", k=4))
    assert shelves(slate.items) == ["cooking"] * 4
    assert not {"cooking-0", "cooking-1", "cooking-3"} & set(slate.items)
    assert slate.stage == "few"


def test_a_new_item_is_recommended_by_what_it_is(since):
    items = pl.DataFrame(
        {
            "item": ["x-1", "x-2"],
            "title": ["The robot 9", "The baker 9"],
            "description": ["A space story about a robot", "A cooking story about a baker"],
            "shelf": ["space", "cooking"],
        }
    )
    grown = since(items=items)
    slate = grown.slate(Query(likes=("space-0", "space-2", "space-5"), k=26), explain=True)
    place = {item: n for n, item in enumerate(slate.items)}
    assert place["x-1"] < place["x-2"]
    assert "The robot 9" in slate.titles
    assert any("space" in reason for reason in slate.reasons[place["x-1"]])


def test_newcomers_of_one_kind_are_read_as_the_catalogue_was(model, since):
    # alone, a column with one value everywhere would tell nothing and be skipped
    items = pl.DataFrame({"item": ["x-1", "x-2", "x-3"], "shelf": ["space"] * 3})
    features = since(items=items).known.features
    space = features.attribute_names.index(("shelf", "space"))
    assert features.attributes[-3:, space].toarray().ravel().tolist() == [1.0, 1.0, 1.0]
    assert features.attributes[-3:].sum() == 3


def test_newcomers_fall_into_the_age_groups_of_the_fit(toy):
    ages = pl.DataFrame({"user": [f"u{n}" for n in range(30)], "age": [20 + n for n in range(30)]})
    rows = toy.interactions
    happened = events(
        [
            (f"u{u}", rows.items.ids[i], float(label), float(t))
            for u, i, label, t in zip(rows.user, rows.item, rows.label, rows.timestamp, strict=True)
        ]
    )
    model = Recommender.fit(
        dataset_from_tables(happened, users=ages), encoder=ENCODER, experts=["groups"]
    )
    more = pl.DataFrame({"user": ["n1", "n2", "n3"], "age": [21, 48, 90]})
    grown = model.with_data(
        dataset_from_tables(
            users=more,
            alike=model.precedent,
            items=None,
            interactions=events([("n1", "space-1", 1.0)]),
        )
    )
    told = grown.known.people.attributes
    assert told[-3:] == (told[0], told[29], told[29])
    assert grown.slate(Query(user="n2")).stage == "people"


def test_known_users_say_something_new_and_keep_the_rest(since):
    users = pl.DataFrame({"user": ["u0", "u1"], "profile": ["I love baking", None]})
    people = since([("u9", "space-1", 1.0, LATER)], users=users).known.people
    assert people.profile[0] == "I love baking"
    assert people.attributes[:2] == (("hobby=space",), ("hobby=romance",))


def test_titles_come_with_the_newcomers_where_there_were_none():
    happened = events([(f"u{u}", f"i{n}", 1.0) for u in range(4) for n in range(u, u + 3)])
    bare = Recommender.fit(dataset_from_tables(happened))
    items = pl.DataFrame({"item": ["i0", "i9"], "title": ["The known one", "The new one"]})
    grown = bare.with_data(dataset_from_tables(items=items, alike=bare.precedent))
    assert grown.known.catalog.titles[0] == "The known one"
    assert grown.known.catalog.titles[-1] == "The new one"
    assert grown.known.catalog.titles[1] == bare.known.catalog.items.ids[1]
    assert "i9" in grown.slate(Query(k=20)).items


def test_growing_twice_is_growing_once(model, since):
    rows = [("fan", f"space-{n}", 1.0, LATER + n) for n in range(4)]
    items = pl.DataFrame({"item": ["x-1"], "shelf": ["space"]})
    data = [
        dataset_from_tables(events(rows[:2]), alike=model.precedent),
        dataset_from_tables(events(rows[2:]), items=items, alike=model.precedent),
    ]
    stepwise = model.with_data(data[0]).with_data(data[1])
    at_once = since(rows, items=items)
    query = Query(user="fan", k=30)
    one, two = stepwise.slate(query), at_once.slate(query)
    assert set(one.items) == set(two.items)
    scores = dict(zip(two.items, two.scores, strict=True))
    assert one.scores == pytest.approx([scores[item] for item in one.items], abs=1e-5)


def test_as_of_forgets_what_came_later(model):
    rows = model.known.interactions
    middle = float(np.median(rows.timestamp))
    then = model.known.as_of(middle)
    assert len(then.interactions) == int((rows.timestamp < middle).sum())
    assert then.fitted_rows == len(then.interactions)
    late = rows.users.ids[int(rows.user[np.argmax(rows.timestamp)])]
    seen = model.histories([late])
    slate = model.slate(Query(user=late, before=0.0, k=50))
    assert set(rows.items.ids[i] for i in seen.item) <= set(slate.items)
    assert slate.stage == "people"


def test_rows_without_a_time_stay_in_as_of(since):
    grown = since([("fan", "space-1", 1.0)])
    assert grown.slate(Query(user="fan", before=0.0)).stage == "few"


def test_a_forgotten_person_is_a_stranger_and_counts_nowhere(since, model):
    grown = since([("fan", f"cooking-{n}", 1.0, LATER) for n in (0, 1, 3)])
    less = grown.without({"fan", "nobody"})
    assert "fan" not in less.known.people.users
    assert less.slate(Query(user="fan", k=3)).stage == "popular"
    assert less.known.fitted_rows == grown.known.fitted_rows
    before = model.slate(Query(user="u1", k=9))
    assert less.slate(Query(user="u1", k=9)).items == before.items
    np.testing.assert_allclose(less.slate(Query(user="u1", k=9)).scores, before.scores, atol=1e-5)


def test_forgetting_somebody_of_the_fit_takes_their_rows(model):
    whole = model
    less = whole.without({"u1"})
    rows = int((whole.known.interactions.user == whole.known.people.users.row("u1")).sum())
    assert rows > 0
    assert len(less.known.interactions) == len(whole.known.interactions) - rows
    assert less.known.fitted_rows == whole.known.fitted_rows - rows
    other = less.known.interactions
    assert other.users.ids[other.user[-1]] == whole.known.people.users.ids[-1]


def test_a_view_says_less_than_a_like(model):
    viewed = model.slate(Query(views=("space-0",), k=24))
    assert "space-0" not in viewed.items and viewed.stage == "few"
    both = model.slate(Query(likes=("space-0",), views=("space-0", "romance-0"), k=24))
    assert shelves(both.items)[0] == "space" and "romance-0" not in both.items
