"""The rankers nobody may lose to: chance, popularity, own like-rate, item mean plus user mean."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.counts import ItemCounts as ItemCounts
from fewrec.data.evidence import Fact
from fewrec.data.histories import Histories
from fewrec.protocols import Training
from fewrec.seeding import generator


def user_rate(people: Histories, base_rate: float, strength: float = 2.0) -> Doubles:
    """Like-rate of each person, shrunk to the base rate as if by ``strength`` rows. Shape [B]."""
    size = len(people)
    weight = people.weight.astype(np.float64)
    liked = np.bincount(people.person, weight * people.label, minlength=size)
    met = np.bincount(people.person, weight, minlength=size)
    return (liked + strength * base_rate) / (met + strength)


def like_rate(label: Floats, weight: Floats) -> float:
    """Share of likes as if one more row were liked and one not, so never 0 or 1.

    Args:
        label: Shape [R].
        weight: Shape [R].
    """
    total, liked = float(weight.sum(dtype=np.float64)), float(np.dot(weight, label))
    return (liked + 1.0) / (total + 2.0)


@dataclass(frozen=True)
class Chance:
    """A seeded random order, the same for everybody: the floor of every table."""

    def fit(self, training: Training) -> FittedChance:
        """Draw the order."""
        size = len(training.interactions.items)
        order = generator(training.seed, "chance").random(size).astype(np.float32)
        return FittedChance(order)


@dataclass(frozen=True)
class FittedChance:
    """Random scores, shape [I]."""

    order: Floats

    def scores(self, people: Histories) -> Floats:
        """The same random scores for everybody. Shape [B, I]."""
        return np.tile(self.order, (len(people), 1))

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """Chance has no reasons."""
        return [[] for _ in items]

    def extended(self, training: Training) -> FittedChance:
        """Random scores for the newcomers too."""
        more = Chance().fit(training).order
        more[: len(self.order)] = self.order
        return FittedChance(more)


@dataclass(frozen=True)
class Popularity:
    """Items by how much, or by how many people, they are liked (log scale).

    Attributes:
        weighed: Whether events count by their weights, repeated ones too; else people count.
    """

    weighed: bool = True

    def fit(self, training: Training) -> FittedPopularity:
        """Count likes."""
        return FittedPopularity.of(training.interactions.counts, self.weighed)


@dataclass(frozen=True)
class FittedPopularity:
    """Log-popularity of each item.

    Attributes:
        level: log(1 + weighted likes), or log(1 + people). Shape [I].
        people: How many people liked the item. Shape [I].
        users: How many people there are.
        weighed: Whether ``level`` counts weighted likes.
    """

    level: Floats
    people: Ints
    users: int
    weighed: bool = field(default=True, metadata={"younger": True})

    @classmethod
    def of(cls, counts: ItemCounts, weighed: bool = True) -> FittedPopularity:
        """From counts."""
        level = np.log1p(counts.liked if weighed else counts.people).astype(np.float32)
        return cls(level, counts.people, counts.users, weighed)

    def scores(self, people: Histories) -> Floats:
        """The same for everybody. Shape [B, I]."""
        return np.tile(self.level, (len(people), 1))

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """How many of all people liked it."""
        return [
            [
                Fact(
                    kind="popularity",
                    part="popularity" if self.weighed else "reach",
                    amount=float(self.level[i]),
                    count=int(self.people[i]),
                    of=self.users,
                )
            ]
            if self.people[i] > 0
            else []
            for i in items
        ]

    def extended(self, training: Training) -> FittedPopularity:
        """Count again."""
        return Popularity(self.weighed).fit(training)


@dataclass(frozen=True)
class LikeRate:
    """A person's own like-rate: the same score for all items, the shortcut of pooled AUC."""

    def fit(self, training: Training) -> FittedLikeRate:
        """Remember the base rate and the size of the catalogue."""
        counts = training.interactions.counts
        return FittedLikeRate(counts.base_rate, len(training.interactions.items))


@dataclass(frozen=True)
class FittedLikeRate:
    """Base rate of likes and number of items."""

    base_rate: float
    items: int

    def scores(self, people: Histories) -> Floats:
        """Each person's shrunk like-rate, for all items alike. Shape [B, I]."""
        rate = user_rate(people, self.base_rate).astype(np.float32)
        return np.repeat(rate[:, None], self.items, axis=1)

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """Nothing about an item."""
        return [[] for _ in items]

    def extended(self, training: Training) -> FittedLikeRate:
        """The same for more items."""
        return replace(self, items=len(training.interactions.items))


@dataclass(frozen=True)
class ItemUserMean:
    """Item like-rate plus the person's deviation from it: the baseline of rating prediction.

    Source: Koren, Bell, Volinsky (2009), "Matrix Factorization Techniques for Recommender
    Systems", the biases of equation 3, in closed form with shrinkage.

    Attributes:
        item_strength: Rows of prior belief for an item, at least 0.
        user_strength: Rows of prior belief for a person, at least 0.
    """

    item_strength: float = 5.0
    user_strength: float = 3.0

    def fit(self, training: Training) -> FittedItemUserMean:
        """Shrunk item means."""
        counts = training.interactions.counts
        return FittedItemUserMean(
            mean=counts.rate(self.item_strength),
            user_strength=self.user_strength,
            item_strength=self.item_strength,
        )


@dataclass(frozen=True)
class FittedItemUserMean:
    """Shrunk like-rate of each item, shape [I], and the strengths."""

    mean: Doubles
    user_strength: float
    item_strength: float

    def scores(self, people: Histories) -> Floats:
        """b_i + b_u, b_u the person's shrunk mean residual. Shape [B, I]."""
        return (self.mean[None, :] + self.leniency(people)[:, None]).astype(np.float32)

    def leniency(self, people: Histories) -> Doubles:
        """How much more a person likes things than their items' means say. Shape [B]."""
        weight = people.weight.astype(np.float64)
        residual = weight * (people.label - self.mean[people.item])
        total = np.bincount(people.person, residual, minlength=len(people))
        met = np.bincount(people.person, weight, minlength=len(people))
        return total / (met + self.user_strength)

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """Means carry no reason of their own."""
        return [[] for _ in items]

    def extended(self, training: Training) -> FittedItemUserMean:
        """Means over all rows."""
        return ItemUserMean(self.item_strength, self.user_strength).fit(training)
