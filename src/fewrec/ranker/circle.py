"""What a person's friends like, and those they trust or follow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Bools, Doubles, Floats, Ints
from fewrec.data.evidence import Fact
from fewrec.data.friends import BACK
from fewrec.data.histories import Histories
from fewrec.data.ids import IdMap
from fewrec.data.people import friends_of
from fewrec.protocols import Training


@dataclass(frozen=True)
class Circle:
    """How much more a person's friends like an item than everybody does.

    With w_v how much a friend v counts and n_u the likes of u's friends,

        s(u, i) = sqrt(max(0, (sum_v w_v r_vi + s p_i) / (n_u + s) - p_i)),

    p_i the item's share of all likes. Counts vary with their mean, so the root makes differences
    of much and of little liked items comparable; a log of the ratio would put first what a
    friend and hardly anybody else likes. Friends of friends count with ``far``: few friends have
    liked anything. Trust in the people one is linked to, as in Massa and Avesani (2007), but
    smoothed towards everybody's likes instead of cut off.

    Attributes:
        strength: s, likes of prior belief that a circle needs to outweigh, above 0.
        back: Weight of a link that somebody else made to the person, against one of their own.
        far: Weight of a friend's friend, divided among all friends of the friend.
    """

    strength: float = 30.0
    back: float = 0.5
    far: float = 0.3

    def fit(self, training: Training) -> FittedCircle:
        """Count likes; who is linked to whom stands in the people's attributes."""
        users = training.people.users
        likes = training.interactions.likes()
        binary = likes.copy()
        binary.data = np.ones_like(binary.data)
        total = np.asarray(binary.sum(axis=0)).ravel().astype(np.float64)
        share = (total + 0.5) / (total.sum() + 0.5 * len(total)) if len(total) else total
        near = _near(training.people.attributes, users, self.back)
        each = np.maximum(np.asarray(near.sum(axis=1)).ravel(), 1.0)
        return FittedCircle(
            users=users.ids,
            liked=binary,
            beyond=sparse.csr_matrix(sparse.diags(self.far / each) @ near, dtype=np.float32),
            share=share,
            overall=total.astype(np.int64),
            settings=self,
        )


@dataclass(frozen=True)
class FittedCircle:
    """Likes of U users, and the people they are linked to.

    Attributes:
        users: Their ids.
        liked: 1 where a user liked an item. Shape [U, I].
        beyond: How much each user's friends count for a friend of that user. Shape [U, U].
        share: Each item's share of all likes, above 0. Shape [I].
        overall: People who liked each item. Shape [I].
        settings: How friends count.
    """

    users: tuple[str, ...]
    liked: sparse.csr_matrix
    beyond: sparse.csr_matrix
    share: Doubles
    overall: Ints
    settings: Circle

    def scores(self, people: Histories) -> Floats:
        """Root of how much more of its likes a circle gives to an item. Shape [B, I]."""
        circle = self._circle(people)
        if not circle.nnz:
            return np.zeros((len(people), len(self.share)), dtype=np.float32)
        told = np.asarray((circle @ self.liked).todense(), dtype=np.float64)
        strength = self.settings.strength
        rate = (told + strength * self.share) / (told.sum(axis=1, keepdims=True) + strength)
        scores: Floats = np.sqrt(np.maximum(rate - self.share, 0.0)).astype(np.float32)
        return scores

    def _circle(self, people: Histories) -> sparse.csr_matrix:
        """How much each user counts for each of B people. Shape [B, U]."""
        near = _near(people.attributes, self._users, self.settings.back)
        return sparse.csr_matrix(near + near @ self.beyond)

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """How many of the person's own friends liked the item."""
        near = _near(person.attributes, self._users, self.settings.back)
        friends = near.indices[self._active[near.indices]]
        scores = self.scores(person)[0]
        held = np.asarray(self.liked[friends][:, items].sum(axis=0)).ravel().astype(int)
        return [
            [Fact("friends", "circle", float(scores[i]), count=int(n), of=len(friends))]
            if n and scores[i] > 0
            else []
            for i, n in zip(items, held, strict=True)
        ]

    @cached_property
    def _users(self) -> IdMap:
        return IdMap(self.users)

    @cached_property
    def _active(self) -> Bools:
        """Users who liked anything. Shape [U]."""
        active: Bools = np.diff(self.liked.indptr) > 0
        return active

    def extended(self, training: Training) -> FittedCircle:
        """Count again over all rows, with newcomers and their links."""
        return self.settings.fit(training)


def _near(attributes: tuple[tuple[str, ...], ...], users: IdMap, back: float) -> sparse.csr_matrix:
    """Weight of each user as a friend of each of B people. Shape [B, U]."""
    rows, columns, weights = [], [], []
    for b, said in enumerate(attributes):
        for relation, friend in friends_of(said):
            u = users.row(friend)
            if u is not None:
                rows.append(b)
                columns.append(u)
                weights.append(back if relation.startswith(BACK) else 1.0)
    shape = (len(attributes), len(users))
    near = sparse.csr_matrix((np.array(weights, dtype=np.float32), (rows, columns)), shape)
    near.data = np.minimum(near.data, 1.0)
    return near
