"""Paths: all of them true, the best of them found, against a search by hand."""

import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fewrec.knowledge.graph import Graph
from fewrec.knowledge.paths import PathFinder
from fewrec.knowledge.paths.finder import HUB_LEAST
from fewrec.seeding import generator

FILMS = (
    ("alien", "director", "scott"),
    ("runner", "director", "scott"),
    ("alien", "starring", "weaver"),
    ("avatar", "starring", "weaver"),
    ("avatar", "director", "cameron"),
    ("titanic", "director", "cameron"),
    ("titanic", "starring", "winslet"),
    ("jude", "starring", "winslet"),
    ("jude", "genre", "drama"),
    ("alone", "genre", "nothing"),
    ("aliens", "sequel of", "alien"),
)
ITEMS = ("alien", "runner", "avatar", "titanic", "jude", "alone", "aliens", "unlinked")


def films():
    graph = Graph.of(FILMS)
    return PathFinder(graph, graph.rows(ITEMS), ITEMS)


def found(item, *liked, most=3):
    rows = np.array([ITEMS.index(name) for name in liked], dtype=np.int64)
    (paths,) = films().paths(rows, np.array([ITEMS.index(item)]), most)
    return ["-".join(path.entities) for path in paths]


@pytest.mark.parametrize(
    ("item", "liked", "paths"),
    [
        ("runner", ["alien"], ["runner-scott-alien"]),
        ("alien", ["aliens"], ["alien-aliens"]),
        ("runner", ["aliens"], ["runner-scott-alien-aliens"]),
        ("titanic", ["alien"], ["titanic-cameron-avatar-weaver-alien"]),
        ("jude", ["alien"], []),  # six edges
        ("alone", ["alien"], []),
        ("unlinked", ["alien"], []),
        ("alien", ["unlinked"], []),
        ("alien", [], []),
        ("alien", ["alien"], []),
        ("jude", ["alien", "titanic"], ["jude-winslet-titanic"]),
    ],
)
def test_the_paths_of_some_films(item, liked, paths):
    assert found(item, *liked) == paths


def test_a_path_names_items_relations_and_triples():
    (path,) = films().paths(np.array([0]), np.array([1]))[0]
    assert path.items == ("runner", "", "alien") and path.liked == "alien"
    assert path.triples() == (("runner", "director", "scott"), ("alien", "director", "scott"))
    assert path.specificity == pytest.approx(-math.log(2))


def test_two_edges_in_a_row_say_the_same_where_they_can():
    shared = [(i, r, "x") for i in "ab" for r in ("writer", "director")]
    graph = Graph.of([("a", "actor", "x"), *shared])
    (path,) = PathFinder(graph, graph.rows(["a", "b"]), ("a", "b")).paths(
        np.array([1]), np.array([0])
    )[0]
    assert path.relations[0] == path.relations[1] and path.forward == (True, False)


def test_no_path_passes_a_hub():
    items = tuple(f"i{n}" for n in range(HUB_LEAST + 1))
    usual = [(name, "genre", "usual") for name in items]
    for last, paths in ((HUB_LEAST, 1), (HUB_LEAST + 1, 0)):
        graph = Graph.of(usual[:last])
        finder = PathFinder(graph, graph.rows(items), items)
        (told,) = finder.paths(np.array([0]), np.array([1]))
        assert len(told) == paths


NODES = 9
TRIPLES = st.lists(
    st.tuples(
        st.integers(0, NODES - 1).map(str),
        st.sampled_from("rst"),
        st.integers(0, NODES - 1).map(str),
    ),
    min_size=1,
    max_size=22,
)


def by_hand(triples, start, liked):
    """All simple paths of up to four edges that pass no liked item, as {entities: cost}."""
    beside = {}
    for head, _, tail in triples:
        if head != tail:
            beside.setdefault(head, set()).add(tail)
            beside.setdefault(tail, set()).add(head)
    paths, ways = {}, [(start,)]
    for _ in range(4):
        ways = [(*way, n) for way in ways for n in beside.get(way[-1], ()) if n not in way]
        for way in ways:
            if way[-1] in liked:
                paths[way] = sum(math.log(len(beside[n])) for n in way[1:-1])
        ways = [way for way in ways if way[-1] not in liked]
    return paths


@settings(max_examples=150, deadline=None)
@given(TRIPLES, st.sets(st.integers(0, 4), min_size=1, max_size=3), st.integers(1, 4))
def test_on_any_graph_paths_are_true_and_the_best_is_found(triples, liked, most):
    items = tuple(str(n) for n in range(5))
    graph = Graph.of(triples)
    finder = PathFinder(graph, graph.rows(items), items)
    told = finder.paths(np.array(sorted(liked)), np.arange(5), most)
    names = {str(n) for n in liked}
    for start, paths in zip(items, told, strict=True):
        if start in names:
            assert paths == ()
            continue
        expected = by_hand(triples, start, names)
        assert len(paths) <= most
        assert bool(paths) == bool(expected)
        costs = [-path.specificity for path in paths]
        assert costs == sorted(costs)
        if expected:
            assert costs[0] == pytest.approx(min(expected.values()))
        for path in paths:
            assert set(path.triples()) <= set(triples)
            assert path.entities in expected
            assert -path.specificity == pytest.approx(expected[path.entities])
        assert len({path.entities for path in paths}) == len(paths)


def test_a_large_graph_takes_milliseconds():
    random = generator(0)
    head, tail = random.integers(0, 2000, 60_000), random.zipf(1.3, 60_000) % 20_000
    graph = Graph.of([(f"i{h}", "r", f"e{t}") for h, t in zip(head, tail, strict=True)])
    items = tuple(f"i{n}" for n in range(2000))
    finder = PathFinder(graph, graph.rows(items), items)
    finder.paths(np.arange(1), np.arange(1))
    begin = time.process_time()
    told = finder.paths(np.arange(50), np.arange(100, 110))
    assert time.process_time() - begin < 0.5
    assert all(told)
