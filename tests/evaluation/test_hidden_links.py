"""Benches of hidden links: nothing hidden is told, and the better ranker comes out ahead."""

import numpy as np
import pytest
from scipy import sparse

from fewrec.evaluation.friend_bench import ALONE, OURS, WITHOUT, FriendBench
from fewrec.evaluation.graph_training import drawn, graph_training
from fewrec.evaluation.link_bench import OURS as DECODERS
from fewrec.evaluation.link_bench import PEER, TRIVIAL, Frequency, LinkBench
from fewrec.evaluation.rows import select
from fewrec.knowledge.graph import Graph
from fewrec.knowledge.linking import Links


def circles(people: int = 60) -> FriendBench:
    """Links by chance within three circles; likes say nothing."""
    random = np.random.default_rng(0)
    pairs = [(v, u) for u in range(people) for v in range(u) if (u - v) % 3 == 0]
    links = np.array([pair for pair in pairs if random.random() < 0.5])
    likes = sparse.csr_matrix(random.integers(0, 2, (people, 12)))
    return FriendBench(tuple(f"u{n}" for n in range(people)), links, likes, chunk=16)


def test_friends_are_asked_about_as_documented():
    told = []
    rows, compared, weights = circles().run([0, 1], lambda: told.append(1))
    assert len(told) == 2 and len(weights) == 2
    means = {row["ranker"]: row["mean"] for row in select(rows, metric="recall@20")}
    assert set(means) == {*ALONE, WITHOUT, OURS}
    assert means[OURS] > 0.9 > means["alike"] and means["alike"] < 0.6
    (gap,) = select(compared, a=OURS, b="alike", metric="recall@20")
    assert gap["verdict"] == "a" and gap["low"] > 0


def test_the_trivial_answer_counts_ends_of_a_relation():
    triples = np.array([0, 1, 2]), np.array([0, 0, 1]), np.array([3, 3, 4])
    told = Frequency.of(triples, 5, 2)
    assert told.tails(np.array([9]), np.array([0])).tolist() == [[0, 0, 0, 2, 0]]
    assert told.heads(np.array([9]), np.array([1])).tolist() == [[0, 0, 1, 0, 0]]


@pytest.mark.slow
def test_links_are_asked_about_as_documented():
    pytest.importorskip("torch", reason="the peer needs the extra graph")
    triples = [(f"a{n}", "in", f"group{n % 4}") for n in range(80)] + [
        (f"a{n}", "near", f"a{(n + 4) % 80}") for n in range(80)
    ]
    settings = Links(dimension=8, epochs=10_000, batch=64, negatives=64, n3=0.01)
    bench = LinkBench(Graph.of(triples), settings, seconds=0.3, seeds=(0,))
    rows, compared, told = bench.run(lambda: None)
    means = {r["ranker"]: r["mean"] for r in select(rows, metric="mrr", segment="all")}
    assert set(means) == {*DECODERS, PEER, TRIVIAL}
    assert means["complex"] > means[TRIVIAL]
    assert sum(told["sizes"][0]) == 160 and len(told["peer_choices"]) == 3
    assert {c["b"] for c in compared} == {PEER, TRIVIAL}


def test_drawn_graphs_have_the_size_asked_for():
    (head, relation, tail), likes, entities = drawn(4000)
    assert len(head) == len(relation) == len(tail) == 4000 and entities == 1000
    assert max(head.max(), tail.max(), likes.entity.max()) < entities


@pytest.mark.slow
def test_training_steps_cost_the_same_on_larger_graphs():
    rows = graph_training([2000, 20000], 2000, lambda: None)
    (ratio,) = select(rows, n=20000, metric="ratio_to_smallest")
    assert 0 < ratio["mean"] < 4
    (epochs,) = select(rows, task="whole training", metric="epochs")
    assert 1 <= epochs["mean"] <= 12
