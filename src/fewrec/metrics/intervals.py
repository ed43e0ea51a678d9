"""How sure a mean is, and whether one of two is larger: the bootstrap, by user.

Rows of one user stand or fall together, so users are drawn, with replacement, never rows
(Efron & Tibshirani 1993, chapters 13 and 16).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fewrec.data.arrays import Doubles, Ints
from fewrec.seeding import generator

Verdict = Literal["a", "b", "tie"]

Statistic = Callable[[Doubles], Doubles]
"""S figures, given how often each of U units counts in each of S draws. Shape [S, U]."""

RESAMPLES = 2000
MOST_UNITS = 2000
_BLOCK_CELLS = 4_000_000


@dataclass(frozen=True)
class Interval:
    """A mean with its percentile interval.

    Attributes:
        mean: Of the values as they are; NaN without values.
        low: Lower end; NaN with fewer than two users.
        high: Upper end; NaN with fewer than two users.
        users: Users that have a value.
    """

    mean: float
    low: float
    high: float
    users: int


@dataclass(frozen=True)
class Difference:
    """Mean of a minus mean of b over the same users.

    Attributes:
        difference: Of the means; NaN without users.
        low: Lower end of the 95 % interval.
        high: Upper end.
        p: Two-sided p-value of "no difference", by the bootstrap's standard error.
        not_worse: Whether a is above (1 - margin) b, at 97.5 % one-sided confidence.
        users: Users compared.
    """

    difference: float
    low: float
    high: float
    p: float
    not_worse: bool
    users: int

    @property
    def verdict(self) -> Verdict:
        """Who is ahead: the interval leaves 0 out on this side; else a tie."""
        if self.low > 0:
            return "a"
        return "b" if self.high < 0 else "tie"


def mean_interval(
    values: Doubles,
    users: NDArray[Any] | None = None,
    weights: Doubles | None = None,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Interval:
    """Mean and 95 % percentile interval by resampling users.

    Args:
        values: NaN where undefined; those rows are left out. Shape [R].
        users: Whose value it is; None where each row is a user. Shape [R].
        weights: Of each row in the mean; None for equal. Shape [R].
        seed: Of the resampling.
        resamples: How many times users are drawn.

    Returns:
        The interval.
    """
    table = _ByUser.of(values, users, weights)
    if table.users == 0:
        return Interval(math.nan, math.nan, math.nan, 0)
    drawn = table.resampled_means(seed, resamples)
    low, high = _ends(drawn, table.users)
    return Interval(float(table.total[:, 0].sum() / table.mass.sum()), low, high, table.users)


def paired_difference(
    a: Doubles,
    b: Doubles,
    users: NDArray[Any] | None = None,
    weights: Doubles | None = None,
    *,
    margin: float = 0.01,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Difference:
    """Compare two rankers on the same users: paired bootstrap by user.

    Args:
        a: Values of the one; rows where either is NaN are left out. Shape [R].
        b: Values of the other. Shape [R].
        users: Whose row it is; None where each row is a user. Shape [R].
        weights: Of each row in the means; None for equal. Shape [R].
        margin: Relative margin of "not worse".
        seed: Of the resampling.
        resamples: How many times users are drawn.

    Returns:
        The difference of the means with interval, p-value and verdict.
    """
    table = _ByUser.of(np.stack([a, b], axis=1), users, weights)
    if table.users == 0:
        return Difference(math.nan, math.nan, math.nan, math.nan, False, 0)
    means = table.total.sum(axis=0) / table.mass.sum()
    return _difference(means, table.resampled_means(seed, resamples), table.users, margin)


def statistic_interval(
    statistic: Statistic,
    unit: Ints,
    people: int,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Interval:
    """Interval of any statistic of units that may count several times (a pooled AUC).

    Args:
        statistic: From how often each unit counts in S draws, shape [S, U], to S values; NaN
            where undefined.
        unit: Unit of each row, from ``units``. Shape [R].
        people: Number of users behind the units.
        seed: Of the resampling.
        resamples: How many times users are drawn.

    Returns:
        The interval; draws in which the statistic is undefined are left out.
    """
    value, drawn = _statistic_draws((statistic,), unit, seed, resamples)
    low, high = _ends(drawn[:, 0], people)
    return Interval(float(value[0]), low, high, people)


def statistic_difference(
    a: Statistic,
    b: Statistic,
    unit: Ints,
    people: int,
    *,
    margin: float = 0.01,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Difference:
    """Compare two statistics of the same units: paired bootstrap by user.

    Args:
        a: The one; from how often each unit counts in S draws, shape [S, U], to S values.
        b: The other.
        unit: Unit of each row, from ``units``. Shape [R].
        people: Number of users behind the units.
        margin: Relative margin of "not worse".
        seed: Of the resampling.
        resamples: How many times users are drawn.

    Returns:
        The difference with interval, p-value and verdict.
    """
    value, drawn = _statistic_draws((a, b), unit, seed, resamples)
    return _difference(value, drawn, people, margin)


def units(users: NDArray[Any]) -> tuple[Ints, int]:
    """Which unit of resampling each row belongs to: its user, or a group of users.

    With more than ``MOST_UNITS`` users, users are put at random into so many groups, and groups
    are drawn: the same interval but for noise, in bounded time and memory.

    Args:
        users: Whose row it is. Shape [R].

    Returns:
        The unit of each row, shape [R], numbered from 0; and the number of users.
    """
    names, person = np.unique(users, return_inverse=True)
    if len(names) <= MOST_UNITS:
        return person.astype(np.int64), len(names)
    group = generator(0, "units", len(names)).permutation(len(names)) % MOST_UNITS
    return group[person].astype(np.int64), len(names)


def holm(p_values: Sequence[float]) -> Doubles:
    """P-values corrected for testing many cells at once (Holm 1979).

    Sorted ascending, p_(i) becomes max over j <= i of (m - j + 1) p_(j), at most 1.

    Args:
        p_values: m of them; NaN for a cell without a test, which stays NaN and is not counted.

    Returns:
        Adjusted p-values in the given order. Shape [m].
    """
    given = np.asarray(p_values, dtype=np.float64)
    adjusted = np.full(len(given), np.nan)
    tested = np.flatnonzero(~np.isnan(given))
    order = tested[np.argsort(given[tested], kind="stable")]
    factor = np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(factor * given[order]), 1.0)
    return adjusted


@dataclass(frozen=True)
class _ByUser:
    """Weighted sums of C columns of values, unit by unit. ``total`` [U, C], ``mass`` [U]."""

    total: Doubles
    mass: Doubles
    users: int

    @classmethod
    def of(cls, values: Doubles, users: NDArray[Any] | None, weights: Doubles | None) -> _ByUser:
        columns = np.asarray(values, dtype=np.float64).reshape(len(values), -1)
        owner = np.arange(len(columns)) if users is None else users
        weight = np.ones(len(columns)) if weights is None else weights
        known = ~np.asarray(np.isnan(columns).any(axis=1))
        unit, people = units(owner[known])
        mass = np.bincount(unit, weights=weight[known])
        total = [np.bincount(unit, weights=weight[known] * c) for c in columns[known].T]
        return cls(np.stack(total, axis=1).astype(np.float64), mass.astype(np.float64), people)

    def resampled_means(self, seed: int, resamples: int) -> Doubles:
        """Means of the columns in each draw of users. Shape [resamples, C]."""
        blocks = [
            (counts @ self.total) / (counts @ self.mass)[:, None]
            for counts in _draws(len(self.mass), resamples, seed)
        ]
        return np.concatenate(blocks)


def _difference(value: Doubles, drawn: Doubles, users: int, margin: float) -> Difference:
    """From the two values [2] and their draws [S, 2]."""
    low, high = _ends(drawn[:, 0] - drawn[:, 1], users)
    floor, _ = _ends(drawn[:, 0] - (1 - margin) * drawn[:, 1], users)
    gap = float(value[0] - value[1])
    undefined = users < 2 or math.isnan(gap)
    spread = float(np.std(drawn[:, 0] - drawn[:, 1])) if len(drawn) else 0.0
    p = math.nan if undefined else _two_sided(gap, spread)
    return Difference(gap, low, high, p, bool(floor >= 0), users)


def _statistic_draws(
    statistics: Sequence[Statistic], unit: Ints, seed: int, resamples: int
) -> tuple[Doubles, Doubles]:
    """C statistics when every unit counts once [C]; in each draw where all are defined [S, C]."""
    size = int(unit.max(initial=-1)) + 1
    value = np.array([s(np.ones((1, size)))[0] for s in statistics])
    drawn = [
        np.stack([s(counts) for s in statistics], axis=1)
        for counts in _draws(size, resamples, seed)
    ]
    whole = np.concatenate(drawn) if drawn else np.zeros((0, len(statistics)))
    return value, whole[~np.isnan(whole).any(axis=1)]


def _two_sided(gap: float, spread: float) -> float:
    return math.erfc(abs(gap) / (spread * math.sqrt(2))) if spread > 0 else float(gap == 0)


def _draws(people: int, resamples: int, seed: int) -> Iterator[Doubles]:
    """How often each person is drawn, in blocks of resamples. Shape [block, people]."""
    size = max(1, min(resamples, _BLOCK_CELLS // max(people, 1)))
    if size == resamples:
        yield _one_block(people, resamples, seed)
        return
    random = generator(seed, "bootstrap", people)
    for start in range(0, resamples, size):
        yield _block(random, min(size, resamples - start), people)


@lru_cache(maxsize=2)
def _one_block(people: int, resamples: int, seed: int) -> Doubles:
    """The only block of a small problem, kept, since tables ask for the same one many times."""
    return _block(generator(seed, "bootstrap", people), resamples, people)


def _block(random: np.random.Generator, rows: int, people: int) -> Doubles:
    drawn = random.integers(0, people, (rows, people)) + np.arange(rows)[:, None] * people
    counts = np.bincount(drawn.ravel(), minlength=rows * people)
    return counts.reshape(rows, people).astype(np.float64)


def _ends(drawn: Doubles, users: int) -> tuple[float, float]:
    if users < 2 or len(drawn) == 0:
        return math.nan, math.nan
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(low), float(high)
