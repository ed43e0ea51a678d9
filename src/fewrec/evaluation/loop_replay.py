"""One replay of the living loop: all contestants asked at the same moments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from fewrec.data.arrays import Doubles, Ints
from fewrec.errors import EmptyData
from fewrec.evaluation.loop import Loop, Store, event_order
from fewrec.evaluation.loop_rankers import Living, contestants
from fewrec.evaluation.opening import Bench


@dataclass(frozen=True)
class Replay:
    """What came of one replay of S slates.

    Attributes:
        seed: Of the replay.
        events: How many events were told.
        items: Size of the catalogue.
        user: Who was asked for. Shape [S].
        known: Interactions known of them. Shape [S].
        rewards: Contestant -> reward of each slate. Each of shape [S].
        alone: Expert of ``fewrec`` -> reward of its ten best, in expectation over ties.
        shown: Contestant -> how many different items it showed.
    """

    seed: int
    events: int
    items: int
    user: Ints
    known: Ints
    rewards: dict[str, Doubles]
    alone: dict[str, Doubles]
    shown: dict[str, int]

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            name: _listed(value) if not isinstance(value, int) else value
            for name, value in vars(self).items()
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Replay:
        """From JSON."""
        return cls(
            seed=told["seed"],
            events=told["events"],
            items=told["items"],
            user=np.array(told["user"], dtype=np.int64),
            known=np.array(told["known"], dtype=np.int64),
            rewards=_arrays(told["rewards"]),
            alone=_arrays(told["alone"]),
            shown=dict(told["shown"]),
        )


def _arrays(lists: Mapping[str, Any]) -> dict[str, Doubles]:
    return {name: np.array(values, dtype=np.float64) for name, values in lists.items()}


def _listed(value: Any) -> Any:  # noqa: ANN401 (arrays, or dicts of arrays or numbers)
    if isinstance(value, dict):
        return {name: _listed(inner) for name, inner in value.items()}
    return value.tolist() if isinstance(value, np.ndarray) else value


def replayed(
    bench: Bench,
    loop: Loop,
    seed: int = 0,
    step: Callable[[int], None] = lambda slates: None,
) -> Replay:
    """Replay the events of a data set.

    Args:
        bench: The data, and how its items are described.
        loop: How.
        seed: Of the order where times say nothing, of the fits and of exploring.
        step: Called with the number of slates asked for so far.

    Returns:
        What came of it.

    Raises:
        EmptyData: There is no like to ask before.
    """
    rows = bench.dataset.interactions
    order, store, ours = event_order(rows, seed), Store(bench), Living(bench, loop, seed)
    asking = contestants(bench, loop, seed, ours)
    rewards: dict[str, list[float]] = {name: [] for name in asking}
    shown: dict[str, set[int]] = {name: set() for name in asking}
    people: list[int] = []
    known_of: list[int] = []
    stop = 0
    for start, stop in loop.blocks(len(order)):
        known = rows.where(order[:start])
        asked = store.questions(order[start:stop], loop.slates - len(people))
        people += [question.user for question in asked]
        known_of += [len(question.history.item) for question in asked]
        for name, contestant in asking.items():
            for question, slate in zip(asked, contestant(known, asked), strict=True):
                rewards[name].append(float(question.liked in slate))
                shown[name].update(slate.tolist())
        step(len(people))
        if len(people) >= loop.slates:
            break
    if not people:
        raise EmptyData("no event is a like, so no slate can be judged")
    return Replay(
        seed=seed,
        events=stop,
        items=len(rows.items),
        user=np.array(people),
        known=np.array(known_of),
        rewards={name: np.array(values) for name, values in rewards.items()},
        alone=ours.alone,
        shown={name: len(items) for name, items in shown.items()},
    )
