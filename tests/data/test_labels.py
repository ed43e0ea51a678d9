"""The liked rule on real tables: events, ratings, impressions, and what cannot be judged."""

import polars as pl
import pytest

from fewrec.data.faults import Inspector
from fewrec.data.labels import Labelled, label_rows
from fewrec.data.tables import Table
from fewrec.errors import BadValue, ConfigError


def label(
    rows: list[tuple[object, ...]], columns: str, inspector: Inspector | None = None, **options
) -> Labelled:
    frame = pl.DataFrame(rows, schema=columns.split(), orient="row")
    table = Table.of_frame("interactions", frame, "interactions.csv")
    return label_rows(table, inspector or Inspector(), **options)


def test_without_anything_every_row_is_a_like() -> None:
    got = label([("a", "x"), ("b", "y")], "user item")
    assert (got.label.tolist(), got.weight.tolist()) == ([1, 1], [1, 1])
    assert got.rule == "every row is a like"


def test_ratings_by_their_scale() -> None:
    got = label([("a", "x", 5.0), ("a", "y", 3.0), ("b", "x", 4.0), ("b", "y", 1.0)],
                "user item value")  # fmt: skip
    assert got.label.tolist() == [1, 0, 1, 0]
    assert got.rule == "value >= 4"


def test_many_levels_are_counts_and_all_likes() -> None:
    got = label([("a", str(n), float(n)) for n in range(12)], "user item value")
    assert got.label.tolist() == [1] * 12
    assert got.rule == "every row is a like"


def test_events_have_weights_and_signs() -> None:
    events = "buy cart like click view play dislike skip impression".split()
    rows = [("a", str(n), event) for n, event in enumerate(events)]
    got = label(rows, "user item event")
    assert got.label.tolist() == [1, 1, 1, 1, 1, 1, 0, 0, 0]
    buy, cart, like, click, view = got.weight[:5]
    assert buy > cart > like > click > view > 0
    assert got.weight.min() > 0
    assert got.rule.startswith("by event (buy 3, cart 2, like 1")


def test_an_impression_answered_later_is_no_dislike() -> None:
    rows = [
        ("a", "x", "impression", 1.0),
        ("a", "x", "click", 2.0),
        ("a", "x", "impression", 3.0),
        ("a", "y", "impression", 1.0),
        ("b", "x", "impression", 1.0),
        ("a", "z", "dislike", 1.0),
        ("a", "z", "like", 2.0),
    ]
    got = label(rows, "user item event timestamp")
    kept = got.table.frame.select("user", "item", "event", "timestamp").rows()
    assert kept == rows[1:]
    assert got.label.tolist() == [1, 0, 0, 0, 0, 1]
    assert got.notes == (
        "interactions: 1 row not counted as dislikes, because the same person liked the same "
        "item then or later.",
    )


def test_without_times_any_like_answers_an_impression() -> None:
    got = label([("a", "x", "click"), ("a", "x", "impression")], "user item event")
    assert got.label.tolist() == [1]


def test_rate_is_judged_by_its_value_and_a_value_without_event_is_a_rating() -> None:
    rows = [
        ("a", "x", "rate", 5.0),
        ("a", "y", "rate", 1.0),
        ("a", "z", None, 4.0),
        ("b", "x", "play", 300.0),
    ]
    got = label(rows, "user item event value")
    assert got.label.tolist() == [1, 0, 1, 1]
    assert got.rule.endswith("; rate: value >= 4")


def test_a_stated_value_rule_holds_for_all_rows_with_a_value() -> None:
    rows = [("a", "x", "play", 300.0), ("a", "y", "play", 2.0), ("a", "z", "buy", None)]
    got = label(rows, "user item event value", like="value >= 60")
    assert got.label.tolist() == [1, 0, 1]
    assert got.rule == "value >= 60"


def test_a_stated_event_rule_makes_the_rest_dislikes_unless_answered() -> None:
    rows = [("a", "x", "view"), ("a", "x", "buy"), ("a", "y", "view"), ("b", "x", "skip")]
    got = label(rows, "user item event", like="event in (buy)")
    assert got.table.frame["event"].to_list() == ["buy", "view", "skip"]
    assert got.label.tolist() == [1, 0, 0]


def test_own_weights_and_events_left_out() -> None:
    rows = [("a", "x", "share"), ("a", "y", "view"), ("a", "z", "report")]
    got = label(rows, "user item event", events={"share": 4, "view": 0, "report": -2})
    assert (got.label.tolist(), got.weight.tolist()) == ([1, 0], [4, 2])
    assert got.notes == ("interactions: 1 row of weight 0 left out (view).",)


def test_a_saved_rule_labels_other_data_in_the_same_way() -> None:
    first = label([("a", "x", "rate", 5.0), ("a", "y", "share", 1.0)],
                  "user item event value", events={"share": 4})  # fmt: skip
    again = label([("a", "x", "rate", 3.0), ("a", "y", "rate", 5.0), ("b", "y", "share", 0.0)],
                  "user item event value", like=first.rule)  # fmt: skip
    assert again.label.tolist() == [0, 1, 1]
    assert again.weight.tolist() == [1, 1, 4]


def test_a_saved_rule_does_for_a_table_without_events() -> None:
    saved = label([("a", "x", "rate", 5.0), ("a", "y", "buy", None)], "user item event value")
    ratings = label([("a", "x", 3.0), ("a", "y", 5.0)], "user item value", like=saved.rule)
    assert (ratings.label.tolist(), ratings.rule) == ([0, 1], "value >= 4")
    bare = label([("a", "x")], "user item", like=saved.rule)
    assert bare.rule == "every row is a like"
    assert label([("a", "x", 2.0), ("a", "y", 5.0)], "user item value", like="no interactions").rule


def test_what_cannot_be_judged_names_line_and_fix() -> None:
    with pytest.raises(BadValue, match=r"line 2, column 'value': the row has no value.*>= 4"):
        label([("a", "x", 5.0), ("a", "y", None), ("b", "x", 1.0)], "user item value")
    with pytest.raises(BadValue, match=r"the event is not known .*'bought'.*\[events\]"):
        label([("a", "x", "buy"), ("a", "y", "bought")], "user item event")
    with pytest.raises(BadValue, match=r"line 2, .*the row has neither event nor value"):
        label([("a", "x", "buy"), ("a", "y", None)], "user item event")
    with pytest.raises(BadValue, match="the row has no value"):
        label([("a", "x", "rate", 5.0), ("a", "y", "rate", None)], "user item event value")


def test_unjudgeable_rows_are_set_aside_when_asked() -> None:
    inspector = Inspector(collect=True)
    rows = [("a", "x", 5.0), ("a", "y", None), ("b", "x", 1.0)]
    got = label(rows, "user item value", inspector)
    assert got.label.tolist() == [1, 0]
    assert [fault.line for fault in inspector.faults] == [2]


def test_rules_that_do_not_fit_the_columns() -> None:
    with pytest.raises(ConfigError, match=r"needs a column 'value', which interactions\.csv does"):
        label([("a", "x")], "user item", like="value >= 4")
    with pytest.raises(ConfigError, match="needs a column 'event'"):
        label([("a", "x", 1.0)], "user item value", like="event in (buy)")
    with pytest.raises(ConfigError, match=r"names the event 'bye', .*'buy'"):
        label([("a", "x", "buy")], "user item event", like="event in (bye)")
