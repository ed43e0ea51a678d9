"""The experts of the funnel, on a shop typed by hand whose right answer is obvious."""

from dataclasses import replace

import numpy as np
import pytest
from tests.contracts import RankerContract
from tests.ranker.worlds import labelled, ordinary

from fewrec.data.histories import Histories
from fewrec.data.ids import IdMap
from fewrec.protocols import Training
from fewrec.ranker.funnel.from_steps import StepsIALS, StepsKNN, StepsPopularity, all_rows, joined
from fewrec.ranker.funnel.furthest import FurthestStep
from fewrec.ranker.funnel.own_steps import OwnSteps, patterns
from fewrec.seeding import generator

ITEMS = IdMap(("cup", "pot", "tin", "jar"))
CUP, POT, TIN, JAR = range(4)
VIEW, CART, SHOWN = 0.2, 2.0, 0.5
PEOPLE = 40


def shop() -> Training:
    """40 people view all; who carts the cup buys it, the pot is viewed twice and never bought.

    Impressions of the tin are passed over. Half buy a jar that nobody viewed before.
    """
    users = IdMap(tuple(f"u{n}" for n in range(PEOPLE)))
    buys, steps = [], []
    for u in range(PEOPLE):
        steps += [(u, CUP, VIEW, 1), (u, POT, VIEW, 1), (u, POT, VIEW, 1), (u, TIN, SHOWN, 0)]
        if u % 2:
            steps.append((u, CUP, CART, 1))
            buys += [(u, CUP, 1), (u, JAR, 1)]
    rows = labelled(users, ITEMS, buys)
    told = labelled(users, ITEMS, [(u, i, said) for u, i, _, said in steps])
    told = replace(told, weight=np.array([w for _, _, w, _ in steps], dtype=np.float32))
    return replace(ordinary(), interactions=replace(rows, steps=told))


def stepped(*rows: tuple[int, float, int], likes: tuple[int, ...] = ()) -> Histories:
    """One person with steps (item, weight, liked) and targets."""
    item, weight, label = (np.array(c) for c in zip(*rows, strict=True))
    steps = replace(
        Histories.single(item.tolist()),
        weight=weight.astype(np.float32),
        label=label.astype(np.float32),
    )
    return replace(Histories.single(likes), steps=steps)


class TestOwnSteps(RankerContract):
    def ranker(self):
        return OwnSteps()

    def test_what_leads_to_the_target_goes_before_what_leads_nowhere(self):
        person = stepped((CUP, VIEW, 1), (CUP, CART, 1), (POT, VIEW, 1), (POT, VIEW, 1))
        scores = OwnSteps().fit(shop()).scores(person)[0]
        assert scores[CUP] > 0 == scores[TIN] == scores[JAR]
        assert scores[CUP] > scores[POT]

    def test_the_same_item_converts_by_how_far_somebody_went(self):
        fitted = OwnSteps().fit(shop())
        viewed, carted = stepped((CUP, VIEW, 1)), stepped((CUP, VIEW, 1), (CUP, CART, 1))
        assert fitted.scores(carted)[0, CUP] > fitted.scores(viewed)[0, CUP] + 1

    def test_rates_of_patterns_by_hand(self):
        fitted = OwnSteps().fit(shop())
        assert fitted.kinds == pytest.approx([-SHOWN, VIEW, CART])
        # pairs: cup viewed (20, none bought), cup carted too (20, all bought), pot, tin (40 each)
        rate = 20.5 / 121
        bought = (20 + 10 * rate) / 30
        without = 20.5 / (PEOPLE * 4 - 120 + 1)  # jars
        assert fitted.level[3 + 9] == pytest.approx(np.log(bought) - np.log(without))

    def test_patterns_count_kinds_up_to_twice(self):
        kinds = np.array([-0.5, 0.2, 2.0])
        pair, pattern = patterns(
            np.array([0, 0, 0, 0, 1]), np.array([1, 1, 1, 1, 0]),
            np.array([0.2, 0.2, 0.2, 2.0, 7.0]), kinds, 4,
        )  # fmt: skip
        assert (pair.tolist(), pattern.tolist()) == ([1], [2 * 3 + 1 * 9])

    def test_somebody_without_steps_is_told_nothing(self):
        assert not OwnSteps().fit(shop()).scores(Histories.single([JAR])).any()


class TestStepsKNN(RankerContract):
    def ranker(self):
        return StepsKNN()

    def test_a_cart_speaks_for_what_carters_bought(self):
        scores = StepsKNN().fit(shop()).scores(stepped((CUP, CART, 1)))[0]
        assert scores.argmax() == JAR
        assert scores[POT] == scores[TIN] == 0  # never bought


class TestStepsIALS(RankerContract):
    def ranker(self):
        return StepsIALS()

    def test_steps_are_evidence(self):
        fitted = StepsIALS().fit(shop())
        with_steps = fitted.scores(stepped((CUP, CART, 1)))[0]
        assert with_steps[JAR] > fitted.scores(Histories.single())[0, JAR]


class TestStepsPopularity(RankerContract):
    def ranker(self):
        return StepsPopularity()

    def test_steps_count(self):
        scores = StepsPopularity().fit(shop()).scores(Histories.single())[0]
        assert scores[CUP] > scores[JAR] > scores[POT] > scores[TIN] == 0


class TestFurthestStep(RankerContract):
    def ranker(self):
        return FurthestStep()

    def test_carted_first_then_viewed_then_popular(self):
        person = stepped((POT, VIEW, 1), (TIN, CART, 1), (CUP, SHOWN, 0))
        scores = FurthestStep().fit(shop()).scores(person)[0]
        assert np.argsort(-scores).tolist()[:2] == [TIN, POT]
        assert scores[CUP] == scores[JAR] == pytest.approx(0.5)

    def test_what_was_viewed_more_often_goes_before(self):
        person = stepped((POT, VIEW, 1), (POT, VIEW, 1), (CUP, VIEW, 1), (TIN, VIEW, 1))
        scores = FurthestStep().fit(shop()).scores(person)[0]
        assert scores[POT] > scores[TIN]


def test_joined_rows_and_histories_hold_targets_and_steps():
    rows = shop().interactions
    both = joined(rows)
    assert len(both) == len(rows) + len(rows.steps)
    assert (both.steps, both.has_negatives) == (None, False)
    people = all_rows(rows.histories(np.array([0, 1])))
    assert people.count.tolist() == [4, 7]
    assert people.steps is None
    assert people.item[:4].tolist() == [CUP, POT, POT, TIN]
    alone = Histories.single([1])
    assert all_rows(alone) is alone


def test_the_fusion_learns_to_follow_the_steps():
    """People buy what they carted; what others buy says nothing of it."""
    from fewrec.recommender.rankers import STEPS, hybrid

    random = generator(3, "shop")
    users, items = IdMap(tuple(f"u{n}" for n in range(80))), ordinary().interactions.items
    wanted = [random.permutation(len(items))[:6] for _ in users]
    buys = [(u, int(i), 1.0) for u, some in enumerate(wanted) for i in some[:3]]
    carts = [(u, int(i), 1.0) for u, some in enumerate(wanted) for i in some[:4]]
    rows = labelled(users, items, buys)
    steps = replace(labelled(users, items, carts), has_negatives=False)
    training = replace(
        ordinary(),
        interactions=replace(rows, steps=steps, has_negatives=False),
        people=replace(ordinary().people, users=users, attributes=((),) * 80, profile=("",) * 80),
    )
    fusion = hybrid(("popularity", "item-knn", *STEPS)).fit(training)
    person = stepped((7, 1.0, 1), (20, 1.0, 1))
    assert set(np.argsort(-fusion.scores(person)[0])[:2].tolist()) == {7, 20}
    bare = replace(person, steps=None)
    assert set(np.argsort(-fusion.scores(bare)[0])[:2].tolist()) != {7, 20}


def test_items_differ_in_conversion_only_where_rows_say_so():
    """Everybody viewed all; each item leads to the target for a stated share of them."""
    users = IdMap(tuple(f"u{n}" for n in range(PEOPLE)))
    views = labelled(users, ITEMS, [(u, i, 1) for u in range(PEOPLE) for i in range(4)])

    def lift(chance):
        chosen = np.arange(PEOPLE)[:, None] < PEOPLE * np.array(chance)
        buys = labelled(users, ITEMS, [(int(u), int(i), 1) for u, i in np.argwhere(chosen)])
        training = replace(ordinary(), interactions=replace(buys, steps=views))
        return OwnSteps().fit(training).item

    assert np.abs(lift((0.3, 0.3, 0.3, 0.3))).max() < 0.01
    apart = lift((0.9, 0.1, 0.1, 0.1))
    assert apart[CUP] > 0.5
    assert apart[1:].max() < -0.3
