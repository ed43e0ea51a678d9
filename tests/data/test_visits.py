"""Visits: where one ends, whether there is an order, and what is said of the moment."""

import numpy as np
import polars as pl

from fewrec.data.circumstances import Circumstances, coded, time_words
from fewrec.data.histories import Histories
from fewrec.data.sources import dataset_from_tables
from fewrec.data.visits import LATEST, moment_words, ordered, visits, with_visits

HOUR = 3600.0


def rows_of(cells, columns="user item timestamp"):
    """Interactions of a typed table, and the visit of each row as it was typed."""
    frame = pl.DataFrame(cells, schema=columns.split(), orient="row")
    return dataset_from_tables(frame).interactions


def test_a_long_break_or_another_person_ends_a_visit():
    rows = rows_of([
        ("a", "w", 1e9), ("b", "w", 1e9 + 5), ("a", "x", 1e9 + 1800), ("a", "y", 1e9 + 3601),
    ])  # fmt: skip
    found = visits(rows)
    assert found[0] == found[2]
    assert len({found[0], found[1], found[3]}) == 3
    assert len(set(visits(rows, gap=4 * HOUR)[[0, 2, 3]].tolist())) == 1


def test_order_is_by_time_wherever_rows_stand():
    rows = rows_of([("a", "x", 1e9 + 9000), ("a", "y", 1e9), ("a", "z", 1e9 + 9060)])
    found = visits(rows)
    assert found[0] == found[2] != found[1]


def test_named_visits_are_believed():
    rows = rows_of([
        ("a", "w", 1e9, "m"), ("a", "x", 1e9 + 60, "n"), ("a", "y", 1e9 + 9 * HOUR, "n"),
        ("a", "z", 1e9 + 9 * HOUR + 1, None),
    ], "user item timestamp session")  # fmt: skip
    one, two, three, four = visits(rows)
    assert one != two == three
    assert four == three  # a row without a name goes on, by its time


def test_order_needs_times_that_differ():
    timed = rows_of([("a", "x", 1e9), ("a", "y", 1e9 + 1), ("b", "x", 1e9), ("b", "y", 1e9 + 4)])
    same = rows_of([("a", str(n), 1e9) for n in range(9)])
    assert ordered(timed)
    assert not ordered(same)
    assert not ordered(rows_of([("a", "x"), ("a", "y")], "user item"))


def test_the_visit_of_a_history_is_its_last_rows():
    people = Histories.single(list(range(40)), [])
    ongoing = np.arange(40) >= 10
    inside = with_visits(people, ongoing, (("device=phone",),))
    assert inside.session.item.tolist() == list(range(40 - LATEST, 40))
    assert inside.item.tolist() == people.item.tolist()
    assert inside.context == (("device=phone",),)
    assert inside.session.context == ()


def test_words_of_a_moment():
    assert time_words(np.array([0.0, np.nan, 20.5 * HOUR])) == [
        ("hour=00-03", "weekday=Thu"), (), ("hour=20-23", "weekday=Thu"),
    ]  # fmt: skip
    rows = rows_of([("a", "x", 1e9, "phone"), ("a", "y", 1e9, None)], "user item timestamp device")
    said = moment_words(rows, np.array([0, 1]))
    assert said[0] == ("hour=00-03", "weekday=Sun", "device=phone")
    assert said[1] == said[0][:2]


def test_circumstances_of_other_tables_join():
    said, names = coded([["device=phone"], []])
    mine = Circumstances(np.array([0, -1]), said, names)
    said, names = coded([["surface=home", "device=phone"]])
    both = mine.plus(Circumstances(np.array([0]), said, names))
    assert both.visit.tolist() == [0, -1, 1]  # another table's visit 0 is another visit
    assert both.words(0) == ("device=phone",)
    assert set(both.words(2)) == {"surface=home", "device=phone"}
    assert both.where(np.array([2])).visit.tolist() == [1]
