"""Kills a server that works, starts it again, and counts what it knows."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from fewrec.errors import FewrecError
from fewrec.service.bench.senders import ITEMS, Sender, call
from fewrec.service.bench.server import SERVE, Server
from fewrec.service.bench.trial import Trial

MOMENTS = ("within 10,000 events", "single events", "within batches", "during a fit", "slates")
"""What the server does when it is killed, taken in turn."""

SIZES = dict(zip(MOMENTS, (10_000, 1, 50, 50, 1), strict=True))
SENDERS = dict(zip(MOMENTS, (1, 3, 3, 2, 3), strict=True))

SETTINGS = '[model]\nencoder = "char-ngrams-128"\n[service]\nexplore = 0.0\nrefit_growth = 1e9\n'
"""Small texts, and fits only where a trial asks for one."""


def kill_trials(
    home: Path,
    trials: int,
    seed: int = 0,
    told: Callable[[Trial], None] = lambda _: None,
    moments: tuple[str, ...] = MOMENTS,
) -> list[Trial]:
    """Kill the server of a fresh home again and again.

    Args:
        home: A folder to be made.
        trials: How many.
        seed: Of the moments.
        told: Hears of each trial.
        moments: What to do, in turn.

    Raises:
        FewrecError: The server did not start, or did not answer.
    """
    home.mkdir(parents=True)
    (home / "fewrec.toml").write_text(SETTINGS)
    chance, found = random.Random(seed), []
    server = _start(home, 0)
    try:
        items = [{"item": f"i{n}", "properties": {"title": f"Title {n}"}} for n in range(ITEMS)]
        _wanted(server, "POST", "/v1/items", {"items": items})
        for number in range(1, trials + 1):
            moment = moments[(number - 1) % len(moments)]
            senders = [
                Sender(server.port, f"t{number}.{n}", SIZES[moment], asks=moment == "slates")
                for n in range(SENDERS[moment])
            ]
            seconds = _killed(server, moment, senders, chance)
            orphans = _orphans(home)
            begun = time.monotonic()
            server = _start(home, number)
            again = round(time.monotonic() - begun, 3)
            counted = _counted(home, server, f"t{number}.", senders)
            found.append(Trial(number, moment, seconds, again, orphans, **counted))
            told(found[-1])
    finally:
        server.stop()
    return found


def _start(home: Path, number: int) -> Server:
    words = (*SERVE, str(home), "--port", "0")
    return Server(words, home.with_name(f"{home.name}-{number}.log"))


def _killed(server: Server, moment: str, senders: list[Sender], chance: random.Random) -> float:
    """Let the senders work, kill the server at a moment of the kind; seconds it worked."""
    _wanted(server, "POST", "/v1/recommend", {})  # the model is there
    begun = time.monotonic()
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.busy.wait()
    if moment == "during a fit":
        _fitting(server)
        time.sleep(chance.uniform(0.0, 1.5))
    elif moment == MOMENTS[0]:
        _acknowledged_one(senders[0])
        senders[0].busy.wait()
        time.sleep(chance.uniform(0.0, 0.8))
    else:
        _acknowledged_one(senders[0])
        time.sleep(chance.uniform(0.0, 0.6))
    server.process.kill()
    seconds = round(time.monotonic() - begun, 3)
    server.process.wait()
    for sender in senders:
        sender.join()
    if faults := [fault for sender in senders for fault in sender.refused]:
        raise FewrecError(f"the server refused: {faults[0]}")
    return seconds


def _acknowledged_one(sender: Sender, patience: float = 60.0) -> None:
    until = time.monotonic() + patience
    while not sender.acknowledged and time.monotonic() < until:
        time.sleep(0.005)


def _fitting(server: Server, patience: float = 30.0) -> None:
    """Ask for a new model, and wait until one is being made."""
    until = time.monotonic() + patience
    title = {"title": f"Title anew {time.time()}"}
    _wanted(server, "PUT", "/v1/items/i0", title)
    while time.monotonic() < until:
        _wanted(server, "POST", "/v1/recommend", {})
        if _wanted(server, "GET", "/health/ready")["refitting"]:
            return
        time.sleep(0.02)
    raise FewrecError("no fit began")


def _wanted(server: Server, method: str, path: str, body: object = None) -> dict[str, object]:
    status, answer = call(server.port, method, path, body)
    if status != 200:
        raise FewrecError(f"{method} {path}: {status} {answer}")
    return dict(answer)


def _counted(home: Path, server: Server, prefix: str, senders: list[Sender]) -> dict[str, Any]:
    """What the restarted server and its store know of what was sent."""
    kept, sound = _stored(home, prefix)
    lost = torn = twice = missed = 0
    for sender in senders:
        batches = [kept.intersection(sender.ids(n)) for n in range(sender.sent)]
        lost += sum(sender.size - len(one) for one in batches[: sender.acknowledged])
        torn += sum(0 < len(one) < sender.size for one in batches)
        missed += _missed(server, sender)
    slates = [name for sender in senders for name in sender.slates]
    absent = [name for name in slates if call(server.port, "GET", f"/v1/slates/{name}")[0] == 404]
    for sender in senders:  # as a caller does that got no answer
        for batch in range(max(0, sender.acknowledged - 2), sender.sent):
            _wanted(server, "POST", "/v1/events/batch", sender.events(batch))
        known = _wanted(server, "GET", f"/v1/users/{sender.user}")["events"]
        twice += int(str(known)) - sender.sent * sender.size
    return {
        "acknowledged": sum(sender.acknowledged * sender.size for sender in senders),
        "found": len(kept),
        "lost": lost,
        "torn": torn,
        "counted_twice": twice,
        "not_learned": missed,
        "leftovers": len([*(home / "models").glob(".*")]),
        "slates_lost": len(absent),
        "sound": sound,
    }


def _stored(home: Path, prefix: str) -> tuple[set[str], bool]:
    """Ids of events that begin so, and whether the database is sound."""
    with closing(sqlite3.connect(home / "fewrec.db", timeout=30)) as store:
        ids = store.execute("select id from events where user glob ?", (f"{prefix}*",))
        return {row[0] for row in ids}, store.execute("pragma quick_check").fetchone() == ("ok",)


def _missed(server: Server, sender: Sender) -> int:
    """Items somebody liked, by acknowledged events, that a slate offers them as new."""
    liked = {f"i{n % ITEMS}" for n in range(min(sender.acknowledged * sender.size, ITEMS))}
    slate = _wanted(server, "POST", "/v1/recommend", {"user": sender.user, "k": ITEMS})["items"]
    assert isinstance(slate, list)
    return len(liked.intersection(one["item"] for one in slate))


def _orphans(home: Path, patience: float = 3.0) -> int:
    """Processes that still fit a model for the home, some seconds after their server is gone."""
    until = time.monotonic() + patience
    while (left := _fits(home)) and time.monotonic() < until:
        time.sleep(0.05)
    return left


def _fits(home: Path) -> int:
    number = 0
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = place.read_bytes().split(b"\0")
            number += b"fewrec.service.fitting" in words and str(home).encode() in words
    return number
