"""From a chat to token ids: the model's own markup around texts that stay plain text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from fewrec.data.chat import Chat, Turn
from fewrec.errors import ConfigError

ANSWER = "Answer:"
_OPEN, _CLOSE = "\ue000", "\ue001"
"""Around the number of a text while a template is rendered; private characters of Unicode."""

_PLACE = re.compile(f"{_OPEN}(\\d+){_CLOSE}")


class ChatTokens:
    """Turns chats into token ids with the chat template of a model, or plainly without one.

    The template is rendered around placeholders, and only its own words may become special
    tokens. Texts are tokenised apart from it with special tokens switched off, so no title can
    end a turn or begin one. The price: no token spans the border of template and text.

    Args:
        tokenizer: A fast tokenizer of transformers.
    """

    def __init__(self, tokenizer: Any) -> None:  # noqa: ANN401 (a class of an optional package)
        self.tokenizer = tokenizer
        self.templated = bool(getattr(tokenizer, "chat_template", None))
        added = {str(token): at for at, token in tokenizer.added_tokens_decoder.items()}
        special = set(added.values()) | set(tokenizer.all_special_ids)
        self._markup = frozenset(added) | frozenset(tokenizer.all_special_tokens)
        self._forbidden = frozenset(special)
        self.plain = lru_cache(maxsize=65536)(self._plain)
        self._template = lru_cache(maxsize=4096)(self._marked)

    def ids(self, chat: Chat) -> list[int]:
        """Token ids of a chat up to where the assistant's answer begins."""
        rendered = self._rendered(chat)
        found: list[int] = []
        for number, piece in enumerate(_PLACE.split(rendered)):
            if number % 2:
                found.extend(self.plain(chat[int(piece)].text))
            elif piece:
                found.extend(self._template(piece))
        return found

    def answer_ids(self, answers: Sequence[str]) -> tuple[list[int], list[int]]:
        """Tokens that tell answers apart.

        Args:
            answers: A different answers.

        Returns:
            The tokens all answers begin with (often none), and the A tokens after them.

        Raises:
            ConfigError: Two answers share that token, or one is the beginning of another.
        """
        lead = "" if self.templated else " "
        tokens = [list(self.plain(lead + answer)) for answer in answers]
        at = 0
        while min(map(len, tokens)) > at and len({those[at] for those in tokens}) == 1:
            at += 1
        first = [those[at] for those in tokens if len(those) > at]
        if len(set(first)) < len(answers):
            raise ConfigError(
                f"the answers {list(answers)} do not differ in the first token that is not common "
                "to all. Choose answers that begin with different words."
            )
        return tokens[0][:at], first

    def _rendered(self, chat: Chat) -> str:
        marked = [Turn(t.role, f"{_OPEN}{n}{_CLOSE}") for n, t in enumerate(chat)]
        if not self.templated:
            return _plainly(marked)
        try:
            return self._applied(marked)
        except Exception as error:  # whatever jinja or the template itself raises
            if not marked or marked[0].role != "system" or len(marked) < 2:
                raise ConfigError(f"the model's chat template fails: {error}.") from error
            first = Turn(marked[1].role, f"{marked[0].text}\n\n{marked[1].text}")
            return self._applied([first, *marked[2:]])  # it knows no turn of the system

    def _applied(self, turns: Sequence[Turn]) -> str:
        said = [{"role": turn.role, "content": turn.text} for turn in turns]
        rendered: str = self.tokenizer.apply_chat_template(
            said, tokenize=False, add_generation_prompt=True
        )
        return rendered

    def _marked(self, text: str) -> tuple[int, ...]:
        return tuple(self.tokenizer(text, add_special_tokens=False).input_ids)

    def _plain(self, text: str) -> tuple[int, ...]:
        """Tokens of a text; what looks like markup is cut after its first letter."""
        pieces = [text]
        for mark in sorted(self._markup, key=len, reverse=True):
            pieces = [cut for piece in pieces for cut in _cut(piece, mark)]
        found = [token for piece in pieces for token in self._encoded(piece)]
        return tuple(token for token in found if token not in self._forbidden)

    def _encoded(self, text: str) -> list[int]:
        ids: list[int] = self.tokenizer(
            text, add_special_tokens=False, split_special_tokens=True
        ).input_ids
        return ids


def _cut(text: str, mark: str) -> list[str]:
    """The text in pieces none of which holds ``mark``, cut inside it. One letter: left as is."""
    if len(mark) < 2 or mark not in text:
        return [text]
    parts = text.split(mark)
    joined = [parts[0]]
    for part in parts[1:]:
        joined[-1] += mark[0]
        joined.append(mark[1:] + part)
    return joined


def _plainly(turns: Sequence[Turn]) -> str:
    """For models without a chat template: questions, and answers after ``Answer:``."""
    said = {"system": "{}\n\n", "user": f"{{}}\n{ANSWER}", "assistant": " {}\n\n"}
    return "".join(said[turn.role].format(turn.text) for turn in turns)
