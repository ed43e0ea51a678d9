"""What comes next, by a causal network: batched, and what prompts share computed once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from fewrec.knowledge.language.prefixes import WORTH_SHARING, Group, groups, root

TOKENS_A_BATCH = 2048
ROWS_A_BATCH = 16
LONGER = 1.3
"""A batch holds no text so many times as long as its shortest, for padding is computed, too."""

Cache = Any
"""Keys and values of tokens read before, as transformers keeps them."""


class NextToken:
    """Log-probabilities of the token after each of N prompts, with or without gradients.

    Tokens that prompts share are read once: those of all prompts (instruction and
    demonstrations), then those of each group (the history of one person). Models with other
    memories than plain keys and values read every prompt whole.

    Args:
        model: A causal model of transformers, or one with LoRA around it.
        soft: Vectors read before the first token (a soft prompt). Shape [V, D]. None: none.
    """

    def __init__(self, model: Any, soft: Tensor | None = None) -> None:  # noqa: ANN401
        self.model, self.soft = model, soft
        self._kept: tuple[list[int], Cache] | None = None

    def logs(self, prompts: Sequence[Sequence[int]], wanted: Sequence[int]) -> Tensor:
        """Log-probability of A tokens after each of N prompts. Shape [N, A], float32."""
        rows = [list(prompt) for prompt in prompts]
        shared, cache = self._root(rows)
        found: dict[int, Tensor] = {}
        everyone = [Group(tuple(range(len(rows))), 0)]
        for group in groups(rows) if cache is not None else everyone:
            start, memory = shared, cache
            if group.shared >= shared + WORTH_SHARING:
                memory = self._read(rows[group.rows[0]][shared : group.shared], memory)
                start = group.shared
            for batch in _batches(group.rows, rows, start):
                logs = self._after([rows[row][start:] for row in batch], memory)
                found.update(zip(batch, logs[:, list(wanted)], strict=True))
        return torch.stack([found[row] for row in range(len(rows))])

    def _root(self, rows: list[list[int]]) -> tuple[int, Cache | None]:
        """What all prompts share: how many tokens, and what was read of them."""
        keeps = not torch.is_grad_enabled()
        if keeps and self._kept is not None:
            tokens, cache = self._kept
            if all(len(row) > len(tokens) and row[: len(tokens)] == tokens for row in rows):
                return len(tokens), cache
        shared = root(rows)
        if not shared and self.soft is None:
            return 0, None
        cache = self._read(rows[0][:shared], None)
        if not _plain(cache):
            return 0, None
        if keeps and shared >= WORTH_SHARING:
            self._kept = (rows[0][:shared], cache)
        return shared, cache

    def _read(self, tokens: list[int], before: Cache | None) -> Cache:
        ids = torch.tensor([tokens], dtype=torch.long)
        cache = None if before is None else _widened(before, 1)
        given = {"input_ids": ids} if before is not None else self._given(ids)
        out = self.model(**given, past_key_values=cache, use_cache=True, logits_to_keep=1)
        return out.past_key_values

    def _given(self, ids: Tensor) -> dict[str, Tensor]:
        """What the model reads from the very beginning: a soft prompt first, if there is one."""
        if self.soft is None:
            return {"input_ids": ids}
        told = self.model.get_input_embeddings()(ids)
        soft = self.soft.to(told.dtype).expand(len(ids), -1, -1)
        return {"inputs_embeds": torch.cat([soft, told], dim=1)}

    def _after(self, tails: list[list[int]], before: Cache | None) -> Tensor:
        """Log-probabilities of all tokens after the ends of n texts. Shape [n, tokens]."""
        last = torch.tensor([len(tail) - 1 for tail in tails])
        ids = torch.zeros((len(tails), int(last.max()) + 1), dtype=torch.long)
        for row, tail in enumerate(tails):
            ids[row, : len(tail)] = torch.tensor(tail)
        # padding stands to the right, where a causal model does not look
        if before is None:
            given, cache = self._given(ids), None
            last = last + (0 if self.soft is None else len(self.soft))
        else:
            given, cache = {"input_ids": ids}, _widened(before, len(tails))
        keep, at = torch.unique(last, return_inverse=True)
        out = self.model(
            **given, past_key_values=cache, use_cache=cache is not None, logits_to_keep=keep
        )
        place = at if out.logits.shape[1] == len(keep) else last
        logits = out.logits[torch.arange(len(tails)), place].float()
        return torch.log_softmax(logits, dim=-1)


def _plain(cache: Cache) -> bool:
    """Whether the memory is nothing but keys and values of every token."""
    from transformers.cache_utils import DynamicLayer

    layers = getattr(cache, "layers", ())
    return bool(layers) and all(type(layer) is DynamicLayer for layer in layers)


def _widened(cache: Cache, rows: int) -> Cache:
    """The same memory for several texts, as a new one; gradients pass."""
    from transformers import DynamicCache

    wide = DynamicCache()
    for at, layer in enumerate(cache.layers):
        if layer.keys is not None and layer.keys.numel():
            shape = (rows, -1, -1, -1)
            wide.update(layer.keys.expand(shape), layer.values.expand(shape), at)
    return wide


def _batches(
    chosen: Sequence[int], rows: Sequence[Sequence[int]], start: int
) -> Iterator[list[int]]:
    """Row numbers of texts of like length, so that little padding is computed."""
    batch: list[int] = []
    for row in sorted(chosen, key=lambda row: (len(rows[row]), row)):
        length = len(rows[row]) - start
        full = len(batch) == ROWS_A_BATCH or (len(batch) + 1) * len(rows[row]) > TOKENS_A_BATCH
        if batch and (full or length > LONGER * (len(rows[batch[0]]) - start) + 4):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch
