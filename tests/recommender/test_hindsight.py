"""What people liked since a time, on five rows that a person can count."""

import numpy as np
from tests.recommender.conftest import events

from fewrec.data.sources import dataset_from_tables
from fewrec.recommender.hindsight import hindsight, latest_from

ROWS = events(
    [
        ("ann", "a", 5.0, 10.0),
        ("ann", "b", 5.0, 20.0),
        ("bob", "a", 1.0, 20.0),
        ("ann", "a", 5.0, 30.0),  # met before
        ("bob", "c", 5.0, 30.0),
        ("bob", "b", 5.0, 31.0),
        ("eve", "c", 1.0, 32.0),  # not liked
    ]
)


def rows():
    return dataset_from_tables(ROWS, like="value >= 4").interactions


def test_only_new_likes_since_the_time_count():
    found = hindsight(rows(), 20.0, most=9)
    asked = {q.user: good for q, good in zip(found.queries, found.good, strict=True)}
    assert asked == {"ann": {"b"}, "bob": {"b", "c"}}
    assert hindsight(rows(), 30.5, most=9).good == (frozenset({"b"}),)
    assert hindsight(rows(), 99.0, most=9).queries == ()


def test_at_most_so_many_people():
    assert len(hindsight(rows(), 20.0, most=1).queries) == 1


def test_the_latest_share_begins_at_a_row():
    assert latest_from(rows(), 0.25) == 31.0
    assert np.isnan(latest_from(rows().where(np.zeros(7, dtype=bool))))
