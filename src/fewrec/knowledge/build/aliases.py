"""Finding names of known entities in texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

import numpy as np
from scipy import sparse

LONGEST = 8
"""Names of more words are looked for by their first words."""

_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")
_WORD = re.compile(r"\w+(?:['’]\w+)?")


def label(entity: str) -> str:
    """An entity's name as people write it: "http://.../Mel_Brooks_(actor)" is "Mel Brooks"."""
    name = entity
    if "://" in name:
        name = unquote(re.split(r"[/#]", name.rstrip("/"))[-1]).replace("_", " ")
    return _BRACKETS.sub("", name).strip() or name


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text without case, accents and punctuation."""
    folded = unicodedata.normalize("NFKD", text)
    plain = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return tuple(_WORD.findall(plain.casefold()))


class Aliases:
    """V names, found in texts word by word.

    Names whose words are the same ("John Doe" and "john doe (actor)") are all found. Names of
    one word of at most two letters are never found: they are words as well.

    Args:
        names: Names of V entities.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._rows: dict[tuple[str, ...], list[int]] = {}
        for row, name in enumerate(names):
            words = words_of(label(name))[:LONGEST]
            if words and not (len(words) == 1 and len(words[0]) < 3):
                self._rows.setdefault(words, []).append(row)
        self._first = {words[0] for words in self._rows}
        self._size = len(names)

    def found(self, text: str) -> Iterator[int]:
        """Entities that a text names; where one name holds another, the longer one counts."""
        words, at = words_of(text), 0
        while at < len(words):
            length = self._longest(words, at)
            yield from self._rows.get(words[at : at + length], ())
            at += max(length, 1)

    def places(self, texts: Sequence[Sequence[str]]) -> sparse.csr_matrix:
        """Which text of each of N things names one of V entities first, from 1. Shape [N, V]."""
        first: dict[tuple[int, int], int] = {}
        for row, some in enumerate(texts):
            for place, text in enumerate(some, start=1):
                for entity in self.found(text):
                    first.setdefault((row, entity), place)
        where = np.array(list(first), dtype=np.int64).reshape(-1, 2).T
        data = np.array(list(first.values()), dtype=np.float32)
        return sparse.csr_matrix((data, where), (len(texts), self._size))

    def _longest(self, words: tuple[str, ...], at: int) -> int:
        if words[at] not in self._first:
            return 0
        lengths = range(min(LONGEST, len(words) - at), 0, -1)
        return next((n for n in lengths if words[at : at + n] in self._rows), 0)
