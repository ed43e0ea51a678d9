"""The bandit of the service: what somebody's reactions add to the scores, beliefs kept at hand."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace

import numpy as np

from fewrec.data.arrays import Floats, Ints
from fewrec.data.histories import Histories
from fewrec.errors import EmptyData
from fewrec.policy.bandit import Belief
from fewrec.recommender import Recommender
from fewrec.recommender.drawing import Bonus
from fewrec.recommender.reacting import Reacting
from fewrec.service.settings import ServiceSettings

PEOPLE = 20_000
"""Beliefs about so many people stay in memory, those asked for last; about 2 kB each."""

STEPS = 16
"""Up to so many new reactions are learned one by one; beyond that one solve is quicker."""

LOG = logging.getLogger("fewrec.service")


@dataclass(frozen=True)
class Exploring:
    """A fitted bandit, and what it believes of whom.

    A belief follows from a person's reactions alone, so nothing of it is stored: it is worked
    out when somebody asks, and kept in memory until they react again.

    Attributes:
        reacting: The head on the items of a model.
        kind: ``ucb`` or ``thompson``.
        weight: Deviations of the score that the whole way from dislike to like is worth.
        width: Deviations of the belief in the bound of ``ucb``.
        beliefs: What was worked out.
    """

    reacting: Reacting
    kind: str
    weight: float
    width: float
    beliefs: Beliefs = field(default_factory=lambda: Beliefs(OrderedDict()))

    @classmethod
    def of(cls, model: Recommender, settings: ServiceSettings) -> Exploring | None:
        """Fit the bandit of a model.

        Returns:
            None where it is off, or where the model knows no dislikes to learn from.
        """
        if settings.bandit == "off" or settings.bandit_weight == 0.0:
            return None
        try:
            reacting = Reacting.fit(model.known.interactions, model.fusion)
        except EmptyData as reason:
            LOG.info("no bandit: %s", reason)
            return None
        return cls(reacting, settings.bandit, settings.bandit_weight, settings.bandit_width)

    def grown(self, model: Recommender) -> Exploring:
        """With the items that a model has more; beliefs stay valid."""
        reacting = self.reacting.grown(model.known.interactions, model.fusion)
        return self if reacting is self.reacting else replace(self, reacting=reacting)

    def without(self, user: str) -> Exploring:
        """With nothing about one person, whoever may still be reading the old one."""
        return replace(self, beliefs=self.beliefs.without(user))

    def bonus(self, user: str | None, random: np.random.Generator) -> Bonus:
        """What the bandit adds for somebody.

        Args:
            user: Id of the person, if they have one.
            random: Where the chance of ``thompson`` comes from; ``ucb`` has none.
        """

        def added(history: Histories, items: Ints) -> Floats:
            belief = self.belief(user, history)
            if self.kind == "thompson":
                more = self.reacting.sampled(belief, items, random)
            else:
                more = self.reacting.upper(belief, items, self.width)
            return np.float32(self.weight) * more

        return added

    def belief(self, user: str | None, history: Histories) -> Belief:
        """What is believed of somebody with a history (B = 1)."""
        if user is None or not len(history.item):
            return self.reacting.belief(history)
        known = self.beliefs.of(user)
        belief = None if known is None else self._learned(known, history)
        belief = self.reacting.belief(history) if belief is None else belief
        self.beliefs.keep(user, Kept(history, belief))
        return belief

    def _learned(self, known: Kept, history: Histories) -> Belief | None:
        """The belief with the new reactions; None where it must be worked out anew."""
        old, belief = known.history, known.belief
        number, more = len(old.item), len(history.item) - len(old.item)
        if not 0 <= more <= STEPS or not _begins(history, old):
            return None
        for row in range(number, number + more):
            belief = self.reacting.head.learned(
                belief,
                int(history.item[row]),
                float(history.label[row]),
                float(history.weight[row]),
            )
        return belief


@dataclass(frozen=True)
class Kept:
    """A belief and the history it follows from (B = 1)."""

    history: Histories
    belief: Belief


class Beliefs:
    """Beliefs in memory by user id, those asked for last; may be used from any thread."""

    def __init__(self, kept: OrderedDict[str, Kept]) -> None:
        self._kept = kept
        self._lock = threading.Lock()

    def __contains__(self, user: str) -> bool:
        return user in self._kept

    def of(self, user: str) -> Kept | None:
        """What is kept of a person."""
        with self._lock:
            return self._kept.get(user)

    def keep(self, user: str, kept: Kept) -> None:
        """Keep a belief, and let go of the one that was not asked for the longest."""
        with self._lock:
            self._kept[user] = kept
            self._kept.move_to_end(user)
            if len(self._kept) > PEOPLE:
                self._kept.popitem(last=False)

    def without(self, user: str) -> Beliefs:
        """All but what is kept of one person."""
        with self._lock:
            return Beliefs(OrderedDict((u, k) for u, k in self._kept.items() if u != user))


def _begins(history: Histories, old: Histories) -> bool:
    """Whether a history begins with an older one."""
    return all(
        np.array_equal(getattr(history, name)[: len(old.item)], getattr(old, name))
        for name in ("item", "label", "weight")
    )
