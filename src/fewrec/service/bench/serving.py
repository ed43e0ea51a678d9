"""`fewrec bench serve`: what the service does in a second, beside a server that only says hello."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, repeat
from pathlib import Path
from typing import TypeVar

import numpy as np

from fewrec.errors import FewrecError
from fewrec.evaluation.rows import Row, metric_row
from fewrec.seeding import generator
from fewrec.service.bench.load import Driven, Talk, asked_once, drive, request
from fewrec.service.bench.server import HELLO, SERVE, Server
from fewrec.service.bench.shop import Shop

Thing = TypeVar("Thing")

BATCH = 1000
"""Items or events in a request that fills the store."""

CROWDS = (1, 8)
"""Clients at once in every round."""

LARGE_CROWDS = (32, 200)
"""And once at the end."""

HELLO_TALK = Talk("hello", (request("GET", "/hello"),))
WAIT_SECONDS = 1800.0
"""So long the first model may take."""


@dataclass(frozen=True)
class Plan:
    """How long to measure.

    Attributes:
        rounds: How often everything is measured, one kind after the other, so that what else
            the machine does hits all alike.
        seconds: Of each measurement.
        seed: Of who asks.
    """

    rounds: int = 5
    seconds: float = 2.0
    seed: int = 0


@dataclass
class Readings:
    """Numbers by (task, clients) and metric, one a round."""

    values: dict[tuple[str, int], dict[str, list[float]]] = field(default_factory=dict)

    def add(self, task: str, clients: int, **found: float) -> None:
        """Note what one round gave."""
        cell = self.values.setdefault((task, clients), {})
        for metric, value in found.items():
            cell.setdefault(metric, []).append(value)

    def rows(self) -> list[Row]:
        """As rows of the JSON contract."""
        return [
            metric_row({"task": task, "clients": clients} if clients else {"task": task}, m, v)
            for (task, clients), cell in self.values.items()
            for m, v in cell.items()
        ]


def bench_serve(
    shop: Shop, folder: Path, plan: Plan, step: Callable[[str], None] = lambda name: None
) -> list[Row]:
    """Fill a real server with a shop, and ask it.

    Args:
        shop: Items, customers and events.
        folder: Empty; takes the home and what the servers say.
        plan: How long.
        step: Told what is measured next.

    Returns:
        Rows with ``task``, ``clients``, and one value a round in ``per_seed``: ``per_second``,
        ``median_ms``, ``p95_ms``, ``p99_ms``, ``cpu_ms`` (processor time of the server for one
        request), ``ratio_to_hello`` (requests a second, against the hello measured just before)
        and ``cpu_ratio_to_hello``; ``seconds`` and ``peak_mb`` of the whole.

    Raises:
        FewrecError: A request was refused, or a slate did not know of the click before it.
    """
    home = folder / "home"
    home.mkdir(parents=True)
    # one model answers all through: a fit meanwhile would be measured too
    (home / "fewrec.toml").write_text("[service]\nrefit_growth = 1000000\n")
    words = (*SERVE, str(home), "--port", "0")
    with Server(HELLO, folder / "hello.log") as hello, Server(words, folder / "log") as server:
        bench = _Bench(shop, plan, server, hello, step)
        bench.fill()
        bench.model()
        for n in range(plan.rounds):
            bench.round(n)
        bench.crowds()
        bench.clicks()
        bench.writes()
        bench.readings.add("server", 0, peak_mb=server.peak_mb)
    return bench.readings.rows()


class _Bench:
    """One run."""

    def __init__(
        self,
        shop: Shop,
        plan: Plan,
        server: Server,
        hello: Server,
        step: Callable[[str], None],
    ) -> None:
        self.shop, self.plan, self.server, self.hello = shop, plan, server, hello
        self.step, self.readings = step, Readings()
        self.random = generator(plan.seed, "serving")
        order = self.random.permutation(len(shop.users))
        half = len(order) // 2
        self.returning = [shop.users[n] for n in order[half:]]
        self.strangers = [shop.users[n] for n in order[:half]]

    def fill(self) -> None:
        """Put everything into the store."""
        for kind, path, rows in (
            ("items", "/v1/items", self.shop.items),
            ("events", "/v1/events/batch", self.shop.events),
        ):
            self.step(f"{kind} in batches of {BATCH}")
            batches = [rows[at : at + BATCH] for at in range(0, len(rows), BATCH)]
            bodies = [request("POST", path, {kind: batch}) for batch in batches]
            used = self.server.cpu_seconds
            done = _fine(drive(self.server.port, asked_once(kind, bodies), 1))
            used = (self.server.cpu_seconds - used) / len(rows)
            self.readings.add(f"put {kind}", 1, per_second=len(rows) / done.elapsed)
            self.readings.add(f"put {kind}", 1, cpu_ms=1000 * used)

    def model(self) -> None:
        """Wait for the first model."""
        self.step("the first model")
        begun, fit = time.monotonic(), 0.0
        drive(self.server.port, asked_once("ask", [_ask(self.returning[0])]), 1)
        while True:
            (body,) = self._health()
            if json.loads(body).get("model"):
                break
            if time.monotonic() - begun > WAIT_SECONDS:
                raise FewrecError(f"there is no model after {WAIT_SECONDS:.0f} seconds")
            fit = max(fit, self.server.children_mb)
            time.sleep(0.1)
        self.readings.add("first model", 0, seconds=time.monotonic() - begun)
        if fit:
            self.readings.add("first model", 0, peak_mb=fit)
        self.step("everybody who will come back")
        asked = [_ask(user) for user in self.returning]
        done = _fine(drive(self.server.port, asked_once("before", asked), 1))
        self.readings.add("before they return", 1, **_times(done.heard["before"].seconds))

    def _health(self) -> list[bytes]:
        asked = [request("GET", "/health/ready")]
        return drive(self.server.port, asked_once("h", asked), 1, keep=True).heard["h"].bodies

    def round(self, number: int) -> None:
        """Hello, people who ask for the first time, and people who come back."""
        share = len(self.strangers) // (self.plan.rounds * len(CROWDS))
        for place, clients in enumerate(CROWDS):
            self.step(f"round {number + 1}, {clients} at once")
            begin = (number * len(CROWDS) + place) * share
            first = self.strangers[begin : begin + share]
            base = self._measure(self.hello, "hello", repeat(HELLO_TALK), clients)
            for task, talks in (
                ("first time", asked_once("first time", [_ask(user) for user in first])),
                ("returning", self._stream("returning")),
            ):
                mine = self._measure(self.server, task, talks, clients)
                self._against(task, clients, mine, base)
        for task, talks in (("explained", self._explained()), ("session", self._sessions())):
            self._measure(self.server, task, talks, 1)

    def crowds(self) -> None:
        """Many at once."""
        for clients in LARGE_CROWDS:
            self.step(f"{clients} at once")
            base = self._measure(self.hello, "hello", repeat(HELLO_TALK), clients)
            mine = self._measure(self.server, "returning", self._stream("returning"), clients)
            self._against("returning", clients, mine, base)

    def clicks(self) -> None:
        """A click, then the next slate: it must not show again what was clicked."""
        for clients in CROWDS:
            self.step(f"click, then the next slate, {clients} at once")
            clicked: list[tuple[str, ...]] = []
            talks = self._clicks(clicked)
            done = self._measure(self.server, "click to slate", talks, clients, keep=True)
            if clients == 1 and (late := late_clicks(clicked, done.heard["click to slate"].bodies)):
                raise FewrecError(f"slates did not know of clicks before them: {late[:3]}")

    def writes(self) -> None:
        """Events in batches and one by one while people ask."""
        self.step("events while people ask")
        talks = self._mixed()
        used = self.server.cpu_seconds
        done = _fine(drive(self.server.port, talks, 10, seconds=2 * self.plan.seconds))
        self.readings.add(
            "all at once", 10, cpu_share=(self.server.cpu_seconds - used) / done.elapsed
        )
        for kind, heard in done.heard.items():
            events = {"batch of 100 events": 100}.get(kind, 1)
            rate = events * len(heard.seconds) / done.elapsed
            self.readings.add(f"meanwhile: {kind}", 10, per_second=rate, **_times(heard.seconds))

    def _measure(
        self, server: Server, task: str, talks: Iterator[Talk], clients: int, keep: bool = False
    ) -> Driven:
        used = server.cpu_seconds
        done = _fine(drive(server.port, talks, clients, seconds=self.plan.seconds, keep=keep))
        if not done.talks:
            raise FewrecError(f"{task}: nothing was answered within {self.plan.seconds:g} seconds")
        seconds = [s for heard in done.heard.values() for s in heard.seconds]
        self.readings.add(
            task,
            clients,
            per_second=done.talks / done.elapsed,
            **_times(seconds),
            cpu_ms=1000 * (server.cpu_seconds - used) / done.talks,
        )
        return done

    def _against(self, task: str, clients: int, mine: Driven, base: Driven) -> None:
        """Ratios to the hello of the same round."""
        rate = (mine.talks / mine.elapsed) / (base.talks / base.elapsed)
        used = [self.readings.values[kind, clients]["cpu_ms"][-1] for kind in ("hello", task)]
        share = used[0] / used[1] if used[1] else math.nan  # the system counts in hundredths
        self.readings.add(task, clients, ratio_to_hello=rate, cpu_ratio_to_hello=share)

    def _one(self, things: Sequence[Thing]) -> Thing:
        return things[int(self.random.integers(len(things)))]

    def _stream(self, kind: str) -> Iterator[Talk]:
        """People who come back, the more active the oftener: the r-th asks 1/r as often."""
        chance = 1.0 / np.arange(1, len(self.returning) + 1)
        while True:
            for place in self.random.choice(len(chance), size=500, p=chance / chance.sum()):
                yield Talk(kind, (_ask(self.returning[place]),))

    def _explained(self) -> Iterator[Talk]:
        while True:
            yield Talk("explained", (_ask(self._one(self.returning), explain=True),))

    def _sessions(self) -> Iterator[Talk]:
        """Nobody known, with three items they just liked."""
        while True:
            liked = [self._one(self.shop.items)["item"] for _ in range(3)]
            body = {"session": {"likes": liked}}
            yield Talk("session", (request("POST", "/v1/recommend", body),))

    def _clicks(self, clicked: list[tuple[str, ...]]) -> Iterator[Talk]:
        while True:
            user, item = self._one(self.returning), self._one(self.shop.items)["item"]
            clicked.append((user, item))
            yield Talk("click to slate", (_event(user, item), _ask(user)))

    def _mixed(self) -> Iterator[Talk]:
        """Of a hundred talks 95 ask, 4 bring an event, and one brings a hundred."""
        stream, clicks = self._stream("slate"), self._clicks([])
        while True:
            now = time.time()
            events = [{**self._one(self.shop.events), "timestamp": now} for _ in range(100)]
            batch = request("POST", "/v1/events/batch", {"events": events})
            yield Talk("batch of 100 events", (batch,))
            for talk in islice(clicks, 4):
                yield Talk("event", talk.requests[:1])
            yield from islice(stream, 95)


def late_clicks(
    clicked: Sequence[tuple[str, ...]], bodies: Sequence[bytes]
) -> list[tuple[str, str]]:
    """Clicks that a later slate of the same person does not know of.

    Args:
        clicked: Person and item of each click, in order.
        bodies: The slate that followed each click, before the next one.

    Returns:
        Person and item; what was shown before its click is no fault.
    """
    late, known = [], set()
    for click, body in zip(clicked, bodies, strict=False):
        known.add(click)
        slate = json.loads(body)
        pairs = [(slate["user"], one["item"]) for one in slate["items"]]
        late += [pair for pair in pairs if pair in known]
    return late


def _ask(user: str, **more: object) -> bytes:
    return request("POST", "/v1/recommend", {"user": user, "k": 10, **more})


def _event(user: str, item: str) -> bytes:
    return request("POST", "/v1/events", {"user": user, "item": item, "event": "click"})


def _fine(done: Driven) -> Driven:
    if done.failed:
        raise FewrecError(f"{len(done.failed)} requests were refused: {done.failed[0][:500]}")
    return done


def _times(seconds: list[float]) -> dict[str, float]:
    names = {"median_ms": 50, "p95_ms": 95, "p99_ms": 99}
    return {name: 1000 * float(np.percentile(seconds, at)) for name, at in names.items()}
