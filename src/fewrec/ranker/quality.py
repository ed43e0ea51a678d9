"""Item quality: how much better than its people's average an item is received, from few labels.

Label minus the person's own like-rate is a noisy sight of the item's quality,

    y_ui - r_u = f_i + e,   f_i = x_i' beta + d_i,   e ~ N(0, .18),  d_i ~ N(0, s_d^2)

with a normal prior on beta, block by block: a catalogue's rating column is expected to speak for
an item, other numbers, attributes and text are expected to say little until labels say otherwise.
The posterior mean is one linear solve, so a handful of labels already moves what is uncertain and
hardly touches the rest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.evidence import Fact
from fewrec.data.features import ItemFeatures
from fewrec.data.histories import Histories
from fewrec.protocols import Training
from fewrec.ranker.baselines import like_rate, user_rate
from fewrec.ranker.feature_space import NUMBER_UNIT, FeatureSpace

NOISE = 0.18
"""Variance of a label around what item and person explain."""

RATING = frozenset(
    ("rating", "ratings", "score", "scores", "stars", "grade", "metascore", "vote average")
)
"""Words in the names of number columns in which a catalogue says how good its items are."""

OTHER = frozenset(("count", "counts", "number", "num", "n", "total", "age", "content", "std"))
"""Words in the names of columns that speak of ratings, and not of how good an item is."""


def says_how_good(column: str) -> bool:
    """Whether a number column seems to hold ratings: ``imdbRating``, not ``rating_count``."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column)
    words = re.findall(r"[^\W_]+", apart.casefold())
    names = {*words, *(f"{one.rstrip('s')} {after}" for one, after in pairwise(words))}
    return bool(names & RATING) and not names & OTHER


@dataclass(frozen=True)
class ItemQuality:
    """Expected like-rate of each item, from labels and features together.

    Attributes:
        rating: Expected difference of labels for one deviation of a rating column.
        rating_spread: Standard deviation of that belief.
        number: Prior standard deviation of the slope of any other number.
        attribute: The same for the attribute directions.
        text: The same for the text directions.
        item: Standard deviation of what is the item's own, s_d.
    """

    rating: float = 0.13
    rating_spread: float = 0.05
    number: float = 0.03
    attribute: float = 0.04
    text: float = 0.04
    item: float = 0.1

    def fit(self, training: Training) -> FittedItemQuality:
        """Find the posterior mean of beta and of each item's own part."""
        space = FeatureSpace.of(training.features)
        expected, scale = self._belief(training.features)
        return FittedItemQuality.of(self, space, expected, scale, training)

    def _belief(self, features: ItemFeatures) -> tuple[Doubles, Doubles]:
        """Mean and deviation of the slopes of M + 1 numbers. Two of shape [M + 1]."""
        names = features.number_names or ("",) * features.numbers.shape[1]
        rates = np.array([says_how_good(name) for name in (*names, "")])
        return np.where(rates, self.rating, 0.0), np.where(rates, self.rating_spread, self.number)


@dataclass(frozen=True)
class FittedItemQuality:
    """Qualities of the I items.

    Attributes:
        rate: Expected like-rate among average people, in [.01, .99]. Shape [I].
        quality: f_i, a difference of labels. Shape [I].
        met: Labels known of the item. Shape [I].
        settings: Of the fit, for newcomers.
        space: Where coordinates come from.
        expected: Prior mean of the number slopes. Shape [M + 1].
        scale: Their prior deviation. Shape [M + 1].
        slopes: Posterior mean of beta in units of its prior deviation. Shape [coordinates].
    """

    rate: Floats
    quality: Floats
    met: Floats
    settings: ItemQuality
    space: FeatureSpace
    expected: Doubles
    scale: Doubles
    slopes: Doubles

    @classmethod
    def of(
        cls,
        settings: ItemQuality,
        space: FeatureSpace,
        expected: Doubles,
        scale: Doubles,
        training: Training,
        slopes: Doubles | None = None,
    ) -> FittedItemQuality:
        """Combine features and labels; slopes are found where they are not given."""
        rows, base = _coordinates(space, training.features, settings, expected, scale)
        met, mean, rate = _sights(training)
        known = met > 0
        noise = settings.item**2 + NOISE / met[known]
        left = mean[known] - base[known]
        found = _slopes(rows[known], left, noise) if slopes is None else slopes
        quality: Doubles = base + rows @ found
        own = settings.item**2 / noise  # share of what is left that is the item's own
        quality[known] += own * (left - rows[known] @ found)
        return cls(
            rate=np.clip(rate + quality, 0.01, 0.99).astype(np.float32),
            quality=quality.astype(np.float32),
            met=met.astype(np.float32),
            settings=settings,
            space=space,
            expected=expected,
            scale=scale,
            slopes=found,
        )

    def scores(self, people: Histories) -> Floats:
        """Quality, the same for everybody. Shape [B, I]."""
        return np.tile(self.quality, (len(people), 1))

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """Quality gives no reasons of its own."""
        return [[] for _ in items]

    def extended(self, training: Training) -> FittedItemQuality:
        """The same slopes for newcomers, labels counted anew."""
        return FittedItemQuality.of(
            self.settings, self.space, self.expected, self.scale, training, self.slopes
        )


def _slopes(rows: Doubles, left: Doubles, noise: Doubles) -> Doubles:
    """Posterior mean of slopes with prior N(0, 1). Shape [coordinates]."""
    precision = rows.T @ (rows / noise[:, None]) + np.eye(rows.shape[1])
    return np.asarray(np.linalg.solve(precision, rows.T @ (left / noise)), dtype=np.float64)


def _coordinates(
    space: FeatureSpace,
    features: ItemFeatures,
    settings: ItemQuality,
    expected: Doubles,
    scale: Doubles,
) -> tuple[Doubles, Doubles]:
    """Features in prior deviations [I, coordinates], and what the prior mean expects [I]."""
    text, attributes, numbers = space.blocks(features)
    numbers = numbers / NUMBER_UNIT
    rows = [numbers * scale, attributes * settings.attribute, text * settings.text]
    return np.concatenate(rows, axis=1), numbers @ expected


def _sights(training: Training) -> tuple[Doubles, Doubles, float]:
    """Labels of each item [I], mean of label minus the person's like-rate [I], the base rate."""
    rows = training.interactions
    size = len(rows.items)
    base = like_rate(rows.label, rows.weight)
    mine = user_rate(rows.histories(), base)[rows.user]
    weight = rows.weight.astype(np.float64)
    met = np.bincount(rows.item, weight, size).astype(np.float64)
    total = np.bincount(rows.item, weight * (rows.label - mine), size)
    return met, total / np.maximum(met, 1.0), base
