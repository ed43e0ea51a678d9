"""Features as coordinates to regress on, and ridge regression that picks its own penalty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import linalg, sparse

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.features import ItemFeatures
from fewrec.seeding import generator

PENALTIES = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0)
"""Ridge penalties tried by generalised cross-validation."""

REGRESSED = 20_000
"""A regression reads at most so many items: it has a few hundred weights."""

AT_ONCE = 50_000
"""So many items are described by their coordinates at once, to bound memory."""

SAME = 1e-4
"""Items whose coordinates differ by less than this share of their length are described alike."""

NUMBER_UNIT = 0.3
"""One deviation of a number column, as a coordinate."""

ATTRIBUTE_WEIGHTS = (0.0, 0.3, 1.0)
"""How loud attributes may speak beside text and numbers; the regression picks one."""


@dataclass(frozen=True)
class FeatureSpace:
    """Principal directions of text and attributes, found once and applied to newcomers.

    The coordinates are three blocks: text, attributes, numbers (with log of the number of
    attributes as one more: much-described items are much-met items). Text and attribute blocks
    are scaled to mean square 1.

    Attributes:
        mean: Mean text vector of the items that have text. Shape [D].
        text: Text directions. Shape [D, T].
        kept: The most held attributes. Shape [A'].
        idf: Weight of each kept attribute: its idf, divided by the fourth root of what its
            relation's attributes weigh together, so that a relation with many values (actors)
            leaves room for one with few (genre). Shape [A'].
        attributes: Attribute directions. Shape [A', S].
        size: Mean and standard deviation of log(1 + attributes of an item). Shape [2].
    """

    mean: Floats
    text: Floats
    kept: Ints
    idf: Doubles
    attributes: Floats
    size: Doubles

    @classmethod
    @lru_cache(maxsize=2)
    def of(cls, features: ItemFeatures, text: int = 128, attributes: int = 80) -> FeatureSpace:
        """Find at most ``text`` and ``attributes`` directions in I items' features.

        Remembered for the last features seen: rehearsals ask for the same ones many times.
        """
        matrix = features.attributes
        held = np.bincount(matrix.indices, minlength=matrix.shape[1])
        kept = np.sort(np.argsort(-held, kind="stable")[:1000])
        idf = _balanced(features, kept, held[kept])
        mean = mean_vector(features.vectors)
        written = np.abs(features.vectors).sum(axis=1, keepdims=True) > 0
        size = np.log1p(np.diff(matrix.indptr))
        weighted = matrix[:, kept] @ sparse.diags(idf)
        return cls(
            mean=mean,
            text=_directions(features.vectors - mean * written, text),
            kept=kept,
            idf=idf,
            attributes=_directions(weighted, attributes),
            size=np.array([size.mean(), size.std()]) if len(size) else np.zeros(2),
        )

    def blocks(self, features: ItemFeatures) -> tuple[Doubles, Doubles, Doubles]:
        """Coordinates of I items: text [I, T], attributes [I, S], numbers [I, M + 1]."""
        written = np.abs(features.vectors).sum(axis=1, keepdims=True) > 0
        text = (features.vectors - self.mean * written) @ self.text
        weighted = features.attributes[:, self.kept] @ sparse.diags(self.idf)
        size = np.log1p(np.diff(features.attributes.indptr))
        standard = (size - self.size[0]) / self.size[1] if self.size[1] > 1e-9 else size * 0.0
        return (
            text.astype(np.float64),
            np.asarray(weighted @ self.attributes, dtype=np.float64),
            np.column_stack([features.numbers, standard]).astype(np.float64) * NUMBER_UNIT,
        )

    def by_direction(self, features: ItemFeatures) -> Floats:
        """Text and attributes of I items, a row a direction, centred over the items.

        Returns:
            Shape [T + S, I]; columns have a mean square norm of 1, or of 0 where all items are
            described alike.
        """
        text, attributes, _ = self.blocks(features)
        both = np.concatenate([text, attributes], axis=1)
        if not both.size:
            return np.zeros(both.shape[::-1], dtype=np.float32)
        length = np.sqrt((both**2).sum() / len(both))
        both -= both.mean(axis=0)
        norm = np.sqrt((both**2).sum() / len(both))
        if norm < SAME * length or norm == 0.0:
            both[:], norm = 0.0, 1.0
        return np.ascontiguousarray((both / norm).T).astype(np.float32)

    def coordinates(self, features: ItemFeatures, attribute_weight: float) -> Doubles:
        """All blocks side by side, attributes scaled, and what is around items in a graph.

        Returns:
            Shape [I, T + S + M + 1 + G].
        """
        text, attributes, numbers = self.blocks(features)
        around = features.around.astype(np.float64) * NUMBER_UNIT
        return np.concatenate([text, attributes * attribute_weight, numbers, around], axis=1)


def in_blocks(features: ItemFeatures, work: Callable[[ItemFeatures], Doubles]) -> Doubles:
    """What some work makes of the features of I items, a block of them after the other.

    Args:
        features: Of I items.
        work: Gives one row an item.

    Returns:
        Shape [I, ...].
    """
    if len(features) <= AT_ONCE:
        return work(features)
    starts = range(0, len(features), AT_ONCE)
    return np.concatenate([work(features.where(slice(at, at + AT_ONCE))) for at in starts])


def _balanced(features: ItemFeatures, kept: Ints, held: Ints) -> Doubles:
    """Idf of the kept attributes, louder where their relation has little energy. Shape [A']."""
    idf: Doubles = np.log((1.0 + len(features)) / (1.0 + held))
    names = np.array([features.attribute_names[a][0] for a in kept], dtype=np.str_)
    _, relation = np.unique(names, return_inverse=True)
    energy = np.bincount(relation, held * idf**2) / max(len(features), 1)
    balanced: Doubles = idf / np.maximum(energy[relation], 1e-9) ** 0.25
    return balanced


def mean_vector(vectors: Floats) -> Floats:
    """Mean of the vectors that are not zero; zeros where all are. Shape [D]."""
    written = np.abs(vectors).sum(axis=1) > 0
    mean: Floats = (vectors[written].sum(axis=0) / max(int(written.sum()), 1)).astype(np.float32)
    return mean


def _directions(rows: Floats | sparse.spmatrix, most: int) -> Floats:
    """Leading right singular vectors, scaled so that coordinates have mean square norm 1."""
    if isinstance(rows, np.ndarray):
        dense = (rows.T @ rows).astype(np.float64)
    else:
        dense = sparse.csr_matrix(rows.T @ rows, dtype=np.float64).toarray()
    if dense.shape[0] == 0 or not dense.any():
        return np.zeros((dense.shape[0], 0), dtype=np.float32)
    values, vectors = linalg.eigh(dense)
    order = np.argsort(-values)[:most]
    order = order[values[order] > 1e-6 * values.max()]
    energy = np.sqrt(values[order].sum() / max(rows.shape[0], 1))
    scaled: Floats = (vectors[:, order] / energy).astype(np.float32)
    return scaled


@dataclass(frozen=True)
class Ridge:
    """A weighted ridge regression with intercepts.

    Attributes:
        weights: Shape [coordinates, targets].
        intercept: Shape [targets].
        error: Expected squared error summed over targets, by generalised cross-validation.
    """

    weights: Doubles
    intercept: Doubles
    error: float

    @classmethod
    def fit(cls, rows: Doubles, targets: Doubles, weight: Doubles) -> Ridge:
        """Fit with the penalty of least generalised cross-validation error.

        Source: Golub, Heath, Wahba (1979), equation 1.4.

        Args:
            rows: Coordinates. Shape [N, coordinates].
            targets: Shape [N, targets].
            weight: Weight of each row, above 0. Shape [N].

        Returns:
            The regression; a constant where there are fewer than 3 rows or no coordinates.
        """
        if len(targets) < 3 or rows.shape[1] == 0:
            mean = targets.mean(axis=0) if len(targets) else np.zeros(targets.shape[1])
            spread = float(targets.var(axis=0).sum()) if len(targets) > 1 else 1.0
            return cls(np.zeros((rows.shape[1], targets.shape[1])), mean, max(spread, 1e-6))
        share = weight / weight.mean()
        root = np.sqrt(share)[:, None]
        centre = np.average(rows, axis=0, weights=share)
        mean = np.average(targets, axis=0, weights=share)
        left, values, right = linalg.svd((rows - centre) * root, full_matrices=False)
        pulled = left.T @ ((targets - mean) * root)  # U'y
        unreachable = max(float(np.sum(((targets - mean) * root) ** 2) - np.sum(pulled**2)), 0.0)
        error, penalty = min(
            (_gcv(values, pulled, unreachable, penalty, len(targets)), penalty)
            for penalty in PENALTIES
        )
        weights = right.T @ ((values / (values**2 + penalty))[:, None] * pulled)
        return cls(weights, mean - centre @ weights, error)

    def predict(self, rows: Doubles) -> Doubles:
        """Shape [N, targets]."""
        predicted: Doubles = rows @ self.weights + self.intercept
        return predicted


def _gcv(values: Doubles, pulled: Doubles, unreachable: float, penalty: float, rows: int) -> float:
    """Generalised cross-validation error of one penalty, per row."""
    kept = values**2 / (values**2 + penalty)
    wrong = float(np.sum(((1.0 - kept)[:, None] * pulled) ** 2)) + unreachable
    free = max(rows - 1.0 - float(kept.sum()), 0.5)
    return wrong * rows / free**2


def best_ridge(
    space: FeatureSpace, features: ItemFeatures, known: Ints, targets: Doubles, weight: Doubles
) -> tuple[Ridge, float]:
    """Regress targets of some items on their features, choosing how loud attributes speak.

    Args:
        space: Where the coordinates come from.
        features: Of all I items.
        known: Rows of the N items with a target. Shape [N].
        targets: Shape [N, targets].
        weight: Shape [N].

    Returns:
        The regression of least cross-validated error and its attribute weight.
    """
    tried = []
    if len(known) > REGRESSED:
        drawn = generator(0, "regression").permutation(len(known))[:REGRESSED]
        known, targets, weight = known[drawn], targets[drawn], weight[drawn]
    described = features.where(known)
    for loud in ATTRIBUTE_WEIGHTS if space.attributes.shape[1] else (0.0,):
        rows = space.coordinates(described, loud)
        tried.append((Ridge.fit(rows, targets, weight), loud))
    return min(tried, key=lambda pair: pair[0].error)
