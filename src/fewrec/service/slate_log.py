"""The slates that were shown, written together a few times a second."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from fewrec.errors import StoreError
from fewrec.service.store import Store

EVERY_SECONDS = 0.2
MOST_SECONDS = 10.0
"""Where they cannot be written, tries become rarer up to this."""

MOST_WAITING = 10_000
"""Where they cannot be written, only the last ones are kept."""

LOG = logging.getLogger("fewrec.service")

Row = dict[str, Any]


@dataclass(frozen=True)
class Shown:
    """What a slate showed, and why; the same slate may be shown again under another id.

    Attributes:
        user: To whom.
        query: What was asked.
        items: Ids, first place first.
        scores: Of the items.
        propensities: Of the items.
        stage: What was known.
        model: Name of the model.
        fired: Rule -> how often it made a difference.
    """

    user: str | None
    query: dict[str, Any]
    items: list[str]
    scores: list[float]
    propensities: list[float]
    stage: str
    model: str
    fired: dict[str, int]

    def row(self, slate: str, created: float) -> Row:
        """The columns of the table ``slates``."""
        return {"slate": slate, "created": created, **self._columns}

    def text(self, slate: str, created: float) -> Row:
        """The same with JSON already written out."""
        return {"slate": slate, "created": created, **self._written}

    @cached_property
    def _columns(self) -> Row:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @cached_property
    def _written(self) -> Row:
        return self._columns | {name: json.dumps(self._columns[name]) for name in JSON_COLUMNS}


JSON_COLUMNS = ("query", "items", "scores", "propensities", "fired")


class SlateLog:
    """Takes slates at once and writes them soon after, so that no answer waits for the disk.

    A killed process loses the slates of the last fraction of a second, never an event.

    Attributes:
        fired: Rule -> how often it fired since the start.

    Args:
        store: Where they go.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.fired: Counter[str] = Counter()
        self._waiting: dict[str, tuple[float, Shown]] = {}
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="slate-log", daemon=True)
        self._thread.start()

    def add(self, slate: str, shown: Shown) -> None:
        """Take in what is being shown under an id."""
        with self._lock:
            self._waiting[slate] = (time.time(), shown)
            if shown.fired:
                self.fired.update(shown.fired)

    def find(self, slate: str) -> Row | None:
        """A slate by its id, written or not; None where there is none."""
        with self._lock:
            if slate in self._waiting:
                created, shown = self._waiting[slate]
                return shown.row(slate, created)
        return self._store.slate(slate)

    def shown_to(self, user: str, since: float) -> dict[str, int]:
        """How often each item was shown to a person after a time (seconds since 1970)."""
        with self._lock:
            waiting = {n: one.items for n, (_, one) in self._waiting.items() if one.user == user}
        written = {row["slate"]: row["items"] for row in self._store.slates_of(user, since)}
        return dict(Counter(item for items in (written | waiting).values() for item in items))

    def forget(self, user: str, remove: Callable[[str], dict[str, int]]) -> dict[str, int]:
        """Drop the slates of a person, of whom everything is removed from the store.

        Args:
            user: Who.
            remove: Removes them from the store; nothing is written while it runs.

        Returns:
            What was removed by table, slates that were not written yet among them.
        """
        with self._flushing:
            removed = remove(user)
            with self._lock:
                mine = [name for name, (_, one) in self._waiting.items() if one.user == user]
                for name in mine:
                    del self._waiting[name]
        removed["slates"] += len(mine)
        return removed

    def flush(self) -> None:
        """Write what is waiting.

        Raises:
            StoreError: It cannot be written; it stays and is tried again.
        """
        with self._flushing:
            with self._lock:
                batch = list(self._waiting.items())
            if not batch:
                return
            self._store.note_slates([shown.text(name, at) for name, (at, shown) in batch])
            with self._lock:
                for name, _ in batch:
                    del self._waiting[name]

    def close(self) -> None:
        """Write what is waiting, and stop; what cannot be written is lost, and said."""
        self._stop.set()
        self._thread.join()
        self._tried()

    def _run(self) -> None:
        wait = EVERY_SECONDS
        while not self._stop.wait(wait):
            wait = EVERY_SECONDS if self._tried() else min(2 * wait, MOST_SECONDS)

    def _tried(self) -> bool:
        """Whether nothing is waiting any more."""
        try:
            self.flush()
        except StoreError as error:
            LOG.error("%s slates wait: %s", len(self._waiting), error)
            with self._lock:
                for name in list(self._waiting)[:-MOST_WAITING]:
                    del self._waiting[name]
            return False
        return True
