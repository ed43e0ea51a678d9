"""Drawn slates against everything that could have been drawn, counted out."""

from itertools import permutations

import numpy as np
import pytest
from scipy import stats

from fewrec.data.choice import Cap, Menu
from fewrec.errors import ConfigError
from fewrec.policy.plackett_luce import PlackettLuce
from fewrec.seeding import generator

SCORES = np.array([1.2, 0.4, 0.9, -0.5, 0.1], dtype=np.float32)
CAP = Cap("brand", np.array([[0, 3], [0, -1], [1, 3], [1, -1], [2, -1]]), 1)
NEW = np.array([False, False, False, True, True])
VECTORS = np.array([[1, 0], [0.8, 0.6], [1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32)
DRAWS = 20_000

MENUS = {
    "free": Menu(SCORES),
    "one pin": Menu(SCORES, pins={1: 3}),
    "pins first": Menu(SCORES, pins={0: 4, 1: 1}),
    "capped": Menu(SCORES, caps=(CAP,)),
    "capped and pinned": Menu(SCORES, pins={1: 1}, caps=(CAP,)),
    "two of a brand": Menu(SCORES, caps=(Cap("brand", CAP.values[:, :1], 2),)),
    "with new items": Menu(SCORES, new=NEW),
    "alike": Menu(SCORES, VECTORS),
    "newcomers aside": Menu(SCORES, VECTORS[:3], new=NEW),
    "all of it": Menu(SCORES, VECTORS, new=NEW, pins={1: 0}, caps=(CAP,)),
}
POLICIES = {
    "drawn": PlackettLuce(0.7, explore=1.0),
    "explores": PlackettLuce(0.4, explore=0.3),
    "welcomes": PlackettLuce(0.5, explore=0.2, first_audience=0.25),
    "varies": PlackettLuce(0.5, explore=0.4, first_audience=0.1, diversity=0.6),
}


def slates(menu, k):
    """Every ordered slate that pins and caps allow, of full length."""
    found = []
    for slate in permutations(range(len(menu)), k):
        pinned = {place: item for place, item in menu.pins.items() if place < k}
        if any(slate[place] != item for place, item in pinned.items()):
            continue
        if any(item in menu.pins.values() and item not in pinned.values() for item in slate):
            continue
        if all(fits(cap, slate) for cap in menu.caps):
            found.append(slate)
    return found


def fits(cap, slate):
    held = [v for item in slate for v in cap.values[item] if v >= 0]
    return all(held.count(value) <= cap.most for value in held)


def by_hand(policy, menu, slate):
    """The probability of a slate from the definition, place by place, in plain Python."""
    total = 1.0
    for place, item in enumerate(slate):
        if place in menu.pins:
            continue
        taken = [i for i in slate[:place]] + [
            i for i in menu.pins.values() if i not in slate[:place]
        ]
        rest = [
            i
            for i in range(len(menu))
            if i not in taken and all(fits(cap, [*taken, i]) for cap in menu.caps)
        ]
        score = {i: marginal(policy, menu, i, slate[:place]) for i in rest}
        weight = {i: np.exp(score[i] / policy.temperature) for i in rest}
        chance = policy.explore * weight[item] / sum(weight.values())
        chance += (1 - policy.explore) * (item == max(rest, key=score.__getitem__))
        fresh = [i for i in rest if menu.new is not None and menu.new[i]]
        if fresh:
            first = policy.first_audience
            chance = first * (item in fresh) / len(fresh) + (1 - first) * chance
        total *= chance
    return total


def marginal(policy, menu, item, placed):
    """Marginal relevance from the definition."""
    score, weight = float(menu.scores[item]), policy.diversity
    if menu.vectors is None:
        return score
    compared = len(menu.vectors)
    near = 1.0
    if item < compared:
        others = [j for j in placed if j < compared]
        near = max((float(menu.vectors[item] @ menu.vectors[j]) for j in others), default=0.0)
    return (1 - weight) * score - weight * float(menu.scores[:compared].std()) * near


CASES = {
    f"{menu}-{policy}": (MENUS[menu], POLICIES[policy])
    for menu in MENUS
    for policy in POLICIES
    if policy != "varies" or MENUS[menu].vectors is not None
}


@pytest.mark.parametrize(("menu", "policy"), CASES.values(), ids=CASES)
class TestExactness:
    def test_propensities_are_those_of_the_definition(self, menu, policy):
        for slate in slates(menu, 3):
            chances = policy.propensities(menu, np.array(slate))
            assert chances.prod() == pytest.approx(by_hand(policy, menu, slate), rel=1e-6)

    def test_all_slates_together_have_probability_1(self, menu, policy):
        total = sum(policy.propensities(menu, np.array(s)).prod() for s in slates(menu, 3))
        assert total == pytest.approx(1.0, abs=1e-9)

    def test_each_place_sums_to_1(self, menu, policy):
        for slate in slates(menu, 2):
            if 2 in menu.pins or policy.propensities(menu, np.array(slate)).prod() == 0:
                continue
            next_ones = [s for s in slates(menu, 3) if s[:2] == slate]
            last = sum(policy.propensities(menu, np.array(s))[2] for s in next_ones)
            assert last == pytest.approx(1.0, abs=1e-9)

    def test_frequencies_are_the_probabilities(self, menu, policy):
        random, counts = generator(7, "draws"), dict.fromkeys(slates(menu, 3), 0)
        for n in range(DRAWS // 5):
            drawn = policy.choose(menu, 3, random)
            counts[tuple(drawn.items.tolist())] += 1  # a slate that rules forbid is no key
            if n < 50:
                told = policy.propensities(menu, drawn.items)
                np.testing.assert_allclose(drawn.propensities, told, rtol=1e-12)
        expected = {s: by_hand(policy, menu, s) * DRAWS / 5 for s in counts}
        assert p_value(counts, expected) > 1e-3


def p_value(counts, expected):
    """Chi-square over slates; those expected less than five times go together."""
    often = [s for s in counts if expected[s] >= 5]
    seen, due = [counts[s] for s in often], [expected[s] for s in often]
    rest = sum(expected.values()) - sum(due)
    if rest > 1e-9:
        seen.append(sum(counts.values()) - sum(seen))
        due.append(rest)
    if len(due) < 2:
        return 1.0
    return stats.chisquare(seen, due).pvalue


class TestDrawing:
    def test_many_slates_of_a_long_menu_match_their_propensities(self):
        """First and second places of 20,000 slates out of 30 items, rules on."""
        scores = generator(1, "scores").normal(size=30).astype(np.float32)
        cap = Cap("brand", (np.arange(30) % 4)[:, None], 1)
        menu = Menu(scores, pins={2: 5}, caps=(cap,))
        policy, random = PlackettLuce(0.8, explore=0.5), generator(2, "draws")
        first = np.zeros(30)
        for _ in range(DRAWS):
            drawn = policy.choose(menu, 3, random)
            assert drawn.items[2] == 5 and len(set(drawn.items % 4)) == 3
            first[drawn.items[0]] += 1
        expected = np.array([policy.propensities(menu, np.array([i]))[0] for i in range(30)])
        assert expected[[5, 1, 9]].max() == 0.0  # the pin's brand is full from the start
        shown = expected > 0
        assert first[~shown].sum() == 0
        assert stats.chisquare(first[shown], expected[shown] * DRAWS).pvalue > 1e-3

    def test_the_test_can_fail(self):
        """Frequencies of another temperature are told apart."""
        menu, random = Menu(SCORES), generator(7, "draws")
        counts = dict.fromkeys(slates(menu, 3), 0)
        for _ in range(DRAWS // 5):
            counts[tuple(PlackettLuce(0.9, 1.0).choose(menu, 3, random).items.tolist())] += 1
        expected = {s: by_hand(POLICIES["drawn"], menu, s) * DRAWS / 5 for s in counts}
        assert p_value(counts, expected) < 1e-6

    def test_greedy_is_the_top_with_certainty(self):
        policy = PlackettLuce(explore=0.0)
        drawn = policy.choose(Menu(SCORES), 3, generator(0))
        assert policy.greedy and drawn.items.tolist() == [0, 2, 1]
        assert drawn.propensities.tolist() == [1, 1, 1] and drawn.log_probability == 0.0

    def test_log_probability_is_that_of_the_slate(self):
        drawn = POLICIES["drawn"].choose(Menu(SCORES), 4, generator(3))
        assert drawn.log_probability == pytest.approx(
            np.log(by_hand(POLICIES["drawn"], Menu(SCORES), tuple(drawn.items)))
        )

    def test_what_greedy_never_shows_has_no_propensity(self):
        chances = PlackettLuce(explore=0.0).propensities(Menu(SCORES), np.array([0, 3, 2]))
        assert chances.tolist() == [1, 0, 0]

    def test_same_seed_same_slate(self):
        policy = POLICIES["welcomes"]
        one, other = (policy.choose(MENUS["all of it"], 3, generator(5)) for _ in range(2))
        np.testing.assert_array_equal(one.items, other.items)

    def test_extreme_scores_stay_finite(self):
        scores = np.array([1e4, 0.0, -1e4], dtype=np.float32)
        drawn = PlackettLuce(0.01, explore=1.0).choose(Menu(scores), 3, generator(0))
        assert drawn.items.tolist() == [0, 1, 2] and np.isfinite(drawn.propensities).all()


class TestShortMenus:
    def test_a_menu_shorter_than_the_slate_gives_all_of_it(self):
        drawn = POLICIES["drawn"].choose(Menu(SCORES[:2]), 5, generator(0))
        assert sorted(drawn.items.tolist()) == [0, 1]

    def test_full_caps_end_the_slate_and_pins_move_up(self):
        menu = Menu(SCORES, pins={4: 4}, caps=(Cap("one", np.zeros((5, 1), dtype=np.int64), 1),))
        drawn = POLICIES["drawn"].choose(menu, 5, generator(0))
        assert drawn.items.tolist() == [4] and drawn.propensities.tolist() == [1]

    def test_an_empty_menu_gives_an_empty_slate(self):
        drawn = POLICIES["drawn"].choose(Menu(SCORES[:0]), 5, generator(0))
        assert len(drawn.items) == 0 and drawn.log_probability == 0.0

    def test_pins_may_break_a_cap_but_nothing_else_may(self):
        menu = Menu(SCORES, pins={0: 0, 1: 1}, caps=(CAP,))
        drawn = POLICIES["drawn"].choose(menu, 4, generator(0))
        assert drawn.items[:2].tolist() == [0, 1] and 2 not in drawn.items


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"temperature": 0.0}, "temperature must be above 0, not 0"),
        ({"explore": 1.5}, "explore must lie between 0 and 1, not 1.5"),
        ({"first_audience": -0.1}, "first_audience must lie between 0 and 1, not -0.1"),
    ],
)
def test_settings_out_of_range_are_refused(settings, message):
    with pytest.raises(ConfigError, match=message):
        PlackettLuce(**settings)
