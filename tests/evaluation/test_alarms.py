import dataclasses

import polars as pl
import pytest

from fewrec.evaluation.alarms import join_alarms, table_alarms
from fewrec.evaluation.rows import metric_row


def row(ranker, metric, mean, low=None, high=None, users=500, **keys):
    cell = {"ranker": ranker, "data": "toy", **keys}
    low, high = mean - 0.01 if low is None else low, mean + 0.01 if high is None else high
    return metric_row(cell, metric, [mean], low=low, high=high, users=users)


def lost(b, metric="auc", **keys):
    return {
        **keys, "a": "hybrid", "b": b, "metric": metric, "difference": -0.1, "verdict": "b",
    }  # fmt: skip


def test_an_ordinary_table_raises_no_alarm():
    rows = [row("hybrid", "ndcg@10", 0.3), row("random", "ndcg@10", 0.02), row("x", "auc", 0.7)]
    assert table_alarms(rows, [{**lost("popularity"), "verdict": "a"}]) == []


@pytest.mark.parametrize("metric", ["ndcg@10", "auc", "uauc"])
def test_a_metric_at_one_is_an_alarm(metric):
    alarms = table_alarms([row("hybrid", metric, 1.0, k=3)])
    assert len(alarms) == 1
    assert alarms[0].startswith(f"At 1.0: {metric} of hybrid at k = 3.")


def test_a_handful_of_people_who_are_all_right_are_a_tiny_cell_and_no_leak():
    alarms = table_alarms([row("hybrid", "uauc", 1.0, users=3, segment="cold item")])
    assert alarms == ["Tiny cells, where differences mean little: 3 people in segment cold item."]


def test_below_chance_is_an_alarm_for_lists_and_for_pairs():
    rows = [
        row("random", "ndcg@10", 0.10, segment="new_items"),
        row("hybrid", "ndcg@10", 0.05, segment="new_items"),
        row("popularity", "ndcg@10", 0.05, segment="new_items"),
        row("ease", "auc", 0.4),
    ]
    alarms = table_alarms(rows)
    assert len(alarms) == 2
    assert all(a.startswith("Below chance: ") for a in alarms)
    assert "hybrid at segment new_items" in alarms[0]
    assert "popularity" not in alarms[0]


def test_new_items_that_are_crowded_out_are_said_once_and_only_of_hybrid():
    rows = [
        row(ranker, "ndcg@10", mean, segment="new_items_all")
        for ranker, mean in (("random", 0.05), ("popularity", 0.0), ("hybrid", 0.01))
    ]
    alarms = table_alarms(rows, [lost("like-rate", "ndcg@10", segment="new_items_all")])
    assert len(alarms) == 1
    assert alarms[0].startswith("New items are crowded out")
    assert "popularity" not in alarms[0]


def test_chance_itself_and_a_tie_with_chance_are_no_alarm():
    rows = [row("random", "ndcg@10", 0.02), row("like-rate", "ndcg@10", 0.015, high=0.03)]
    assert table_alarms(rows) == []


def test_a_shortcut_ahead_of_hybrid_is_an_alarm_and_another_ranker_is_not():
    alarms = table_alarms([], [lost("like-rate"), lost("best-single"), lost("popularity", k=0)])
    assert len(alarms) == 1
    assert "shortcut is ahead of hybrid in auc: like-rate; popularity at k = 0" in alarms[0]


def test_tiny_cells_are_named_with_their_sizes():
    alarms = table_alarms([row("hybrid", "auc", 0.7, users=12, segment="cold user, cold item")])
    assert alarms == [
        "Tiny cells, where differences mean little: 12 people in segment cold user, cold item."
    ]


def test_tables_that_do_not_join_are_an_alarm(toy):
    assert join_alarms(toy) == []
    known = [i < 20 for i in range(36)]
    half = toy.catalog.table.with_columns(
        pl.when(pl.Series(known)).then(pl.col(c)).otherwise(None).alias(c)
        for c in toy.catalog.table.columns
    )
    broken = dataclasses.replace(toy, catalog=dataclasses.replace(toy.catalog, table=half))
    alarms = join_alarms(broken)
    assert len(alarms) == 1
    assert "of items with interactions stand in the items table" in alarms[0]


def test_links_into_nowhere_are_an_alarm(toy):
    linked = dataclasses.replace(
        toy, triples=(("e1", "genre", "x"),), links={"space-0": "e1", "space-1": "nowhere"}
    )
    assert "50% of linked entities stand in the graph" in join_alarms(linked)[0]
