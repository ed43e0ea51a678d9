"""Generation by a causal network: free, or within the sequences of a trie."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import GenerationConfig, LogitsProcessor, LogitsProcessorList

from fewrec.data.chat import Chat
from fewrec.errors import ConfigError
from fewrec.knowledge.language.opening import Opened
from fewrec.knowledge.language.trie import TokenTrie

ROWS_A_BATCH = 8


class WithinTrie(LogitsProcessor):
    """Leaves only tokens that go on with a sequence of the trie, or end one.

    Args:
        trie: The sequences.
        start: Tokens of the prompts, padding included.
        end: Token that ends a sequence.
    """

    def __init__(self, trie: TokenTrie, start: int, end: int) -> None:
        self._trie, self._start, self._end = trie, start, end

    def __call__(self, ids: Tensor, scores: Tensor) -> Tensor:
        """Scores with minus infinity for every other token. Shape [n, tokens]."""
        masked = torch.full_like(scores, -torch.inf)
        for row, tokens in enumerate(ids[:, self._start :].tolist()):
            allowed = self._allowed(tokens)
            masked[row, allowed] = scores[row, allowed]
        return masked

    def _allowed(self, tokens: list[int]) -> list[int]:
        node = self._trie.find(tokens)
        if node is None:  # it ended before; what follows is padding
            return [self._end]
        return [*node.next, *([self._end] if node.items or not node.next else [])]


def generated(
    model: Opened,
    chats: Sequence[Chat],
    *,
    tokens: int,
    within: TokenTrie | None = None,
    beams: int = 1,
) -> list[list[list[int]]]:
    """The most probable continuations of each of N chats.

    Args:
        model: The network and its tokenizer.
        chats: N chats.
        tokens: The most tokens of a continuation.
        within: Allow only these sequences, then the end.
        beams: How many continuations are followed at once, and given back.

    Returns:
        For each chat up to ``beams`` continuations as token ids without the end, best first.

    Raises:
        ConfigError: The tokenizer names no token that ends an answer, or a prompt is too long.
    """
    if model.end is None:
        raise ConfigError("the tokenizer names no token (eos_token) that ends an answer.")
    found: dict[int, list[list[int]]] = {}
    prompts = [model.tokens.ids(chat) for chat in chats]
    if max(map(len, prompts), default=0) + tokens > model.positions:
        raise ConfigError(
            f"prompt and answer are longer than the model can read ({model.positions} tokens)."
        )
    for rows in _batches(prompts, max(1, ROWS_A_BATCH // beams)):
        ids, mask = _left_padded([prompts[row] for row in rows], model.end)
        out = _continued(model, ids, mask, tokens, within, beams)
        said = [_ended(row, model.end) for row in out[:, ids.shape[1] :].tolist()]
        for at, row in enumerate(rows):
            found[row] = said[at * beams : (at + 1) * beams]
    return [found[row] for row in range(len(chats))]


def _continued(
    model: Opened, ids: Tensor, mask: Tensor, tokens: int, within: TokenTrie | None, beams: int
) -> Tensor:
    end = model.end
    settings: dict[str, Any] = {
        "max_new_tokens": tokens,
        "do_sample": False,
        "num_beams": beams,
        "num_return_sequences": beams,
        "eos_token_id": end,
        "pad_token_id": end,
    }
    told = GenerationConfig(**settings)  # type: ignore[no-untyped-call]
    limits = LogitsProcessorList()
    if within is not None and end is not None:
        limits.append(WithinTrie(within, ids.shape[1], end))
    with torch.inference_mode(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"transformers\.generation\..*")
        found: Tensor = model.model.generate(
            ids,
            attention_mask=mask,
            generation_config=told,
            logits_processor=limits,
        )
    return found


def _batches(prompts: Sequence[Sequence[int]], size: int) -> Iterator[list[int]]:
    order = sorted(range(len(prompts)), key=lambda row: (len(prompts[row]), row))
    for at in range(0, len(order), size):
        yield order[at : at + size]


def _left_padded(prompts: Sequence[list[int]], pad: int) -> tuple[Tensor, Tensor]:
    longest = max(map(len, prompts))
    ids = torch.full((len(prompts), longest), pad)
    mask = torch.zeros_like(ids)
    for row, tokens in enumerate(prompts):
        ids[row, longest - len(tokens) :] = torch.tensor(tokens)
        mask[row, longest - len(tokens) :] = 1
    return ids, mask


def _ended(tokens: list[int], end: int) -> list[int]:
    return tokens[: tokens.index(end)] if end in tokens else tokens
