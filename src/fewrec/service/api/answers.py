"""Routes that answer: recommend, similar, popular, trending, latest, score."""

from __future__ import annotations

import time
from typing import Annotated

import polars as pl
from fastapi import APIRouter, Depends, Path, Query

from fewrec.errors import EmptyData
from fewrec.service.answering import listed, popular_items, recommend, trending_items
from fewrec.service.api.access import Opened, needs
from fewrec.service.api.asking import Asking
from fewrec.service.schemas import MOST_K, Ask, Id, ListOut, Pairs, Scores, SlateOut

ROUTER = APIRouter(prefix="/v1", dependencies=[Depends(needs("read"))], tags=["answers"])
K = Annotated[int, Query(ge=1, le=MOST_K)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]


def post_recommend(ask: Ask, service: Opened) -> SlateOut:
    """A slate for somebody: by user, by what they did just now, by a sentence, or for anybody."""
    return recommend(service, ask)


ROUTER.add_api_route("/recommend", post_recommend, methods=["POST"], route_class_override=Asking)


@ROUTER.get("/items/{item:path}/similar")
def get_similar(item: Annotated[Id, Path()], service: Opened, k: K = 10) -> ListOut:
    """Items that liking this one speaks for."""
    now = service.live.snapshot()
    barred = now.barred(time.time())
    slate = now.model.similar(item, k + len(barred))
    rows = zip(slate.items, slate.titles, slate.scores, strict=True)
    kept = [row for row in rows if row[0] not in barred]
    return ListOut(items=[listed(*row) for row in kept[:k]])


@ROUTER.get("/popular")
def get_popular(service: Opened, k: K = 10, offset: Offset = 0) -> ListOut:
    """What most people liked."""
    try:
        rows = popular_items(service.live.snapshot(), offset + k)
    except EmptyData:
        return ListOut(items=[])
    return ListOut(items=[listed(*row) for row in rows[offset:]])


@ROUTER.get("/trending")
def get_trending(
    service: Opened,
    k: K = 10,
    half_life_days: Annotated[
        float | None,
        Query(ge=0.001, le=36_500, description="A like of so many days ago counts half."),
    ] = None,
) -> ListOut:
    """What is liked lately; like popular where events have no times."""
    days = half_life_days or service.settings.half_life_days
    try:
        rows = trending_items(service.live.snapshot(), k, days)
    except EmptyData:
        return ListOut(items=[])
    return ListOut(items=[listed(*row) for row in rows])


@ROUTER.get("/latest")
def get_latest(service: Opened, k: K = 10) -> ListOut:
    """What came last, newest first."""
    names = service.store.latest(k)
    found = {name: service.store.item(name) or {"properties": {}} for name in names}
    return ListOut(
        items=[listed(name, str(found[name]["properties"].get("title") or name)) for name in names]
    )


@ROUTER.post("/score")
def post_score(pairs: Pairs, service: Opened) -> Scores:
    """P(like) of pairs; people and items nobody heard of are ordinary."""
    now = service.live.snapshot({pair.user for pair in pairs.pairs})
    frame = pl.DataFrame(
        {"user": [p.user for p in pairs.pairs], "item": [p.item for p in pairs.pairs]}
    )
    values = now.model.score(frame)
    calibrated = bool(now.model.manifest.calibrated)
    return Scores(scores=[float(v) for v in values], calibrated=calibrated, model=now.name)
