"""Taste learned from crowds, carried to items nobody met: features mapped to item factors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.evidence import Fact
from fewrec.data.features import ItemFeatures
from fewrec.data.histories import Histories
from fewrec.protocols import Training
from fewrec.ranker.attribution import history_facts
from fewrec.ranker.feature_space import FeatureSpace, best_ridge, in_blocks
from fewrec.ranker.ials import IALS, FittedIALS


@dataclass(frozen=True)
class FeatureMap:
    """Item factors of implicit ALS, regressed on what the items are.

    A person is folded in on the learned factors of what they liked; candidates are represented
    by their *regressed* factors, so an item nobody met yet is ranked by the same taste.

    Source: Gantner et al. (2010), "Learning Attribute-to-Feature Mappings for Cold-Start
    Recommendations", with closed-form ridge regression for the map.

    Attributes:
        factors: F, at least 1.
    """

    factors: int = 32

    def fit(self, training: Training) -> FittedFeatureMap:
        """Factorise, then regress."""
        crowd = IALS(factors=self.factors, regularisation=20.0, least=1.0).fit(training)
        met = np.bincount(
            training.interactions.item[training.interactions.label > 0],
            minlength=len(training.interactions.items),
        )
        known = np.flatnonzero(met > 0)
        space = FeatureSpace.of(training.features)
        targets = crowd.factors[known].astype(np.float64)
        ridge, loud = best_ridge(space, training.features, known, targets, np.ones(len(known)))
        return FittedFeatureMap(
            crowd=crowd,
            mapped=_mapped(space, training.features, ridge.weights, ridge.intercept, loud),
            space=space,
            weights=ridge.weights,
            intercept=ridge.intercept,
            loud=loud,
        )


def _mapped(
    space: FeatureSpace, features: ItemFeatures, weights: Doubles, intercept: Doubles, loud: float
) -> Floats:
    """Regressed factors. Shape [I, F]."""
    mapped = in_blocks(features, lambda some: space.coordinates(some, loud) @ weights + intercept)
    return mapped.astype(np.float32)


@dataclass(frozen=True)
class FittedFeatureMap:
    """Learned factors for what a person liked, regressed factors for what they may like.

    Attributes:
        crowd: The factorisation.
        mapped: Regressed factors. Shape [I, F].
        space: Where coordinates come from.
        weights: Shape [coordinates, F].
        intercept: Shape [F].
        loud: Attribute weight in the coordinates.
    """

    crowd: FittedIALS
    mapped: Floats
    space: FeatureSpace
    weights: Doubles
    intercept: Doubles
    loud: float

    def scores(self, people: Histories) -> Floats:
        """x_u of the learned factors times the regressed factors. Shape [B, I]."""
        scores: Floats = self.crowd.tastes(people) @ self.mapped.T
        return scores

    def sums(self, person: Histories) -> Doubles:
        """Both sides of the system of one person (B = 1), as in iALS. Shape [F, F + 1]."""
        return self.crowd.sums(person)

    def of_sums(self, sums: Doubles, person: Histories) -> Floats:
        """The same as ``scores``. Shape [I]."""
        scores: Floats = self.mapped @ self.crowd.taste_of(sums)
        return scores

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """Which liked item adds how much."""
        shares = self.crowd.taste_shares(person) @ self.mapped[items].T
        return history_facts("feature-map", person, shares, items, self.crowd.items)

    def extended(self, training: Training) -> FittedFeatureMap:
        """Newcomers get factors from their features."""
        known = len(self.mapped)
        if known == len(training.interactions.items):
            return self
        added = training.features.where(slice(known, None))
        return FittedFeatureMap(
            self.crowd.extended(training),
            np.concatenate(
                [
                    self.mapped,
                    _mapped(self.space, added, self.weights, self.intercept, self.loud),
                ]
            ),
            self.space,
            self.weights,
            self.intercept,
            self.loud,
        )
