"""How often the bodies of rules hold, and how often a like follows, person by person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Bools, Doubles
from fewrec.knowledge.rules.patterns import Pattern

BLOCK = 256
"""People who are counted together, to bound memory."""

Z = 1.959963984540054
"""Normal quantile of a 95 % interval."""


@dataclass(frozen=True)
class Counts:
    """Sums over people of what K rules found.

    With s the likes among the n pairs (person, candidate) for which a body holds, of one person.

    Attributes:
        support: Sum of s. Shape [K].
        body: Sum of n. Shape [K].
        expected: Likes there would be if every person liked candidates as everybody does, only
            more or fewer of them; for rules that ask for no liked item, likes among as many
            pairs of any kind. Shape [K].
        squares: Sums of s^2, s n and n^2, for the spread between people. Shape [3, K].
        people: People with n > 0. Shape [K].
    """

    support: Doubles
    body: Doubles
    expected: Doubles
    squares: Doubles
    people: Doubles

    def where(self, kept: Bools) -> Counts:
        """Nothing counted for the other rules. ``kept``: shape [K]."""
        parts = (self.support, self.body, self.expected, self.squares, self.people)
        return Counts(*(part * kept for part in parts))

    def plus(self, other: Counts) -> Counts:
        """Counts over both groups of people."""
        return Counts(
            self.support + other.support,
            self.body + other.body,
            self.expected + other.expected,
            self.squares + other.squares,
            self.people + other.people,
        )

    def confidence(self) -> Doubles:
        """Share of the pairs that are likes; 0 without pairs. Shape [K]."""
        return self.support / np.maximum(self.body, 1.0)

    def base(self) -> Doubles:
        """Confidence that is to be expected without the rule. Shape [K]."""
        return self.expected / np.maximum(self.body, 1.0)

    def interval(self) -> tuple[Doubles, Doubles]:
        """95 % interval of the confidence, pairs of one person not being independent.

        Wilson's interval (1927) at the effective size n / D, with D the design effect: the
        variance of the ratio between people (Cochran 1977, section 6.3) over the binomial one
        (as Korn and Graubard 1998 do it for surveys), at least 1.
        """
        n, c = np.maximum(self.body, 1.0), self.confidence()
        ss, sn, nn = self.squares
        between = np.maximum(ss - 2 * c * sn + c * c * nn, 0.0) / n**2
        between *= self.people / np.maximum(self.people - 1.0, 1.0)
        binomial = c * (1 - c) / n
        with np.errstate(divide="ignore", invalid="ignore"):
            effect = np.where(binomial > 0, between / binomial, 1.0)
        size = n / np.maximum(effect, 1.0)
        centre = (c + Z**2 / (2 * size)) / (1 + Z**2 / size)
        half = Z * np.sqrt(c * (1 - c) / size + Z**2 / (4 * size**2)) / (1 + Z**2 / size)
        return np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)


@dataclass(frozen=True)
class Trial:
    """What rules are tried on: bodies see what is known, heads what is liked besides.

    Attributes:
        known: 1 where person u is known to like item i. Shape [U, I].
        later: 1 where they like it too, and that is not known. Shape [U, I].
        candidate: Whether an item may be the candidate. Shape [I].
    """

    known: sparse.csr_matrix
    later: sparse.csr_matrix
    candidate: Bools

    @classmethod
    def of(cls, known: sparse.csr_matrix, later: sparse.csr_matrix, candidate: Bools) -> Trial:
        """The same without what is not liked of a candidate."""
        keep = sparse.diags(candidate.astype(np.float32))
        return cls(known, sparse.csr_matrix(later @ keep), candidate)

    def rates(self) -> Doubles:
        """Share of the people that like an item, of those not known to like it. Shape [I]."""
        asked = self.known.shape[0] - np.asarray(self.known.sum(axis=0)).ravel()
        liked = np.asarray(self.later.sum(axis=0), dtype=np.float64).ravel()
        return np.where(self.candidate, liked / np.maximum(asked, 1.0), 0.0)

    def base(self) -> float:
        """Share of likes among all pairs of a person and a candidate."""
        met = self.known @ self.candidate.astype(np.float32)
        pairs = float(self.known.shape[0] * self.candidate.sum() - met.sum())
        return float(self.later.nnz) / pairs if pairs > 0 else 0.0


def count(rules: Sequence[Pattern], attributes: sparse.csr_matrix, trial: Trial) -> Counts:
    """Try rules on people.

    Args:
        rules: K rules.
        attributes: 1 where item i has attribute a. Shape [I, A].
        trial: The people, their likes, and which items are candidates.

    Returns:
        Counts over all pairs of a person and a candidate that they are not known to like.
    """
    sums, rates, base = np.zeros((7, len(rules))), trial.rates(), trial.base()
    right = sparse.csr_matrix(sparse.diags(trial.candidate.astype(np.float32)) @ attributes)
    for start in range(0, trial.known.shape[0], BLOCK):
        rows = slice(start, start + BLOCK)
        known, later = trial.known[rows], trial.later[rows]
        s, n, e = _block(rules, attributes, right, known, later, rates)
        sums += np.stack([s, n, e, s * s, s * n, n * n, n > 0]).sum(axis=1)
    personal = np.array([one.rule.personal for one in rules], dtype=bool)
    expected = np.where(personal, sums[2], sums[1] * base)
    return Counts(sums[0], sums[1], expected, sums[3:6], sums[6])


def _block(
    rules: Sequence[Pattern],
    attributes: sparse.csr_matrix,
    right: sparse.csr_matrix,
    known: sparse.csr_matrix,
    later: sparse.csr_matrix,
    rates: Doubles,
) -> tuple[Doubles, Doubles, Doubles]:
    """s, n and the likes expected of each person and rule. Shapes [B, K]."""
    reach = sparse.csr_matrix(known @ attributes)  # liked items that have a
    s, n, e = (np.zeros((known.shape[0], len(rules))) for _ in range(3))
    single = [k for k, one in enumerate(rules) if len(one.right) == 1]
    columns = np.array([int(rules[k].right[0]) for k in single], dtype=np.int64)
    if single:
        theirs = right[:, columns]
        asked = np.array([len(rules[k].left) > 0 for k in single])
        liked = np.array([int(o.left[0]) if len(o.left) else 0 for o in (rules[k] for k in single)])
        holds = (reach[:, liked].toarray() > 0) | ~asked
        held, rated = _column_sums(theirs), _column_sums(sparse.diags(rates) @ theirs)
        n[:, single] = (held - (known @ theirs).toarray()) * holds
        s[:, single] = (later @ theirs).toarray() * holds
        e[:, single] = (rated - (known @ sparse.diags(rates) @ theirs).toarray()) * holds
    for k, one in enumerate(rules):
        if len(one.right) != 1:
            body = fires(one, right, reach)
            body = sparse.csr_matrix(body - body.multiply(known))
            n[:, k], s[:, k] = _row_sums(body), _row_sums(body.multiply(later))
            e[:, k] = body @ rates
    anybody = rates.sum() - known @ rates
    eager = _row_sums(later) / np.maximum(anybody, 1e-9)
    return s, n, e * eager[:, None]


def fires(
    one: Pattern, attributes: sparse.csr_matrix, reach: sparse.csr_matrix
) -> sparse.csr_matrix:
    """1 where a rule's body holds.

    Args:
        one: A rule that asks for a liked item.
        attributes: Of the candidates. Shape [I, A].
        reach: Above 0 where person b likes an item with attribute a. Shape [B, A].

    Returns:
        Shape [B, I].
    """
    met = sparse.csr_matrix(reach[:, one.left] @ attributes[:, one.right].T)
    met.data = (met.data > 0).astype(np.float32)
    return met


def _row_sums(matrix: sparse.csr_matrix) -> Doubles:
    total: Doubles = np.asarray(matrix.sum(axis=1), dtype=np.float64).ravel()
    return total


def _column_sums(matrix: sparse.csr_matrix) -> Doubles:
    total: Doubles = np.asarray(matrix.sum(axis=0), dtype=np.float64).ravel()
    return total


def halves(size: int, random: np.random.Generator) -> tuple[Bools, Bools]:
    """Two masks that part things in halves. Shapes [size]."""
    first = np.zeros(size, dtype=bool)
    first[random.permutation(size)[: size // 2]] = True
    return first, ~first
