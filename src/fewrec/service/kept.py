"""Answers that are given again, word for word, while they would come out the same."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from fewrec.ranker.remembering import Remembering
from fewrec.service.live import Live, Snapshot
from fewrec.service.slate_log import Shown

ROOM = 40 * 2**20
"""Bytes of questions and answers that are kept."""

HEAD = b'{"slate":"'
"""How an answer begins; the id of the slate and all the rest follow."""


@dataclass(frozen=True)
class Kept:
    """An answer to one question.

    Attributes:
        version: Of the store, when it was given.
        epoch: Of the model.
        until: Seconds since 1970 at which time alone makes it another one.
        rest: What follows the id of the slate.
        shown: For the log.
    """

    version: int
    epoch: int
    until: float
    rest: bytes
    shown: Shown

    @classmethod
    def of(cls, body: bytes, now: Snapshot, until: float, shown: Shown) -> Kept:
        """Keep an answer as it was sent.

        Args:
            body: JSON that begins with the id of the slate.
            now: What answered.
            until: Seconds since 1970.
            shown: For the log.
        """
        return cls(now.version, now.epoch, until, body[body.index(b'"', len(HEAD)) :], shown)

    def body(self, slate: str) -> bytes:
        """The answer under the id of a new slate."""
        return b"".join((HEAD, slate.encode(), self.rest))


class Answers:
    """What was answered to whom; may be used from any thread.

    An answer holds as long as the snapshot it came from would still be used for the person:
    nothing of their own has happened since, no item has changed, and what others did is younger
    than the lag that is allowed.

    Attributes:
        memory: What experts said of people, which holds for longer.

    Args:
        room: Bytes to fill; what was not asked for longest leaves first.
    """

    def __init__(self, room: int = ROOM) -> None:
        self.memory = Remembering()
        self._room, self._filled = room, 0
        self._kept: OrderedDict[bytes, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def found(self, question: bytes, live: Live) -> Kept | None:
        """The answer to a question, if it still holds.

        Args:
            question: The body of the request.
            live: Knows what has happened since.
        """
        kept = self._kept.get(question)
        if kept is None:
            return None
        user = kept.shown.user
        who = () if user is None else (user,)
        if time.time() >= kept.until or not live.holds(kept.version, kept.epoch, who):
            return None
        with self._lock:
            if question in self._kept:
                self._kept.move_to_end(question)
        return kept

    def keep(self, question: bytes, kept: Kept, live: Live) -> None:
        """Keep an answer.

        Args:
            question: The body of the request.
            kept: The answer.
            live: Where it came from.
        """
        with self._lock:
            if live.now is None or live.now.epoch != kept.epoch:
                return  # somebody may have been forgotten meanwhile
            self._drop(question)
            self._kept[question] = kept
            self._filled += _size(question, kept)
            while self._filled > self._room:
                self._drop(next(iter(self._kept)))

    def forget(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._kept.clear()
            self._filled = 0
        self.memory.forget()

    def _drop(self, question: bytes) -> None:
        old = self._kept.pop(question, None)
        if old is not None:
            self._filled -= _size(question, old)


def _size(question: bytes, kept: Kept) -> int:
    """Bytes of an entry, with what stands beside the answer."""
    return len(question) + 3 * len(kept.rest) + 1000
