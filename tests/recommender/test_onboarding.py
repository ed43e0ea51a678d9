"""Which questions say most: small worlds whose right answer is plain, and the toy model."""

from __future__ import annotations

import numpy as np

from fewrec.data.histories import Histories
from fewrec.policy.bandit import LinearHead
from fewrec.recommender.onboarding import Onboarding


def world(inputs, met, noise=0.1) -> Onboarding:
    """Items on plain axes; a taste of which nothing is known."""
    x = np.array(inputs, dtype=np.float32)
    size = x.shape[1]
    head = LinearHead(x, np.zeros(size, np.float32), np.eye(size, dtype=np.float32), noise)
    return Onboarding(head, x, np.array(met, dtype=np.float64))


# three space films and two romances, each group of one taste; one item nobody knows
SHELVES = world([[1, 0], [1, 0], [1, 0], [0, 1], [0, 1], [0, 5]], [0.5, 0.49, 0.48, 0.3, 0.29, 0.0])


def test_the_second_question_is_about_something_else():
    assert SHELVES.ask(2).tolist() == [0, 3]  # the two most popular are of one shelf


def test_what_nobody_knows_is_not_asked():
    assert 5 not in SHELVES.ask(6).tolist() and len(SHELVES.ask(6)) == 5


def test_answers_turn_the_questions_elsewhere():
    told = Histories.single(likes=[0])
    assert SHELVES.ask(1, told).tolist() == [3]
    assert SHELVES.ask(1, Histories.single(dislikes=[3, 4])).tolist() == [0]


def test_what_was_passed_is_not_asked_again_and_counts_for_less_than_an_answer():
    assert SHELVES.ask(1, passed=[0]).tolist() != [0]
    few = world([[1, 0], [1, 0], [0, 1]], [0.3, 0.29, 0.1])
    assert few.ask(1, passed=[0]).tolist() == [1]  # hardly anything was learned
    assert few.ask(1, Histories.single(likes=[0])).tolist() == [2]


def test_barred_items_are_not_asked():
    barred = np.array([True, False, False, True, False, False])
    assert sorted(SHELVES.ask(9, barred=barred)) == [1, 2, 4]


def test_the_greedy_choice_is_the_one_of_least_variance_left():
    random = np.random.default_rng(0)
    made = world(random.normal(size=(30, 4)), random.uniform(0.1, 0.9, 30), noise=0.5)
    assert made.head is not None
    x, weight = made.head.inputs.astype(float), made.met / made.met.sum()

    def left(i: int) -> float:
        after = np.linalg.inv(np.eye(4) + np.outer(x[i], x[i]) / 0.5)
        expected = np.eye(4) - made.known[i] * (np.eye(4) - after)
        return float((weight * ((x @ expected) * x).sum(axis=1)).sum())

    assert made.ask(1)[0] == np.argmin([left(i) for i in range(30)])


def test_before_anything_happened_questions_lie_apart():
    vectors = np.array([[1, 0], [0.99, 0.14], [0, 1], [0.1, 0.99]], dtype=np.float32)
    made = Onboarding(None, vectors, np.zeros(4))
    first, second = made.ask(2)
    assert made.method == "apart" and (first < 2) != (second < 2)
    assert made.ask(1, Histories.single(likes=[0]))[0] >= 2
    assert sorted(made.ask(9)) == [0, 1, 2, 3]


class TestOnAModel:
    def test_the_first_three_questions_are_about_the_three_shelves(self, model, toy):
        made = Onboarding.of(model.known.interactions, model.fusion, model.variety.vectors)
        shelves = {toy.interactions.items.ids[r].split("-")[0] for r in made.ask(3)}
        assert made.method == "design" and len(shelves) == 3

    def test_likes_alone_are_enough(self, model):
        rows = model.known.interactions
        likes = rows.where(rows.label > 0)
        made = Onboarding.of(likes, model.fusion, model.variety.vectors)
        shelves = {rows.items.ids[r].split("-")[0] for r in made.ask(3)}
        assert made.method == "design" and len(shelves) == 3

    def test_without_rows_it_goes_by_the_texts(self, model):
        rows = model.known.interactions
        none = rows.where(np.zeros(len(rows), dtype=bool))
        made = Onboarding.of(none, model.fusion, model.variety.vectors)
        shelves = {rows.items.ids[r].split("-")[0] for r in made.ask(3)}
        assert made.method == "apart" and len(shelves) == 3

    def test_shares_follow_the_rows(self, model):
        rows = model.known.interactions
        made = Onboarding.of(rows, model.fusion, model.variety.vectors)
        assert made.met.max() <= 1.0
        half = made.now(rows.where(rows.user < 5))
        assert half.head is made.head and not np.allclose(half.met, made.met)
