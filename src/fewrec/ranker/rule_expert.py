"""Rules as a soft expert: an item scores by the mined rules that speak for and against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.evidence import Fact
from fewrec.data.histories import Histories
from fewrec.knowledge.rules import Mined, mine
from fewrec.knowledge.rules.mining import SUPPORT
from fewrec.protocols import Training

FACTS = 3
"""At most so many facts of one item."""


@dataclass(frozen=True)
class RuleExpert:
    """The sum of the weights (log-odds) of all rules whose bodies hold.

    Attributes:
        support: Likes that a rule needs where it is chosen, at least 1.
        general: Whether rules that ask for no liked item count; they say the same to everybody.
    """

    support: int = SUPPORT
    general: bool = True

    def fit(self, training: Training) -> FittedRules:
        """Mine the rules."""
        found = mine(training.interactions, training.features, training.seed, self.support)
        kept = [one for one in found if one.sure and (self.general or one.rule.personal)]
        return FittedRules.of(kept, training)


@dataclass(frozen=True)
class FittedRules:
    """K rules over I items with A attributes.

    Attributes:
        attributes: Shape [I, A].
        relations: Of each attribute. A strings.
        values: Of each attribute. A strings.
        general: Weight of having an attribute, whoever asks. Shape [A].
        left: For every way a personal rule may hold, the attribute of the liked item. Shape [J].
        right: The attribute of the candidate. Shape [J].
        rule: Which rule it is. Shape [J].
        weight: Of the personal rules. Shape [K].
        counts: Likes among pairs, and pairs, where each was judged. Shape [K, 2].
        told: The personal rules in words. K strings.
        items: Ids of the items.
    """

    attributes: sparse.csr_matrix
    relations: tuple[str, ...]
    values: tuple[str, ...]
    general: Doubles
    left: Ints
    right: Ints
    rule: Ints
    weight: Doubles
    counts: Ints
    told: tuple[str, ...]
    items: tuple[str, ...]

    @classmethod
    def of(cls, found: list[Mined], training: Training) -> FittedRules:
        """Lay out rules for scoring."""
        names = training.features.attribute_names
        general = np.zeros(len(names))
        for one in found:
            if not one.rule.personal:
                general[one.pattern.right] += one.weight
        personal = [one for one in found if one.rule.personal]
        lefts = [one.pattern.left for one in personal]
        return cls(
            attributes=sparse.csr_matrix(training.features.attributes > 0, dtype=np.float32),
            relations=tuple(relation for relation, _ in names),
            values=tuple(value for _, value in names),
            general=general,
            left=_joined(lefts),
            right=_joined([one.pattern.right for one in personal]),
            rule=np.repeat(np.arange(len(personal)), [len(some) for some in lefts]),
            weight=np.array([one.weight for one in personal]),
            counts=np.array([(o.support, o.body) for o in personal], dtype=np.int64).reshape(-1, 2),
            told=tuple(str(one.rule) for one in personal),
            items=training.interactions.items.ids,
        )

    def scores(self, people: Histories) -> Floats:
        """Summed weights of the rules that hold. Shape [B, I]."""
        scores = np.repeat((self.attributes @ self.general)[None, :], len(people), axis=0)
        reach = self._reach(people)
        for k, ways in self._ways():
            met = reach[:, self.left[ways]] @ self.attributes[:, self.right[ways]].T
            scores += self.weight[k] * (met.toarray() > 0)
        answer: Floats = scores.astype(np.float32)
        return answer

    def _ways(self) -> Iterator[tuple[int, slice]]:
        """Each rule with its ways to hold."""
        bounds = np.searchsorted(self.rule, np.arange(len(self.weight) + 1))
        for k in range(len(self.weight)):
            yield k, slice(int(bounds[k]), int(bounds[k + 1]))

    def _reach(self, people: Histories) -> sparse.csr_matrix:
        """Above 0 where person b likes an item with attribute a. Shape [B, A]."""
        return sparse.csr_matrix(people.likes(len(self.items)) @ self.attributes)

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """For each candidate the rules that raise it most, each with a liked item it rests on."""
        _, first = np.unique(person.item[person.label > 0][::-1], return_index=True)
        liked = person.item[person.label > 0][::-1][np.sort(first)]  # latest first, each once
        helpful = np.flatnonzero(self.weight[self.rule] > 0) if len(self.rule) else self.rule
        order = helpful[np.argsort(-self.weight[self.rule[helpful]], kind="stable")]
        return [self._of_item(int(i), liked[liked != i], order) for i in items]

    def _of_item(self, item: int, liked: Ints, order: Ints) -> list[Fact]:
        theirs, mine = self.attributes[liked].tocsc(), self.attributes[item]
        has = np.zeros(self.attributes.shape[1], dtype=bool)
        has[mine.indices] = True
        likes = np.diff(theirs.indptr) > 0
        facts: dict[tuple[str, str], Fact] = {}
        used: set[int] = set()
        for j in order[has[self.right[order]] & likes[self.left[order]]].tolist():
            k, a = int(self.rule[j]), int(self.left[j])
            if k in used:
                continue
            used.add(k)
            holder = int(theirs.indices[theirs.indptr[a] : theirs.indptr[a + 1]].min())
            fact = self._fact(k, j, self.items[liked[holder]])
            key = (fact.item, fact.values[0])
            if key in facts:
                told = facts[key]
                facts[key] = replace(told, amount=told.amount + fact.amount)
            else:
                facts[key] = fact
        return sorted(facts.values(), key=lambda fact: -fact.amount)[:FACTS]

    def _fact(self, rule: int, way: int, liked: str) -> Fact:
        a, b = int(self.left[way]), int(self.right[way])
        return Fact(
            kind="rule",
            part="rules",
            amount=float(self.weight[rule]),
            item=liked,
            relation=self.relations[a] if self.relations[a] == self.relations[b] else "",
            values=(self.values[b],),
            count=int(self.counts[rule, 0]),
            of=int(self.counts[rule, 1]),
            rule=self.told[rule],
        )

    def extended(self, training: Training) -> FittedRules:
        """Newcomers by the attributes that were known at fit; the rules stay."""
        known = len(self.items)
        if known == len(training.interactions.items):
            return self
        added = sparse.csr_matrix(training.features.attributes[known:] > 0, dtype=np.float32)
        return replace(
            self,
            attributes=sparse.csr_matrix(sparse.vstack([self.attributes, added])),
            items=training.interactions.items.ids,
        )


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
