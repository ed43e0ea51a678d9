"""The liked rule: which rows are likes, which are not, and how much each says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from fewrec.data.arrays import Doubles
from fewrec.errors import ConfigError

EVENT_WEIGHTS: Mapping[str, float] = {
    "buy": 3.0,
    "cart": 2.0,
    "like": 1.0,
    "rate": 1.0,
    "click": 0.5,
    "play": 0.5,
    "view": 0.2,
    "impression": -0.5,
    "skip": -0.5,
    "dislike": -1.0,
}
"""How much an event says; negative: not liked. ``rate`` is judged by its value."""

EVERY_ROW = "every row is a like"
NO_ROWS = "no interactions"
"""Stands for the rule of data without interactions: other data choose their own."""

MOST_LEVELS = 11
"""A value column with more different values than this is a count or an amount, not a rating."""

_NUMBER = r"-?\d+(?:\.\d+)?(?:e-?\d+)?"
_VALUE = re.compile(rf"value\s*(>=|<=|==|>|<)\s*({_NUMBER})")
_EVENT_IN = re.compile(r"event\s+in\s*\(([^)]*)\)")
_EVENT_IS = re.compile(r"event\s*==\s*(\S+)")
_TARGET = re.compile(r"rank for (\S+); (.*)")
_BY_EVENT = re.compile(r"by event \(([^)]*)\)(?:; rate: (.*))?")


@dataclass(frozen=True)
class ValueTest:
    """A comparison of the value column with a number."""

    sign: str
    bound: float

    @property
    def words(self) -> str:
        """As it is written in fewrec.toml."""
        return f"value {self.sign} {self.bound:g}"

    def holds(self, value: Doubles) -> np.ndarray:
        """Whether each value passes. Shapes [R] -> [R]; a missing value does not pass."""
        with np.errstate(invalid="ignore"):
            tests = {
                ">=": value >= self.bound,
                "<=": value <= self.bound,
                "==": value == self.bound,
                ">": value > self.bound,
                "<": value < self.bound,
            }
        return np.asarray(tests[self.sign])


@dataclass(frozen=True)
class LikedRule:
    """What counts as a like.

    Attributes:
        value: The test a value must pass; None where values are not looked at.
        liked: Events that are likes, all others are not; empty where events decide by weight.
        weights: Weight of each event, negative for "not liked"; empty where events are not
            looked at.
        target: The event that is ranked for; others are steps on the way to it. Empty where all
            events are alike in that.
    """

    value: ValueTest | None = None
    liked: tuple[str, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    target: str = ""

    @property
    def words(self) -> str:
        """The rule as one line that ``parse_rule`` reads back."""
        if self.target:
            return f"rank for {self.target}; {replace(self, target='').words}"
        if self.liked:
            return f"event in ({', '.join(self.liked)})"
        if self.weights:
            known = ", ".join(f"{name} {weight:g}" for name, weight in self.weights.items())
            rate = f"; rate: {self.value.words}" if self.value else ""
            return f"by event ({known}){rate}"
        return self.value.words if self.value else EVERY_ROW


def parse_rule(words: str, source: str = "like") -> LikedRule:
    """Read a liked rule.

    Args:
        words: ``value >= 4`` (also > <= < ==), ``event in (like, buy)``, ``event == like``,
            ``every row is a like``, or the words of a rule that was saved.
        source: Where it stands, for the message.

    Raises:
        ConfigError: It is none of these.
    """
    text = words.strip()
    if found := _TARGET.fullmatch(text):
        return replace(parse_rule(found[2], source), target=found[1])
    if text == EVERY_ROW:
        return LikedRule()
    if found := _VALUE.fullmatch(text):
        return LikedRule(ValueTest(found[1], float(found[2])))
    if found := _EVENT_IN.fullmatch(text) or _EVENT_IS.fullmatch(text):
        names = tuple(part.strip(" '\"") for part in found[1].split(",") if part.strip())
        if names:
            return LikedRule(liked=names)
    if found := _BY_EVENT.fullmatch(text):
        weights = _weights(found[1])
        test = _VALUE.fullmatch(found[2] or "")
        if weights and (test or not found[2]):
            value = ValueTest(test[1], float(test[2])) if test else None
            return LikedRule(value, weights=weights)
    raise ConfigError(
        f"{source}: {words!r} is not a liked rule. Write `value >= 4`, `value == 1`, "
        f"`event in (like, buy)` or `{EVERY_ROW}`."
    )


def _weights(text: str) -> dict[str, float]:
    found = re.findall(rf"(\S+) ({_NUMBER})(?:, |$)", text)
    return {name: float(weight) for name, weight in found}


def scale_test(values: Doubles) -> ValueTest | None:
    """The test a rating scale suggests: liked above the middle.

    A level is liked where it lies more than 60 % up the scale: from 4 of 1-5, 1 of 0/1, 7 of
    1-10, 3 of 1-4. A scale that moves in half steps is judged by its whole steps (4 of .5-5).
    Scales that end at 5 or 10 begin at 1 even where nobody gave the lowest marks.

    Args:
        values: Values as given, finite. Shape [R].

    Returns:
        The test, or None where there are more than 11 levels: then these are counts, not marks.
    """
    levels = np.unique(values)
    if len(levels) > MOST_LEVELS:
        return None
    whole = levels[levels % 1 == 0]
    marks = whole if len(whole) and bool((levels * 2 % 1 == 0).all()) else levels
    low, high = float(marks.min()), float(marks.max())
    if len(whole) == len(marks) and high in (5.0, 10.0):
        low = min(low, 1.0)
        return ValueTest(">=", float(np.floor(low + 0.6 * (high - low)) + 1))
    if low == high:
        return ValueTest(">=", low if low > 0 else 1.0)
    above = marks[marks > low + 0.6 * (high - low) + 1e-9]
    return ValueTest(">=", float(above.min(initial=high)))
