"""From a query to a history: who asks, what is known of them, what may be shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Bools, Ints
from fewrec.data.circumstances import time_words
from fewrec.data.histories import Histories
from fewrec.data.liked import EVENT_WEIGHTS
from fewrec.data.slate import Query
from fewrec.data.visits import GAP, with_visits
from fewrec.errors import UnknownId, nearest
from fewrec.recommender.knowledge import Known

FEW = 5
"""At most so many known interactions are called few."""


@dataclass(frozen=True)
class Asker:
    """One person as a ranker sees them, and what they may be shown.

    Attributes:
        history: What is known of them (B = 1).
        usable: Items that may be shown. Shape [I].
        stage: ``popular``, ``people``, ``profile``, ``few`` or ``warm``.
    """

    history: Histories
    usable: Bools
    stage: str


def asker(query: Query, known: Known) -> Asker:
    """Find out who asks.

    Args:
        query: An unknown user id is an ordinary stranger.
        known: What the model knows; for a query with ``before``, what it knew then.

    Returns:
        The person; likes and dislikes of the query come after what was on file.

    Raises:
        UnknownId: A liked, disliked, viewed, allowed or excluded item is not in the catalogue.
        AmbiguousTitle: A liked, disliked or viewed title fits several items.
    """
    row = None if query.user is None else known.people.users.row(query.user)
    history = _on_file(row, query, known)
    likes = [known.catalog.find(name) for name in query.likes]
    dislikes = [known.catalog.find(name) for name in query.dislikes]
    views = [known.catalog.find(name) for name in query.views]
    views = [v for v in views if v not in {*likes, *dislikes}]
    fresh = _fresh(row, query, known)
    if known.interactions.steps is not None:
        history, views = _stepped(history, views), []
    history = _and(history, likes, dislikes, views)
    history = _in_visit(history, fresh, [*views, *likes, *dislikes], bool(views), query)
    usable = np.ones(len(known.catalog), dtype=bool)
    if query.allowed is not None:
        usable = np.zeros_like(usable)
        usable[_rows(query.allowed, known)] = True
    usable[_rows(query.excluded, known)] = False
    if query.include_seen:
        history = Revisiting(**vars(history))
    else:
        usable[history.item] = False
    return Asker(history, usable, _stage(history))


@dataclass(frozen=True)
class Revisiting(Histories):
    """Histories of people who may be shown again what they met: nothing counts as seen."""

    def ruled_out(self) -> Ints:
        """No item. Shape [0]."""
        return np.zeros(0, dtype=np.int64)

    def seen(self, items: int) -> sparse.csr_matrix:
        """No item is ruled out. Shape [B, I], float32. ``items``: I."""
        return sparse.csr_matrix((len(self), items), dtype=np.float32)


def stacked(histories: Sequence[Histories]) -> Histories:
    """Histories of several people as one batch, in order.

    Args:
        histories: At least one, each of one person (B = 1), all of the same type.
    """
    counts = [len(h.item) for h in histories]
    return type(histories[0])(
        start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        item=np.concatenate([h.item for h in histories]),
        label=np.concatenate([h.label for h in histories]),
        weight=np.concatenate([h.weight for h in histories]),
        attributes=tuple(h.attributes[0] for h in histories),
        profile=tuple(h.profile[0] for h in histories),
        session=_stacked_parts([h.session for h in histories]),
        steps=_stacked_parts([h.steps for h in histories]),
        context=tuple(h.context[0] if h.context else () for h in histories),
    )


def _stacked_parts(parts: Sequence[Histories | None]) -> Histories | None:
    """What stands beside several histories, as one batch; None where nothing does."""
    if all(part is None for part in parts):
        return None
    return stacked([Histories.single() if part is None else part for part in parts])


def _on_file(row: int | None, query: Query, known: Known) -> Histories:
    if row is None:
        return Histories.single(profile=query.profile)
    history = known.interactions.histories(np.array([row]))
    said = query.profile or known.people.profile[row]
    return history.knowing([known.people.attributes[row]], [said])


def _and(history: Histories, likes: list[int], dislikes: list[int], views: list[int]) -> Histories:
    """A history (B = 1) with more rows; what is said now replaces what was on file."""
    now = [*views, *likes, *dislikes]
    if not now:
        return history
    old = history.rows(~np.isin(history.item, now))
    sizes = [len(views), len(likes), len(dislikes)]
    labels, weights = ([1.0, 1.0, 0.0], [EVENT_WEIGHTS["view"], 1.0, 1.0])
    return replace(
        old,
        start=np.array([0, len(old.item) + len(now)]),
        item=np.concatenate([old.item, np.array(now, dtype=np.int64)]),
        label=np.concatenate([old.label, np.repeat(labels, sizes).astype(np.float32)]),
        weight=np.concatenate([old.weight, np.repeat(weights, sizes).astype(np.float32)]),
    )


def _stepped(history: Histories, views: list[int]) -> Histories:
    """A history (B = 1) with more steps on the way to the target, all of them views."""
    if not views:
        return history
    steps = Histories.single() if history.steps is None else history.steps
    more = np.full(len(views), EVENT_WEIGHTS["view"], dtype=np.float32)
    return replace(
        history,
        steps=replace(
            steps,
            start=np.array([0, len(steps.item) + len(views)]),
            item=np.concatenate([steps.item, np.array(views, dtype=np.int64)]),
            label=np.concatenate([steps.label, np.ones_like(more)]),
            weight=np.concatenate([steps.weight, more]),
        ),
    )


def _fresh(row: int | None, query: Query, known: Known) -> set[int]:
    """Items of the visit on file that goes on at the time of the query; none without a time."""
    moment = _moment(query)
    if row is None or moment is None or not moment <= visit_ends(row, known):
        return set()
    rows = known.interactions
    _, mine = rows.rows_of(np.array([row]))
    times = rows.timestamp[mine]
    pause = np.flatnonzero(~(np.diff(times) <= GAP))
    return set(rows.item[mine[pause[-1] + 1 if len(pause) else 0 :]].tolist())


def visit_ends(row: int, known: Known) -> float:
    """When the last visit of a known person is over, unless more happens; -inf where unknown.

    Args:
        row: Of the person.
        known: What the model knows.

    Returns:
        Seconds since 1970.
    """
    _, mine = known.interactions.rows_of(np.array([row]))
    if not len(mine) or np.isnan(known.interactions.timestamp[mine[-1]]):
        return -math.inf
    return float(known.interactions.timestamp[mine[-1]]) + GAP


def _moment(query: Query) -> float | None:
    """When the question is asked; None where that is not known."""
    return query.moment if query.before is None else query.before


def _in_visit(
    history: Histories, fresh: set[int], now: list[int], viewed: bool, query: Query
) -> Histories:
    """The same person, with what is known of their visit and of the moment.

    What was looked at just now makes a visit, to which all belongs that was said with it. Likes
    alone are a taste, whenever they were. On the way to a target views are steps, not a visit.
    """
    visit = fresh | (set(now) if viewed or fresh else set())
    said = tuple(f"{name}={value}" for name, value in query.context.items())
    moment = _moment(query)
    if moment is not None and (visit or query.before is not None):
        said = (*time_words(np.array([moment]))[0], *said)
    if not visit and not said:
        return history
    return with_visits(history, np.isin(history.item, list(visit)), (said,))


def _rows(names: frozenset[str], known: Known) -> list[int]:
    rows = []
    for name in sorted(names):
        row = known.catalog.items.row(name)
        if row is None:
            raise UnknownId(
                f"there is no item with the id {name!r}",
                fix=nearest(name, known.catalog.items, "items"),
            )
        rows.append(row)
    return rows


def _stage(history: Histories) -> str:
    if len(history.item) > FEW:
        return "warm"
    if len(history.item):
        return "few"
    if history.profile[0]:
        return "profile"
    return "people" if history.attributes[0] else "popular"
