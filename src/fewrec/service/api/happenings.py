"""Routes of events, and of reactions to slates."""

from __future__ import annotations

import time
import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path

from fewrec.service.api.access import Opened, needs
from fewrec.service.schemas import EventIn, Events, Feedback, Id, Written

ROUTER = APIRouter(prefix="/v1", tags=["events"])
READ, WRITE = [Depends(needs("read"))], [Depends(needs("write"))]


@ROUTER.post("/events", dependencies=WRITE)
def add_event(event: EventIn, service: Opened) -> Written:
    """Take in one event; it is on the disk when the answer comes, and in the next slate."""
    return add_events(Events(events=[event]), service)


@ROUTER.post("/events/batch", dependencies=WRITE)
def add_events(batch: Events, service: Opened) -> Written:
    """Take in up to 10,000 events, all or none."""
    for name in {event.event for event in batch.events}:
        service.check_event(name)
    now = time.time()
    rows = [_row(event, now) for event in batch.events]
    return Written(received=len(rows), new=service.store.add_events(rows))


def _row(event: EventIn, now: float) -> dict[str, Any]:
    row = event.model_dump()
    row["id"] = event.id or uuid.uuid4().hex
    row["timestamp"] = now if event.timestamp is None else event.timestamp
    return row


@ROUTER.post("/slates/{slate}/feedback", dependencies=WRITE)
def add_feedback(slate: Annotated[Id, Path()], feedback: Feedback, service: Opened) -> Written:
    """What somebody did with a slate; items that were not in it are refused."""
    row = service.slates.find(slate)
    if row is None:
        raise HTTPException(404, f"there is no slate {slate!r}")
    user = feedback.user or row["user"]
    if user is None:
        raise HTTPException(422, "the slate was made for nobody known: say who answered (user)")
    strange = [one.item for one in feedback.reactions if one.item not in row["items"]]
    if strange:
        raise HTTPException(422, f"{strange[0]!r} was not in the slate")
    events = [
        EventIn(
            user=user,
            item=one.item,
            event=one.event,
            value=one.value,
            id=one.id or f"{slate}:{one.item}:{one.event}",
            slate=slate,
        )
        for one in feedback.reactions
    ]
    return add_events(Events(events=events), service)


@ROUTER.get("/slates/{slate}", dependencies=READ)
def get_slate(slate: Annotated[Id, Path()], service: Opened) -> dict[str, Any]:
    """A slate that was shown: question, items, scores, propensities, model."""
    row = service.slates.find(slate)
    if row is None:
        raise HTTPException(404, f"there is no slate {slate!r}")
    return row
