"""People for people: whom somebody may want as a friend.

Nobody needs to call this ranker by items: rows and columns are both people. What links say, what
people like alike, and how well known somebody is are weighed by how well they found links that
were hidden while the weights were learned.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import optimize, sparse

from fewrec.data.arrays import Bools, Doubles, Floats, Ints
from fewrec.data.events import Interactions
from fewrec.data.ids import IdMap
from fewrec.data.people import friends_of
from fewrec.errors import EmptyData, UnknownId
from fewrec.protocols import Training
from fewrec.ranker.friend_signals import SIGNALS, Ties
from fewrec.seeding import generator

LEAST = 20
"""With fewer links nothing can be hidden: all signals weigh the same."""


@dataclass(frozen=True)
class Friends:
    """How signals of friendship are weighed.

    Attributes:
        hidden: Share of the links hidden while weights are learned, in (0, 1).
        penalty: Weight of the squared weights against the mean log-loss, above 0.
        taught: At most so many people teach the weights, drawn.
        signals: Names of the signals to weigh.
    """

    hidden: float = 0.2
    penalty: float = 1e-3
    taught: int = 2000
    signals: tuple[str, ...] = tuple(SIGNALS)

    def fit(self, training: Training) -> FittedFriends:
        """Learn from the links and likes of U people.

        Raises:
            EmptyData: Nobody is linked to anybody.
        """
        users = training.people.users
        links = links_of(training.people.attributes, users)
        return self.fit_links(links, liked_amounts(training.interactions), users.ids, training.seed)

    def fit_links(
        self, links: Ints, likes: sparse.csr_matrix, users: tuple[str, ...], seed: int = 0
    ) -> FittedFriends:
        """Learn from links given as pairs.

        Args:
            links: Two different people each; the lower row first, each pair once. Shape [L, 2].
            likes: Above 0 where somebody liked something; more counts more. Shape [U, I].
            users: Their ids.
            seed: Of the links hidden.

        Raises:
            EmptyData: There are no links.
        """
        if not len(links):
            raise EmptyData(
                "no two people are linked",
                fix="Give a graph with triples between users, such as `user:1,friend,user:2`.",
            )
        weights = np.ones(len(self.signals))
        if len(links) >= LEAST:
            order = generator(seed, "friends", "hidden").permutation(len(links))
            cut = max(1, round(self.hidden * len(links)))
            kept = Ties.of(links[order[cut:]], likes)
            sought = adjacency(links[order[:cut]], len(users))
            weights = self._weights(kept, sought, generator(seed, "friends", "taught"))
        ties = Ties.of(links, likes)
        return FittedFriends(users, ties, self.signals, weights)

    def _weights(
        self, ties: Ties, sought: sparse.csr_matrix, random: np.random.Generator
    ) -> Doubles:
        """Softmax over everybody who is no friend yet; hidden friends should stand first."""
        people = np.flatnonzero(np.diff(sought.indptr))
        if len(people) > self.taught:
            people = np.sort(random.choice(people, self.taught, replace=False))
        signals = stacked(ties, self.signals, people)
        target = sought[people].toarray().astype(np.float32)
        target /= np.sqrt(target.sum(axis=1, keepdims=True))  # a crowd of friends counts less
        free = ~taken(ties, people)
        signals[~free] = 0.0
        total = float(target.sum())

        def loss(weights: Doubles) -> tuple[float, Doubles]:
            scores = signals @ weights.astype(np.float32)
            scores[~free] = -np.inf
            scores -= scores.max(axis=1, keepdims=True)
            share = np.exp(scores)
            mass = share.sum(axis=1, keepdims=True)
            told = np.where(target > 0, scores - np.log(mass), 0.0)
            share *= target.sum(axis=1, keepdims=True) / mass
            slope = np.tensordot(share - target, signals, 2) / total
            value = -float((target * told).sum()) / total
            value += self.penalty * float(weights @ weights)
            return value, slope.astype(np.float64) + 2 * self.penalty * weights

        start = np.zeros(len(self.signals))
        found = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 60})
        weights: Doubles = found.x
        return weights


@dataclass(frozen=True)
class FittedFriends:
    """Scores everybody as a friend of anybody.

    Attributes:
        users: Ids of U people.
        ties: Their links and likes.
        signals: Names of the signals weighed.
        weights: Of the standardised signals. Shape [F].
    """

    users: tuple[str, ...]
    ties: Ties
    signals: tuple[str, ...]
    weights: Doubles

    def scores(self, people: Ints) -> Floats:
        """Scores of all U people as friends of B people; higher is better. Shape [B, U].

        Friends they have, and they themselves, are scored like everybody else.
        """
        scores: Floats = stacked(self.ties, self.signals, people) @ self.weights.astype(np.float32)
        return scores

    def top(self, user: str, k: int = 10) -> list[tuple[str, float]]:
        """The k best new friends of somebody, best first; less where there are fewer people.

        Args:
            user: Id of one of the U people.
            k: How many, at least 1.

        Raises:
            UnknownId: There is no such user.
        """
        found = self.row(user)
        if found is None:
            raise UnknownId(f"there is no user {user!r}")
        row = np.array([found])
        scores = self.scores(row)[0].astype(np.float64)
        scores[taken(self.ties, row)[0]] = -np.inf
        best = np.argsort(-scores, kind="stable")[:k]
        return [(self.users[u], float(scores[u])) for u in best if np.isfinite(scores[u])]

    def best_known(self, k: int) -> list[tuple[str, float]]:
        """The k people with most friends: what a stranger is told."""
        degree = self.ties.degree
        best = np.argsort(-degree, kind="stable")[:k]
        return [(self.users[u], float(degree[u])) for u in best]

    def row(self, user: str) -> int | None:
        """Row of a person, None where the id is unknown."""
        return self._map.row(user)

    def in_common(self, row: int, others: Ints) -> tuple[Ints, Ints]:
        """How many friends, and how many likes, somebody shares with n others. Shapes [n]."""
        links, liked = self.ties.links, self.ties.likes > 0
        friends = (links[row] @ links[others].T).toarray()[0]
        likes = (liked[row].astype(np.int64) @ liked[others].astype(np.int64).T).toarray()[0]
        return friends.astype(np.int64), likes.astype(np.int64)

    @cached_property
    def _map(self) -> IdMap:
        return IdMap(self.users)


def liked_amounts(rows: Interactions) -> sparse.csr_matrix:
    """How much each person liked each item: the value where all have one, else 1. Shape [U, I]."""
    liked = rows.label > 0
    value = rows.value[liked]
    counted = bool(len(value)) and bool(np.isfinite(value).all()) and float(value.min()) > 0
    amount = (value if counted else np.ones(len(value))).astype(np.float32)
    return sparse.csr_matrix(
        (amount, (rows.user[liked], rows.item[liked])), (len(rows.users), len(rows.items))
    )


def links_of(attributes: tuple[tuple[str, ...], ...], users: IdMap) -> Ints:
    """Pairs of linked people, whichever of them made the link, each once. Shape [L, 2].

    Args:
        attributes: Of U people, as ``People`` holds them.
        users: Their ids; friends who are none of them are left out.
    """
    pairs = [
        (min(row, other), max(row, other))
        for row, said in enumerate(attributes)
        for _, friend in friends_of(said)
        if (other := users.row(friend)) is not None and other != row
    ]
    return np.unique(np.array(pairs, dtype=np.int64).reshape(-1, 2), axis=0)


def adjacency(links: Ints, people: int) -> sparse.csr_matrix:
    """1 where two people are linked, both ways. Shape [U, U]."""
    both = np.concatenate([links, links[:, ::-1]])
    ones = np.ones(len(both), dtype=np.float32)
    return sparse.csr_matrix((ones, (both[:, 0], both[:, 1])), (people, people))


def taken(ties: Ties, people: Ints) -> Bools:
    """True for friends that B people have, and for themselves. Shape [B, U]."""
    found: Bools = ties.links[people].toarray() > 0
    found[np.arange(len(people)), people] = True
    return found


def stacked(ties: Ties, names: tuple[str, ...], people: Ints) -> Floats:
    """The standardised signals of B people, one after another. Shape [B, U, F]."""
    return np.stack([ties.signal(name, people) for name in names], axis=-1)
