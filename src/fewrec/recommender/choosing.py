"""From scores to a slate, by a policy and under rules, with exact propensities."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from fewrec.data.arrays import Bools, Doubles, Floats, Ints
from fewrec.data.choice import Cap, Menu
from fewrec.policy.plackett_luce import PlackettLuce
from fewrec.protocols import Policy
from fewrec.recommender.rules import CatalogRules

CANDIDATES = 500
"""So many items of the largest scores stand on the menu of a policy, and may get a bonus."""

FIRST_AUDIENCE = 20
"""Until so many people met an item, it is new and may be given a first audience."""


@dataclass(frozen=True)
class Chooser:
    """Chooses slates for everybody, until the catalogue changes.

    Attributes:
        rules: Of the house.
        policy: What decides among the items that may be shown; the best by default.
        vectors: What each item is, for policies that compare items. Shape [I, D'].
        waiting: New items: so few people met them that they wait for a first audience. [I].
    """

    rules: CatalogRules
    policy: Policy = field(default_factory=lambda: PlackettLuce(explore=0.0))
    vectors: Floats | None = None
    waiting: Bools | None = None

    def choose(
        self,
        scores: Floats,
        usable: Bools,
        k: int,
        random: np.random.Generator,
        *,
        now: float,
        shown: Mapping[int, int] | None = None,
        bonus: Callable[[Ints], Floats] | None = None,
        attributes: Sequence[str] = (),
    ) -> Chosen:
        """Choose one slate.

        Args:
            scores: Of all items for one person. Shape [I].
            usable: What the query lets be shown. Shape [I].
            k: Length of the slate.
            random: Where chance comes from.
            now: Seconds since 1970.
            shown: Item row -> how often it was shown to this person.
            bonus: From the rows of N items, shape [N], what is added to their scores, in
                deviations (a bandit's), shape [N]. Asked for the candidates alone.
            attributes: What is known of this person, as ``column=value``, for rules that are
                for some people only.

        Returns:
            The slate, its propensities, and which rules made a difference.
        """
        leaving = self.rules.leaving(now, shown or {}, attributes)
        offered = usable.copy()
        for mask in leaving.values():
            offered &= ~mask
        value = _standardised(scores, usable) + self.rules.bonus_for(attributes)
        pins = {place: row for place, row in self.rules.pins.items() if offered[row] and place < k}
        ranked = self._candidates(value, offered, pins, k)
        rows = np.concatenate([ranked, self._only_waiting(offered, ranked)])
        menu = self._menu(_raised(value, rows, bonus), rows, pins, len(ranked))
        choice = self.policy.choose(menu, k, random)
        slate = rows[choice.items]
        fired = self._fired(value, usable, offered, leaving, pins, k)
        return Chosen(slate, choice.propensities, fired)

    def _candidates(self, value: Floats, offered: Bools, pins: Mapping[int, int], k: int) -> Ints:
        """Rows on the menu, best first: the top, enough for the caps, and pins."""
        best = _top(value, offered, CANDIDATES)
        few = [cap for cap in self.rules.caps if len(np.unique(_kinds(cap.take(best)))) < k]
        if not few and not pins:
            return best
        on = np.zeros(len(value), dtype=bool)
        on[best] = True
        if few:
            order = _top(value, offered, len(value))
            for cap in few:
                on[order[_enough(cap.take(order), k)]] = True
        on[list(pins.values())] = True
        return _top(value, on, len(value))

    def _only_waiting(self, offered: Bools, ranked: Ints) -> Ints:
        """Rows that are on the menu for nothing but their first audience."""
        if self.waiting is None:
            return ranked[:0]
        more = self.waiting & offered
        more[ranked] = False
        return np.flatnonzero(more)

    def _menu(self, scores: Floats, rows: Ints, pins: Mapping[int, int], ranked: int) -> Menu:
        """The menu of some rows with their scores; the first of them were ranked."""
        place_of = {row: int(np.flatnonzero(rows[:ranked] == row)[0]) for row in pins.values()}
        plain = isinstance(self.policy, PlackettLuce) and self.policy.diversity == 0.0
        return Menu(
            scores=scores,
            vectors=None if plain or self.vectors is None else self.vectors[rows[:ranked]],
            new=None if self.waiting is None else self.waiting[rows],
            pins={place: place_of[row] for place, row in pins.items()},
            caps=tuple(cap.take(rows) for cap in self.rules.caps),
        )

    def _fired(
        self,
        value: Floats,
        usable: Bools,
        offered: Bools,
        leaving: Mapping[str, Bools],
        pins: Mapping[int, int],
        k: int,
    ) -> dict[str, int]:
        """How many items of the best slate each rule kept away, or put in."""
        fired: dict[str, int] = {}
        if leaving:
            wanted = _top(value, usable, k)
            fired |= {name: int(mask[wanted].sum()) for name, mask in leaving.items()}
        if self.rules.caps:
            best = _top(value, offered, k)
            for cap in self.rules.caps:
                fired[f"at_most {cap.name}"] = _over(cap.take(best))
        fired["must_show"] = len(pins)
        return {name: count for name, count in fired.items() if count}


@dataclass(frozen=True)
class Chosen:
    """What was chosen for one person.

    Attributes:
        rows: Item rows, first place first. Shape [K].
        propensities: Probability of each at its place, given those before it. Shape [K].
        fired: Rule -> how many items of the slate that scores alone would give it kept away;
            for ``must_show`` how many it put in. Rules that made no difference are left out.
    """

    rows: Ints
    propensities: Doubles
    fired: dict[str, int]


def _standardised(scores: Floats, usable: Bools) -> Floats:
    """Scores in deviations, so that temperatures and weights mean the same for every model."""
    known = scores[usable]
    spread = float(known.std()) if len(known) else 1.0
    centre = float(known.mean()) if len(known) else 0.0
    standard: Floats = ((scores - centre) / max(spread, 1e-6)).astype(np.float32)
    return standard


def _raised(value: Floats, rows: Ints, bonus: Callable[[Ints], Floats] | None) -> Floats:
    """Values of rows, best first, with a bonus for the candidates among them. Shape [N]."""
    raised: Floats = value[rows]
    if bonus is not None:
        raised[:CANDIDATES] += bonus(rows[:CANDIDATES])
    return raised


def _top(value: Floats, open_rows: Bools, k: int) -> Ints:
    """Rows of the k largest values, best first; of equal ones the first. Shape [at most k]."""
    rows = np.flatnonzero(open_rows)
    if len(rows) > k:
        worst = np.partition(value[rows], len(rows) - k)[len(rows) - k]
        rows = rows[value[rows] >= worst]
    best: Ints = rows[np.argsort(-value[rows], kind="stable")[:k]]
    return best


def _kinds(cap: Cap) -> Ints:
    """The first value of each item; items without one are of a kind of their own. Shape [N].

    Where k kinds are on a menu, fewer than k placed items leave one of them untouched, so there
    is always something to place.
    """
    first = cap.values[:, 0] if cap.values.shape[1] else np.full(len(cap.values), -1)
    kinds: Ints = np.where(first < 0, first.max(initial=-1) + 1 + np.arange(len(first)), first)
    return kinds


def _enough(cap: Cap, k: int) -> Bools:
    """Of items in order: those that fill k places whatever is drawn before, if any can.

    These are the best items of the best k kinds, as many of each as the cap lets through.
    """
    kinds = _kinds(cap)
    order = np.argsort(kinds, kind="stable")
    begins = np.searchsorted(kinds[order], kinds[order])
    nth = np.empty(len(kinds), dtype=np.int64)
    nth[order] = np.arange(len(kinds)) - begins
    leaders = kinds[nth == 0][:k]
    kept: Bools = np.isin(kinds, leaders) & (nth < cap.most)
    return kept


def _over(cap: Cap) -> int:
    """How many of some items in order a cap lets not pass."""
    count: dict[int, int] = {}
    over = 0
    for row in cap.values:
        held = [int(v) for v in row if v >= 0]
        if any(count.get(v, 0) >= cap.most for v in held):
            over += 1
            continue
        for v in held:
            count[v] = count.get(v, 0) + 1
    return over
