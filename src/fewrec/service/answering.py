"""From a question over HTTP to a slate that is noted down."""

from __future__ import annotations

import math
import time
import uuid
from dataclasses import dataclass
from itertools import islice
from zlib import crc32

import numpy as np

from fewrec.data.arrays import Doubles, Ints
from fewrec.data.catalog import Catalog
from fewrec.data.slate import Query, Slate
from fewrec.errors import EmptyData
from fewrec.recommender.asking import visit_ends
from fewrec.recommender.drawing import Drawn, draw
from fewrec.recommender.trending import trending_rows
from fewrec.seeding import generator
from fewrec.service.kept import Kept
from fewrec.service.live import Snapshot
from fewrec.service.schemas import Ask, Listed, Placed, SlateOut
from fewrec.service.service import Service
from fewrec.service.slate_log import Shown

DAY = 86_400.0
"""Seconds."""

QUICK = 2_000_000
"""Up to so many (known row, item) pairs a person is scored in a millisecond or two."""

STEADY_SECONDS = 600
"""So long chance falls the same way for one person, so that pages fit together."""


def recommend(service: Service, ask: Ask) -> SlateOut:
    """Answer, and note what was shown.

    Raises:
        UnknownId: An item named in the question is not there.
        AmbiguousTitle: A title fits several items.
        NotReady: The first model is being made.
    """
    return _answered(service, ask).answer


def respond(service: Service, ask: Ask, question: bytes) -> bytes:
    """The same as JSON, kept for whoever asks the same again.

    Args:
        service: What answers.
        ask: The question.
        question: The question as it came.
    """
    made = _answered(service, ask)
    body = made.answer.model_dump_json().encode()
    if made.now is not None and made.shown is not None and _lasts(ask, made.now):
        _, ends = _steady(ask.user, made.moment)
        until = min(ends, made.now.chooser.rules.changes(made.moment))
        until = min(until, _visit_ends(ask.user, made.now, made.moment))
        kept = Kept.of(body, made.now, until, made.shown)
        service.answers.keep(question, kept, service.live)
    return body


def again(service: Service, kept: Kept) -> bytes:
    """An answer that was given before, as a new slate."""
    name = uuid.uuid4().hex
    service.slates.add(name, kept.shown)
    return kept.body(name)


def is_quick(service: Service, ask: Ask) -> bool:
    """Whether an answer is a matter of a millisecond or two."""
    now = service.live.now
    if now is None or ask.explain or ask.profile or ask.category is not None:
        return False
    if not service.live.holds(now.version, now.epoch, () if ask.user is None else (ask.user,)):
        return False
    known, rows = now.model.known, len(ask.session.likes) + len(ask.session.dislikes)
    person = None if ask.user is None else known.people.users.row(ask.user)
    if person is not None:
        if known.people.profile[person]:
            return False
        begins = known.interactions.by_user[1]
        rows += int(begins[person + 1] - begins[person])
    return rows * len(known.catalog) <= QUICK


def _visit_ends(user: str | None, now: Snapshot, moment: float) -> float:
    """When an answer to somebody in a visit is out of date; never for anybody else."""
    known = now.model.known
    row = None if user is None else known.people.users.row(user)
    if row is None or now.model.fusion.present is None:
        return math.inf
    ends = visit_ends(row, known)
    return ends if ends >= moment else math.inf


def _lasts(ask: Ask, now: Snapshot) -> bool:
    """Whether the same question gets the same answer: chance falls alike for a person only."""
    return ask.user is not None and now.chooser.rules.rules.shown_at_most is None


@dataclass(frozen=True)
class _Answered:
    """An answer, when and by what it was given, and what stands in the log."""

    answer: SlateOut
    moment: float
    now: Snapshot | None = None
    shown: Shown | None = None


def _answered(service: Service, ask: Ask) -> _Answered:
    name, moment = uuid.uuid4().hex, time.time()
    try:
        now = service.live.snapshot({ask.user} if ask.user else ())
    except EmptyData:
        nothing = ["there are no items yet."]
        answer = SlateOut(
            slate=name, user=ask.user, stage="popular", model="", items=[], notes=nothing
        )
        return _Answered(answer, moment)
    drawn = _drawn(service, ask, now, name, moment)
    answer = _answer(name, ask, drawn.slate, now)
    shown = Shown(
        user=ask.user,
        query=ask.model_dump(exclude_defaults=True),
        items=[one.item for one in answer.items],
        scores=[one.score for one in answer.items],
        propensities=[one.propensity for one in answer.items],
        stage=drawn.slate.stage,
        model=now.name,
        fired=drawn.fired,
    )
    service.slates.add(name, shown)
    return _Answered(answer, moment, now, shown)


def _drawn(service: Service, ask: Ask, now: Snapshot, name: str, moment: float) -> Drawn:
    """A slate by the policy; the pages of one person agree for some minutes."""
    whose = name if ask.user is None else f"{ask.user} {_steady(ask.user, moment)[0]}"
    counts = service.shown_to(ask.user, now.chooser.rules.rules.shown_at_most)
    bonus = None
    if now.exploring is not None:
        bonus = now.exploring.bonus(ask.user, generator(service.seed, "belief", whose))
    return draw(
        now.model,
        query_of(ask, now, moment),
        now.chooser,
        generator(service.seed, "slate", whose),
        now=moment,
        shown=counts,
        bonus=bonus,
        explain=ask.explain,
        memory=service.answers.memory,
    )


def _steady(user: str | None, moment: float) -> tuple[int, float]:
    """The number of the time in which chance falls alike for a person, and when it ends.

    It ends at another moment for everybody, so that never all answers are worked out at once.
    """
    ahead = crc32((user or "").encode()) % STEADY_SECONDS
    number = int((moment + ahead) // STEADY_SECONDS)
    return number, float((number + 1) * STEADY_SECONDS - ahead)


def query_of(ask: Ask, now: Snapshot, moment: float) -> Query:
    """The question in the words of the model; asked at ``moment`` (seconds since 1970)."""
    known = now.model.known.catalog
    closed = frozenset(name for name in now.closed if name in known.items)
    excluded = frozenset(name for name in ask.exclude if name in known.items)
    return Query(
        user=ask.user,
        likes=tuple(ask.session.likes),
        dislikes=tuple(ask.session.dislikes),
        views=tuple(ask.session.views),
        profile=ask.profile,
        k=ask.k + ask.offset,
        allowed=None if ask.category is None else in_category(known, ask.category),
        excluded=closed | excluded,
        include_seen=ask.include_seen,
        diversity=ask.diversity,
        context={name: str(value) for name, value in ask.context.items()},
        moment=moment if now.model.fusion.present is not None else None,
    )


def in_category(catalog: Catalog, value: str) -> frozenset[str]:
    """Items of which a category or list column has a value."""
    found: set[str] = set()
    for name in catalog.of_kind("category", "list", "person"):
        for item, cell in zip(catalog.items, catalog.table[name].to_list(), strict=True):
            if cell == value or (isinstance(cell, list) and value in cell):
                found.add(item)
    return frozenset(found)


def _answer(name: str, ask: Ask, slate: Slate, now: Snapshot) -> SlateOut:
    places = range(ask.offset, len(slate))
    return SlateOut(
        slate=name,
        user=ask.user,
        stage=slate.stage,
        model=now.name,
        items=[_placed(slate, place) for place in places],
        notes=list(slate.notes),
    )


def _placed(slate: Slate, place: int) -> Placed:
    return Placed(
        item=slate.items[place],
        title=slate.titles[place],
        rank=place + 1,
        score=slate.scores[place],
        reasons=list(slate.reasons[place]) if slate.reasons else [],
        contributions=dict(slate.evidence[place].contributions) if slate.evidence else {},
        propensity=slate.propensities[place] if slate.propensities else 1.0,
    )


def popular_items(now: Snapshot, number: int) -> list[tuple[str, str, float]]:
    """Id, title and weight of the likes of the items with most of it; closed ones left out."""
    weight = np.asarray(now.model.known.interactions.likes().sum(axis=0)).ravel()
    return _first(now, np.argsort(-weight, kind="stable"), weight, number, time.time())


def trending_items(now: Snapshot, number: int, days: float) -> list[tuple[str, str, float]]:
    """The same of what is liked lately, a like of so many days ago counting half."""
    moment = time.time()
    order, weight = trending_rows(now.model.known.interactions, days * DAY, moment)
    return _first(now, order, weight, number, moment)


def _first(
    now: Snapshot, order: Ints, weight: Doubles, number: int, moment: float
) -> list[tuple[str, str, float]]:
    """The first items of an order that may be shown."""
    catalog, barred = now.model.known.catalog, now.barred(moment)
    open_rows = (row for row in order if catalog.items.ids[row] not in barred)
    return [
        (catalog.items.ids[row], catalog.titles[row], float(weight[row]))
        for row in islice(open_rows, min(number, len(order)))
    ]


def listed(item: str, title: str, score: float | None = None) -> Listed:
    """An item of a plain list."""
    return Listed(item=item, title=title, score=score)
