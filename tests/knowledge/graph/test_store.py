"""The graph store against a dictionary of sets, in memory and mapped from files."""

import json
from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fewrec.errors import BadValue, DataError, MissingColumn, UnknownId
from fewrec.knowledge.graph import Graph, write_graph
from fewrec.knowledge.graph.keys import Keys
from fewrec.knowledge.graph.names import Index

NAMES = st.sampled_from(["a", "b", "c", "Zoë", "日本", " ", "a\nb", "ab", "A", "x" * 300])
TRIPLES = st.lists(st.tuples(NAMES, st.sampled_from(["r", "s", "t"]), NAMES), max_size=40)
FILMS = [
    ("Alien", "director", "Scott"),
    ("Alien", "starring", "Weaver"),
    ("Legend", "director", "Scott"),
    ("Alien", "director", "Scott"),
    ("Scott", "likes", "Scott"),
]
COLUMNS = ["head", "relation", "tail"]


def frames(triples, size):
    """Chunks of so many rows."""
    return [
        pl.DataFrame(
            triples[at : at + size], schema=dict.fromkeys(COLUMNS, pl.String), orient="row"
        )
        for at in range(0, len(triples), size)
    ]


def check(graph, triples):
    """Everything a graph answers, against sets of names."""
    edges = set(triples)
    order = list(dict.fromkeys(name for head, _, tail in triples for name in (head, tail)))
    assert len(graph) == len(order)
    assert graph.edges == len(edges)
    assert graph.names(np.arange(len(order))) == order
    assert graph.rows([*order, "nobody"]).tolist() == [*range(len(order)), -1]
    assert graph.relations == tuple(dict.fromkeys(relation for _, relation, _ in triples))
    rows = [list(map(int, edge)) for edge in zip(*graph.triples(), strict=True)]
    assert rows == sorted(rows)
    named = [(order[head], graph.relations[r], order[tail]) for head, r, tail in rows]
    assert len(named) == len(edges)
    assert set(named) == edges
    for name in order:
        near = graph.neighbours(graph.row(name))
        told = zip(near.other.tolist(), near.relation.tolist(), near.forward.tolist(), strict=True)
        found = [(order[other], graph.relations[r], forward) for other, r, forward in told]
        wanted = [(tail, r, True) for head, r, tail in edges if head == name]
        wanted += [(head, r, False) for head, r, tail in edges if tail == name]
        assert Counter(found) == Counter(wanted)
        assert graph.degree[graph.row(name)] == len(wanted)
    for side in (graph.outgoing, graph.incoming):
        keys = list(zip(side.rows(), side.relation, side.other, strict=True))
        assert keys == sorted(keys)


@given(TRIPLES)
@settings(max_examples=60, deadline=None)
def test_in_memory_as_sets_say(triples):
    check(Graph.of(triples), triples)


@given(TRIPLES, st.integers(1, 7), st.integers(1, 12))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_from_chunks_as_sets_say(tmp_path, triples, size, limit):
    check(write_graph(frames(triples, size), tmp_path / "g", limit=limit), triples)


@given(TRIPLES)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_saved_and_opened(tmp_path, triples):
    Graph.of(triples).save(tmp_path / "g")
    check(Graph.open(tmp_path / "g"), triples)


def test_arrays_are_mapped_and_survive_a_rewrite(tmp_path):
    Graph.of(FILMS).save(tmp_path / "g")
    graph = Graph.open(tmp_path / "g")
    assert isinstance(graph.outgoing.other, np.memmap)
    Graph.of([("x", "r", "y")]).save(tmp_path / "g")
    check(graph, FILMS)
    assert Graph.open(tmp_path / "g").relations == ("r",)
    assert [entry.name for entry in tmp_path.iterdir()] == ["g"]


def test_chunks_and_memory_give_the_same_files(tmp_path):
    rng = np.random.default_rng(3)
    triples = [(f"n{a}", f"r{r}", f"n{b}") for a, r, b in rng.integers(0, [300, 7, 300], (4000, 3))]
    Graph.of(triples).save(tmp_path / "memory")
    write_graph(frames(triples, 137), tmp_path / "chunks", limit=500)
    for file in (tmp_path / "memory").iterdir():
        assert file.read_bytes() == (tmp_path / "chunks" / file.name).read_bytes(), file.name


def test_an_empty_graph(tmp_path):
    graph = write_graph([], tmp_path / "g")
    assert (len(graph), graph.edges, graph.relations) == (0, 0, ())
    assert graph.rows(["a"]).tolist() == [-1]
    assert graph.names(np.zeros(0, np.int64)) == []
    with pytest.raises(UnknownId, match="no row 0: it has 0 entities"):
        graph.neighbours(0)
    with pytest.raises(UnknownId, match="no relation 'r'"):
        graph.relation("r")


@pytest.mark.parametrize("size", [200_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_an_entity_with_very_many_neighbours(tmp_path, size):
    tails = pl.Series("tail", np.arange(size)).cast(pl.String)
    chunks = (
        pl.DataFrame({"tail": tails[at : at + size // 4]}).with_columns(
            head=pl.lit("hub"), relation=pl.lit("r")
        )
        for at in range(0, size, size // 4)
    )
    graph = write_graph(chunks, tmp_path / "g", limit=50_000)
    near = graph.neighbours(graph.row("hub"))
    assert len(near) == size == graph.degree[0]
    assert near.forward.all()
    assert graph.names(near.other[[0, -1]]) == ["0", str(size - 1)]
    assert graph.rows([str(size - 1), str(size)]).tolist() == [size, -1]


def test_unknown_names_and_rows_are_told():
    graph = Graph.of(FILMS)
    with pytest.raises(UnknownId, match=r"no relation 'directr'.*Did you mean 'director'"):
        graph.relation("directr")
    with pytest.raises(UnknownId, match="no entity 'Bong'"):
        graph.row("Bong")
    for row in (-1, 4):
        with pytest.raises(UnknownId, match=f"no row {row}: it has 4 entities"):
            graph.neighbours(row)
        with pytest.raises(UnknownId):
            graph.names(np.array([0, row]))


@pytest.mark.parametrize(
    ("columns", "error", "match"),
    [
        ({"head": ["a"], "tail": ["b"]}, MissingColumn, "part 1 of the triples lacks relation"),
        (
            {"head": ["a", None], "relation": ["r"] * 2, "tail": ["b"] * 2},
            BadValue,
            "row 2 of part 1",
        ),
        ({"head": ["a"], "relation": [""], "tail": ["b"]}, BadValue, "names no relation"),
    ],
)
def test_bad_chunks_leave_what_was_there(tmp_path, columns, error, match):
    Graph.of(FILMS).save(tmp_path / "g")
    with pytest.raises(error, match=match):
        write_graph([pl.DataFrame(columns)], tmp_path / "g")
    check(Graph.open(tmp_path / "g"), FILMS)
    assert [entry.name for entry in tmp_path.iterdir()] == ["g"]


def test_other_folders_are_left_alone(tmp_path):
    (tmp_path / "items.csv").write_text("item\n1\n")
    with pytest.raises(DataError, match="holds files that are no graph"):
        Graph.of(FILMS).save(tmp_path)
    (tmp_path / "manifest.json").write_text('{"kind": "model"}')
    with pytest.raises(DataError, match="something else than a graph"):
        Graph.of(FILMS).save(tmp_path)
    with pytest.raises(DataError, match="is a file"):
        Graph.of(FILMS).save(tmp_path / "items.csv")


def test_broken_folders_are_told(tmp_path):
    with pytest.raises(DataError, match="no graph here"):
        Graph.open(tmp_path / "none")
    folder = tmp_path / "g"
    Graph.of(FILMS).save(folder)
    part = folder / "incoming-other.npy"
    whole, manifest = part.read_bytes(), (folder / "manifest.json").read_text()
    for damage in (b"", whole[:5], whole[:-8], b"\x00" * len(whole)):
        part.write_bytes(damage)
        with pytest.raises(DataError, match="incoming-other"):
            Graph.open(folder)
    np.save(part, np.zeros(3, np.int64))
    with pytest.raises(DataError, match=r"has the shape \(3,\), not \(4,\)"):
        Graph.open(folder)
    part.unlink()
    with pytest.raises(DataError, match="cannot be read"):
        Graph.open(folder)
    part.write_bytes(whole)
    for damage in ("{", json.dumps({**json.loads(manifest), "schema": 99}), "[]"):
        (folder / "manifest.json").write_text(damage)
        with pytest.raises(DataError):
            Graph.open(folder)


def test_hashes_that_share_a_word_are_told_apart():
    hashes = np.array([[7, 1], [7, 3], [7, 2], [9, 0]], dtype=np.uint64)
    index = Index.of(hashes, np.arange(4))
    wanted = np.array([[7, 3], [7, 2], [7, 9], [9, 0], [9, 1], [0, 0]], dtype=np.uint64)
    assert index.find(wanted).tolist() == [1, 2, -1, 3, -1, -1]


def test_graphs_too_large_to_sort_are_refused():
    Keys(10**9, 9)
    with pytest.raises(DataError, match="too large to be sorted"):
        Keys(10**9, 10)
