"""The bandit head on a fitted model: what somebody's reactions add to the scores at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fewrec.data.arrays import Floats
from fewrec.data.events import Interactions
from fewrec.data.histories import Histories
from fewrec.policy.bandit import Belief, FitLinearHead, InputSpace, LinearHead
from fewrec.ranker.feature_map import FittedFeatureMap
from fewrec.ranker.fusion import FittedFusion
from fewrec.ranker.ials import FittedIALS


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
        """The same head after a fold-in: beliefs stay valid, newcomers have inputs."""
        inputs = self.space.inputs(interactions, item_factors(fusion))
        return replace(self, head=self.head.extended(inputs))

    def belief(self, history: Histories) -> Belief:
        """What is believed of somebody with a history (B = 1)."""
        return self.head.knowing(history.item, history.label)

    def bonus(self, belief: Belief, weight: float = 3.0, width: float = 0.2) -> Floats:
        """What to add to standardised scores: the bound less what anybody would expect. [I].

        ``weight * (UCB_u(a) - base(a))``, with base the expectation for somebody unknown: 0
        where nothing was learned and nothing is uncertain.

        Args:
            belief: Of the person.
            weight: Deviations of the score that the whole way from dislike to like is worth.
            width: Deviations of the belief in the bound.
        """
        items = np.arange(len(self.head.inputs))
        base = self.head.expected(self.head.somebody(), items)
        more = self.head.upper(belief, items, width) - base
        bonus: Floats = (weight * more).astype(np.float32)
        return bonus


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
