"""From a question over HTTP to a slate that is noted down."""

from __future__ import annotations

import time
import uuid

import numpy as np

from fewrec.data.catalog import Catalog
from fewrec.data.slate import Query, Slate
from fewrec.errors import EmptyData
from fewrec.service.live import Snapshot
from fewrec.service.schemas import Ask, Listed, Placed, SlateOut
from fewrec.service.service import Service


def recommend(service: Service, ask: Ask) -> SlateOut:
    """Answer, and note what was shown.

    Raises:
        UnknownId: An item named in the question is not there.
        AmbiguousTitle: A title fits several items.
        NotReady: The first model is being made.
    """
    name = uuid.uuid4().hex
    try:
        now = service.live.snapshot({ask.user} if ask.user else ())
    except EmptyData:
        nothing = ["there are no items yet."]
        return SlateOut(
            slate=name, user=ask.user, stage="popular", model="", items=[], notes=nothing
        )
    slate = now.model.slate(query_of(ask, now), explain=ask.explain)
    answer = _answer(name, ask, slate, now)
    service.slates.add(
        {
            "slate": name,
            "user": ask.user,
            "query": ask.model_dump(exclude_defaults=True),
            "items": [one.item for one in answer.items],
            "scores": [one.score for one in answer.items],
            "propensities": None if slate.propensities is None else list(slate.propensities),
            "stage": slate.stage,
            "model": now.name,
            "created": time.time(),
        }
    )
    return answer


def query_of(ask: Ask, now: Snapshot) -> Query:
    """The question in the words of the model."""
    known = now.model.known.catalog
    closed = now.closed.intersection(known.items)
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
    )


def popular_items(now: Snapshot, number: int) -> list[tuple[str, str, float]]:
    """Id, title and weight of the likes of the items with most of it; closed ones left out."""
    catalog = now.model.known.catalog
    weight = np.asarray(now.model.known.interactions.likes().sum(axis=0)).ravel()
    order = np.argsort(-weight, kind="stable")
    shown = [row for row in order if catalog.items.ids[row] not in now.closed][:number]
    return [(catalog.items.ids[r], catalog.titles[r], float(weight[r])) for r in shown]


def listed(item: str, title: str, score: float | None = None) -> Listed:
    """An item of a plain list."""
    return Listed(item=item, title=title, score=score)
