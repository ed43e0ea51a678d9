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

With ``diversity`` s is the marginal relevance, which falls as the slate fills with what is alike.
Scores that change end the old race, so every drawn place then starts one of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fewrec.data.arrays import Bools, Doubles, Floats, Ints
from fewrec.data.choice import Choice, Menu
from fewrec.errors import ConfigError
from fewrec.policy.diversity import Marginal
from fewrec.policy.serving import Serving

LEAST_ODDS = 1e-100
"""Below this sum odds are worked out anew, relative to the largest score that is left."""


@dataclass(frozen=True)
class PlackettLuce:
    """Draws slates; deterministic with ``explore=0`` and ``first_audience=0``.

    Attributes:
        temperature: T, in units of the scores, above 0: small draws near the top.
        explore: e, the share of places that are drawn; the others show the best. In [0, 1].
        first_audience: f, the share of places given to new items evenly. In [0, 1].
        diversity: How much likeness to what the slate holds already counts against a score, as
            in ``MarginalRelevance``. In [0, 1].
    """

    temperature: float = 0.5
    explore: float = 0.1
    first_audience: float = 0.0
    diversity: float = 0.0

    def __post_init__(self) -> None:
        if not self.temperature > 0:
            raise ConfigError(f"temperature must be above 0, not {self.temperature}.")
        for name in ("explore", "first_audience", "diversity"):
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
        coins, (later, noisy) = random.random((k, 2)), random.spawn(2)
        noise = None  # drawn on need; apart, so that a longer slate begins like a shorter one
        serving, marginal = Serving(menu), Marginal(menu, self.diversity)
        odds = Odds(self.temperature)
        chances: list[float] = []
        for pinned in serving.places(k):
            if pinned is None:
                greeted, drawn = coins[len(chances)] < (self.first_audience, self.explore)
                new = _open_new(menu, serving.open)
                best = _best(marginal.scores, serving.open)
                if new is not None and greeted:
                    item = int(later.choice(np.flatnonzero(new)))
                elif drawn:
                    if noise is None or marginal.changes:
                        noise = -np.log(noisy.standard_exponential(len(menu)))  # Gumbel
                    item = _best(marginal.scores / self.temperature + noise, serving.open)
                else:
                    item = best
                share = odds.of(item, marginal.scores, serving.open) if self.explore else 0.0
                chances.append(self._chance(item, best, share, new))
                serving.put(item)
            else:
                chances.append(1.0)
            marginal.place(serving.placed[-1])
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
        serving, marginal = Serving(menu), Marginal(menu, self.diversity)
        odds = Odds(self.temperature)
        for at, pinned in enumerate(serving.places(len(items))):
            item = int(items[at])
            if pinned is not None:
                chances[at] = float(pinned == item)
            elif serving.open[item]:
                best = _best(marginal.scores, serving.open)
                share = odds.of(item, marginal.scores, serving.open) if self.explore else 0.0
                chances[at] = self._chance(item, best, share, _open_new(menu, serving.open))
                serving.put(item)
            if chances[at] == 0.0:
                break
            marginal.place(item)
        return chances

    def _chance(self, item: int, best: int, share: float, new: Bools | None) -> float:
        """p(item | before), the equation at the top of this file.

        Args:
            item: What is placed.
            best: The open item of the largest score.
            share: Softmax over the open items, at the item.
            new: New items that are open. Shape [N].
        """
        chance = (1.0 - self.explore) * float(item == best) + self.explore * share
        if new is None:
            return chance
        f = self.first_audience
        return f * float(new[item]) / int(new.sum()) + (1.0 - f) * chance


class Odds:
    """exp(s / T) of a menu, worked out once for scores that stay as they are.

    Args:
        temperature: T.
    """

    def __init__(self, temperature: float) -> None:
        self.temperature = temperature
        self._of: np.ndarray | None = None
        self._odds: Doubles = np.zeros(0)

    def of(self, item: int, scores: Floats, is_open: Bools) -> float:
        """Softmax over the open items, at one of them.

        Args:
            item: The item.
            scores: Of the menu. Shape [N].
            is_open: The open items. Shape [N].
        """
        if self._of is not scores:
            self._of, self._odds = scores, self._relative(scores, is_open)
        total = float(self._odds[is_open].sum())
        if total < LEAST_ODDS:  # those with much larger scores have left
            self._odds = self._relative(scores, is_open)
            total = float(self._odds[is_open].sum())
        return float(self._odds[item]) / total

    def _relative(self, scores: Floats, is_open: Bools) -> Doubles:
        """exp((s - max) / T), at most 1, for open items. Shape [N]."""
        above = (scores - scores[is_open].max()).astype(np.float64)
        odds: Doubles = np.exp(np.minimum(above, 0.0) / self.temperature)
        return odds


def _open_new(menu: Menu, is_open: Bools) -> Bools | None:
    if menu.new is None:
        return None
    new: Bools = menu.new & is_open
    return new if new.any() else None


def _best(order: np.ndarray, is_open: Bools) -> int:
    return int(np.argmax(np.where(is_open, order, -np.inf)))
