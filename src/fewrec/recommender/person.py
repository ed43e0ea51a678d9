"""One person whose slate follows every event at once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from fewrec.data.arrays import Floats
from fewrec.data.histories import Histories, Room
from fewrec.data.slate import Query, Slate
from fewrec.ranker.standing import Standing
from fewrec.recommender.asking import FEW, Asker, asker
from fewrec.recommender.model import FOR_EVERYBODY, Recommender


@dataclass(eq=False)
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
    _room: Room | None = field(default=None, repr=False)
    _earlier: tuple[Person, int, bool] | None = field(default=None, repr=False)
    _standing: Standing | None = field(default=None, repr=False)

    @classmethod
    def of(cls, model: Recommender, query: Query) -> Person:
        """Find out who asks; arguments and errors as in ``Recommender.slate``."""
        if query.before is not None:
            model = model.as_of(query.before)
        who = asker(query, model.known)
        return cls(model, query, who, who.history, Room(who.history))

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
        room, grown = self._room, None
        if room is not None:
            grown = room.after(self.history, row, liked)
        if grown is None:
            room, grown = None, self.history.after(row, liked)
        return Person(self.model, self.query, self.asked, grown, room, (self, row, liked))

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
        if self._standing is None:
            self._standing = self._moved() or Standing.of(fusion, self.history, FOR_EVERYBODY)
            self._earlier = None
        return self._standing.scores()

    def _moved(self) -> Standing | None:
        """The standing of whoever they were before, moved on; None where that cannot be."""
        came: list[tuple[Histories, int, bool]] = []
        one = self
        while one._standing is None:
            if one._earlier is None:
                return None
            before, row, liked = one._earlier
            if len(before.history.item) + 1 != len(one.history.item):
                return None  # the event took the place of an older one
            came.append((one.history, row, liked))
            one = before
        standing = one._standing
        for grown, row, liked in reversed(came):
            event = Histories.single([row] if liked else [], [] if liked else [row])
            standing = standing.after(grown, event)
        return standing
