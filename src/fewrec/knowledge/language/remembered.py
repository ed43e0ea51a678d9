"""Answers of a language model kept on disk, so that no question is asked twice."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fewrec.data.arrays import Doubles
from fewrec.data.chat import Chat
from fewrec.knowledge.vectors import WORTH_KEEPING, VectorStore
from fewrec.protocols import LanguageModel

CHUNK = 256
"""Questions asked at a time: what an interrupted run has done is kept."""


class RememberedAnswers:
    """A language model that looks each question up before it answers.

    Args:
        model: Answers what was not asked before.
        folder: Where the stores of all models lie, one SQLite file a model and answers.
    """

    def __init__(self, model: LanguageModel, folder: Path) -> None:
        self.model, self._folder = model, folder

    @property
    def name(self) -> str:
        """Name of the model underneath."""
        return self.model.name

    def length(self, text: str) -> int:
        """About how many tokens a text takes."""
        return self.model.length(text)

    def generate(self, chats: Sequence[Chat], tokens: int) -> list[str]:
        """The most probable answers, never from the store. N texts."""
        return self.model.generate(chats, tokens)

    def answers(self, chats: Sequence[Chat], answers: Sequence[str]) -> Doubles:
        """Log-probabilities of A answers, in the store's single precision. Shape [N, A]."""
        store = self._store(answers)
        keys = [_key(chat) for chat in chats]
        wanted = dict(zip(keys, chats, strict=True))
        found = store.get(list(wanted))
        missing = sorted((key for key in wanted if key not in found), key=keys.index)
        for at in range(0, len(missing), CHUNK):
            some = missing[at : at + CHUNK]
            fresh = self.model.answers([wanted[key] for key in some], answers).astype(np.float32)
            if len(missing) >= WORTH_KEEPING:
                store.put(some, fresh)
            found.update(zip(some, fresh, strict=True))
        logs: Doubles = np.array([found[key] for key in keys], dtype=np.float64)
        return logs.reshape(len(chats), len(answers))

    def _store(self, answers: Sequence[str]) -> VectorStore:
        label = hashlib.sha256(json.dumps(list(answers)).encode()).hexdigest()[:8]
        safe = re.sub(r"[^A-Za-z0-9._-]+", "-", self.model.name)
        return VectorStore(self._folder / f"{safe}-{label}.sqlite", len(answers))


def _key(chat: Chat) -> bytes:
    said = json.dumps([[turn.role, turn.text] for turn in chat], ensure_ascii=True)
    return hashlib.sha256(said.encode()).digest()[:16]
