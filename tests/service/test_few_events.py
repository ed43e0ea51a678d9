"""A few events are read as many are."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fewrec.data.liked import EVENT_WEIGHTS, LikedRule, ValueTest, parse_rule
from fewrec.data.precedent import Precedent
from fewrec.data.sources import dataset_from_tables
from fewrec.service.few_events import FEW, few_events

RULES = [
    LikedRule(weights=EVENT_WEIGHTS),
    LikedRule(ValueTest(">=", 4.0), weights={**EVENT_WEIGHTS, "view": 0.0, "wave": 1.5}),
    LikedRule(weights=EVENT_WEIGHTS, target="buy"),
]
event = st.tuples(
    st.sampled_from(["ann", "bob", " c", "7", "7.0", "é"]),
    st.sampled_from(["a", "b", "007"]),
    st.sampled_from(["like", "dislike", "rate", "view", "buy", "skip"]),
    st.sampled_from([1.0, 4.0, 5.0]),
    st.sampled_from([1.7e9, 1.7e9 + 0.5, 1.6e9]),
)


@given(st.lists(event, min_size=1, max_size=8), st.sampled_from(RULES))
@settings(max_examples=60, deadline=None)
def test_as_the_tables_are_read(rows, rule):
    rows = [(*row[:3], row[3] if row[2] == "rate" else None, row[4]) for row in rows]
    found = few_events(rows, rule, [])
    if rule.target and {r[:2] for r in rows if r[2] == "buy"} & {
        r[:2] for r in rows if r[2] != "buy"
    }:
        assert found is None  # which came first matters
        return
    columns = ["user", "item", "event", "value", "timestamp"]
    types = [pl.String, pl.String, pl.String, pl.Float64, pl.Float64]
    wanted = dataset_from_tables(
        interactions=pl.DataFrame(
            rows, schema=dict(zip(columns, types, strict=True)), orient="row"
        ),
        items=pl.DataFrame({"item": ["a"]}),
        alike=Precedent(rule.words, {}, {}),
        skip_bad=True,
    )
    assert parse_rule(rule.words).weights == rule.weights
    same(found.interactions, wanted.interactions)
    assert (found.interactions.steps is None) == (wanted.interactions.steps is None)
    if found.interactions.steps is not None:
        same(found.interactions.steps, wanted.interactions.steps)


def same(mine, theirs):
    for name in ("users", "items"):
        for rows_of in (mine, theirs):
            assert len(getattr(rows_of, name[:-1])) == len(mine)
        ids, others = getattr(mine, name).ids, getattr(theirs, name).ids
        assert [ids[n] for n in getattr(mine, name[:-1])] == [
            others[n] for n in getattr(theirs, name[:-1])
        ]
    for name in ("label", "weight", "value", "timestamp"):
        np.testing.assert_array_equal(getattr(mine, name), getattr(theirs, name))
    assert mine.has_negatives == theirs.has_negatives


@pytest.mark.parametrize(
    "row",
    [
        ("ann", "a", "impression", None, 1.7e9),
        ("ann", "a", "unheard of", None, 1.7e9),
        ("ann", "a", "rate", None, 1.7e9),
        ("ann", "a", "like", None, None),
        ("ann", "a", "like", None, 1.7e12),
        ("ann", "a", "like", None, 20240131.0),
        (" ", "a", "like", None, 1.7e9),
        ("ann", "a", "rate", float("inf"), 1.7e9),
    ],
)
def test_what_needs_a_closer_look(row):
    assert few_events([row], RULES[0], []) is None
    assert few_events([("ann", "a", "like", None, 1.7e9)], LikedRule(), []) is None


def test_many_are_left_to_the_tables():
    rows = [("ann", f"i{n}", "like", None, 1.7e9) for n in range(FEW + 1)]
    assert few_events(rows, RULES[0], []) is None
    assert len(few_events(rows[:FEW], RULES[0], ["bob"]).interactions) == FEW


def test_people_without_events_are_there():
    found = few_events([], RULES[0], ["bob"])
    assert found.people.users.ids == ("bob",) and len(found.interactions) == 0
