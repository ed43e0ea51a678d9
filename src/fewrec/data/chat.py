"""Chat: what is said to a language model, turn by turn, before any model's own markup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Turn:
    """One turn of a conversation.

    Attributes:
        role: Who speaks.
        text: Plain text. Nothing in it is markup: a model reads ``<|im_end|>`` as its letters.
    """

    role: Literal["system", "user", "assistant"]
    text: str


Chat = tuple[Turn, ...]
"""Turns in order; a chat that asks for an answer ends with a turn of the user."""
