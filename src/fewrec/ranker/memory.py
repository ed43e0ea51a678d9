"""Memory: labelled rows as keys and values, read by attention over text vectors.

A row (person u, item i, label y) is remembered under the key (v_i, t_u) with the value y - r_u:
v_i the item's centred text vector, t_u the person's taste (mean vector of what they like minus
that of what they do not), r_u their own like-rate. A question (u', i') reads

    m = sum_n a_n (y_n - r_n) / (sum_n a_n + 1)
    a_n = exp((cos(v_i', v_n) (1 - w + w max(0, cos(t_u', t_n))) - 1) / T)

so nothing is said where nothing is near, and one near row says half of what it holds. Writing an
example appends a row. The temperature T is chosen by leaving rows out.

Source: Sukhbaatar et al. (2015), "End-To-End Memory Networks", equations 1 to 3, with one hop and
frozen embeddings; the normalisation by sum + 1 is that of kernel regression with a prior row.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.histories import Histories
from fewrec.data.linked_people import linked_people
from fewrec.data.shots import Shots
from fewrec.errors import ConfigError
from fewrec.protocols import Training
from fewrec.ranker.baselines import like_rate, user_rate
from fewrec.ranker.content import centred
from fewrec.ranker.feature_space import mean_vector

TEMPERATURES = (0.05, 0.1, 0.2, 0.4)
"""Those tried."""

SLOPE = 4.0
"""Log-odds that a difference of labels is worth: the logit's slope at one half."""


@dataclass(frozen=True)
class Memory:
    """Attention over remembered rows.

    Attributes:
        taste: How much the likeness of the two people counts, from 0 (not at all) to 1.
        histories: Whether the rows of histories are remembered beside the answers.
    """

    taste: float = 0.5
    histories: bool = True

    def __post_init__(self) -> None:
        if not 0.0 <= self.taste <= 1.0:
            raise ConfigError(f"taste must lie between 0 and 1, not {self.taste}.")

    def fit(self, shots: Shots, training: Training) -> FittedMemory:
        """Remember the shots, and choose the temperature by leaving people out.

        With fewer than 4 shots the temperature stays where it starts.
        """
        mean = mean_vector(training.features.vectors)
        vectors = centred(training.features.vectors, mean)
        labels = np.concatenate([shots.label, shots.people.label])
        base_rate = like_rate(labels, np.ones_like(labels))
        empty = FittedMemory.empty(vectors, mean, self.taste, base_rate)
        memory = empty.written(shots, self.histories)
        if len(shots) < 4:
            return memory
        group = linked_people(shots)
        errors = {
            t: _left_out_error(replace(memory, temperature=t), shots, group) for t in TEMPERATURES
        }
        return replace(memory, temperature=min(errors, key=lambda t: errors[t]))


@dataclass(frozen=True)
class FittedMemory:
    """N remembered rows.

    Attributes:
        vectors: Centred text vectors of the I items. Shape [I, D].
        mean: What they were centred on. Shape [D].
        item: Item of each remembered row. Shape [N].
        person: Row of ``tastes`` each belongs to. Shape [N].
        value: Label minus the person's like-rate. Shape [N].
        tastes: Of each remembered person. Shape [P, D].
        share: How much the likeness of people counts.
        base_rate: Share of likes among the answers.
        temperature: T.
    """

    vectors: Floats
    mean: Floats
    item: Ints
    person: Ints
    value: Floats
    tastes: Floats
    share: float
    base_rate: float
    temperature: float = 0.1

    @classmethod
    def empty(cls, vectors: Floats, mean: Floats, share: float, base_rate: float) -> FittedMemory:
        """A memory that holds nothing and says nothing."""
        none = np.zeros(0, dtype=np.int64)
        value = np.zeros(0, dtype=np.float32)
        tastes = np.zeros((0, vectors.shape[1]), dtype=np.float32)
        return cls(vectors, mean, none, none, value, tastes, share, base_rate)

    def written(self, shots: Shots, histories: bool = True) -> FittedMemory:
        """The memory with more rows; nothing is fitted.

        Args:
            shots: Rows to remember.
            histories: Whether to remember what came before each answer, too.
        """
        rate = user_rate(shots.people, self.base_rate)
        people = np.arange(len(shots), dtype=np.int64) + len(self.tastes)
        item, person, label = shots.item, people, shots.label - rate
        if histories:
            owner = shots.people.person
            item = np.concatenate([item, shots.people.item])
            person = np.concatenate([person, people[owner]])
            label = np.concatenate([label, shots.people.label - rate[owner]])
        return replace(
            self,
            item=np.concatenate([self.item, item]),
            person=np.concatenate([self.person, person]),
            value=np.concatenate([self.value, label]).astype(np.float32),
            tastes=np.concatenate([self.tastes, self._tastes(shots.people)]),
        )

    def logits(self, people: Histories, item: Ints) -> Doubles:
        """What the memory adds to the log-odds of liking, row by row. Shape [N']."""
        return SLOPE * self.read(people, item)

    def extended(self, training: Training) -> FittedMemory:
        """The same memory beside more items."""
        return replace(self, vectors=centred(training.features.vectors, self.mean))

    def _tastes(self, people: Histories) -> Floats:
        """Mean vector of likes minus mean vector of dislikes, length 1 or 0. Shape [B, D]."""
        share = np.zeros(len(people.item), dtype=np.float32)
        for liked in (True, False):
            rows = (people.label > 0.5) == liked
            number = np.bincount(people.person[rows], minlength=len(people))
            share[rows] = (1.0 if liked else -1.0) / number[people.person[rows]]
        size = (len(people), len(self.vectors))
        taste = sparse.csr_matrix((share, people.item, people.start), size) @ self.vectors
        length = np.linalg.norm(taste, axis=1, keepdims=True)
        unit: Floats = (taste / np.maximum(length, 1e-6)).astype(np.float32)
        return unit

    def read(self, people: Histories, item: Ints, group: Ints | None = None) -> Doubles:
        """The expected difference m of each question, in blocks.

        Args:
            people: N' people.
            item: One item for each. Shape [N'].
            group: Where the people asked about are the P remembered ones: rows of people of the
                same number are passed over. Shape [P].

        Returns:
            Shape [N'].
        """
        tastes = self._tastes(people)
        keys, place = np.unique(self.item, return_inverse=True)
        found = np.zeros(len(item))
        for start in range(0, len(item), BLOCK):
            some = slice(start, start + BLOCK)
            asked, row = np.unique(item[some], return_inverse=True)
            near = _dots(self.vectors[asked], self.vectors[keys])[row[:, None], place]
            alike = np.maximum(_dots(tastes[some], self.tastes), 0.0)[:, self.person]
            fit = near * (1.0 - self.share + self.share * alike)
            attention = np.exp((fit.astype(np.float64) - 1.0) / self.temperature)
            if group is not None:
                attention[group[some, None] == group[self.person]] = 0.0
            found[some] = (attention * self.value).sum(axis=1) / (attention.sum(axis=1) + 1.0)
        return found


BLOCK = 512
"""So many questions are read at once, to bound memory."""


def _dots(one: Floats, other: Floats) -> Floats:
    """Dot products of rows [N, D] and [M, D]. Shape [N, M].

    Unlike a product of matrices, each is summed in the same order whatever stands beside it, so
    that no answer depends, not even in its last bit, on what is asked at the same time.
    """
    dots: Floats = np.einsum("nd,md->nm", one, other)
    return dots


def _left_out_error(memory: FittedMemory, shots: Shots, group: Ints) -> float:
    """Mean squared error of the answers, each read without its own person's rows."""
    told = memory.read(shots.people, shots.item, group)
    rate = user_rate(shots.people, memory.base_rate)
    return float(np.mean((shots.label - rate - told) ** 2))
