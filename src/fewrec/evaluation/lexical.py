"""What text is worth without a language model: TF-IDF and BM25 between the words of items."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Floats
from fewrec.data.histories import Histories
from fewrec.ranker.content import averaging

_WORD = re.compile(r"\w+")
DISLIKE = 0.3
"""How much a dislike counts against a like; the same as in ``TextKNN``."""


def word_counts(texts: Sequence[str]) -> sparse.csr_matrix:
    """How often each word stands in each of I texts, whatever its case. Shape [I, V]."""
    names: dict[str, int] = {}
    rows, columns = [], []
    for row, text in enumerate(texts):
        for word in _WORD.findall(text.lower()):
            rows.append(row)
            columns.append(names.setdefault(word, len(names)))
    ones = np.ones(len(rows), dtype=np.float32)
    return sparse.csr_matrix((ones, (rows, columns)), (len(texts), len(names)), dtype=np.float32)


@dataclass(frozen=True)
class LexicalKNN:
    """Items whose words resemble those of what a person liked, and not of what they disliked.

    Attributes:
        asking: Weights of an item's words where a person has it. Shape [I, V].
        answering: Weights of an item's words where it is a candidate. Shape [I, V].
        power: Sharpness; the likeness of two items is the product of both, to this power.
    """

    asking: sparse.csr_matrix
    answering: sparse.csr_matrix
    power: float = 1.0

    def scores(self, people: Histories) -> Floats:
        """Mean likeness to liked minus ``DISLIKE`` times that to disliked items. Shape [B, I]."""
        rows, place = np.unique(people.item, return_inverse=True)
        near = sparse.csr_matrix(self.asking[rows] @ self.answering.T)
        near.data = near.data**self.power
        share = averaging(people, DISLIKE)
        weights = sparse.csr_matrix((share, (people.person, place)), (len(people), len(rows)))
        dense: Floats = np.asarray((weights @ near).todense(), dtype=np.float32)
        return dense


def tfidf_knn(texts: Sequence[str], power: float = 1.0) -> LexicalKNN:
    """Cosine of (1 + log tf) log((1 + I) / (1 + df)), to a power.

    Source: Salton, Buckley (1988), "Term-Weighting Approaches in Automatic Text Retrieval".
    """
    counts = word_counts(texts)
    counts.data = 1.0 + np.log(counts.data)
    weighted = sparse.csr_matrix(counts @ sparse.diags(_rarity(counts)))
    length = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    unit = sparse.csr_matrix(sparse.diags(1.0 / np.maximum(length, 1e-9)) @ weighted)
    return LexicalKNN(unit, unit, power)


def bm25_knn(texts: Sequence[str], k1: float = 1.2, b: float = 0.75) -> LexicalKNN:
    """BM25 of each candidate, the words of what a person has being the query.

    Source: Robertson, Zaragoza (2009), "The Probabilistic Relevance Framework", equation 3.15.
    """
    counts = word_counts(texts)
    length = np.asarray(counts.sum(axis=1)).ravel()
    usual = 1.0 - b + b * length / max(float(length.mean()), 1e-9)
    answering = counts.copy()
    answering.data = (
        counts.data * (k1 + 1.0) / (counts.data + k1 * np.repeat(usual, np.diff(counts.indptr)))
    )
    asking = sparse.csr_matrix((counts > 0).astype(np.float32) @ sparse.diags(_rarity(counts)))
    return LexicalKNN(asking, sparse.csr_matrix(answering))


def _rarity(counts: sparse.csr_matrix) -> Floats:
    """log((1 + I) / (1 + df)) of each word. Shape [V]."""
    held = np.bincount(counts.indices, minlength=counts.shape[1])
    rare: Floats = np.log((1.0 + counts.shape[0]) / (1.0 + held)).astype(np.float32)
    return rare
