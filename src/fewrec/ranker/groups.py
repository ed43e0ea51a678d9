"""What people with the same columns like: students, Berliners, subscribers since 2020."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Floats, Ints
from fewrec.data.evidence import Fact
from fewrec.data.histories import Histories
from fewrec.data.people import without_friends
from fewrec.protocols import Training


@dataclass(frozen=True)
class Groups:
    """How much more a person's groups like an item than everybody does.

    For each attribute value g and item i: ``log((likes_gi + s p_i) / (likes_g + s) / p_i)`` with
    p_i the item's share of all likes; a person's score is the sum over their groups, divided by
    the square root of their number, since columns overlap.

    Attributes:
        strength: s, likes of prior belief a group needs to outweigh, above 0.
    """

    strength: float = 200.0

    def fit(self, training: Training) -> FittedGroups:
        """Count likes by group."""
        said = training.people.attributes
        names = sorted({a for row in said for a in without_friends(row)})
        member = membership(training.people.attributes, names)
        likes = training.interactions.likes()
        binary = likes.copy()
        binary.data = np.ones_like(binary.data)
        active = np.diff(likes.indptr) > 0
        total = np.asarray(likes.sum(axis=0)).ravel()
        share = (total + 0.5) / (total.sum() + 0.5 * len(total)) if len(total) else total
        by_group = np.asarray((member.T @ likes).todense(), dtype=np.float64)
        smoothed = by_group + self.strength * share[None, :]
        rate = smoothed / (by_group.sum(axis=1, keepdims=True) + self.strength)
        return FittedGroups(
            names=tuple(names),
            lift=np.log(rate / np.maximum(share[None, :], 1e-12)).astype(np.float32),
            liked=np.asarray((member.T @ binary).todense()).astype(np.int64),
            people=np.asarray(member[active].sum(axis=0)).ravel().astype(np.int64),
            overall=np.bincount(binary.indices, minlength=likes.shape[1]).astype(np.int64),
            users=int(active.sum()),
            strength=self.strength,
        )


def membership(attributes: tuple[tuple[str, ...], ...], names: list[str]) -> sparse.csr_matrix:
    """1 where person b has attribute g; unknown attributes are ignored. Shape [B, G]."""
    place = {name: g for g, name in enumerate(names)}
    pairs = [(b, place[a]) for b, row in enumerate(attributes) for a in row if a in place]
    rows = np.array([b for b, _ in pairs], dtype=np.int64)
    columns = np.array([g for _, g in pairs], dtype=np.int64)
    ones = np.ones(len(pairs), dtype=np.float32)
    return sparse.csr_matrix((ones, (rows, columns)), (len(attributes), len(names)))


@dataclass(frozen=True)
class FittedGroups:
    """Lifts and counts of G groups.

    Attributes:
        names: ``column=value`` of each group.
        lift: Log-lift of each item in each group. Shape [G, I].
        liked: People of the group who liked the item. Shape [G, I].
        people: People in the group who liked anything. Shape [G].
        overall: People who liked the item. Shape [I].
        users: People who liked anything.
        strength: Likes of prior belief, for counting again.
    """

    names: tuple[str, ...]
    lift: Floats
    liked: Ints
    people: Ints
    overall: Ints
    users: int
    strength: float

    def scores(self, people: Histories) -> Floats:
        """Summed log-lifts of a person's groups. Shape [B, I]."""
        member = membership(people.attributes, list(self.names))
        number = np.maximum(np.asarray(member.sum(axis=1)), 1.0)
        scores: Floats = np.asarray(member @ self.lift / np.sqrt(number), dtype=np.float32)
        return scores

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """The group of the person in which the item stands out most."""
        names = list(self.names)
        mine = [names.index(a) for a in person.attributes[0] if a in names]
        answer: list[list[Fact]] = []
        for i in items:
            overall = self.overall[i] / max(self.users, 1)
            out = [
                g
                for g in mine
                if self.people[g] > 0
                and self.lift[g, i] > 0
                and self.liked[g, i] / self.people[g] > overall
            ]
            best = max(out, key=lambda g: float(self.lift[g, i]), default=None)
            answer.append([] if best is None else [self._fact(best, int(i), len(mine))])
        return answer

    def _fact(self, group: int, item: int, groups: int) -> Fact:
        column, _, value = self.names[group].partition("=")
        return Fact(
            kind="group",
            part="groups",
            amount=float(self.lift[group, item]) / float(np.sqrt(groups)),
            relation=column,
            values=(value,),
            count=int(self.liked[group, item]),
            of=int(self.people[group]),
        )

    def extended(self, training: Training) -> FittedGroups:
        """Count again over all rows, with the groups known at fit and newcomers'."""
        return Groups(self.strength).fit(training)
