"""What to ask somebody new, on the model as it is."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from fewrec.data.slate import Query
from fewrec.recommender.asking import asker
from fewrec.recommender.onboarding import Onboarding
from fewrec.service.live import Snapshot
from fewrec.service.schemas import Listed, OnboardingOut


@dataclass
class Welcome:
    """Chooses questions; what it believes of everybody is worked out once a fit."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _key: tuple[str, int] | None = None
    _kept: Onboarding | None = None

    def questions(self, now: Snapshot, query: Query, passed: Sequence[str] = ()) -> OnboardingOut:
        """Items to ask about, the one that tells most first.

        Args:
            now: The model as it is.
            query: Who is asked, what they answered already, and ``k``.
            passed: Items they were asked about and did not know, by id or title.

        Raises:
            UnknownId: An item named is not there.
            AmbiguousTitle: A title fits several items.
        """
        known = now.model.known
        barred = np.zeros(len(known.catalog), dtype=bool)
        names = now.barred(time.time()).intersection(known.catalog.items)
        barred[known.catalog.items.rows(sorted(names))] = True
        onboarding = self._onboarding(now)
        rows = onboarding.ask(
            query.k,
            asker(query, known).history,
            passed=[known.catalog.find(name) for name in passed],
            barred=barred,
        )
        ids, titles, chance = known.catalog.items.ids, known.catalog.titles, onboarding.known
        items = [Listed(item=ids[r], title=titles[r], score=float(chance[r])) for r in rows]
        return OnboardingOut(method=onboarding.method, items=items)

    def _onboarding(self, now: Snapshot) -> Onboarding:
        model = now.model
        rows = model.known.interactions
        key = (now.name, len(model.known.catalog))
        with self._lock:
            kept = self._kept
            if kept is None or self._key != key or (kept.head is None and len(rows)):
                kept = Onboarding.of(rows, model.fusion, model.variety.vectors)
                self._kept, self._key = kept, key
        return kept.now(rows)
