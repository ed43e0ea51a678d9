"""Hidden friends are found by links and by taste; nobody is offered themselves or a friend."""

import numpy as np
import pytest
from scipy import sparse

from fewrec.data.ids import IdMap
from fewrec.data.people import link
from fewrec.errors import EmptyData, UnknownId
from fewrec.ranker.friend_signals import SIGNALS, Ties, common_friends
from fewrec.ranker.friends import FittedFriends, Friends, adjacency, links_of, taken
from fewrec.ranker.saving import pack, unpack


def circles(people: int = 90, seed: int = 0):
    """Three circles: links within a circle, and likes of the circle's own items."""
    random = np.random.default_rng(seed)
    pairs, liked = set(), np.zeros((people, 60))
    for u in range(people):
        for v in range(u):
            if random.random() < (0.3 if u % 3 == v % 3 else 0.01):
                pairs.add((v, u))
        liked[u, random.choice(20, 6, replace=False) + 20 * (u % 3)] = random.integers(1, 50, 6)
    return np.array(sorted(pairs)), sparse.csr_matrix(liked)


def names(people: int) -> tuple[str, ...]:
    return tuple(f"u{n}" for n in range(people))


def test_hidden_friends_come_before_strangers():
    links, likes = circles()
    order = np.random.default_rng(1).permutation(len(links))
    hidden, shown = links[order[:200]], links[order[200:]]
    fitted = Friends().fit_links(shown, likes, names(90))
    scores = fitted.scores(hidden[:, 0])
    strangers = ~taken(fitted.ties, hidden[:, 0])
    true = scores[np.arange(len(hidden)), hidden[:, 1]]
    assert (true[:, None] > scores)[strangers].mean() > 0.75
    assert fitted.weights.shape == (len(SIGNALS),)
    again = Friends().fit_links(shown, likes, names(90))
    assert np.array_equal(again.weights, fitted.weights)


def test_somebody_without_friends_is_offered_people_of_the_same_taste():
    links, likes = circles()
    alone = links[(links != 4).all(axis=1)]
    offered = Friends().fit_links(alone, likes, names(90)).top("u4", 10)
    assert sum(int(name[1:]) % 3 == 1 for name, _ in offered) >= 8


def test_nobody_is_offered_themselves_or_a_friend():
    links, likes = circles()
    fitted = Friends().fit_links(links, likes, names(90))
    offered = {name for name, _ in fitted.top("u7", 90)}
    friends = {f"u{v}" for pair in links.tolist() if 7 in pair for v in pair}
    assert offered == set(names(90)) - friends - {"u7"}
    with pytest.raises(UnknownId, match="no user 'nobody'"):
        fitted.top("nobody")


def test_signals_on_a_graph_done_by_hand():
    # 0-1, 0-2, 1-3, 2-3, 3-4: 0 and 3 share two friends of degree 2
    links = np.array([(0, 1), (0, 2), (1, 3), (2, 3), (3, 4)])
    likes = sparse.csr_matrix(np.array([[1, 0], [1, 0], [0, 1], [0, 0], [1, 1.0]]))
    ties, who = Ties.of(links, likes), np.array([0])
    assert common_friends(ties, who)[0].tolist() == [2, 0, 0, 2, 0]
    assert SIGNALS["adamic-adar"](ties, who)[0, 3] == pytest.approx(np.log1p(2 / np.log(2)))
    walk = np.exp(SIGNALS["pagerank"](ties, who)[0]) - 1e-5
    assert walk.sum() == pytest.approx(1 - 0.7**13, abs=1e-4) and walk[1] == pytest.approx(walk[2])
    back = np.exp(SIGNALS["pagerank-back"](ties, who)[0]) - 1e-5
    there = np.exp(SIGNALS["pagerank"](ties, np.arange(5))[:, 0]) - 1e-5
    assert back == pytest.approx(there, abs=1e-5)  # the walk is reversible
    shared = SIGNALS["shared-likes"](ties, who)[0]
    assert shared[1] == pytest.approx(np.log1p(1 / np.log(4))) and shared[2] == 0
    assert SIGNALS["alike"](ties, who)[0, 1] == pytest.approx(1.0, abs=1e-4)
    assert SIGNALS["stranger"](ties, who).sum() == 0


def test_links_count_once_whoever_made_them():
    users = IdMap(("a", "b", "c"))
    said = ((link("friend", "b"), "age=3"), (link("friend", "a"), link("trusts", "c")), ())
    assert links_of(said, users).tolist() == [[0, 1], [1, 2]]
    assert links_of(((link("friend", "x"), link("friend", "a")), (), ()), users).shape == (0, 2)
    assert adjacency(np.array([[0, 1]]), 3).toarray().tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]


def test_few_links_weigh_all_signals_alike_and_none_are_refused():
    links, likes = np.array([(0, 1), (1, 2)]), sparse.csr_matrix(np.eye(5))
    fitted = Friends().fit_links(links, likes, names(5))
    assert (fitted.weights == 1).all()
    assert fitted.top("u0", 1)[0][0] == "u2"
    with pytest.raises(EmptyData, match="no two people are linked"):
        Friends().fit_links(np.empty((0, 2), np.int64), likes, names(5))


def test_what_two_people_have_in_common_is_counted():
    links, likes = np.array([(0, 1), (1, 2)]), sparse.csr_matrix([[1, 2], [0, 0], [0, 9.0]])
    fitted = Friends().fit_links(links, likes, names(3))
    friends, liked = fitted.in_common(0, np.array([1, 2]))
    assert friends.tolist() == [0, 1] and liked.tolist() == [0, 1]


def test_saved_and_read_again():
    links, likes = circles(30)
    fitted = Friends().fit_links(links, likes, names(30))
    again = unpack(FittedFriends, *pack(fitted))
    assert again.top("u3", 5) == fitted.top("u3", 5)
