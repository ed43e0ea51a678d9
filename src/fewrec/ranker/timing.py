"""How long rankers take to fit, one by one."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from fewrec.protocols import FittedRanker, Ranker, Training


@dataclass(frozen=True)
class Stopwatch:
    """Adds up what every fit of a ranker takes, rehearsals included.

    Attributes:
        seconds: By name of the ranker; grows while rankers are fitted.
    """

    seconds: dict[str, float] = field(default_factory=dict)

    def over(self, rankers: Mapping[str, Ranker]) -> dict[str, Ranker]:
        """The same rankers, watched while they fit."""
        return {name: _Watched(name, ranker, self) for name, ranker in rankers.items()}


@dataclass(frozen=True)
class _Watched:
    name: str
    ranker: Ranker
    watch: Stopwatch

    def fit(self, training: Training) -> FittedRanker:
        """Fit, and add what it took."""
        started = time.perf_counter()
        fitted = self.ranker.fit(training)
        spent = time.perf_counter() - started
        self.watch.seconds[self.name] = self.watch.seconds.get(self.name, 0.0) + spent
        return fitted
