"""Which state of the store a reader has, and whether that is still good enough for somebody."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable

KEPT_SECONDS = 5.0
"""So long it is known when a version was left; older ones are too old for anybody."""

MANY = 10_000
"""People with news beyond which those whose news are old are let go."""


class Versions:
    """Counts the writes that a model may learn from.

    Attributes:
        now: The newest version.
    """

    def __init__(self) -> None:
        self.now = 0
        self._items_at = 0
        self._user_at: dict[str, int] = {}
        self._left: deque[tuple[int, float]] = deque()
        self._settled = 0
        self._lock = threading.Lock()

    def moved(self, items: Iterable[str] = (), users: Iterable[str] = ()) -> None:
        """Something was written about some items and people."""
        with self._lock:
            moment = time.monotonic()
            self._left.append((self.now, moment))
            while self._left[0][1] < moment - KEPT_SECONDS:
                self._left.popleft()
            self.now += 1
            if any(True for _ in items):
                self._items_at = self.now
            self._user_at.update(dict.fromkeys(users, self.now))

    def urgent(self, version: int, users: Iterable[str]) -> bool:
        """Whether a reader of a version lacks any item, or anything of some people.

        Right for versions that were not left longer than ``KEPT_SECONDS`` ago or settled since.
        """
        if self._items_at > version:
            return True
        return any(self._user_at.get(user, 0) > version for user in users)

    def left(self, version: int) -> float | None:
        """When a version ceased to be the newest, on the monotonic clock.

        Returns:
            None for the newest; minus infinity where it is too long ago to be known.
        """
        if version == self.now:
            return None
        with self._lock:
            if not self._left or self._left[0][0] > version:
                return float("-inf")
            return self._left[version - self._left[0][0]][1]

    def settled(self, version: int) -> None:
        """Told that the reader has all writes up to a version."""
        with self._lock:
            self._settled = version
            if len(self._user_at) > MANY:
                oldest = min(version, self._left[0][0] if self._left else version)
                self._user_at = {user: at for user, at in self._user_at.items() if at > oldest}
