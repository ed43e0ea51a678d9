"""The head in torch, so that its slopes reach the encoder (the extra ``lm``)."""

from __future__ import annotations

from typing import cast

import numpy as np
import torch
from torch import Tensor, nn

from fewrec.data.arrays import Doubles
from fewrec.ranker.finetune.encoder import PooledEncoder
from fewrec.ranker.finetune.head import HEAT, LENIENCE, PULL, SCALARS

TEXTS_TOGETHER = 24
"""Texts are padded to the longest of so many, not to the longest of the batch."""


class AttentionHead(nn.Module):
    """The same sums as ``head.forward``.

    Args:
        start: Where training begins, as ``starting_head`` lays it out. Shape [D + SCALARS].
    """

    def __init__(self, *, start: Doubles) -> None:
        super().__init__()
        flat = torch.tensor(start, dtype=torch.float32)
        self.taste = nn.Parameter(flat[:-SCALARS].clone())
        self.scalars = nn.Parameter(flat[-SCALARS:-1].clone())
        self.bias = nn.Parameter(flat[-1].clone())

    @property
    def flat(self) -> Doubles:
        """The weights in one row. Shape [D + SCALARS]."""
        parts = [self.taste, self.scalars, self.bias[None]]
        return np.asarray(torch.cat(parts).detach().double().numpy())

    def forward(self, *, vector: Tensor, similarity: Tensor, batch: dict[str, Tensor]) -> Tensor:
        """Log-odds of N rows. vector: [N, D], similarity: [N, H] to [N]."""
        heat, pull, push, leniency = self.scalars
        warm = HEAT * torch.exp(heat)
        liked, disliked = (
            attended(similarity, batch[side], warm) for side in ("liked", "disliked")
        )
        logit = self.bias + (PULL + pull) * liked - (PULL + push) * disliked
        logit = logit + (LENIENCE + leniency) * batch["lenience"] + vector @ self.taste
        return cast("Tensor", logit)


def attended(similarity: Tensor, weight: Tensor, heat: Tensor) -> Tensor:
    """Similarity averaged by softmax(t s + log weight); 0 where nothing is there. [N, H] to [N]."""
    share = weight * torch.exp(heat * (similarity - 1.0))
    share = share / share.sum(dim=1, keepdim=True).clamp_min(1e-30)
    return (share * similarity).sum(dim=1)


class RankingNetwork(nn.Module):
    """Encoder and head: from the texts of a batch to log-odds.

    Args:
        encoder: Texts to vectors.
        head: Vectors to log-odds.
    """

    def __init__(self, *, encoder: PooledEncoder, head: AttentionHead) -> None:
        super().__init__()
        self.encoder, self.head = encoder, head

    def forward(self, batch: dict[str, Tensor]) -> Tensor:
        """Log-odds of the N rows of a batch; see ``reading.batch_of``. Shape [N]."""
        vectors = self._vectors(batch) * batch["told"][:, None]
        alike = vectors @ vectors.T
        item = batch["item"]
        similarity = alike[item[:, None], batch["history"]]
        told = self.head(vector=vectors[item], similarity=similarity, batch=batch)
        return cast("Tensor", told)

    def _vectors(self, batch: dict[str, Tensor]) -> Tensor:
        """The batch's texts encoded, texts of like length together. Shape [U, D]."""
        texts = {name[5:]: batch[name] for name in batch if name.startswith("text_")}
        length = texts["attention_mask"].sum(dim=1)
        order = torch.argsort(length, stable=True)
        found = []
        for rows in torch.split(order, TEXTS_TOGETHER):
            longest = int(length[rows[-1]])
            found.append(self.encoder(**{n: t[rows, :longest] for n, t in texts.items()}))
        return torch.cat(found)[torch.argsort(order)]
