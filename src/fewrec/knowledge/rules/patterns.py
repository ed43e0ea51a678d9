"""The rules there may be: their shapes, and the attributes of items that they speak about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Ints

LEAST_ITEMS = 5
"""A rule on one value needs so many items that have it."""

VALUES = 2000
"""At most so many values, the most common ones, have rules of their own."""

CHAINS = 30
"""At most so many pairs of different relations have rules, those that share most values."""

LEAST_SHARED = 5
"""Two relations need so many values in common to have a rule."""


@dataclass(frozen=True)
class Rule:
    """One Horn rule with the head like(u, b).

    Attributes:
        relation: Of the liked item a; of the candidate b where no liked item is asked for.
        other: Of the candidate b.
        value: The value that is meant; any one where empty.
        personal: Whether the body asks for a liked item a.
    """

    relation: str
    other: str
    value: str
    personal: bool

    def __str__(self) -> str:
        value = self.value or "x"
        body = f"{self.other}(b, {value})"
        if self.personal:
            body = f"liked(u, a), {self.relation}(a, {value}), {body}"
        return f"{body} -> like(u, b)"


@dataclass(frozen=True)
class Pattern:
    """A rule as columns of the items' attributes.

    It holds for a person and a candidate where for some j the person likes an item that has
    ``left[j]``, and the candidate has ``right[j]``; without ``left`` where the candidate has it.

    Attributes:
        rule: The rule.
        left: Columns for the liked item; none where the rule asks for none. Shape [J] or [0].
        right: Columns for the candidate. Shape [J].
    """

    rule: Rule
    left: Ints
    right: Ints


def patterns(
    names: Sequence[tuple[str, str]], attributes: sparse.csr_matrix
) -> tuple[Pattern, ...]:
    """All rules that some items' attributes allow.

    Args:
        names: (relation, value) of the A attributes.
        attributes: 1 where item i has attribute a. Shape [I, A].

    Returns:
        Rules on one relation, on two, on one value of the candidate, and on one value that the
        candidate shares with a liked item.
    """
    columns: dict[str, list[int]] = {}
    for column, (relation, _) in enumerate(names):
        columns.setdefault(relation, []).append(column)
    made = [_shared(relation, np.array(some)) for relation, some in columns.items()]
    return tuple(made + _chains(columns, names) + _on_values(names, attributes))


def _shared(relation: str, columns: Ints) -> Pattern:
    return Pattern(Rule(relation, relation, "", True), columns, columns)


def _chains(columns: dict[str, list[int]], names: Sequence[tuple[str, str]]) -> list[Pattern]:
    """Rules whose value stands in two different relations: somebody who acts and directs."""
    of_value: dict[str, list[int]] = {}
    for column, (_, value) in enumerate(names):
        of_value.setdefault(value, []).append(column)
    pairs: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for some in of_value.values():
        for a in some:
            for b in some:
                if a != b:
                    pairs.setdefault((names[a][0], names[b][0]), []).append((a, b))
    sizes = Counter({pair: len(both) for pair, both in pairs.items() if len(both) >= LEAST_SHARED})
    order = sorted(sizes, key=lambda pair: (-sizes[pair], pair))[:CHAINS]
    return [
        Pattern(Rule(*pair, "", True), *np.array(pairs[pair], dtype=np.int64).T) for pair in order
    ]


def _on_values(names: Sequence[tuple[str, str]], attributes: sparse.csr_matrix) -> list[Pattern]:
    held = np.bincount(attributes.indices, minlength=attributes.shape[1])
    common = np.argsort(-held, kind="stable")[:VALUES]
    made = []
    for column in np.sort(common[held[common] >= LEAST_ITEMS]).tolist():
        relation, value = names[column]
        right, none = np.array([column]), np.zeros(0, dtype=np.int64)
        made.append(Pattern(Rule(relation, relation, value, False), none, right))
        made.append(Pattern(Rule(relation, relation, value, True), right, right))
    return made
