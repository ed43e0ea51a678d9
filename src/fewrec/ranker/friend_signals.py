"""What links and likes say about two people, one signal at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.ranker.item_item import EASE_ITEMS, ease_weights

WALKS = 12
"""Steps of the random walk; what comes later weighs less than 0.7^12 = 1.4 %."""

GO_ON = 0.7
"""Chance that the walk goes on after each step."""

FLOOR = 1e-5
"""Added to probabilities before their logarithm."""

REGULARISATION = 100.0
"""Lambda of EASE over links."""

LOOKED_AT = 256
"""People whose signals set mean and deviation of each signal."""


@dataclass(frozen=True)
class Ties:
    """Links among U people, and what they like.

    Attributes:
        links: 1 where two are linked. Shape [U, U].
        likes: log(1 + amount) of what they liked. Shape [U, I].
    """

    links: sparse.csr_matrix
    likes: sparse.csr_matrix
    _levels: dict[str, tuple[float, float]] = field(
        default_factory=dict, repr=False, compare=False, metadata={"saved": False}
    )

    @classmethod
    def of(cls, links: Ints, likes: sparse.csr_matrix) -> Ties:
        """Lay out both.

        Args:
            links: Pairs of different people, each once. Shape [L, 2].
            likes: Amounts, above 0 where somebody liked something. Shape [U, I].
        """
        both = np.concatenate([links, links[:, ::-1]])
        ones = np.ones(len(both), dtype=np.float32)
        size = likes.shape[0]
        amounts = sparse.csr_matrix(likes, dtype=np.float32, copy=True)
        amounts.data = np.log1p(np.maximum(amounts.data, 0))
        return cls(sparse.csr_matrix((ones, (both[:, 0], both[:, 1])), (size, size)), amounts)

    def signal(self, name: str, people: Ints) -> Floats:
        """A signal of B people about everybody, with mean 0 and deviation 1. Shape [B, U]."""
        if name not in self._levels:
            size = self.links.shape[0]
            some = np.unique(np.linspace(0, size - 1, min(LOOKED_AT, size)).astype(np.int64))
            raw = SIGNALS[name](self, some)
            self._levels[name] = float(raw.mean()), float(raw.std()) or 1.0
        mean, spread = self._levels[name]
        found: Floats = ((SIGNALS[name](self, people) - mean) / spread).astype(np.float32)
        return found

    @cached_property
    def degree(self) -> Doubles:
        """Friends of each. Shape [U]."""
        found: Doubles = np.asarray(self.links.sum(axis=1), dtype=np.float64).ravel()
        return found

    @cached_property
    def rarity(self) -> Doubles:
        """log(U / people who like it) of each item; 0 where nobody does. Shape [I]."""
        fans = np.asarray((self.likes > 0).sum(axis=0), dtype=np.float64).ravel()
        found: Doubles = np.where(
            fans > 0, np.log(max(self.likes.shape[0], 1) / np.maximum(fans, 1)), 0.0
        )
        return found

    @cached_property
    def amounts(self) -> sparse.csr_matrix:
        """Likes by amount and rarity, each row of length 1. Shape [U, I]."""
        return _unit_rows(self.likes @ sparse.diags(self.rarity))

    @cached_property
    def presence(self) -> sparse.csr_matrix:
        """Likes by rarity alone, each row of length 1. Shape [U, I]."""
        return _unit_rows(_ones(self.likes) @ sparse.diags(self.rarity))

    @cached_property
    def linear(self) -> Floats | None:
        """Weights of EASE over links; None where people are too many. Shape [U, U]."""
        if self.links.shape[0] > EASE_ITEMS:
            return None
        return ease_weights(self.links, self.links, REGULARISATION)


def adamic_adar(ties: Ties, people: Ints) -> Floats:
    """log(1 + sum over common friends of 1 / log degree) (Adamic and Adar 2003). Shape [B, U]."""
    few = np.where(ties.degree > 1, 1 / np.log(np.maximum(ties.degree, 2)), 0.0)
    return _log_sum(ties.links[people] @ sparse.diags(few) @ ties.links)


def pagerank(ties: Ties, people: Ints) -> Floats:
    """Log of the chance that a random walk from the person ends there. Shape [B, U]."""
    return np.asarray(np.log(_walk(ties, people) + FLOOR), dtype=np.float32)


def pagerank_back(ties: Ties, people: Ints) -> Floats:
    """Log of the chance that a walk from there ends at the person. Shape [B, U].

    Links go both ways, so the walk is reversible: P(v -> u) d_v = P(u -> v) d_u.
    """
    back = _walk(ties, people) * ties.degree[people][:, None] / np.maximum(ties.degree, 1)
    return np.asarray(np.log(back + FLOOR), dtype=np.float32)


def linear_links(ties: Ties, people: Ints) -> Floats:
    """Sum of EASE's weights over friends (Steck 2019); 0 among too many people. Shape [B, U]."""
    if ties.linear is None:
        return np.zeros((len(people), len(ties.degree)), dtype=np.float32)
    return np.asarray(ties.links[people] @ ties.linear, dtype=np.float32)


def alike(ties: Ties, people: Ints) -> Floats:
    """Square root of the cosine of what both like, by rarity. Shape [B, U]."""
    return np.sqrt(_dense(ties.presence[people] @ ties.presence.T))


def alike_by_amount(ties: Ties, people: Ints) -> Floats:
    """The same, by how much they like it as well. Shape [B, U]."""
    return np.sqrt(_dense(ties.amounts[people] @ ties.amounts.T))


def shared_likes(ties: Ties, people: Ints) -> Floats:
    """log(1 + sum over shared likes of 1 / log(1 + people who share it)). Shape [B, U]."""
    liked = _ones(ties.likes)
    fans = np.asarray(liked.sum(axis=0), dtype=np.float64).ravel()
    few = 1 / np.log(np.maximum(fans, 1) + 1)
    return _log_sum(liked[people] @ sparse.diags(few) @ liked.T)


def well_known(ties: Ties, people: Ints) -> Floats:
    """log(1 + friends). Shape [B, U]."""
    return np.tile(np.log1p(ties.degree).astype(np.float32), (len(people), 1))


def stranger(ties: Ties, people: Ints) -> Floats:
    """1 for people without any friend: walks never reach them. Shape [B, U]."""
    return np.tile((ties.degree == 0).astype(np.float32), (len(people), 1))


SIGNALS: dict[str, Callable[[Ties, Ints], Floats]] = {
    "adamic-adar": adamic_adar,
    "pagerank": pagerank,
    "pagerank-back": pagerank_back,
    "linear-links": linear_links,
    "alike": alike,
    "alike-by-amount": alike_by_amount,
    "shared-likes": shared_likes,
    "well-known": well_known,
    "stranger": stranger,
}
"""All signals by name."""

OF_LIKES = ("alike", "alike-by-amount", "shared-likes")
"""Those that read what people like."""


def common_friends(ties: Ties, people: Ints) -> Floats:
    """How many friends both have. Shape [B, U]."""
    return _dense(ties.links[people] @ ties.links)


def _walk(ties: Ties, people: Ints) -> Doubles:
    """Where a walk ends that goes on with chance 0.7 (personalised PageRank). Shape [B, U]."""
    step = sparse.diags(1 / np.maximum(ties.degree, 1)) @ ties.links
    here = np.zeros((len(people), len(ties.degree)))
    here[np.arange(len(people)), people] = 1.0
    ended = here.copy()
    for _ in range(WALKS):
        here = GO_ON * np.asarray(here @ step)
        ended += here
    found: Doubles = (1 - GO_ON) * ended
    return found


def _log_sum(matrix: sparse.csr_matrix) -> Floats:
    return np.log1p(_dense(matrix))


def _dense(matrix: sparse.csr_matrix) -> Floats:
    return np.asarray(matrix.toarray(), dtype=np.float32)


def _ones(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    filled = sparse.csr_matrix(matrix, copy=True)
    filled.data = np.ones_like(filled.data)
    return filled


def _unit_rows(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.maximum(length, 1e-9)) @ matrix, dtype=np.float32)
