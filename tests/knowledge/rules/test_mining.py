"""Mined rules: counts against plain loops, honest confidence, and nothing out of noise."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from tests.ranker.worlds import labelled

from fewrec.data.features import ItemFeatures
from fewrec.data.ids import IdMap
from fewrec.knowledge.rules import mine
from fewrec.knowledge.rules.counting import Counts, Trial, count
from fewrec.knowledge.rules.mining import revealed
from fewrec.knowledge.rules.patterns import Pattern, Rule, patterns
from fewrec.seeding import generator

NAMES = (("director", "x"), ("director", "y"), ("actor", "x"), ("genre", "z"))
ITEMS, PEOPLE = 7, 5
RULES = (
    Pattern(Rule("director", "director", "", True), np.array([0, 1]), np.array([0, 1])),
    Pattern(Rule("director", "actor", "", True), np.array([0]), np.array([2])),
    Pattern(Rule("genre", "genre", "z", True), np.array([3]), np.array([3])),
    Pattern(Rule("genre", "genre", "z", False), np.zeros(0, dtype=np.int64), np.array([3])),
)

bits = st.lists(st.booleans(), min_size=ITEMS * 4, max_size=ITEMS * 4)
marks = st.lists(st.integers(0, 2), min_size=PEOPLE * ITEMS, max_size=PEOPLE * ITEMS)
some = st.lists(st.booleans(), min_size=ITEMS, max_size=ITEMS)


def holds(pattern, attributes, liked, item):
    """Whether the body of a rule holds, by its definition."""
    has = attributes[item]
    if not len(pattern.left):
        return bool(has[pattern.right[0]])
    ways = zip(pattern.left, pattern.right, strict=True)
    return any(has[b] and any(attributes[i][a] for i in liked) for a, b in ways)


@settings(max_examples=40, deadline=None)
@given(bits, marks, some)
def test_counts_are_those_of_plain_loops(bits, marks, some):
    attributes = np.array(bits, dtype=bool).reshape(ITEMS, 4)
    marks, candidate = np.array(marks).reshape(PEOPLE, ITEMS), np.array(some)
    known, later = (sparse.csr_matrix(marks == m, dtype=np.float32) for m in (1, 2))
    trial = Trial.of(known, later, candidate)
    counts = count(RULES, sparse.csr_matrix(attributes, dtype=np.float32), trial)
    for k, pattern in enumerate(RULES):
        pairs = [
            (u, i)
            for u in range(PEOPLE)
            for i in np.flatnonzero(candidate)
            if marks[u, i] != 1 and holds(pattern, attributes, np.flatnonzero(marks[u] == 1), i)
        ]
        assert counts.body[k] == len(pairs)
        assert counts.support[k] == sum(marks[u, i] == 2 for u, i in pairs)
    low, high = counts.interval()
    assert (low <= counts.confidence() + 1e-9).all() and (counts.confidence() <= high + 1e-9).all()


def test_the_expected_likes_of_all_pairs_are_the_likes():
    random = generator(0)
    known = sparse.csr_matrix(random.random((40, 30)) < 0.1, dtype=np.float32)
    later = sparse.csr_matrix((random.random((40, 30)) < 0.2) & (known.toarray() == 0), dtype=float)
    every = np.ones(30, dtype=bool)
    trial = Trial.of(known, sparse.csr_matrix(later, dtype=np.float32), every)
    attributes = sparse.csr_matrix(np.ones((30, 2), dtype=np.float32))
    rules = (Pattern(Rule("r", "r", "", True), np.array([0, 1]), np.array([0, 1])),)
    counts = count(rules, attributes, trial)
    asked = np.asarray(known.sum(axis=1)).ravel() > 0  # others like nothing, so no body holds
    assert counts.expected[0] == pytest.approx(later.toarray()[asked].sum(), rel=1e-6)


def test_what_people_agree_in_widens_the_interval():
    """The same likes and pairs, spread evenly over people or all of one of them."""
    even = Counts(*(np.array([x]) for x in (50.0, 500.0, 20.0)),
                  np.array([[50 * 1.0], [50 * 10.0], [50 * 100.0]]), np.array([50.0]))  # fmt: skip
    one = Counts(*(np.array([x]) for x in (50.0, 500.0, 20.0)),
                 np.array([[5 * 100.0], [5 * 100.0], [50 * 100.0]]), np.array([50.0]))  # fmt: skip
    widths = [float((high - low)[0]) for low, high in (even.interval(), one.interval())]
    assert widths[0] < widths[1] / 2


def world(seed, follow):
    """300 people, 120 films of 12 directors; likes follow the person's director, or nothing."""
    random = generator(seed)
    director = np.arange(120) % 12
    held = np.zeros((120, 12), dtype=np.float32)
    held[np.arange(120), director] = 1.0
    rows = []
    for u in range(300):
        chance = np.where(director == u % 12, 0.9 if follow else 0.12, 0.05 if follow else 0.12)
        rows += [(u, int(i), 1.0) for i in np.flatnonzero(random.random(120) < chance)]
    users = IdMap(tuple(f"u{n}" for n in range(300)))
    items = IdMap(tuple(f"i{n}" for n in range(120)))
    nothing = np.zeros((120, 0), dtype=np.float32)
    names = tuple(("director", f"d{n}") for n in range(12))
    features = ItemFeatures(nothing, nothing, sparse.csr_matrix(held), names)
    return labelled(users, items, rows), features


def test_a_rule_that_holds_is_found_with_its_confidence():
    likes, features = world(0, follow=True)
    found = mine(likes, features)
    best = next(one for one in found if not one.rule.value)
    assert str(best.rule) == "liked(u, a), director(a, x), director(b, x) -> like(u, b)"
    assert best.sure and best.lift > 1.5 and best.weight > 0
    assert best.confidence == pytest.approx(best.support / best.body)


@pytest.mark.parametrize("seed", range(4))
def test_out_of_noise_hardly_a_rule_holds_where_it_was_not_chosen(seed):
    likes, features = world(seed, follow=False)
    found = mine(likes, features)
    assert sum(one.sure for one in found) <= 1  # of 25 that are tried


def test_intervals_cover_what_another_draw_of_people_says():
    (first, features), (second, _) = world(1, follow=True), world(2, follow=True)
    there = {str(one.rule): one for one in mine(second, features, support=1)}
    pairs = [(one, there[str(one.rule)]) for one in mine(first, features, support=1)
             if str(one.rule) in there]  # fmt: skip
    close = [a.low - 0.05 <= b.confidence <= a.high + 0.05 for a, b in pairs]
    assert len(pairs) >= 5 and np.mean(close) > 0.8


def test_known_and_later_likes_part_the_likes():
    likes, _ = world(0, follow=True)
    known, later = revealed(likes, generator(0))
    assert (known.multiply(later)).nnz == 0
    shown = np.diff(known.indptr)
    assert shown.max() == 10 and (np.diff(later.indptr) >= shown).all()


def test_rules_of_two_relations_need_values_in_common():
    people = [("director", f"p{n}") for n in range(6)] + [("actor", f"p{n}") for n in range(6)]
    attributes = sparse.csr_matrix(np.ones((5, 12), dtype=np.float32))
    told = {str(one.rule) for one in patterns(people, attributes)}
    assert "liked(u, a), actor(a, x), director(b, x) -> like(u, b)" in told
    fewer = patterns([*people[:4], *people[6:10]], attributes[:, :8])
    assert all(one.rule.relation == one.rule.other for one in fewer)


def test_without_people_or_attributes_there_are_no_rules():
    likes, features = world(0, follow=True)
    assert mine(likes.where(likes.user < 1), features) == []
    assert mine(likes, ItemFeatures.nothing(120)) == []
    assert mine(replace(likes, label=np.zeros_like(likes.label)), features) == []
