"""The head of the two-tower model: a few numbers on top of text vectors, in plain NumPy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.ranker.finetune.rows import Rows

BLOCK = 1024
"""So many rows are compared with their histories at once."""

PULL = 2.0
"""Log-odds of a liked (or disliked) item whose vector is the item's own, before any label."""

HEAT = 10.0
"""How much attention grows with similarity, before any label."""

LENIENCE = 0.5
"""How much a person's leniency so far counts, before any label."""

SCALARS = 5
"""Heat, two pulls, leniency and bias."""


@dataclass(frozen=True)
class Evidence:
    """What N rows look like to the head; does not change while it learns.

    Attributes:
        vector: Vector of the item asked about. Shape [N, D].
        similarity: Of the item to each history row. Shape [N, H].
        rows: Which history rows are liked, disliked, absent.
        lenience: log((likes + 1) / (dislikes + 1)) of the history. Shape [N].
    """

    vector: Floats
    similarity: Floats
    rows: Rows
    lenience: Floats

    @classmethod
    def of(cls, vectors: Floats, rows: Rows) -> Evidence:
        """Look rows up in the items' vectors. ``vectors``: shape [I, D]."""
        similarity = np.zeros(rows.history.shape, dtype=np.float32)
        for start in range(0, len(rows), BLOCK):
            part = slice(start, start + BLOCK)
            similarity[part] = np.einsum(
                "nd,nhd->nh", vectors[rows.item[part]], vectors[rows.history[part]]
            )
        return cls(vectors[rows.item], similarity, rows, rows.lenience)

    def take(self, rows: Ints) -> Evidence:
        """The chosen rows. ``rows``: shape [M]."""
        return Evidence(
            self.vector[rows], self.similarity[rows], self.rows.take(rows), self.lenience[rows]
        )


def starting_head(dimension: int) -> Doubles:
    """A head that has seen no label: likes pull, dislikes push, all by similarity.

    Returns:
        Weights, all differences from that start. Shape [D + SCALARS]: the item's own vector
        (taste), then heat, pull of likes, push of dislikes, leniency and bias.
    """
    return np.zeros(dimension + SCALARS)


@dataclass(frozen=True)
class Pulls:
    """What the histories of N rows do to the logits: pooled similarity, and its slope by heat.

    Attributes:
        liked: P+. Shape [N].
        disliked: P-. Shape [N].
        liked_slope: dP+ / d heat. Shape [N].
        disliked_slope: dP- / d heat. Shape [N].
    """

    liked: Floats
    disliked: Floats
    liked_slope: Floats
    disliked_slope: Floats


def answers(head: Doubles, evidence: Evidence) -> Doubles:
    """Log-odds of N rows. Shape [N]."""
    return forward(head, evidence)[0]


def forward(head: Doubles, evidence: Evidence) -> tuple[Doubles, Pulls]:
    """Log-odds of N rows, shape [N], and what ``gradient`` needs of the way there.

    With a = softmax(t s + log weight) over the liked history rows and P+ = sum a s, the same
    for the disliked ones and P-: logit = bias + pull P+ - push P- + leniency z + taste . v.
    The head holds differences from ``HEAT`` (as a logarithm), ``PULL`` and ``LENIENCE``.
    """
    heat, pull, push, leniency, bias = head[-SCALARS:]
    warm = HEAT * float(np.exp(heat))
    liked, liked_slope = pooled(evidence.similarity, evidence.rows.liked, warm)
    disliked, disliked_slope = pooled(evidence.similarity, evidence.rows.disliked, warm)
    logit = bias + (PULL + pull) * liked - (PULL + push) * disliked
    logit = logit + (LENIENCE + leniency) * evidence.lenience
    # not `@`, whose last bits depend on how many rows are asked at once
    logit = logit + np.einsum("nd,d->n", evidence.vector, head[:-SCALARS].astype(np.float32))
    return logit.astype(np.float64), Pulls(liked, disliked, liked_slope, disliked_slope)


def gradient(head: Doubles, evidence: Evidence, pulls: Pulls, slope: Doubles) -> Doubles:
    """How the loss changes with the head, given how it changes with the logits.

    Args:
        head: Shape [D + SCALARS].
        evidence: Of N rows.
        pulls: From ``forward`` with this head.
        slope: d loss / d logit. Shape [N].

    Returns:
        Shape [D + SCALARS].
    """
    heat, pull, push, _, _ = head[-SCALARS:]
    by_heat = (PULL + pull) * pulls.liked_slope - (PULL + push) * pulls.disliked_slope
    return np.concatenate(
        [
            slope.astype(np.float32) @ evidence.vector,
            [
                HEAT * np.exp(heat) * (slope @ by_heat),
                slope @ pulls.liked,
                -(slope @ pulls.disliked),
                slope @ evidence.lenience,
                slope.sum(),
            ],
        ]
    )


def pooled(similarity: Floats, weight: Floats, heat: float) -> tuple[Floats, Floats]:
    """Similarity averaged by attention; 0 where nothing is there.

    Args:
        similarity: s, within [-1, 1]. Shape [N, H].
        weight: Of each row, 0 where it does not count. Shape [N, H].
        heat: t.

    Returns:
        P = sum a s with a = softmax(t s + log weight), shape [N], and dP/dt, shape [N].
    """
    share = weight * np.exp(np.float32(heat) * (similarity - 1.0))
    share = share / np.maximum(share.sum(axis=1, keepdims=True), 1e-30)
    there = share * similarity
    mean = there.sum(axis=1)
    return mean, np.einsum("nh,nh->n", there, similarity) - mean**2
