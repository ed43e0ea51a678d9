"""One person whose slate follows every event at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fewrec.data.histories import Histories
from fewrec.data.slate import Query, Slate
from fewrec.recommender.asking import FEW, Asker, asker
from fewrec.recommender.model import Recommender


@dataclass(frozen=True)
class Person:
    """Somebody as a model sees them, known or not, and what they did since.

    An event changes the history, which is all that scores are made from; nothing is fitted, and
    the counts of items stay as they are (``Recommender.with_data`` moves them too).

    Attributes:
        model: What scores the items.
        query: Who they are.
        history: What is known of them (B = 1).
    """

    model: Recommender
    query: Query
    history: Histories

    @classmethod
    def of(cls, model: Recommender, query: Query) -> Person:
        """Find out who asks; arguments and errors as in ``Recommender.slate``."""
        return cls(model, query, asker(query, model.known).history)

    def after(self, item: str, liked: bool = True) -> Person:
        """The same person after they liked an item, or did not.

        Args:
            item: Id or title.
            liked: What they said.

        Raises:
            UnknownId: The item is not in the catalogue.
            AmbiguousTitle: The title fits several items.
        """
        row = self.model.known.catalog.find(item)
        return Person(self.model, self.query, self.history.after(row, liked))

    def slate(self, k: int = 10) -> Slate:
        """The slate that ``Recommender.slate`` gives with these likes and dislikes said now."""
        who = asker(self.query, self.model.known)
        known, usable = len(self.history.item), who.usable.copy()
        stage = ("warm" if known > FEW else "few") if known else who.stage
        if not self.query.include_seen:
            usable[self.history.item] = False
        scores = self.model.fusion.scores(self.history)
        rows = self.model.variety.pick(scores, usable[None, :], self.query.diversity, k)[0]
        return self.model.answered(
            replace(self.query, k=k),
            Asker(self.history, usable, stage),
            rows[rows >= 0],
            scores,
            explain=False,
        )
