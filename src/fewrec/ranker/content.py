"""Rankers that compare what items are: text vectors, shared attributes, a profile sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.evidence import Fact
from fewrec.data.features import ItemFeatures
from fewrec.data.histories import Histories
from fewrec.protocols import Training
from fewrec.ranker.attribution import history_facts
from fewrec.ranker.candidates import Bytes, Neighbourhood, inverted_file, none
from fewrec.ranker.feature_space import mean_vector
from fewrec.ranker.item_item import row_sum, summed_rows
from fewrec.ranker.row_memory import RowMemory

SOME = 8
"""Up to so many people are scored one by one, with what is remembered of the items."""

AT_ONCE = 64
"""Items whose likeness to all others is worked out together, to bound memory."""

CELLS = 50_000_000
"""So much likeness (items that people like times all items) is held at once."""

HELD_BYTES = 2**26
"""Likeness of all items to all is worked out once, where it finds room in so many bytes."""


def _finds_room(items: int) -> bool:
    return 4 * items * items <= HELD_BYTES


@dataclass(frozen=True)
class TextKNN:
    """Items whose text resembles what a person liked, and not what they disliked.

    The similarity of two items is ``max(0, cos)^power`` of their centred text vectors: without
    centring, everything in a catalogue resembles everything; the power lets near neighbours
    outweigh the crowd.

    Attributes:
        power: Sharpness, at least 1.
        dislike: How much a dislike counts against a like, from 0 to 1.
    """

    power: float = 2.0
    dislike: float = 0.3

    def fit(self, training: Training) -> FittedTextKNN:
        """Centre the vectors on the mean of all items that have text."""
        vectors, mean, file = _compared(training.features)
        return FittedTextKNN(
            vectors=vectors,
            mean=mean,
            power=self.power,
            dislike=self.dislike,
            items=training.interactions.items.ids,
            file=file,
        )


@lru_cache(maxsize=1)
def _compared(features: ItemFeatures) -> tuple[Floats, Floats, Bytes]:
    """Centred vectors [I, D], their mean before [D], and their inverted file.

    Remembered for the last features seen: rehearsals ask for the same ones many times.
    """
    mean = mean_vector(features.vectors)
    vectors = centred(features.vectors, mean)
    return vectors, mean, inverted_file(vectors)


def centred(vectors: Floats, mean: Floats) -> Floats:
    """Vectors minus the mean, length 1; zero vectors (no text) stay zero. Shape [I, D]."""
    moved = vectors - mean * (np.abs(vectors).sum(axis=1, keepdims=True) > 0)
    norm = np.linalg.norm(moved, axis=1, keepdims=True)
    scaled: Floats = (moved / np.maximum(norm, 1e-6)).astype(np.float32)
    return scaled


@dataclass(frozen=True)
class FittedTextKNN:
    """Centred text vectors [I, D], the settings, and an inverted file of a large catalogue."""

    vectors: Floats
    mean: Floats
    power: float
    dislike: float
    items: tuple[str, ...]
    file: Bytes = field(default_factory=none)

    def scores(self, people: Histories) -> Floats:
        """Mean similarity to liked minus ``dislike`` times that to disliked items. Shape [B, I]."""
        if 0 < len(people) <= SOME:
            return self._one_by_one(people)
        if _finds_room(len(self.items)):
            return summed_rows(people, self._shares(people), self._alike)
        rows, place = np.unique(people.item, return_inverse=True)
        answer = self._shares(people)
        weights = sparse.csr_matrix(
            (answer, (people.person, place)), (len(people), len(rows)), dtype=np.float32
        ).tocsc()
        scores = np.zeros((len(people), len(self.items)), dtype=np.float32)
        block = max(1, CELLS // len(self.items))
        for at in range(0, len(rows), block):
            some = slice(at, at + block)
            scores += weights[:, some] @ self._near(rows[some])
        return scores

    def _one_by_one(self, people: Histories) -> Floats:
        """The same for a few people, from similarities that are remembered. Shape [B, I]."""
        shares, bounds = self._shares(people), people.start
        rows = [slice(a, b) for a, b in pairwise(bounds)]
        return np.stack([self._likeness.weighted(people.item[r], shares[r]) for r in rows])

    def sums(self, person: Histories) -> Floats:
        """Likeness to what one person (B = 1) liked and disliked. Shape [2, I]."""
        return np.stack([self._likeness.weighted(*rows) for rows in liked_and_not(person)])

    def of_sums(self, sums: Floats, person: Histories) -> Floats:
        """The same as ``scores``. Shape [I]."""
        return balanced(sums, person, self.dislike)

    @cached_property
    def _likeness(self) -> RowMemory:
        """Similarities of items that people ask about, as far as they find room."""
        return RowMemory(self._near, len(self.items))

    @cached_property
    def _alike(self) -> Floats:
        """Similarity of all items to all. Shape [I, I]."""
        return self._near(np.arange(len(self.items)))

    def learn(self, rows: Ints, stop: Callable[[], bool]) -> None:
        """Work out ahead what likes of some items say of all, as far as there is room for it.

        Args:
            rows: Items, the most important first.
            stop: Asked now and then whether to give up.
        """
        rows = rows[: self._likeness.most]
        for at in range(0, len(rows), AT_ONCE):
            if stop():
                return
            self._likeness.learn(rows[at : at + AT_ONCE])

    def _near(self, rows: Ints, items: Ints | None = None) -> Floats:
        """Similarity of some items to all (or the chosen) items. Shape [len(rows), I]."""
        if items is None and self._neighbourhood.usable:
            near = self._neighbourhood.likeness(rows)
        else:
            others = self.vectors if items is None else self.vectors[items]
            near = np.maximum(self.vectors[rows] @ others.T, 0.0)
        alike: Floats = near**self.power
        return alike

    @property
    def rough(self) -> bool:
        """Whether items far from what a person likes share one likeness."""
        return self._neighbourhood.usable

    def exact(self, person: Histories, items: Ints) -> Floats:
        """Scores of some items for one person, every text compared. Shape [N]."""
        scores: Floats = self._shares(person) @ self._near(person.item, items)
        return scores

    @cached_property
    def _neighbourhood(self) -> Neighbourhood:
        """Finds what is worth comparing in a large catalogue."""
        return Neighbourhood(self.vectors, self.file)

    def _shares(self, people: Histories) -> Floats:
        return averaging(people, self.dislike)

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """Which liked item is how alike."""
        shares = self._near(person.item, items) * self._shares(person)[:, None]
        return history_facts("text-knn", person, shares, items, self.items)

    def extended(self, training: Training) -> FittedTextKNN:
        """Newcomers are centred on the same mean."""
        known = len(self.items)
        if known == len(training.interactions.items):
            return self
        added = centred(training.features.vectors[known:], self.mean)
        return replace(
            self,
            vectors=np.concatenate([self.vectors, added]),
            items=training.interactions.items.ids,
        )


def averaging(people: Histories, dislike: float) -> Floats:
    """Weights that make a sum over history rows a mean of likes minus a mean of dislikes.

    Shrunk by one row, so that a single like is trusted less than five that agree.

    Args:
        people: Histories of B people, H rows.
        dislike: Weight of the disliked side against the liked.

    Returns:
        Signed weight of each history row. Shape [H].
    """
    liked = people.label > 0
    size = len(people)
    total = np.bincount(people.person, people.weight * liked, minlength=size) + 1.0
    other = np.bincount(people.person, people.weight * ~liked, minlength=size) + 1.0
    share = people.weight * np.where(
        liked, 1.0 / total[people.person], -dislike / other[people.person]
    )
    answer: Floats = share.astype(np.float32)
    return answer


def liked_and_not(person: Histories) -> list[tuple[Ints, Floats]]:
    """Items and weights of what one person (B = 1) liked, and of what they did not."""
    liked = person.label > 0
    return [(person.item[side], person.weight[side]) for side in (liked, ~liked)]


def balanced(sums: Floats, person: Histories, dislike: float) -> Floats:
    """A mean over likes minus one over dislikes, as ``averaging`` weighs them. Shape [I].

    Args:
        sums: Over what one person (B = 1) liked, and over what they did not. Shape [2, I].
        person: The person.
        dislike: Weight of the disliked side against the liked.
    """
    total, liked = float(person.weight.sum()), float(person.weight @ (person.label > 0))
    share = np.array([1.0 / (liked + 1.0), -dislike / (total - liked + 1.0)], dtype=np.float32)
    scores: Floats = share @ sums
    return scores


@dataclass(frozen=True)
class AttributeKNN:
    """Items that share attributes (genre, director, graph neighbours) with what a person liked.

    A person is the mean over liked items (minus ``dislike`` times the mean over disliked ones)
    of their attribute vectors weighted by idf; an item's score is its cosine with that.

    Attributes:
        dislike: How much a dislike counts against a like, from 0 to 1.
    """

    dislike: float = 0.3

    def fit(self, training: Training) -> FittedAttributeKNN:
        """Weigh attributes by how rare they are."""
        attributes = training.features.attributes
        held = np.bincount(attributes.indices, minlength=attributes.shape[1])
        idf = np.log((1.0 + attributes.shape[0]) / (1.0 + held))
        return FittedAttributeKNN(
            matrix=_weighted(attributes, idf),
            idf=idf,
            dislike=self.dislike,
            relations=tuple(relation for relation, _ in training.features.attribute_names),
            values=tuple(value for _, value in training.features.attribute_names),
            items=training.interactions.items.ids,
        )


def _weighted(attributes: sparse.csr_matrix, idf: Doubles) -> sparse.csr_matrix:
    """Rows of idf weights with length 1. Shape [I, A]."""
    weighted = sparse.csr_matrix(attributes @ sparse.diags(idf), dtype=np.float32)
    norm = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    scale = sparse.diags(1.0 / np.maximum(norm, 1e-6))
    return sparse.csr_matrix(scale @ weighted, dtype=np.float32)


@dataclass(frozen=True)
class FittedAttributeKNN:
    """Idf-weighted attribute rows of length 1, shape [I, A], and names of the A attributes."""

    matrix: sparse.csr_matrix
    idf: Doubles
    dislike: float
    relations: tuple[str, ...]
    values: tuple[str, ...]
    items: tuple[str, ...]

    def scores(self, people: Histories) -> Floats:
        """Dot product of the person's attribute profile with each item. Shape [B, I]."""
        if self.matrix.shape[1] == 0:
            return np.zeros((len(people), len(self.items)), dtype=np.float32)
        if len(people) == 1:
            taste = row_sum(self.matrix, people.item, averaging(people, self.dislike))
            return np.asarray(self.matrix @ taste, dtype=np.float32)[None, :]
        if len(people) > SOME and _finds_room(len(self.items)):
            return summed_rows(people, averaging(people, self.dislike), self._alike)
        dense: Floats = np.asarray((self._taste(people) @ self.matrix.T).todense())
        return dense

    def sums(self, person: Histories) -> Floats:
        """Likeness to what one person (B = 1) liked and disliked. Shape [2, I]."""
        sums = np.zeros((2, len(self.items)), dtype=np.float32)
        for side, (rows, share) in zip(sums, liked_and_not(person), strict=True):
            if not len(rows):
                continue
            if _finds_room(len(self.items)):
                side[:] = share @ self._alike[rows]
            else:
                side[:] = self.matrix @ row_sum(self.matrix, rows, share)
        return sums

    def of_sums(self, sums: Floats, person: Histories) -> Floats:
        """The same as ``scores``. Shape [I]."""
        return balanced(sums, person, self.dislike)

    @cached_property
    def _alike(self) -> Floats:
        """Dot products of the rows of all items. Shape [I, I]."""
        return np.asarray((self.matrix @ self.matrix.T).toarray(), dtype=np.float32)

    def _taste(self, people: Histories) -> sparse.csr_matrix:
        """Signed mean attribute weights of each person. Shape [B, A]."""
        share = averaging(people, self.dislike)
        pick = sparse.csr_matrix(
            (share, (people.person, people.item)), (len(people), len(self.items))
        )
        return sparse.csr_matrix(pick @ self.matrix, dtype=np.float32)

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """For each candidate the attributes that carry most, each with a liked item that has it."""
        taste = np.asarray(self._taste(person).todense()).ravel()
        _, first = np.unique(person.item[person.label > 0][::-1], return_index=True)
        liked = person.item[person.label > 0][::-1][np.sort(first)]  # latest first, each once
        return [self._shared(self.matrix[i], taste, liked[liked != i]) for i in items]

    def _shared(self, row: sparse.csr_matrix, taste: Floats, liked: Ints) -> list[Fact]:
        amount = row.data * taste[row.indices]
        holds = self.matrix[liked].tocsc()
        facts = []
        for place in np.argsort(-amount, kind="stable")[:3]:
            a = int(row.indices[place])
            holders = np.sort(holds.indices[holds.indptr[a] : holds.indptr[a + 1]])
            if amount[place] <= 0 or len(holders) == 0:
                continue
            facts.append(
                Fact(
                    kind="shared_attribute",
                    part="attribute-knn",
                    amount=float(amount[place]),
                    item=self.items[liked[holders[0]]],
                    relation=self.relations[a],
                    values=(self.values[a],),
                    count=len(holders),
                    of=len(liked),
                )
            )
        return facts

    def extended(self, training: Training) -> FittedAttributeKNN:
        """Newcomers by the attributes that were known at fit."""
        known = len(self.items)
        if known == len(training.interactions.items):
            return self
        added = _weighted(training.features.attributes[known:], self.idf)
        return FittedAttributeKNN(
            sparse.csr_matrix(sparse.vstack([self.matrix, added]), dtype=np.float32),
            self.idf,
            self.dislike,
            self.relations,
            self.values,
            training.interactions.items.ids,
        )
