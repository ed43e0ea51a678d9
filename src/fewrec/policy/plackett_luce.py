"""Slates drawn without replacement, each item with its exact probability.

Plackett-Luce sampling: the next item is drawn from the softmax of the scores of those that are
still open. Gumbel noise added once to all scores gives the whole slate (Gumbel-top-k; Kool, van
Hoof, Welling 2019, "Stochastic Beams and Where to Find Them"): the largest open sum is the next
item. It stays exact when items leave for other reasons than being drawn (pins, full caps),
because in the race behind it (arrival times exponential with rate ``exp(s / T)``) what has not
arrived yet has forgotten its past.

The places of a slate are a mixture, so that exploration has a known price:

    p(i | before) = f [i new, open] / #new  +  (1 - f) ( (1 - e) [i = best]  +  e softmax(s / T)_i )

with e the exploration share and f the share of new items' first audience (0 where no new item is
open). All of it is computed, not estimated: ``propensities`` gives p for any slate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fewrec.data.arrays import Bools, Doubles, Ints
from fewrec.data.choice import Choice, Menu
from fewrec.errors import ConfigError
from fewrec.policy.serving import Serving


@dataclass(frozen=True)
class PlackettLuce:
    """Draws slates; deterministic with ``explore=0`` and ``first_audience=0``.

    Attributes:
        temperature: T, in units of the scores, above 0: small draws near the top.
        explore: e, the share of places that are drawn; the others show the best. In [0, 1].
        first_audience: f, the share of places given to new items evenly. In [0, 1].
    """

    temperature: float = 0.5
    explore: float = 0.1
    first_audience: float = 0.0

    def __post_init__(self) -> None:
        if not self.temperature > 0:
            raise ConfigError(f"temperature must be above 0, not {self.temperature}.")
        for name in ("explore", "first_audience"):
            share = getattr(self, name)
            if not 0.0 <= share <= 1.0:
                raise ConfigError(f"{name} must lie between 0 and 1, not {share}.")

    @property
    def greedy(self) -> bool:
        """True where nothing is left to chance."""
        return self.explore == 0.0 and self.first_audience == 0.0

    def choose(self, menu: Menu, k: int, random: np.random.Generator) -> Choice:
        """Draw a slate.

        Args:
            menu: N items.
            k: Length of the slate.
            random: Where chance comes from.

        Returns:
            The slate with exact sequential propensities.
        """
        noisy = menu.scores / self.temperature + random.gumbel(size=len(menu))
        coins = random.random((k, 2))
        serving = Serving(menu)
        chances: list[float] = []
        for place in serving.places(k):
            if place is not None:
                chances.append(1.0)
                continue
            at = len(chances)
            new = _open_new(menu, serving.open)
            if new is not None and coins[at, 0] < self.first_audience:
                item = int(random.choice(np.flatnonzero(new)))
            else:
                order = noisy if coins[at, 1] < self.explore else menu.scores
                item = _best(order, serving.open)
            chances.append(self._chance(menu, serving.open, new, item))
            serving.put(item)
        return Choice(np.array(serving.placed, dtype=np.int64), np.array(chances))

    def propensities(self, menu: Menu, items: Ints) -> Doubles:
        """With which probability this policy would have placed each item of a slate.

        Args:
            menu: N items.
            items: A slate as item numbers. Shape [K].

        Returns:
            Probability of each item given those before it; 0 from the first place on that this
            policy would never fill so. Shape [K].
        """
        chances = np.zeros(len(items))
        serving = Serving(menu)
        for at, pinned in enumerate(serving.places(len(items))):
            item = int(items[at])
            if pinned is not None:
                chances[at] = float(pinned == item)
            elif serving.open[item]:
                new = _open_new(menu, serving.open)
                chances[at] = self._chance(menu, serving.open, new, item)
                serving.put(item)
            if chances[at] == 0.0:
                break
        return chances

    def _chance(self, menu: Menu, is_open: Bools, new: Bools | None, item: int) -> float:
        """p(item | before), the equation at the top of this file."""
        chance = (1.0 - self.explore) * float(item == _best(menu.scores, is_open))
        if self.explore > 0.0:
            chance += self.explore * _softmax_at(menu.scores / self.temperature, is_open, item)
        if new is None:
            return chance
        f = self.first_audience
        return f * float(new[item]) / int(new.sum()) + (1.0 - f) * chance


def _open_new(menu: Menu, is_open: Bools) -> Bools | None:
    if menu.new is None:
        return None
    new: Bools = menu.new & is_open
    return new if new.any() else None


def _best(order: np.ndarray, is_open: Bools) -> int:
    return int(np.argmax(np.where(is_open, order, -np.inf)))


def _softmax_at(logits: np.ndarray, is_open: Bools, item: int) -> float:
    """Softmax over the open items, at one of them."""
    of_open = logits[is_open].astype(np.float64)
    top = of_open.max()
    return float(np.exp(float(logits[item]) - top) / np.exp(of_open - top).sum())
