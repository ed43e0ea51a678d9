"""The item prior: what an item's text and columns say about how it will be received."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.counts import ItemCounts
from fewrec.data.evidence import Fact
from fewrec.data.features import ItemFeatures
from fewrec.data.histories import Histories
from fewrec.protocols import Training
from fewrec.ranker.feature_space import FeatureSpace, best_ridge, in_blocks


@dataclass(frozen=True)
class ItemPrior:
    """Popularity and like-rate of an item as regressed from its features, then updated by data.

    Ridge regression from text, number columns and attributes onto how often the items with data
    were met, and onto their like-rate. An item with rows of its own moves from the regressed
    value to the observed one (empirical Bayes), as if the regression were ``strength`` rows.
    """

    def fit(self, training: Training) -> FittedItemPrior:
        """Regress what happened to the items on what they are."""
        counts = training.interactions.counts
        space = FeatureSpace.of(training.features)
        known = np.flatnonzero(counts.met > 0)
        met = np.log1p(counts.met[known])[:, None]
        level, level_loud = best_ridge(space, training.features, known, met, np.ones(len(known)))
        rate, rate_loud = best_ridge(
            space, training.features, known, counts.rate(1.0)[known][:, None], counts.met[known]
        )
        base = counts.base_rate
        # Beta prior with mean m and the regression's variance v: strength = m (1 - m) / v - 1
        strength = base * (1 - base) / max(rate.error, 1e-4) - 1.0
        regression = Regression(
            mean=space.mean,
            text=space.text,
            kept=space.kept,
            idf=space.idf,
            attributes=space.attributes,
            size=space.size,
            weights=np.concatenate([level.weights, rate.weights], axis=1),
            intercept=np.array([level.intercept[0], rate.intercept[0] if len(known) else base]),
            loud=(level_loud, rate_loud),
            strength=float(np.clip(strength, 2.0, 50.0)),
        )
        return FittedItemPrior.of(regression, training.features, counts)


@dataclass(frozen=True)
class Regression:
    """Everything needed to predict newcomers: a feature space and the two regressions in it.

    Attributes:
        weights: Column 0 predicts log(1 + rows), column 1 the like-rate. Shape [coordinates, 2].
        intercept: Shape [2].
        loud: Attribute weight of each of the two.
        strength: Rows of prior belief in the predicted like-rate.
    """

    mean: Floats
    text: Floats
    kept: Ints
    idf: Doubles
    attributes: Floats
    size: Doubles
    weights: Doubles
    intercept: Doubles
    loud: tuple[float, float]
    strength: float

    def predict(self, features: ItemFeatures) -> tuple[Doubles, Doubles]:
        """Expected log(1 + rows), at least 0, and like-rate in [.01, .99]. Two of shape [I]."""
        space = FeatureSpace(self.mean, self.text, self.kept, self.idf, self.attributes, self.size)
        met, rate = (self._told(space, features, target) for target in range(2))
        return np.maximum(met, 0.0), np.clip(rate, 0.01, 0.99)

    def _told(self, space: FeatureSpace, features: ItemFeatures, target: int) -> Doubles:
        """One of the two predictions. Shape [I]."""
        weights, loud = self.weights[:, target], self.loud[target]
        told = in_blocks(features, lambda some: space.coordinates(some, loud) @ weights)
        return told + float(self.intercept[target])


@dataclass(frozen=True)
class FittedItemPrior:
    """Expected popularity and like-rate of each item, from features and own rows together.

    Attributes:
        level: Expected log(1 + weighted likes). Shape [I].
        rate: Expected like-rate. Shape [I].
        promise: The regressed log-popularity alone. Shape [I].
        met: Summed weights of the item's rows. Shape [I].
        users: How many people there are.
        regression: For newcomers.
        foreseen: What the regression says of the items, once it was asked. Two of shape [I].
    """

    level: Floats
    rate: Floats
    promise: Floats
    met: Floats
    users: int
    regression: Regression
    foreseen: tuple[Doubles, Doubles] | None = field(default=None, metadata={"saved": False})

    @classmethod
    def of(
        cls,
        regression: Regression,
        features: ItemFeatures,
        counts: ItemCounts,
        foreseen: tuple[Doubles, Doubles] | None = None,
    ) -> FittedItemPrior:
        """Combine regression and counts.

        Args:
            regression: From features.
            features: Of I items.
            counts: Of the same items.
            foreseen: What the regression says of the first of the items, where it is known.
        """
        met, expected = _foreseen(regression, features, foreseen)
        strength = regression.strength
        rate = (counts.liked + strength * expected) / (counts.met + strength)
        promise = np.log1p(np.expm1(met) * expected)
        trust = counts.met / (counts.met + 1.0)
        level = trust * np.log1p(counts.liked) + (1.0 - trust) * promise
        return cls(
            level=level.astype(np.float32),
            rate=rate.astype(np.float32),
            promise=promise.astype(np.float32),
            met=counts.met.astype(np.float32),
            users=counts.users,
            regression=regression,
            foreseen=(met, expected),
        )

    def expected(self, features: ItemFeatures) -> tuple[Doubles, float]:
        """Regressed like-rate of each item, shape [I], and the rows of belief it is worth."""
        return self.regression.predict(features)[1], self.regression.strength

    def scores(self, people: Histories) -> Floats:
        """Expected log-popularity, the same for everybody. Shape [B, I]."""
        return np.tile(self.level, (len(people), 1))

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """For items nobody met yet: that their description promises more than the average."""
        average = float(self.promise.mean()) if len(self.promise) else 0.0
        return [
            [Fact(kind="prior", part="item-prior", amount=float(self.promise[i]), of=self.users)]
            if self.met[i] == 0 and self.promise[i] > average
            else []
            for i in items
        ]

    def extended(self, training: Training) -> FittedItemPrior:
        """The same regression for newcomers, counts over all rows."""
        counts = training.interactions.counts
        return FittedItemPrior.of(self.regression, training.features, counts, self.foreseen)


def _foreseen(
    regression: Regression, features: ItemFeatures, known: tuple[Doubles, Doubles] | None
) -> tuple[Doubles, Doubles]:
    """What a regression says of items; asked only about those after the known ones."""
    if known is None:
        return regression.predict(features)
    first = len(known[0])
    if first == len(features):
        return known
    met, rate = regression.predict(features.where(slice(first, None)))
    return np.concatenate([known[0], met]), np.concatenate([known[1], rate])
