"""The same small world with a graph and without it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fewrec.data.dataset import Dataset
from fewrec.data.friends import with_friends
from fewrec.data.toy import toy_world
from fewrec.errors import EmptyData
from fewrec.evaluation.graph_bench import WITHOUT, GraphBench, graph_cells, run_graph
from fewrec.evaluation.rows import select


def linked() -> Dataset:
    """Items whose titles say nothing, made by one of three people; friends in a ring."""
    toy = toy_world(per_shelf=16)
    items, users = toy.catalog.items, toy.people.users
    makers = [(item, "maker", f"person {row // 16}") for row, item in enumerate(items)]
    ring = [
        (f"user:{u}", "friend", f"user:{v}") for u, v in zip(users, users.ids[1:], strict=False)
    ]
    table = toy.catalog.table.with_columns(title=np.array(["thing"] * len(items))).select("title")
    catalog = replace(toy.catalog, table=table, kinds={"title": "title"})
    triples = tuple(makers + ring)
    people = with_friends(toy.people, triples, items)
    return replace(toy, catalog=catalog, triples=triples, people=people, fingerprint="linked")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("graph")


@pytest.fixture(scope="module")
def result(folder):
    return run_graph(GraphBench.of(linked()), [0], folder, lambda: None)


def test_the_graph_tells_new_items_apart(result):
    cell = {"segment": "new_items", "metric": "ndcg@10"}
    means = {row["ranker"]: row["mean"] for row in select(result.rows, **cell)}
    assert means["hybrid"] > means[WITHOUT] + 0.1
    assert means["hybrid"] > means["random"] + 0.1
    compared = select(result.comparisons, segment="new_items", b=WITHOUT, metric="ndcg@10")
    assert [row["verdict"] for row in compared] == ["a"]


def test_people_are_told_apart_by_what_is_known_of_them(result):
    segments = {row["segment"] for row in result.rows}
    assert {"new_users", "new_users with friends", "new_items", "new_items_all"} <= segments
    assert {row.get("k") for row in select(result.rows, segment="new_users")} >= {0, 1, 3}


def test_a_finished_run_is_not_run_again(result, folder):
    files = [file for _, _, file in graph_cells([0], folder)]
    before = [file.stat().st_mtime_ns for file in files]
    again = run_graph(GraphBench.of(linked()), [0], folder, lambda: None)
    assert [file.stat().st_mtime_ns for file in files] == before
    assert again.rows == result.rows


def test_without_a_graph_there_is_nothing_to_compare():
    with pytest.raises(EmptyData, match="graph build"):
        GraphBench.of(toy_world())
