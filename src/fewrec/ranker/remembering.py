"""What experts said of people, kept while neither they nor the people change."""

from __future__ import annotations

import threading
from collections import OrderedDict
from operator import is_

from fewrec.data.arrays import Doubles, Floats
from fewrec.data.histories import Histories
from fewrec.protocols import FittedRanker
from fewrec.ranker.alone import gathered
from fewrec.ranker.fusion import FittedFusion

ROOM = 64 * 2**20
"""Bytes of scores that are kept."""

Key = tuple[object, ...]


class Remembering:
    """Scores people as ``FittedFusion.scores`` does, and remembers what will hold next time.

    Events of others change some experts (popularity) and leave others as they are. What the
    latter say of a person is kept under all that they know of the person, so that whoever's
    history changes is scored anew, and two people with the same history share an entry.

    Args:
        room: Bytes to fill; who has not asked for longest leaves first.
    """

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._lock = threading.Lock()
        self._experts: dict[str, FittedRanker] = {}
        self._weights: tuple[Doubles, ...] = ()
        self._moving: frozenset[str] = frozenset()
        self._kept: OrderedDict[Key, Floats] = OrderedDict()

    def scores(self, fusion: FittedFusion, person: Histories) -> Floats:
        """Scores of all items for one person (B = 1). Shape [1, I].

        What the experts of a visit say is worked out each time: the next question comes with
        another visit.
        """
        profile = self._profile(fusion, person)
        if fusion.present is None or not fusion.in_visit(person):
            return profile
        return fusion.present.added(profile, person)

    def _profile(self, fusion: FittedFusion, person: Histories) -> Floats:
        """Scores by all but the visit. Shape [1, I]."""
        key = _told(person)
        with self._lock:
            self._look_at(fusion)
            moving, steady = self._moving, self._kept.get(key)
            if steady is not None:
                self._kept.move_to_end(key)
        if steady is None:
            steady = fusion.terms(person, [name for name in fusion.experts if name not in moving])
            self._keep(fusion, moving, key, steady)
        rest = [name for name in fusion.experts if name in moving]
        terms = steady + fusion.terms(person, rest) if rest else steady
        return gathered(terms, fusion.warmth, person.ruled_out())[None, :]

    def forget(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._kept.clear()

    def _look_at(self, fusion: FittedFusion) -> None:
        """Find out which experts, or the trust in them, have changed since the last question."""
        weights = (fusion.known, fusion.new)
        if not all(map(is_, self._weights, weights)):
            self._kept.clear()
        self._weights = weights
        old, new = self._experts, fusion.experts
        if old is new:
            return
        changed = frozenset(name for name, expert in new.items() if old.get(name) is not expert)
        if len(changed) == len(new):  # another fit, or other items
            self._kept.clear()
        elif changed - self._moving:
            self._kept.clear()
            self._moving |= changed
        self._experts = new

    def _keep(self, fusion: FittedFusion, moving: frozenset[str], key: Key, terms: Floats) -> None:
        with self._lock:
            same = self._weights and self._weights[0] is fusion.known
            if self._experts is not fusion.experts or self._moving != moving or not same:
                return
            self._kept[key] = terms
            while len(self._kept) * terms.nbytes > self._room:
                self._kept.popitem(last=False)


def _told(person: Histories) -> Key:
    """All that an expert may look at."""
    return (
        type(person),
        person.item.tobytes(),
        person.label.tobytes(),
        person.weight.tobytes(),
        person.attributes,
        person.profile,
        *_rows(person.steps),
    )


def _rows(steps: Histories | None) -> Key:
    """Steps on the way to the target, if any."""
    if steps is None:
        return ()
    return (steps.item.tobytes(), steps.label.tobytes(), steps.weight.tobytes())
