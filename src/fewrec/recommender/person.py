"""One person whose slate follows every event at once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from fewrec.data.arrays import Floats
from fewrec.data.histories import Histories
from fewrec.data.slate import Query, Slate
from fewrec.ranker.standing import Standing
from fewrec.recommender.asking import FEW, Asker, asker
from fewrec.recommender.model import FOR_EVERYBODY, Recommender


@dataclass
class _Carried:
    """What is worked out of a person, or from whom it can be carried on.

    Attributes:
        standing: What experts say; None as long as nobody asked.
        earlier: The person before the last event, and that event's row and label.
    """

    standing: Standing | None = None
    earlier: tuple[Person, int, bool] | None = None


@dataclass(frozen=True)
class Person:
    """Somebody as a model sees them, known or not, and what they did since.

    An event changes the history, from which scores are made; nothing is fitted, and the counts of
    items stay as they are (``Recommender.with_data`` moves them too). The first slate is worked
    out from the whole history; later ones from what each event adds to it.

    Attributes:
        model: What scores the items.
        query: Who they are.
        asked: What was known and may be shown when they came.
        history: What is known now (B = 1).
    """

    model: Recommender
    query: Query
    asked: Asker
    history: Histories
    _carried: _Carried = field(default_factory=_Carried, repr=False, compare=False)

    @classmethod
    def of(cls, model: Recommender, query: Query) -> Person:
        """Find out who asks; arguments and errors as in ``Recommender.slate``."""
        if query.before is not None:
            model = model.as_of(query.before)
        who = asker(query, model.known)
        return cls(model, query, who, who.history)

    def after(self, item: str, liked: bool = True) -> Person:
        """The same person after they liked an item, or did not.

        Args:
            item: Id or title.
            liked: What they said; it replaces what they said of the item before.

        Raises:
            UnknownId: The item is not in the catalogue.
            AmbiguousTitle: The title fits several items.
        """
        row = self.model.known.catalog.find(item)
        grown = self.history.after(row, liked)
        carried = _Carried(earlier=(self, row, liked))
        return Person(self.model, self.query, self.asked, grown, carried)

    def slate(self, k: int | None = None) -> Slate:
        """The slate that ``Recommender.slate`` gives with these likes and dislikes said now.

        Args:
            k: How many items, at least 1; as in the query where None.
        """
        query = self.query if k is None else replace(self.query, k=k)
        known, usable = len(self.history.item), self.asked.usable.copy()
        if not query.include_seen:
            usable[self.history.item] = False
        stage = ("warm" if known > FEW else "few") if known else self.asked.stage
        scores = self._scores()
        rows = self.model.variety.pick(scores, usable[None, :], query.diversity, query.k)[0]
        who = Asker(self.history, usable, stage)
        return self.model.answered(query, who, rows[rows >= 0], scores, explain=False)

    def _scores(self) -> Floats:
        """Scores of all items. Shape [1, I]."""
        fusion = self.model.fusion
        if fusion.in_visit(self.history):
            return fusion.scores(self.history)
        carried = self._carried
        if carried.standing is None:
            carried.standing = self._moved() or Standing.of(fusion, self.history, FOR_EVERYBODY)
            carried.earlier = None
        return carried.standing.scores()

    def _moved(self) -> Standing | None:
        """The standing of whoever they were before, moved on; None where that cannot be."""
        if self._carried.earlier is None:
            return None
        before, row, liked = self._carried.earlier
        if len(before.history.item) + 1 != len(self.history.item):
            return None  # the event took the place of an older one
        standing = before._carried.standing or before._moved()
        if standing is None:
            return None
        event = Histories.single([row] if liked else [], [] if liked else [row])
        return standing.after(self.history, event)
