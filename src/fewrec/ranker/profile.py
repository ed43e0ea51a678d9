"""Ranks by what people write about themselves, what they like and what they do not."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Bools, Floats, Ints
from fewrec.data.evidence import Fact
from fewrec.data.features import ItemFeatures
from fewrec.data.histories import Histories
from fewrec.knowledge.profile import split_profile
from fewrec.protocols import TextEncoder, Training


@dataclass(frozen=True)
class Profile:
    """Items whose text resembles the liked clauses of a profile, and not the disliked ones.

    Every clause is compared with every item's text and with the names of its attributes (the
    best match counts: "science fiction" finds the genre Sci-Fi). Both are standardised over the
    items that have text or names, so that a vague clause does not drown a precise one, and an
    item without either fits as well as the average.

    Attributes:
        dislike: How much a disliked clause counts against a liked one, from 0 to 1.
        names: At most so many attribute names, the most held ones.
    """

    dislike: float = 0.7
    names: int = 2000

    def fit(self, training: Training) -> FittedProfile:
        """Keep the catalogue's vectors and encode the names of attributes."""
        features = training.features
        chosen = _readable(features, self.names) if training.encoder is not None else []
        texts = [features.attribute_names[a][1] for a in chosen]
        return FittedProfile(
            vectors=features.vectors,
            named=features.attributes[:, chosen],
            chosen=np.array(chosen, dtype=np.int64),
            names=_encoded(training.encoder, texts, features.vectors.shape[1]),
            dislike=self.dislike,
            encoder=training.encoder,
        )


_WORDS = re.compile(r"[^\W\d_][^\W_]*(?:[\s'&/,-]+[^\W_]+)*\.?")
"""A name made of words, unlike an identifier."""


def _readable(features: ItemFeatures, most: int) -> list[int]:
    """Attributes whose value is made of words, the most held first, then in order."""
    held = np.bincount(features.attributes.indices, minlength=features.attributes.shape[1])
    order = np.argsort(-held, kind="stable")
    names = features.attribute_names
    return sorted([int(a) for a in order if _WORDS.fullmatch(names[a][1])][:most])


def _encoded(encoder: TextEncoder | None, texts: list[str], dimension: int) -> Floats:
    if encoder is None or not texts:
        return np.zeros((0, dimension), dtype=np.float32)
    return encoder.encode(texts)


@dataclass(frozen=True)
class FittedProfile:
    """What profiles are compared with.

    Attributes:
        vectors: Text vectors of the items. Shape [I, D].
        named: 1 where an item has a named attribute. Shape [I, A'].
        chosen: Which of the features' attributes are named. Shape [A'].
        names: Text vectors of the attributes' names. Shape [A', D].
        dislike: How much a disliked clause counts.
        encoder: Of profiles. Not saved with a model; whoever loads one puts it back.
    """

    vectors: Floats
    named: sparse.csr_matrix
    chosen: Ints
    names: Floats
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
        written = np.abs(self.vectors).sum(axis=1) > 0
        said = split_profile(text)
        clauses = [*said.positive, *said.negative]
        if not clauses:
            return []
        spoken = self.encoder.encode(clauses)
        by_text = _standard(spoken @ self.vectors.T, written)
        fits = _standard(by_text + self._by_name(spoken), written | self._named())
        likes, dislikes = max(len(said.positive), 1), max(len(said.negative), 1)
        signs = [1.0 / likes] * len(said.positive) + [-self.dislike / dislikes] * len(said.negative)
        return list(zip(clauses, signs, fits, strict=True))

    def _by_name(self, spoken: Floats) -> Floats:
        """Fit of each clause to the best of each item's attributes. Shape [clauses, I]."""
        if self.named.shape[1] == 0:
            return np.zeros((len(spoken), self.named.shape[0]), dtype=np.float32)
        near = np.maximum(spoken @ self.names.T, 0.0)
        best = [self.named.multiply(row[None, :]).max(axis=1).toarray().ravel() for row in near]
        return _standard(np.stack(best).astype(np.float32), self._named())

    def _named(self) -> Bools:
        """Which items have an attribute with a name. Shape [I]."""
        return np.asarray(self.named.getnnz(axis=1) > 0)

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
        """The vectors and attributes of more items."""
        features = training.features
        if len(features) == len(self.vectors):
            return self
        return replace(self, vectors=features.vectors, named=features.attributes[:, self.chosen])


def _standard(fits: Floats, told: Bools) -> Floats:
    """Each row with mean 0 and deviation 1 over the told items, and 0 for the others.

    Args:
        fits: Shape [N, I].
        told: Items something is known of: the others fit as well as the average. Shape [I].

    Returns:
        Shape [N, I].
    """
    number = max(int(told.sum()), 1)
    moved = (fits - (fits * told).sum(axis=1, keepdims=True) / number) * told
    deviation = np.sqrt((moved**2).sum(axis=1, keepdims=True) / number)
    standard: Floats = (moved / np.maximum(deviation, 1e-6)).astype(np.float32)
    return standard
