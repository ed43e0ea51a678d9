"""Writes of several callers in one transaction: the disk is waited for once for all of them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sqlalchemy import Connection

Asked = TypeVar("Asked")
Done = TypeVar("Done")


@dataclass
class _Ticket(Generic[Asked, Done]):
    """What one caller waits for."""

    asked: Asked
    weight: int
    done: list[Done] = field(default_factory=list)
    error: Exception | None = None
    settled: bool = False


class Together(Generic[Asked, Done]):
    """Whoever comes first writes for all who wait by then; each gets an answer of their own.

    Nobody is answered before the transaction is on the disk. Where it fails, all are written one
    by one, so that a caller never fails for another one's sake.

    Args:
        writing: One transaction.
        write: Writes what one caller asks for.
        wrote: Told of all that was written, once it is on the disk and before anybody is answered.
        most: Weight of what is written at once; one caller's may be more.
    """

    def __init__(
        self,
        writing: Callable[[], AbstractContextManager[Connection]],
        write: Callable[[Connection, Asked], Done],
        wrote: Callable[[Sequence[Done]], None],
        most: int,
    ) -> None:
        self._writing, self._write, self._wrote, self._most = writing, write, wrote, most
        self._waiting: deque[_Ticket[Asked, Done]] = deque()
        self._turn = threading.Lock()

    def __call__(self, asked: Asked, weight: int = 1) -> Done:
        """Write; returns when it is on the disk.

        Args:
            asked: What to write.
            weight: How much that is.

        Raises:
            StoreError: It cannot be written.
        """
        ticket: _Ticket[Asked, Done] = _Ticket(asked, weight)
        self._waiting.append(ticket)
        with self._turn:
            while not ticket.settled:
                self._settle(self._next())
        if ticket.error is not None:
            raise ticket.error
        return ticket.done[0]

    def _next(self) -> list[_Ticket[Asked, Done]]:
        """Those who have waited longest, as far as they go together."""
        chosen = [self._waiting.popleft()]
        weight = chosen[0].weight
        while self._waiting and weight + self._waiting[0].weight <= self._most:
            chosen.append(self._waiting.popleft())
            weight += chosen[-1].weight
        return chosen

    def _settle(self, tickets: Sequence[_Ticket[Asked, Done]]) -> None:
        try:
            with self._writing() as connection:
                found = [self._write(connection, ticket.asked) for ticket in tickets]
        except Exception as error:
            if len(tickets) == 1:
                tickets[0].error, tickets[0].settled = error, True
                return
            for ticket in tickets:
                self._settle([ticket])
            return
        self._wrote(found)
        for ticket, done in zip(tickets, found, strict=True):
            ticket.done, ticket.settled = [done], True
