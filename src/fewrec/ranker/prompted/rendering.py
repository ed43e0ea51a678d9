"""From rows to chats: one renderer for training and for scoring."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from fewrec.data.arrays import Ints
from fewrec.data.chat import Chat, Turn
from fewrec.data.histories import Histories
from fewrec.errors import ConfigError
from fewrec.protocols import Training
from fewrec.ranker.prompted.template import Template

TITLE_CHARACTERS = 120
"""A title of a history is cut there."""

ITEM_CHARACTERS = 400
"""The text of the item asked about is cut there; it never makes room for the history."""

_QUOTES = dict.fromkeys(map(ord, '"“”„‟«»″＂'), "'")
_YEAR = re.compile(r"\s*\(\d{4}\)$")
_ARTICLE = re.compile(r"(.+), (The|A|An|Das|Der|Die|La|Le|Les|L'|Il|El|Los|Las)$")


@dataclass(frozen=True)
class Renderer:
    """Writes what is known of a person, and the question, within a number of tokens.

    Titles are data: they cannot end their quotes or their line. A history that is too long loses
    its oldest titles first.

    Attributes:
        template: The words.
        length: Counts the tokens of a text.
        room: The most tokens of one question, history and item together.
        titles: What the I items are called.
        texts: What is read of an item that is asked about.
        natural: Whether titles are turned into what one says.
        described: Whether an item asked about is described, not only named.
    """

    template: Template
    length: Callable[[str], int]
    room: int
    titles: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    natural: bool = False
    described: bool = False
    _lengths: dict[str, int] = field(default_factory=dict, compare=False, repr=False)

    def over(self, training: Training) -> Renderer:
        """The same words about the items of training data.

        Raises:
            ConfigError: There are no texts of the items.
        """
        items = len(training.features)
        if len(training.texts) != items:
            raise ConfigError(
                f"a language model reads texts of items, and there are {len(training.texts)} "
                f"texts of {items} items. Give titles in the items table."
            )
        titles = training.titles or training.texts
        titles = natural(titles) if self.natural else titles
        texts = training.texts if self.described and training.titles else titles
        return replace(self, titles=titles, texts=texts)

    def chats(
        self,
        people: Histories,
        item: Ints | Sequence[str],
        before: Chat = (),
    ) -> list[Chat]:
        """N chats that ask for an answer.

        Args:
            people: N people.
            item: One item for each: rows, or texts to stand in for items. [N].
            before: Turns between the words of the system and the question: demonstrations.
        """
        system = (Turn("system", self.template.system),) if self.template.system else ()
        asked = [text if isinstance(text, str) else self.texts[text] for text in item]
        told = self._told(people)
        return [
            (*system, *before, Turn("user", self._question(*told[row], text)))
            for row, text in enumerate(asked)
        ]

    def _told(self, people: Histories) -> list[tuple[list[tuple[str, bool]], str]]:
        """Of each person the titles, oldest first, with whether they were liked; the profile."""
        rows = np.split(np.arange(len(people.item)), people.start[1:-1])
        return [
            (
                [
                    (clean(self.titles[people.item[h]], TITLE_CHARACTERS), people.label[h] > 0)
                    for h in those
                ],
                clean(people.profile[b], ITEM_CHARACTERS),
            )
            for b, those in enumerate(rows[: len(people)])
        ]

    def _question(self, titles: list[tuple[str, bool]], profile: str, item: str) -> str:
        words = self.template
        question = words.question.format(item=clean(item, ITEM_CHARACTERS))
        about = words.profile.format(profile=profile) if profile else ""
        room = self.room - self._length(question) - self._length(about)
        kept = self._newest(titles, room)
        liked = words.between.join(title for title, likes in kept if likes)
        disliked = words.between.join(title for title, likes in kept if not likes)
        lines = [
            about,
            words.liked.format(titles=liked) if liked else "",
            words.disliked.format(titles=disliked) if disliked else "",
        ]
        known = [line for line in lines if line] or [words.unknown]
        return "\n".join([*(line for line in known if line), question])

    def _newest(self, titles: list[tuple[str, bool]], room: int) -> list[tuple[str, bool]]:
        """The last titles that fit, in their order."""
        room -= self._length(self.template.liked) + self._length(self.template.disliked)
        kept = len(titles)
        while kept and (cost := self._length(titles[kept - 1][0] + self.template.between)) <= room:
            room -= cost
            kept -= 1
        return titles[kept:]

    def _length(self, text: str) -> int:
        if text not in self._lengths:
            self._lengths[text] = self.length(text) if text else 0
        return self._lengths[text]


def clean(text: str, characters: int) -> str:
    """One line of plain text, without what could end the quotes around it.

    Args:
        text: A title or description, as the data has it.
        characters: The most characters that are left.
    """
    start = text[: 4 * characters].translate(_QUOTES)
    kept = "".join(
        " " if letter.isspace() or unicodedata.category(letter)[0] in "CZ" else letter
        for letter in start
    )
    line = " ".join(kept.split())
    if len(line) <= characters:
        return line
    return line[:characters].rstrip() + "…"


def natural(titles: Iterable[str]) -> tuple[str, ...]:
    """Titles as one says them: "Matrix, The (1999)" becomes "The Matrix"; years cost tokens."""
    bare = (_YEAR.sub("", title) for title in titles)
    return tuple(_ARTICLE.sub(r"\2 \1", title) for title in bare)
