"""Neighbourhoods are drawn from what is there, and from nothing that is to be hidden."""

import numpy as np
import pytest

from fewrec.errors import ConfigError
from fewrec.knowledge.gnn.messages import Likes, Messages
from fewrec.knowledge.gnn.sampling import Sampler, Silence, among, spread

NOTHING = Silence(np.empty(0, np.int64), np.empty(0, np.int64), cold=0.0, salt=0)


def ints(*numbers):
    return np.array(numbers, dtype=np.int64)


@pytest.fixture
def messages() -> Messages:
    """0 -a-> 1, 0 -b-> 2, 3 -a-> 2; person 0 (node 4) likes 0 and 3, person 1 (node 5) likes 3."""
    triples = ints(0, 0, 3), ints(0, 1, 0), ints(1, 2, 2)
    return Messages.of(triples, Likes(ints(0, 0, 1), ints(0, 3, 3)), entities=4, relations=2)


def told(drawn, block):
    """(source, step, target) of a block by node."""
    return {
        (int(drawn.nodes[s]), int(r), int(drawn.nodes[t]))
        for s, r, t in zip(block.source, block.step, block.target, strict=True)
    }


def test_each_edge_is_a_message_in_both_directions(messages):
    assert len(messages) == 6 and messages.steps == 6
    there = {
        (int(messages.source[at]), int(messages.step[at]), node)
        for node in range(6)
        for at in range(messages.start[node], messages.start[node + 1])
    }
    assert there == {
        *[(0, 0, 1), (1, 2, 0), (0, 1, 2), (2, 3, 0), (3, 0, 2), (2, 2, 3)],
        *[(4, 4, 0), (0, 5, 4), (4, 4, 3), (3, 5, 4), (5, 4, 3), (3, 5, 5)],
    }


def test_a_large_fan_out_draws_everything_in_reach(messages):
    drawn = Sampler(messages, (9, 9)).draw(ints(1), np.random.default_rng(0), NOTHING)
    assert drawn.nodes.tolist() == [1, 0, 2, 4]
    first, last = drawn.blocks
    assert told(drawn, last) == {(0, 0, 1)} and last.targets == 1
    assert told(drawn, first) == {(0, 0, 1), (1, 2, 0), (2, 3, 0), (4, 4, 0)}
    assert first.targets == 2


def test_a_hub_gives_different_neighbours_and_all_relations():
    size = 900
    relation = np.repeat([0, 1, 2], size // 3)
    triples = np.zeros(size, np.int64), relation, 1 + np.arange(size)
    messages = Messages.of(triples, Likes.none(), size + 1, 3)
    drawn = Sampler(messages, (30,)).draw(ints(0), np.random.default_rng(1), NOTHING)
    (block,) = drawn.blocks
    assert len(drawn.nodes) == 31 and len(set(drawn.nodes.tolist())) == 31
    assert np.bincount(block.step, minlength=6).tolist() == [0, 0, 0, 10, 10, 10]


def test_hidden_edges_people_and_cold_items_send_nothing(messages):
    sampler, random = Sampler(messages, (9, 9)), np.random.default_rng(0)
    edge = Silence(ints(0), ints(), 0.0, 0)
    assert sampler.draw(ints(1), random, edge).nodes.tolist() == [1]
    person = Silence(ints(), ints(4), 0.0, 0)
    assert 4 not in sampler.draw(ints(0, 3), random, person).nodes
    assert 5 in sampler.draw(ints(0, 3), random, person).nodes
    cold = Silence(ints(), ints(), 1.0, 0)
    assert not {4, 5} & set(sampler.draw(ints(0, 3), random, cold).nodes.tolist())


def test_the_sampler_forgets_between_draws(messages):
    sampler = Sampler(messages, (9,))
    one = sampler.draw(ints(1), np.random.default_rng(0), NOTHING)
    sampler.draw(ints(3), np.random.default_rng(0), NOTHING)
    again = sampler.draw(ints(1), np.random.default_rng(0), NOTHING)
    assert one.nodes.tolist() == again.nodes.tolist()


def test_share_of_cold_items_is_as_asked():
    likes = Likes(np.zeros(4000, np.int64), np.arange(4000))
    messages = Messages.of((ints(), ints(), ints()), likes, 4000, 1)
    silence = Silence(ints(), ints(), 0.3, salt=17)
    item, person = np.arange(4000), np.full(4000, 4000)
    kept = silence.lets_through(messages, item, person, np.full(4000, 3), np.arange(4000))
    back = silence.lets_through(messages, person, item, np.full(4000, 2), np.arange(4000))
    assert 0.67 < kept.mean() < 0.73 and (kept == back).all()


def test_runs_and_membership():
    row, at = spread(ints(5, 9, 2), ints(2, 0, 3))
    assert row.tolist() == [0, 0, 2, 2, 2] and at.tolist() == [5, 6, 2, 3, 4]
    assert among(ints(1, 4, 9), ints(4, 9)).tolist() == [False, True, True]


def test_likes_need_both_ends():
    with pytest.raises(ConfigError, match="as many users"):
        Likes(ints(1, 2), ints(1))
