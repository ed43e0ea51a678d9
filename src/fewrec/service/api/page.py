"""The page to try things on: say what you like, see the slate and why, watch it change.

What somebody chooses stands in the page itself and is forgotten with it, unless they name a
user: then likes and dislikes are events like any others.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi import Query as Asked
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from fewrec.data.slate import Query
from fewrec.errors import FewrecError
from fewrec.service.answering import recommend
from fewrec.service.api.access import COOKIE, Opened, caller_of
from fewrec.service.keys import Role
from fewrec.service.schemas import Ask, EventIn, Session, SlateOut
from fewrec.service.search import search
from fewrec.service.service import Service
from fewrec.service.values import said as words

FOLDER = Path(__file__).parent.parent
STATIC = FOLDER / "static"
TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDER / "templates"), autoescape=select_autoescape(default=True)
)
ROUTER = APIRouter(include_in_schema=False)
MOST_FIELDS = 1000
SHOWN, PARTS, HALF = 10, 4, 78
"""Items in the slate, parts of a score that are drawn, half the width of their bars."""

QUESTIONS = 6
"""Titles that are asked about at a time."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
"""Nothing from elsewhere, nothing inline, in nobody's frame."""

STAGES = {
    "popular": "Nothing is known of you yet: what most people like.",
    "people": "From what is said of people like you.",
    "profile": "From your sentence.",
    "few": "From the little that is known of you.",
    "warm": "From what you did.",
}
"""What a slate was made from, in words."""

SAID = {
    "popularity": "liked by many",
    "reach": "liked by many",
    "item-prior": "expected to be liked",
    "groups": "people like you",
    "circle": "your friends",
    "text-knn": "its description",
    "tuned-text": "its description",
    "graph-knn": "its place in the graph",
    "attribute-knn": "what it shares",
    "feature-map": "your taste in features",
    "profile": "your sentence",
}
"""Parts of a score in words; all others compare who liked what."""


def page_caller(role: Role) -> Any:  # noqa: ANN401 (what FastAPI's Depends returns)
    """A dependency: the caller's role, by header or by the cookie of this page."""

    def check(request: Request) -> None:
        if request.method == "POST" and "hx-request" not in request.headers:
            raise HTTPException(403, "this is only for the page itself")
        if not caller_of(request, request.cookies.get(COOKIE)).may(role):
            raise HTTPException(403, f"this needs the role {role}")

    return Depends(check)


@ROUTER.get("/")
def index(request: Request, service: Opened) -> HTMLResponse:
    """The page."""
    try:
        caller_of(request, request.cookies.get(COOKIE))
        locked = False
    except HTTPException:
        locked = True
    counts = {"items": 0, "events": 0} if locked else service.store.counts()
    return _html("index.html", locked=locked, **counts)


@ROUTER.post("/try/key")
async def enter(request: Request, service: Opened) -> Response:
    """Take a key into a cookie that scripts cannot read."""
    said = dict(await _form(request))
    if "hx-request" not in request.headers or service.keys.caller(said.get("key", "")) is None:
        return _html("answer.html", problem="This key is not valid.")
    answer = Response(headers={"HX-Refresh": "true"})
    answer.set_cookie(
        COOKIE,
        said["key"],
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return answer


@ROUTER.get("/try/search", dependencies=[page_caller("read")])
def find(service: Opened, q: Annotated[str, Asked(max_length=200)] = "") -> HTMLResponse:
    """Titles with the words typed so far."""
    found = search(service, q, 8) if q.strip() else []
    return _html("found.html", found=found, asked=bool(q.strip()))


@ROUTER.post("/try/slate", dependencies=[page_caller("read")])
async def slate(request: Request, service: Opened) -> HTMLResponse:
    """The slate for what stands in the form, after the button that was pressed."""
    said = await _form(request)
    writes = any(name in ("add_like", "add_dislike") for name, _ in said)
    if writes and dict(said).get("user"):
        if not caller_of(request, request.cookies.get(COOKIE)).may("write"):
            raise HTTPException(403, "likes of a user need the role write")
    return await run_in_threadpool(_slate, service, said)


def _slate(service: Service, said: list[tuple[str, str]]) -> HTMLResponse:
    fields, chosen = dict(said), _chosen(said)
    user = fields.get("user", "").strip()
    try:
        if user:
            _note(service, user, fields)
            chosen = {}
        ask = _ask(user, fields, chosen)
        answer = recommend(service, ask)
        questions = _questions(service, ask, said)
    except (FewrecError, ValidationError) as error:
        return _html("answer.html", problem=_sentence(error), chosen=_titled(service, chosen))
    return _html(
        "answer.html",
        chosen=_titled(service, chosen),
        pressed="add_like" in fields,
        questions=questions,
        slate=answer,
        stage=STAGES[answer.stage],
        parts=_parts(answer),
    )


def _sentence(error: FewrecError | ValidationError) -> str:
    """What is wrong with what was typed."""
    if isinstance(error, FewrecError):
        return str(error)
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {words(first)}"


def _questions(
    service: Service, ask: Ask, said: list[tuple[str, str]]
) -> dict[str, list[Any]] | None:
    """Titles to ask about, and those that were passed; None where nobody wants to be asked."""
    fields, now = dict(said), service.live.now
    if "asking" not in fields or now is None:
        return None
    passed = [item for name, item in said if name == "passed"]
    if "enough" in fields:
        return {"next": [], "passed": []}
    asked = Query(
        user=ask.user,
        likes=tuple(ask.session.likes),
        dislikes=tuple(ask.session.dislikes),
        k=QUESTIONS,
    )
    known = now.model.known.catalog.items
    passed = [item for item in dict.fromkeys(passed) if item in known]
    return {"next": service.welcome.questions(now, asked, passed).items, "passed": passed}


def _chosen(said: list[tuple[str, str]]) -> dict[str, str]:
    """Item to like or dislike, after the last press."""
    chosen = {item: name for name, item in said if name in ("like", "dislike")}
    for name, item in said:
        if name == "remove":
            chosen.pop(item, None)
        if name in ("add_like", "add_dislike"):
            chosen[item] = name.removeprefix("add_")
    return chosen


def _note(service: Service, user: str, fields: Mapping[str, str]) -> None:
    """A press with a user is an event."""
    for name in ("like", "dislike"):
        item = fields.get(f"add_{name}")
        if item:
            event = EventIn(
                id=uuid.uuid4().hex,
                user=user,
                item=item,
                event=name,
                timestamp=time.time(),
                slate=fields.get("slate") or None,
                context={"from": "page"},
            )
            service.store.add_events([event.model_dump()])


def _ask(user: str, fields: Mapping[str, str], chosen: Mapping[str, str]) -> Ask:
    liked = [item for item, name in chosen.items() if name == "like"]
    disliked = [item for item, name in chosen.items() if name == "dislike"]
    return Ask(
        user=user or None,
        session=Session(likes=liked, dislikes=disliked),
        profile=fields.get("profile", "").strip(),
        k=SHOWN,
        explain=True,
    )


def _titled(service: Service, chosen: Mapping[str, str]) -> list[dict[str, str]]:
    now = service.live.now
    titles: dict[str, str] = {}
    if now is not None:
        catalog = now.model.known.catalog
        rows = {item: catalog.items.row(item) for item in chosen}
        titles = {item: catalog.titles[row] for item, row in rows.items() if row is not None}
    return [
        {"item": item, "name": name, "title": titles.get(item, item)}
        for item, name in chosen.items()
    ]


def _parts(answer: SlateOut) -> list[list[dict[str, Any]]]:
    """Of each item the largest contributions, as bars on one scale."""
    most = max((abs(v) for one in answer.items for v in one.contributions.values()), default=1.0)
    drawn = []
    for one in answer.items:
        largest = sorted(one.contributions.items(), key=lambda pair: -abs(pair[1]))[:PARTS]
        drawn.append([_bar(name, amount, HALF / (most or 1.0)) for name, amount in largest])
    return drawn


def _bar(name: str, amount: float, scale: float) -> dict[str, Any]:
    width = abs(amount) * scale
    return {
        "label": SAID.get(name, f"others' likes ({name})"),
        "amount": amount,
        "x": f"{0 if amount > 0 else -width:.1f}",
        "width": f"{width:.1f}",
    }


async def _form(request: Request) -> list[tuple[str, str]]:
    body = (await request.body()).decode("utf-8", errors="replace")
    try:
        return parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise HTTPException(422, f"at most {MOST_FIELDS} fields are read") from error


def _html(template: str, **values: object) -> HTMLResponse:
    return HTMLResponse(TEMPLATES.get_template(template).render(values), headers=HEADERS)
