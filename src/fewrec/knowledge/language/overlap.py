"""The double of a language model: it counts words, needs no weights and is always the same."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from fewrec.data.arrays import Doubles
from fewrec.data.chat import Chat

_WORD = re.compile(r"\w{3,}")
_QUOTED = re.compile(r'"([^"]*)"')


class OverlapModel:
    """A ``LanguageModel`` that agrees where the last thing in quotes repeats words said before.

    The first answer gets one unit of log-odds for each word of the last text in quotes that
    occurs in an earlier line of the last turn, and loses one where that line holds "not"; all
    other answers stay at none.
    """

    name = "overlap-1"

    def length(self, text: str) -> int:
        """Words of a text."""
        return len(text.split())

    def answers(self, chats: Sequence[Chat], answers: Sequence[str]) -> Doubles:
        """Log-probability that each of N chats goes on with each of A answers. Shape [N, A]."""
        scores = np.zeros((len(chats), len(answers)))
        scores[:, 0] = [_repeated(chat[-1].text) for chat in chats]
        logs: Doubles = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
        return logs

    def generate(self, chats: Sequence[Chat], tokens: int) -> list[str]:
        """The most frequent words of the last turn, most frequent first. N texts."""
        counted = [Counter(_WORD.findall(chat[-1].text.casefold())) for chat in chats]
        return [" ".join(word for word, _ in count.most_common(tokens)) for count in counted]


def _repeated(text: str) -> int:
    quoted = list(_QUOTED.finditer(text))
    if not quoted:
        return 0
    asked = set(_WORD.findall(quoted[-1][1].casefold()))
    found = 0
    for line in text[: quoted[-1].start()].casefold().splitlines()[:-1]:
        said = set(_WORD.findall(line))
        found += len(asked & said) * (-1 if "not" in said else 1)
    return found
