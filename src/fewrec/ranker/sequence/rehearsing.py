"""Visits, rehearsed: what a person liked next, after the visit so far and all before it.

The other rehearsals show rows in random order and say how far to trust a profile. These keep
the order: experts fitted without a person see everything up to some moment of a visit, and are
asked for what came next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Bools, Doubles, Floats, Ints
from fewrec.data.events import Interactions
from fewrec.data.histories import Histories
from fewrec.data.visits import moment_words, visits, with_visits
from fewrec.protocols import FittedRanker, Ranker, Training
from fewrec.ranker.rehearsal import KNOTS, Lists, Rehearsal, at_once, join_lists, standardised
from fewrec.ranker.weights import at_counts
from fewrec.seeding import generator

VISIT_KNOTS = (0, 1, 2, 3, 5, 10)
"""Rows of the visit at which people are asked for what came next."""


@dataclass(frozen=True)
class Next:
    """L moments of visits at which somebody liked something.

    Attributes:
        people: What was known then, with the visit and what is said of the moment. L people.
        item: What was liked next. Shape [L].
        row: Number of that row. Shape [L].
        user: Whose it is. Shape [L].
    """

    people: Histories
    item: Ints
    row: Ints
    user: Ints

    def __len__(self) -> int:
        return len(self.item)


@dataclass(frozen=True)
class Walk:
    """The H rows of some people in their order, one person after the other.

    Attributes:
        rows: All rows, in an order that can be known.
        users: Whose rows, rows in ``rows.users``. Shape [B].
        start: Where each person's begin. Shape [B + 1].
        mine: Row numbers. Shape [H].
        first: Place at which the visit of each row begins. Shape [H].
    """

    rows: Interactions
    users: Ints
    start: Ints
    mine: Ints
    first: Ints

    @classmethod
    def of(cls, rows: Interactions, users: Ints) -> Walk:
        """Line up the rows of some people."""
        start, mine = rows.rows_of(users)
        owner, visit = np.repeat(users, np.diff(start)), visits(rows)[mine]
        begins = np.ones(len(mine), dtype=bool)
        begins[1:] = (owner[1:] != owner[:-1]) | (visit[1:] != visit[:-1])
        first = np.maximum.accumulate(np.where(begins, np.arange(len(mine)), 0))
        return cls(rows, users, start, mine, first)

    @property
    def owner(self) -> Ints:
        """Place in ``users`` of each row's person. Shape [H]."""
        return np.repeat(np.arange(len(self.users)), np.diff(self.start))

    @property
    def length(self) -> Ints:
        """Rows of the same visit before each row. Shape [H]."""
        return np.arange(len(self.mine)) - self.first

    @property
    def askable(self) -> Bools:
        """Likes of something the person had not met before. Shape [H]."""
        fresh = np.zeros(len(self.mine), dtype=bool)
        pair = self.owner * len(self.rows.items) + self.rows.item[self.mine]
        fresh[np.unique(pair, return_index=True)[1]] = True
        return fresh & (self.rows.label[self.mine] > 0)

    def at(self, places: Ints, attributes: tuple[tuple[str, ...], ...]) -> Next:
        """What was known before L rows, and what they were.

        Args:
            places: Of the rows in this walk. Shape [L].
            attributes: Of all U users.
        """
        begin = self.start[self.owner[places]]
        picked = [self.mine[a:b] for a, b in zip(begin, places, strict=True)]
        kept = np.concatenate(picked) if picked else np.zeros(0, dtype=np.int64)
        user, row, rows = self.users[self.owner[places]], self.mine[places], self.rows
        shown = Histories(
            start=np.concatenate([[0], np.cumsum([len(p) for p in picked])]).astype(np.int64),
            item=rows.item[kept],
            label=rows.label[kept],
            weight=rows.weight[kept],
            attributes=tuple(attributes[u] for u in user),
            profile=("",) * len(picked),
        )
        place = np.arange(len(shown.item)) - shown.start[shown.person]
        ongoing = place >= (self.first[places] - begin)[shown.person]
        people = with_visits(shown, ongoing, moment_words(rows, row))
        return Next(people, rows.item[row], row, user)


def moments(walk: Walk, random: np.random.Generator) -> dict[int, Ints]:
    """For each knot one place of everybody, where there is one, at which to ask.

    Args:
        walk: Rows of some people.
        random: Draws the places.

    Returns:
        Places by knot; knots without any are left out.
    """
    places = np.flatnonzero(walk.askable)
    owner = walk.owner[places]
    knot = np.searchsorted(VISIT_KNOTS, walk.length[places], side="right") - 1
    order = np.lexsort((random.random(len(places)), knot, owner))
    places, owner, knot = places[order], owner[order], knot[order]
    new = np.ones(len(places), dtype=bool)
    new[1:] = (owner[1:] != owner[:-1]) | (knot[1:] != knot[:-1])
    drawn = {known: places[new & (knot == q)] for q, known in enumerate(VISIT_KNOTS)}
    return {known: here for known, here in drawn.items() if len(here)}


@dataclass
class VisitRehearsal:
    """Collects lists of visits, fold by fold of another rehearsal.

    Attributes:
        experts: Experts of visits, S of them.
        training: All there is to learn from.
        rehearsal: How lists are cut.
        found: Lists by knot and how many rows were known in all, one pair a fold.
    """

    experts: Mapping[str, Ranker]
    training: Training
    rehearsal: Rehearsal
    found: list[dict[int, tuple[Lists, Ints]]] = field(default_factory=list)

    def fold(self, fitted: Mapping[str, FittedRanker], known: Training, held: Ints) -> None:
        """Ask about some people whom nobody was fitted on.

        Args:
            fitted: The E long-term experts.
            known: What they were fitted on.
            held: The people.
        """
        rows = self.training.interactions
        random = generator(self.training.seed, "visits", str(len(self.found)))
        mine = {name: ranker.fit(known) for name, ranker in self.experts.items()}
        rankers = (*fitted.values(), *mine.values())
        lists = {}
        walk = Walk.of(rows, held)
        block = at_once(len(rankers), len(rows.items))
        for knot, places in moments(walk, random).items():
            blocks = [places[at : at + block] for at in range(0, len(places), block)]
            asked = [walk.at(some, self.training.people.attributes) for some in blocks]
            cut = [self._asked(rankers, moment, known, random) for moment in asked]
            counts = np.concatenate([moment.people.count for moment in asked])
            lists[knot] = cut[0] if len(cut) == 1 else join_lists(cut), counts
        self.found.append(lists)

    def _asked(
        self,
        rankers: Sequence[FittedRanker],
        moment: Next,
        known: Training,
        random: np.random.Generator,
    ) -> Lists:
        """Lists of all rankers at some moments."""
        size, counts = len(known.interactions.items), known.interactions.counts
        seen = moment.people.seen(size).toarray() > 0
        said = [standardised(ranker.scores(moment.people), seen) for ranker in rankers]
        wanted = sparse.csr_matrix(
            (np.ones(len(moment)), (np.arange(len(moment)), moment.item)), (len(moment), size)
        )
        scores = np.stack(said, axis=1)
        return self.rehearsal.cut(scores, ~seen, wanted, counts, moment.user, random)

    def joined(self, known: Doubles, new: Doubles) -> dict[int, Lists]:
        """Lists of all folds in which the long-term profile is one expert.

        Args:
            known: Weights of the long-term experts among known items at their knots. [Q, E].
            new: The same among new items. Shape [Q, E].

        Returns:
            Lists by knot with 1 + S experts, the first of which is the profile.
        """
        answer = {}
        for knot in VISIT_KNOTS:
            parts = [found[knot] for found in self.found if knot in found]
            if parts:
                lists = join_lists([part for part, _ in parts])
                count = np.concatenate([c for _, c in parts])
                answer[knot] = _folded(lists, count, known, new)
        return answer


def _folded(lists: Lists, count: Ints, known: Doubles, new: Doubles) -> Lists:
    """Lists with the long-term experts added up."""
    number = known.shape[1]
    gate = lists.warmth[:, None, :]
    at_known = at_counts(known, KNOTS, count)[:, :, None].astype(np.float32)
    at_new = at_counts(new, KNOTS, count)[:, :, None].astype(np.float32)
    weight = at_known * gate + at_new * (1.0 - gate)
    profile: Floats = (lists.experts[:, :number] * weight).sum(axis=1, keepdims=True)
    whole = np.concatenate([profile, lists.experts[:, number:]], axis=1)
    return replace(lists, experts=whole.astype(np.float32))
