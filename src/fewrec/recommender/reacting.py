"""The bandit head on a fitted model: what somebody's reactions add to the scores at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fewrec.data.arrays import Floats, Ints
from fewrec.data.events import Interactions
from fewrec.data.histories import Histories
from fewrec.policy.bandit import Belief, FitLinearHead, InputSpace, LinearHead
from fewrec.ranker.feature_map import FittedFeatureMap
from fewrec.ranker.fusion import FittedFusion
from fewrec.ranker.ials import FittedIALS

WEIGHT = 1.0
"""Deviations of a ranker's scores that the whole way from dislike to like is worth."""

WIDTH = 0.2
"""Deviations of a belief in its upper bound."""


@dataclass(frozen=True)
class Reacting:
    """The head with the item factors of a fusion as its inputs.

    Attributes:
        head: Prior and inputs.
        space: Where the inputs come from.
    """

    head: LinearHead
    space: InputSpace

    @classmethod
    def fit(cls, interactions: Interactions, fusion: FittedFusion) -> Reacting:
        """Fit the prior on the model's own users.

        Args:
            interactions: What the fusion was fitted on.
            fusion: Its feature map gives the factors (items nobody met have regressed ones),
                else its iALS; without either, the head learns like-rates alone.

        Raises:
            EmptyData: There are no rows, or no dislikes among them.
        """
        factors = item_factors(fusion)
        space = InputSpace.of(factors)
        head = FitLinearHead().fit(interactions, space.inputs(interactions, factors))
        return cls(head, space)

    def grown(self, interactions: Interactions, fusion: FittedFusion) -> Reacting:
        """The same head with the items that came since; a belief stays what it was.

        What the head knows of an item is what was known at the fit, or when the item came: so a
        belief follows from a person's reactions alone, in whichever order they were learned.
        """
        known = len(self.head.inputs)
        if len(interactions.items) == known:
            return self
        inputs = self.space.inputs(interactions, item_factors(fusion))
        inputs[:known] = self.head.inputs
        return replace(self, head=self.head.extended(inputs))

    def belief(self, history: Histories) -> Belief:
        """What is believed of somebody with a history (B = 1)."""
        return self.head.knowing(history.item, history.label, history.weight)

    def upper(self, belief: Belief, items: Ints, width: float) -> Floats:
        """The bound less what anybody would expect, ``UCB_u(a) - base(a)``, of N items. [N].

        0 where nothing was learned and nothing is uncertain.

        Args:
            belief: Of the person.
            items: Item rows. Shape [N].
            width: Deviations of the belief in the bound.
        """
        more: Floats = self.head.upper(belief, items, width) - self._base(items)
        return more

    def sampled(self, belief: Belief, items: Ints, random: np.random.Generator) -> Floats:
        """One draw from the belief less what anybody would expect, of N items. Shape [N]."""
        more: Floats = self.head.sampled(belief, items, random) - self._base(items)
        return more

    def _base(self, items: Ints) -> Floats:
        """What is expected of somebody unknown."""
        return self.head.expected(self.head.somebody(), items)


def item_factors(fusion: FittedFusion) -> Floats:
    """Factors of all items: learned where somebody met the item, regressed elsewhere. [I, D]."""
    mapped, crowd = fusion.experts.get("feature-map"), fusion.experts.get("ials")
    if isinstance(mapped, FittedFeatureMap):
        met = fusion.met[:, None] > 0
        factors: Floats = np.where(met, mapped.crowd.factors, mapped.mapped).astype(np.float32)
        return factors
    if isinstance(crowd, FittedIALS):
        return crowd.factors
    return np.zeros((len(fusion.met), 0), dtype=np.float32)
