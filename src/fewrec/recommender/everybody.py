"""Lists for everybody in one call.

What the experts say of people is worked out once and kept where it finds room; lists under any
rules, of any length, then take a few passes over it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from fewrec.data.arrays import Bools, Floats, Ints
from fewrec.data.histories import Histories
from fewrec.metrics.ranking import top_items
from fewrec.policy.plackett_luce import PlackettLuce
from fewrec.ranker.together import Crowd
from fewrec.recommender.asking import Revisiting
from fewrec.recommender.choosing import Chooser
from fewrec.recommender.drawing import chooser_for
from fewrec.recommender.model import Recommender
from fewrec.recommender.rules import CatalogRules, Rules
from fewrec.seeding import generator

CELLS = 4_000_000
"""People are scored in blocks of so many (person, item) places, to bound memory."""

ROOM = 2**28
"""Bytes that may be kept of what experts say of everybody; where it needs more, nothing is."""

CACHED = 100_000
"""Lists are chosen from so many scores at once, which stay in the processor's cache."""


@dataclass(frozen=True)
class Lists:
    """One list for each of B people.

    Attributes:
        users: Their ids.
        items: Ids of the catalogue.
        rows: Item row numbers, first place first, -1 where no more may be shown. Shape [B, k].
        scores: Their scores, as in slates; -inf at empty places. Shape [B, k].
    """

    users: tuple[str, ...]
    items: tuple[str, ...]
    rows: Ints
    scores: Floats

    def __len__(self) -> int:
        return len(self.users)

    def to_frame(self) -> pl.DataFrame:
        """Columns ``user``, ``item``, ``rank`` (from 1), ``score``; without empty places."""
        person, place = np.nonzero(self.rows >= 0)
        users, items = (pl.Series(ids, dtype=pl.String) for ids in (self.users, self.items))
        return pl.DataFrame(
            {
                "user": users.gather(person),
                "item": items.gather(self.rows[person, place]),
                "rank": pl.Series(place + 1, dtype=pl.Int64),
                "score": pl.Series(self.scores[person, place].astype(np.float64)),
            }
        )


@dataclass(frozen=True)
class Everybody:
    """People of a model, to be given lists.

    Attributes:
        model: What scores the items.
        users: Ids of B people.
        people: What is known of them.
        chooser: Of the model, under the rules in force; None where there are no rules.
    """

    model: Recommender
    users: tuple[str, ...]
    people: Histories
    chooser: Chooser | None = None
    _kept: list[Crowd] = field(default_factory=list, repr=False)

    @classmethod
    def of(
        cls,
        model: Recommender,
        users: Sequence[str] | None = None,
        *,
        include_seen: bool = False,
        rules: Rules | CatalogRules | None = None,
    ) -> Everybody:
        """Find out who they are.

        Args:
            model: Of a fit, perhaps with data since.
            users: Ids; strangers among them are ordinary. All that the model knows where None.
            include_seen: Whether items they have already may be shown again.
            rules: Rules of the house; none at all where None, as in ``Recommender.slate``.

        Raises:
            UnknownId: A rule names an item that is not in the catalogue.
            ConfigError: A rule names a column, relation or value that is not there, or a column
                that holds no numbers.
        """
        known = model.known.people
        ids = tuple(known.users if users is None else users)
        chooser = None if rules is None else chooser_for(model, rules)
        people = _histories(model, ids)
        if include_seen or (chooser is not None and chooser.rules.rules.repeats):
            people = Revisiting(**vars(people))
        return cls(model, ids, people, chooser)

    def __len__(self) -> int:
        return len(self.users)

    @property
    def kept_bytes(self) -> int:
        """Bytes of what experts said that are kept for the next lists."""
        return sum(crowd.base.nbytes + crowd.gated.nbytes for crowd in self._kept)

    def lists(self, k: int = 10, *, diversity: float = 0.0, now: float | None = None) -> Lists:
        """Choose a list for each of them: the items that asking for one after the other gives.

        Scores agree with those of single slates up to rounding (1e-5); items that are closer
        than that may change places.

        Args:
            k: Length of the lists, at least 1.
            diversity: From 0, the best items, to 1, the most varied list.
            now: Seconds since 1970, for rules on time; the present where None.
        """
        rows, scores = [np.zeros((0, k), np.int64)], [np.zeros((0, k), np.float32)]
        begin = 0
        for crowd in self._crowds():
            end = begin + len(crowd.base)
            whom = np.arange(begin, end)
            if diversity or not self._plain:
                found = self._one_by_one(crowd, whom, k, diversity, now)
            else:
                found = self._best(crowd, k, now)
            rows.append(found[0])
            scores.append(found[1])
            begin = end
        ids = self.model.known.catalog.items.ids
        return Lists(self.users, ids, np.concatenate(rows), np.concatenate(scores))

    def _crowds(self) -> Iterator[Crowd]:
        """What experts say, block after block; from memory where it is kept."""
        if self._kept:
            yield from self._kept
            return
        items = max(len(self.model.known.catalog), 1)
        keeps, size = 8 * items * len(self) <= ROOM, max(1, CELLS // items)
        for begin in range(0, len(self), size):
            some = self.people.take(np.arange(begin, min(begin + size, len(self))))
            if isinstance(self.people, Revisiting):
                some = Revisiting(**vars(some))
            crowd = self.model.fusion.crowd(some)
            if keeps:
                self._kept.append(crowd)
            yield crowd

    @property
    def _plain(self) -> bool:
        """Whether rules do no more than keep items away from everybody."""
        if self.chooser is None:
            return True
        rules = self.chooser.rules
        acting = rules.pins or rules.caps or rules.tastes or rules.bonus.any()
        return not acting and not any(one.people for one in rules.never)

    def _best(self, crowd: Crowd, k: int, now: float | None) -> tuple[Ints, Floats]:
        """The k best items that may be shown, and their scores. Two of shape [B, k]."""
        gate, closed = self.model.fusion.warmth, self._closed(now)
        centre = crowd.centre(gate)
        rows, values = [], []
        size = max(1, CACHED // max(len(gate), 1))
        for begin in range(0, len(centre), size):
            part = slice(begin, begin + size)
            scores = crowd.gated[part] * gate
            scores += crowd.base[part]
            seen = crowd.seen[part]
            met = np.repeat(np.arange(len(scores)), np.diff(seen.indptr))
            scores[met, seen.indices] = -np.inf
            if closed.any():
                scores[:, closed] = -np.inf
            top = top_items(scores, k)
            rows.append(top)
            kept = np.take_along_axis(scores, np.maximum(top, 0), axis=1) - centre[part, None]
            values.append(np.where(top >= 0, kept, -np.inf).astype(np.float32))
        return np.concatenate(rows), np.concatenate(values)

    def _closed(self, now: float | None) -> Bools:
        """Items that rules keep away from everybody. Shape [I]."""
        closed = np.zeros(len(self.model.known.catalog), dtype=bool)
        if self.chooser is not None:
            moment = time.time() if now is None else now
            for mask in self.chooser.rules.leaving(moment, {}).values():
                closed |= mask
        return closed

    def _one_by_one(
        self, crowd: Crowd, whom: Ints, k: int, diversity: float, now: float | None
    ) -> tuple[Ints, Floats]:
        """Lists of people who each need a choice of their own. Two of shape [B, k]."""
        scores = crowd.scores(self.model.fusion.warmth)
        usable = crowd.seen.toarray() == 0
        rows = np.full((len(whom), k), -1, dtype=np.int64)
        for b, person in enumerate(whom.tolist()):
            chosen = self._chosen(scores[b], usable[b], person, k, diversity, now)
            rows[b, : len(chosen)] = chosen
        values = np.take_along_axis(scores, np.maximum(rows, 0), axis=1)
        return rows, np.where(rows >= 0, values, -np.inf).astype(np.float32)

    def _chosen(
        self,
        scores: Floats,
        usable: Bools,
        person: int,
        k: int,
        diversity: float,
        now: float | None,
    ) -> Ints:
        if self.chooser is None:
            rows: Ints = self.model.variety.pick(scores[None], usable[None], diversity, k)[0]
            return rows[rows >= 0]
        policy = self.chooser.policy
        if isinstance(policy, PlackettLuce):
            policy = replace(policy, diversity=diversity)
        return (
            replace(self.chooser, policy=policy)
            .choose(
                scores,
                usable,
                k,
                generator(0, "everybody"),  # the best policy leaves nothing to chance
                now=time.time() if now is None else now,
                attributes=self.people.attributes[person],
            )
            .rows
        )


def _histories(model: Recommender, users: Sequence[str]) -> Histories:
    """What is known of people, strangers among them. B = number of users."""
    known = model.known
    found = [known.people.users.row(user) for user in users]
    rows = [row for row in found if row is not None]
    if len(rows) < len(found):
        return model.histories(list(users))
    return known.interactions.histories(np.array(rows, dtype=np.int64)).knowing(
        [known.people.attributes[row] for row in rows], [known.people.profile[row] for row in rows]
    )
