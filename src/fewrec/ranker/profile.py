"""Ranks by what people write about themselves, what they like and what they do not."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from fewrec.data.arrays import Floats, Ints
from fewrec.data.evidence import Fact
from fewrec.data.histories import Histories
from fewrec.knowledge.profile import split_profile
from fewrec.protocols import TextEncoder, Training


@dataclass(frozen=True)
class Profile:
    """Items whose text resembles the liked clauses of a profile, and not the disliked ones.

    Every clause is compared with every item; its similarities are standardised over the
    catalogue, so that a vague clause does not drown a precise one.

    Attributes:
        dislike: How much a disliked clause counts against a liked one, from 0 to 1.
    """

    dislike: float = 0.7

    def fit(self, training: Training) -> FittedProfile:
        """Keep the catalogue's vectors."""
        return FittedProfile(training.features.vectors, self.dislike, training.encoder)


@dataclass(frozen=True)
class FittedProfile:
    """Text vectors of the items, shape [I, D], and the encoder of profiles.

    The encoder is not saved with a model; whoever loads one puts it back.
    """

    vectors: Floats
    dislike: float
    encoder: TextEncoder | None = field(default=None, metadata={"saved": False})

    def scores(self, people: Histories) -> Floats:
        """Mean fit of liked clauses minus that of disliked ones; 0 without a profile. [B, I]."""
        scores = np.zeros((len(people), len(self.vectors)), dtype=np.float32)
        for b, text in enumerate(people.profile):
            parts = self._parts(text)
            if parts:
                signs = np.array([sign for _, sign, _ in parts], dtype=np.float32)
                fits = np.stack([fit for _, _, fit in parts])
                scores[b] = signs @ fits
        return scores

    def _parts(self, text: str) -> list[tuple[str, float, Floats]]:
        """Clauses with their weight and standardised fit to every item."""
        if not text or self.encoder is None or self.vectors.shape[1] == 0:
            return []
        said = split_profile(text)
        clauses = [*said.positive, *said.negative]
        if not clauses:
            return []
        near = self.encoder.encode(clauses) @ self.vectors.T
        moved = near - near.mean(axis=1, keepdims=True)
        fits = moved / np.maximum(moved.std(axis=1, keepdims=True), 1e-6)
        likes, dislikes = max(len(said.positive), 1), max(len(said.negative), 1)
        signs = [1.0 / likes] * len(said.positive) + [-self.dislike / dislikes] * len(said.negative)
        return list(zip(clauses, signs, fits, strict=True))

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """Which liked clause fits the item better than most of the catalogue."""
        parts = self._parts(person.profile[0])
        return [
            [
                Fact(
                    kind="profile",
                    part="profile",
                    amount=float(sign * fit[i]),
                    values=(clause,),
                )
                for clause, sign, fit in parts
                if sign > 0 and fit[i] > 1.0
            ]
            for i in items
        ]

    def extended(self, training: Training) -> FittedProfile:
        """The vectors of more items."""
        return FittedProfile(training.features.vectors, self.dislike, self.encoder)
