"""Liked rules: written, suggested by a scale, saved and read back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fewrec.data.liked import EVENT_WEIGHTS, LikedRule, ValueTest, parse_rule, scale_test
from fewrec.errors import ConfigError


@pytest.mark.parametrize(
    ("levels", "bound"),
    [
        ([1, 2, 3, 4, 5], 4),
        ([0, 1], 1),
        ([0.5 * n for n in range(1, 11)], 4),
        ([0.5 * n for n in range(1, 9)], 3),
        (list(range(1, 11)), 7),
        (list(range(11)), 7),
        ([0, 1, 2, 3, 4, 5], 4),
        ([1, 2, 3], 3),
        ([1, 2, 3, 4], 3),
        (list(range(1, 8)), 5),
        ([-1, 1], 1),
        ([-1, 0, 1], 1),
        ([3, 4, 5], 4),
        ([7, 8, 9, 10], 7),
        ([1], 1),
        ([0], 1),
        ([5], 4),
        ([4.5, 5], 4),
        ([10, 20, 30, 40, 50], 40),
        ([0.1, 0.5, 0.9], 0.9),
    ],
)
def test_the_middle_of_a_scale(levels: list[float], bound: float) -> None:
    assert scale_test(np.array(levels * 3, dtype=float)) == ValueTest(">=", bound)


def test_counts_are_no_scale() -> None:
    assert scale_test(np.arange(12.0)) is None


@pytest.mark.parametrize("sign", [">=", "<=", "==", ">", "<"])
def test_signs(sign: str) -> None:
    rule = parse_rule(f"value {sign} 3.5")
    assert rule.words == f"value {sign} 3.5"
    assert rule.value is not None
    given_values = np.array([3.0, 3.5, 4.0, np.nan])
    wanted = {
        ">=": [False, True, True],
        "<=": [True, True, False],
        "==": [False, True, False],
        ">": [False, False, True],
        "<": [True, False, False],
    }[sign]
    assert rule.value.holds(given_values).tolist() == [*wanted, False]


def test_events_and_loose_spelling() -> None:
    assert parse_rule("event in (like, 'buy')").liked == ("like", "buy")
    assert parse_rule("event == like").liked == ("like",)
    assert parse_rule(" value>=4 ").value == ValueTest(">=", 4)
    assert parse_rule("every row is a like") == LikedRule()


@pytest.mark.parametrize(
    "words",
    ["value >= four", "rating >= 4", "value => 4", "__import__('os')", "event in ()", "4", ""],
)
def test_anything_else_is_refused(words: str) -> None:
    with pytest.raises(ConfigError, match=r"is not a liked rule. Write `value >= 4`"):
        parse_rule(words)


@given(
    value=st.none() | st.builds(ValueTest, st.sampled_from([">=", "=="]), st.integers(-9, 99)),
    weights=st.sampled_from([{}, dict(EVENT_WEIGHTS), {"share": -2.5}]),
    liked=st.sampled_from([(), ("like", "buy")]),
)
def test_saved_words_are_read_back(value, weights, liked) -> None:
    rule = LikedRule(liked=liked) if liked else LikedRule(value, weights=weights)
    assert parse_rule(rule.words) == rule
