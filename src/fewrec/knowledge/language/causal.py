"""Any causal language model of transformers as a ``LanguageModel``."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fewrec.data.arrays import Doubles
from fewrec.data.chat import Chat
from fewrec.errors import ConfigError
from fewrec.knowledge.language.opening import Opened, Precision, fingerprint, opened

if TYPE_CHECKING:
    from fewrec.knowledge.language.network import NextToken

_log = logging.getLogger(__name__)


class CausalModel:
    """A ``LanguageModel`` in this process, on the processor.

    Args:
        folder: Config, fast tokenizer and safetensors, as transformers saves them.
        label: Begins the name; a digest of the files ends it.
        precision: Of weights and sums.
        threads: Threads of torch.
    """

    def __init__(
        self, folder: Path, label: str, *, precision: Precision = "fp32", threads: int = 1
    ) -> None:
        self.folder, self._label = folder, label
        self._precision, self._threads = precision, threads
        self._lock = threading.RLock()
        self._opened: Opened | None = None
        self._network: NextToken | None = None

    @cached_property
    def name(self) -> str:
        """Label and digest of weights, tokenizer and precision."""
        return f"{self._label}-{fingerprint(self.folder, self._precision)}"

    @property
    def opened(self) -> Opened:
        """The model in memory; loaded at the first use."""
        with self._lock:
            if self._opened is None:
                self._opened = opened(self.folder, self._precision, self._threads)
            return self._opened

    def fresh(self) -> Opened:
        """Another copy of the model in memory, to be trained."""
        return opened(self.folder, self._precision, self._threads)

    def length(self, text: str) -> int:
        """Tokens of a text."""
        return len(self.opened.tokens.plain(text))

    def answers(self, chats: Sequence[Chat], answers: Sequence[str]) -> Doubles:
        """Log-probability that each of N chats goes on with each of A answers. Shape [N, A].

        Raises:
            ConfigError: The answers share the token that should tell them apart, or a prompt is
                longer than the model can read.
        """
        import torch

        from fewrec.knowledge.language.network import NextToken

        if not chats:
            return np.zeros((0, len(answers)))
        prompts, wanted = asked(self.opened, chats, answers)
        with self._lock, torch.inference_mode():
            if self._network is None:
                self._network = NextToken(self.opened.model)
            logs = self._network.logs(prompts, wanted)
        found: Doubles = logs.double().numpy()
        return found

    def generate(self, chats: Sequence[Chat], tokens: int) -> list[str]:
        """The most probable answer of at most so many tokens to each of N chats. N texts."""
        from fewrec.knowledge.language.generation import generated

        with self._lock:
            return [self.text(found[0]) for found in generated(self.opened, chats, tokens=tokens)]

    def text(self, tokens: Sequence[int]) -> str:
        """Token ids as text, without special tokens."""
        tokenizer: Any = self.opened.tokens.tokenizer
        said: str = tokenizer.decode(list(tokens), skip_special_tokens=True)
        return said.strip()


def asked(
    model: Opened, chats: Sequence[Chat], answers: Sequence[str]
) -> tuple[list[list[int]], list[int]]:
    """Prompts as token ids up to where answers differ, and the A tokens that differ.

    Raises:
        ConfigError: As ``CausalModel.answers`` raises it.
    """
    shared, wanted = model.tokens.answer_ids(answers)
    prompts = [[*model.tokens.ids(chat), *shared] for chat in chats]
    longest = max(map(len, prompts), default=0)
    if longest > model.positions:
        raise ConfigError(
            f"a prompt of {longest} tokens is longer than the model can read "
            f"({model.positions}). Give fewer demonstrations or less history."
        )
    return prompts, wanted
