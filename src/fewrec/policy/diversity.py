"""Marginal relevance and plain caps: the baselines that every later policy must beat.

Maximal marginal relevance (Carbonell and Goldstein 1998) fills place after place with

    argmax_i  (1 - w) s_i / sd(s)  -  w max_{j placed} cos(x_i, x_j)

over the open items; ``Marginal`` is this value, times sd(s). A policy that only caps is
``PlackettLuce(explore=0)`` on a menu with caps; ``capped`` puts such a cap on a menu. Both leave
nothing to chance, so what they show says nothing about what they do not show; the same with
chance is ``PlackettLuce(diversity=w)``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fewrec.data.arrays import Doubles, Ints
from fewrec.data.choice import Cap, Choice, Menu
from fewrec.errors import ConfigError
from fewrec.policy.serving import Serving


@dataclass(frozen=True)
class MarginalRelevance:
    """Trades score for unlikeness to what the slate holds already.

    Attributes:
        weight: w, how much likeness counts against score. In [0, 1]; 0 ranks by score alone.
    """

    weight: float = 0.3

    def __post_init__(self) -> None:
        if not 0.0 <= self.weight <= 1.0:
            raise ConfigError(f"weight must lie between 0 and 1, not {self.weight}.")

    def choose(self, menu: Menu, k: int, random: np.random.Generator) -> Choice:
        """The slate of largest marginal relevance; ``random`` is not used.

        Args:
            menu: N items; without vectors nothing is alike and the score decides.
            k: Length of the slate.
            random: Not used, nothing is left to chance.
        """
        serving, marginal = Serving(menu), Marginal(menu, self.weight)
        for item in serving.places(k):
            if item is None:
                open_scores = np.where(serving.open, marginal.scores, -np.inf)
                serving.put(int(np.argmax(open_scores)))
            marginal.place(serving.placed[-1])
        placed = np.array(serving.placed, dtype=np.int64)
        return Choice(placed, np.ones(len(placed)))

    def propensities(self, menu: Menu, items: Ints) -> Doubles:
        """1 up to the first place that this policy would fill otherwise, 0 from there. [K]."""
        own = self.choose(menu, len(items), np.random.default_rng(0)).items
        same = np.zeros(len(items), dtype=bool)
        same[: len(own)] = own == items[: len(own)]
        return np.cumprod(same).astype(np.float64)


class Marginal:
    """The marginal relevance of a menu while a slate fills, in units of the scores.

    Attributes:
        scores: ``(1 - w) s_i - w sd(s) max_{j placed} cos(x_i, x_j)``. Shape [N].
        changes: False where the scores stay what they are: w is 0, or nothing compares items.

    Args:
        menu: N items.
        weight: w. In [0, 1].
    """

    def __init__(self, menu: Menu, weight: float) -> None:
        self.scores = menu.scores
        self.changes = weight > 0.0 and menu.vectors is not None
        if menu.vectors is not None and self.changes:
            self._vectors, compared = menu.vectors, len(menu.vectors)
            spread = float(menu.scores[:compared].std()) if compared else 0.0
            self._price = np.float32(weight * max(spread, 1e-6))
            self._likeness = np.ones(len(menu), dtype=np.float32)
            self._likeness[:compared] = 0.0
            self._relevance = ((1.0 - weight) * menu.scores).astype(np.float32)
            self.scores = self._relevance - self._price * self._likeness

    def place(self, item: int) -> None:
        """Told that an item was placed."""
        if self.changes and item < len(self._vectors):
            compared = self._likeness[: len(self._vectors)]
            np.maximum(compared, self._vectors @ self._vectors[item], out=compared)
            self.scores = self._relevance - self._price * self._likeness


def capped(menu: Menu, values: Ints, most: int, name: str = "value") -> Menu:
    """The menu with one cap more.

    Args:
        menu: N items.
        values: Values of each item from 0; -1 fills up rows. Shape [N, W].
        most: How many items of a slate may share a value, at least 1.
        name: What is capped.
    """
    return replace(menu, caps=(*menu.caps, Cap(name, values, most)))
