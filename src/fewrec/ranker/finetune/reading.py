"""Two ways to read a row: its items one by one, or the history and the item in one text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from fewrec.data.arrays import Floats, Ints
from fewrec.ranker.finetune.encoder import Encoder, Tokens, padded
from fewrec.ranker.finetune.head import Evidence
from fewrec.ranker.finetune.rows import Rows
from fewrec.ranker.finetune.tasks import Examples

TITLE_LETTERS = 60
"""An item is read in a history as the first so many characters of its text."""


class Reading(Protocol):
    """Prepares rows for an encoder."""

    def batch(self, told: Examples) -> dict[str, Tensor]:
        """Everything ``RankingNetwork`` and the loss need of some rows."""
        ...

    def evidence(self, rows: Rows, encoder: Encoder) -> Evidence:
        """The same rows for the NumPy head, encoded without gradients."""
        ...


@dataclass(frozen=True)
class ItemByItem:
    """Two towers: every item is read once, whoever asks about it.

    Attributes:
        tokens: Of each of the I items.
        told: 1 where an item has a text, else 0: nothing is nobody's taste. Shape [I].
    """

    tokens: Tokens
    told: Floats

    @classmethod
    def of(cls, texts: Sequence[str], encoder: Encoder, longest: int) -> ItemByItem:
        """Cut the texts of I items into tokens."""
        told = np.array([bool(text.strip()) for text in texts], dtype=np.float32)
        return cls(encoder.tokens(texts, longest=longest), told)

    def vectors(self, items: Ints, encoder: Encoder) -> Floats:
        """Vectors of N items; zeros without a text. Shape [N, D]."""
        found = encoder.vectors([self.tokens[i] for i in items])
        return found * self.told[items][:, None]

    def batch(self, told: Examples) -> dict[str, Tensor]:
        """The batch's items, each once, and where each row finds its own."""
        rows, items = told.rows, told.rows.items
        place = np.zeros(len(self.tokens), dtype=np.int64)
        place[items] = np.arange(len(items))
        texts = padded([self.tokens[i] for i in items])
        return _batch(texts, self.told[items], place[rows.item], place[rows.history], told)

    def evidence(self, rows: Rows, encoder: Encoder) -> Evidence:
        """The rows' items encoded, each once."""
        vectors = np.zeros((len(self.tokens), encoder.network.width), dtype=np.float32)
        vectors[rows.items] = self.vectors(rows.items, encoder)
        return Evidence.of(vectors, rows)


@dataclass(frozen=True)
class TextReader:
    """Texts to vectors: an encoder, and how much of a text it reads.

    Attributes:
        encoder: Of the vectors.
        longest: Most tokens of a text.
    """

    encoder: Encoder
    longest: int

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Vectors of N texts; zeros of an empty one. Shape [N, D]."""
        items = ItemByItem.of(texts, self.encoder, self.longest)
        return items.vectors(np.arange(len(texts)), self.encoder)


@dataclass(frozen=True)
class HistoryAndItem:
    """A cross-encoder: what somebody liked and disliked, and the item, read together.

    Attributes:
        texts: Of the I items.
        encoder: For its tokenizer.
        longest: Most tokens of a row.
    """

    texts: tuple[str, ...]
    encoder: Encoder
    longest: int

    def tokens(self, rows: Rows) -> Tokens:
        """Tokens of N rows."""
        first = [self._history(rows, n) for n in range(len(rows))]
        return self.encoder.tokens(first, [self.texts[i] for i in rows.item], self.longest)

    def _history(self, rows: Rows, n: int) -> str:
        told = []
        for word, weight in (("Liked", rows.liked[n]), ("Disliked", rows.disliked[n])):
            names = [self.texts[i][:TITLE_LETTERS] for i in rows.history[n][weight > 0][::-1]]
            told += [f"{word}: {'; '.join(names)}."] if names else []
        return " ".join(told)

    def batch(self, told: Examples) -> dict[str, Tensor]:
        """One text a row; no history beside it."""
        size = len(told.rows)
        nothing = np.zeros((size, 0), dtype=np.int64)
        texts = padded(self.tokens(told.rows))
        seen = np.ones(size, dtype=np.float32)
        return _batch(texts, seen, np.arange(size), nothing, told)

    def evidence(self, rows: Rows, encoder: Encoder) -> Evidence:
        """The rows encoded one by one."""
        vectors = encoder.vectors(self.tokens(rows))
        nothing = np.zeros((len(rows), 0), dtype=np.float32)
        return Evidence(vectors, nothing, rows.bare, rows.lenience)


def _batch(
    texts: dict[str, Tensor], seen: Floats, item: Ints, history: Ints, told: Examples
) -> dict[str, Tensor]:
    """U texts, and N rows that point at them."""
    width = history.shape[1]
    return {
        **{f"text_{name}": value for name, value in texts.items()},
        "told": torch.from_numpy(np.ascontiguousarray(seen)),
        "item": torch.from_numpy(np.ascontiguousarray(item)),
        "history": torch.from_numpy(np.ascontiguousarray(history)),
        "liked": torch.from_numpy(np.ascontiguousarray(told.rows.liked[:, :width])),
        "disliked": torch.from_numpy(np.ascontiguousarray(told.rows.disliked[:, :width])),
        "lenience": torch.from_numpy(told.rows.lenience),
        "label": torch.from_numpy(np.ascontiguousarray(told.label, dtype=np.float32)),
        "weight": torch.from_numpy(np.ascontiguousarray(told.weight)),
        "group": torch.from_numpy(np.ascontiguousarray(told.group)),
    }
