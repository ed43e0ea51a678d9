"""DistMult and ComplEx, learned by a sampled softmax over all entities."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from fewrec.data.arrays import Floats, Ints
from fewrec.errors import ConfigError, EmptyData
from fewrec.knowledge.linking.steps import Adagrad, Batch, gradients
from fewrec.seeding import generator

DECODERS: dict[str, Any] = {"distmult": np.float32, "complex": np.complex64}
"""Kind of number that vectors hold: real in DistMult, complex in ComplEx."""


@dataclass(frozen=True)
class Links:
    """How vectors of entities and relations are learned so that true triples score high.

    A triple scores Re <h, r, conj(t)> (ComplEx: Trouillon et al. 2016, eq. 9; DistMult where all
    numbers are real: Yang et al. 2015). Every relation has a reciprocal one, so that heads are
    asked for as tails are, the loss is a softmax over entities, and the nuclear 3-norm keeps
    vectors small (Lacroix et al. 2018). The softmax sums over a sample of entities, weighed so
    that its expectation is the sum over all.

    Attributes:
        decoder: ``complex`` or ``distmult``.
        dimension: Numbers of a vector, complex ones for ``complex``, at least 1.
        epochs: Times each triple is read in either direction.
        batch: Triples of a step.
        negatives: Entities in the sample; as many as there are, or more, take all (1-vs-all).
        rate: Step length of Adagrad.
        n3: Weight of the nuclear 3-norm.
        seconds: Processor time after which training ends early; None never.
    """

    decoder: str = "complex"
    dimension: int = 64
    epochs: int = 30
    batch: int = 512
    negatives: int = 512
    rate: float = 0.1
    n3: float = 0.05
    seconds: float | None = None

    def __post_init__(self) -> None:
        if self.decoder not in DECODERS:
            raise ConfigError(
                f"there is no decoder {self.decoder!r}. Known: {', '.join(DECODERS)}."
            )
        for name in ("dimension", "epochs", "batch", "negatives"):
            if getattr(self, name) < 1:
                raise ConfigError(f"{name} must be at least 1, not {getattr(self, name)}.")

    def fit(
        self,
        triples: tuple[Ints, Ints, Ints],
        entities: int,
        relations: int,
        *,
        seed: int = 0,
        tell: Callable[[int, float], None] = lambda epoch, loss: None,
    ) -> FittedLinks:
        """Learn from E triples.

        Args:
            triples: Heads, relations, tails, each of shape [E].
            entities: N.
            relations: R.
            seed: Of the first vectors, the order and the samples.
            tell: Told each epoch and its mean loss.

        Raises:
            EmptyData: There are no triples.
        """
        head, relation, tail = triples
        if not len(head):
            raise EmptyData("there are no triples to learn from", fix="Give a graph with edges.")
        random = generator(seed, "links", self.decoder)
        kind = DECODERS[self.decoder]
        vectors = _first(random, entities, self.dimension, kind)
        steps = _first(random, 2 * relations, self.dimension, kind)
        both = (
            np.concatenate([head, tail]),
            np.concatenate([relation, relation + relations]),
            np.concatenate([tail, head]),
        )
        optimisers = Adagrad.of(vectors, self.rate), Adagrad.of(steps, self.rate)
        started = time.process_time()
        for epoch in range(self.epochs):
            loss = self._epoch(both, vectors, steps, optimisers, random, started)
            tell(epoch, loss)
            if self._late(started):
                break
        return FittedLinks(self.decoder, _plain(vectors), _plain(steps))

    def _epoch(
        self,
        both: tuple[Ints, Ints, Ints],
        vectors: Any,  # noqa: ANN401 (real or complex)
        steps: Any,  # noqa: ANN401
        optimisers: tuple[Adagrad, Adagrad],
        random: np.random.Generator,
        started: float,
    ) -> float:
        """Read each triple once in either direction, in random order. Mean loss."""
        entities, losses = len(vectors), []
        order = random.permutation(len(both[0]))
        for at in range(0, len(order), self.batch):
            rows = order[at : at + self.batch]
            sample = _sample(random, entities, self.negatives)
            batch = Batch(both[0][rows], both[1][rows], both[2][rows], sample)
            found = gradients(batch, vectors, steps, self.n3)
            optimisers[0].step(vectors, found.entities, found.of_entities)
            optimisers[1].step(steps, batch.relation, found.of_relations)
            losses.append(found.loss)
            if self._late(started):
                break
        return float(np.mean(losses))

    def _late(self, started: float) -> bool:
        return self.seconds is not None and time.process_time() - started > self.seconds


@dataclass(frozen=True)
class FittedLinks:
    """Vectors of N entities and of R relations in both directions.

    Attributes:
        decoder: ``complex`` or ``distmult``.
        vectors: Of entities; a complex number is two after one another. Shape [N, D].
        steps: Of relations as they stand, then of their reciprocals. Shape [2R, D].
    """

    decoder: str
    vectors: Floats
    steps: Floats

    @property
    def relations(self) -> int:
        """R."""
        return len(self.steps) // 2

    def tails(self, head: Ints, relation: Ints) -> Floats:
        """Scores of all entities as tails of B heads and relations. Shape [B, N]."""
        return self._asked(head, relation) @ self.vectors.T

    def heads(self, tail: Ints, relation: Ints) -> Floats:
        """Scores of all entities as heads of B tails and relations. Shape [B, N]."""
        return self._asked(tail, relation + self.relations) @ self.vectors.T

    def scores(self, head: Ints, relation: Ints, tail: Ints) -> Floats:
        """Scores of B triples, asked in both directions. Shape [B]."""
        there = np.einsum("bd,bd->b", self._asked(head, relation), self.vectors[tail])
        back = self._asked(tail, relation + self.relations)
        both: Floats = (there + np.einsum("bd,bd->b", back, self.vectors[head])) / 2
        return both

    def _asked(self, entity: Ints, step: Ints) -> Floats:
        kind = DECODERS[self.decoder]
        product = self.vectors[entity].view(kind) * self.steps[step].view(kind)
        found: Floats = product.view(np.float32)
        return found


def _first(random: np.random.Generator, rows: int, dimension: int, kind: Any) -> Any:  # noqa: ANN401
    """Small random vectors (Lacroix et al. 2018 start at 1e-3). Shape [rows, dimension]."""
    reals = dimension * np.dtype(kind).itemsize // 4
    drawn = random.standard_normal((rows, reals), dtype=np.float32)
    return (np.float32(1e-2) * drawn).view(kind)


def _sample(random: np.random.Generator, entities: int, count: int) -> Ints:
    """Entities to sum the softmax over; all of them where the sample would be as large."""
    return np.arange(entities) if count >= entities else random.integers(entities, size=count)


def _plain(vectors: Any) -> Floats:  # noqa: ANN401
    """Complex numbers as two real ones after one another. Shape [N, D]."""
    found: Floats = np.ascontiguousarray(vectors).view(np.float32)
    return found
