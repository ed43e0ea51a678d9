"""From catalogue, graph and text to the arrays rankers compute with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import polars as pl
from scipy import sparse

from fewrec.data.arrays import Doubles, Floats
from fewrec.data.catalog import Catalog
from fewrec.data.dataset import Dataset
from fewrec.data.features import ItemFeatures
from fewrec.errors import ConfigError
from fewrec.knowledge.neighbours import Relations, neighbour_pairs
from fewrec.knowledge.pairs import catalogue_pairs, number_bins, numbers
from fewrec.knowledge.surroundings import Surroundings
from fewrec.knowledge.vectors import Progress, encode_all
from fewrec.knowledge.wording import item_headings, item_texts
from fewrec.protocols import TextEncoder

HUB_SHARE = 0.5
HEAVY_TAIL = 2.0
FARTHEST = 5.0


@dataclass(frozen=True)
class NumberScale:
    """How one number column is standardised.

    Attributes:
        column: Its name.
        log: Whether log(1 + x) is taken first, for long-tailed columns such as prices.
        mean: Of the known values, after the logarithm.
        deviation: Their standard deviation, above 0.
    """

    column: str
    log: bool
    mean: float
    deviation: float

    def scaled(self, values: Doubles) -> Floats:
        """(x - mean) / deviation, within ±5; 0 where x is missing. Shape [I]."""
        told = np.log1p(np.maximum(values, 0)) if self.log else values
        z = np.clip((told - self.mean) / self.deviation, -FARTHEST, FARTHEST)
        return np.nan_to_num(z).astype(np.float32)


@dataclass(frozen=True)
class FeatureSpec:
    """What was learned from one data set in order to describe any other in the same arrays.

    Plain fields only, saved with a model: a larger catalogue gets the same columns in the same
    order, on the same scale.

    Attributes:
        encoder: Name of the text encoder; "" without text.
        numbers: Number and year columns.
        bins: Edges of the number columns that became attributes.
        attributes: (relation, value) of each attribute. A pairs.
        relations: How the graph's relations are read.
        surroundings: What a graph says around items, in numbers and names.
        around: Mean and deviation of each of those numbers; those that do not vary have
            deviation 0 and are left out.
        rare: How many (relation, value) pairs were left out since one item has them.
        hubs: How many since more than ``HUB_SHARE`` of the items have them.
    """

    encoder: str
    numbers: tuple[NumberScale, ...]
    bins: Mapping[str, tuple[float, ...]]
    attributes: tuple[tuple[str, str], ...]
    relations: Relations
    surroundings: Surroundings = field(default_factory=Surroundings)
    around: tuple[tuple[float, float], ...] = ()
    rare: int = 0
    hubs: int = 0

    @classmethod
    def of(cls, dataset: Dataset, encoder: TextEncoder | None = None) -> FeatureSpec:
        """Learn scales, bins and the attribute vocabulary from a data set."""
        bins, relations = number_bins(dataset.catalog), Relations.of(dataset)
        pairs = _pairs(dataset, bins, relations)
        kept, rare, hubs = _vocabulary(pairs, len(dataset.catalog))
        surroundings = Surroundings.of(dataset, relations)
        return cls(
            encoder="" if encoder is None else encoder.name,
            numbers=tuple(_scales(dataset.catalog)),
            bins=bins,
            attributes=kept,
            relations=relations,
            surroundings=surroundings,
            around=_spread(surroundings.numbers(dataset, relations)),
            rare=rare,
            hubs=hubs,
        )

    def features(
        self,
        dataset: Dataset,
        encoder: TextEncoder | None = None,
        *,
        progress: Progress | None = None,
    ) -> ItemFeatures:
        """Describe the I items of any data set.

        Args:
            dataset: Catalogue, graph and links; columns the spec knows and the catalogue lacks
                are missing values.
            encoder: The encoder the spec was made with; no text vectors (D = 0) where None.
            progress: Told how many texts are encoded.

        Returns:
            Arrays of I rows.

        Raises:
            ConfigError: The encoder is another one than the spec's.
        """
        name = "" if encoder is None else encoder.name
        if name != self.encoder:
            raise ConfigError(
                f"the item features were made with the text encoder {self.encoder or 'none'!r}, "
                f"not with {name or 'none'!r}. Use the same one, or fit again."
            )
        return ItemFeatures(
            vectors=self._vectors(dataset, encoder, progress),
            numbers=self._numbers(dataset.catalog),
            attributes=self._attributes(dataset),
            attribute_names=self.attributes,
            number_names=tuple(scale.column for scale in self.numbers),
            around=self._around(dataset),
            around_names=self._around_names(),
        )

    def notes(self) -> tuple[str, ...]:
        """What was left out, sentence by sentence."""
        said = []
        if self.rare:
            said.append(f"{self.rare:,} attributes that a single item has were left out.")
        if self.hubs:
            said.append(
                f"{self.hubs:,} attributes that more than {HUB_SHARE:.0%} of the items have "
                "were left out."
            )
        return tuple(said)

    def to_dict(self) -> dict[str, Any]:
        """As plain lists and dictionaries, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> FeatureSpec:
        """From what ``to_dict`` gave, also after a trip through JSON."""
        return cls(
            encoder=saved["encoder"],
            numbers=tuple(NumberScale(**scale) for scale in saved["numbers"]),
            bins={name: tuple(edges) for name, edges in saved["bins"].items()},
            attributes=tuple((relation, value) for relation, value in saved["attributes"]),
            relations=Relations(saved["relations"]["mirrored"], tuple(saved["relations"]["order"])),
            surroundings=Surroundings(
                tuple(saved["surroundings"]["relations"]),
                saved["surroundings"]["degrees"],
                saved["surroundings"]["spoken"],
            ),
            around=tuple((mean, deviation) for mean, deviation in saved["around"]),
            rare=saved["rare"],
            hubs=saved["hubs"],
        )

    def _numbers(self, catalog: Catalog) -> Floats:
        """Standardised number columns. Shape [I, M]."""
        columns = [
            scale.scaled(numbers(catalog, scale.column))
            if scale.column in catalog.table.columns
            else np.zeros(len(catalog), dtype=np.float32)
            for scale in self.numbers
        ]
        empty = np.zeros((len(catalog), 0), dtype=np.float32)
        return np.stack(columns, axis=1) if columns else empty

    def _around(self, dataset: Dataset) -> Floats:
        """Standardised numbers of the graph around items. Shape [I, G]."""
        told = self.surroundings.numbers(dataset, self.relations)
        mean, deviation = np.array(self.around).reshape(-1, 2).T
        varies = deviation > 0
        z = (told[:, varies] - mean[varies]) / deviation[varies]
        scaled: Floats = np.clip(z, -FARTHEST, FARTHEST).astype(np.float32)
        return scaled

    def _around_names(self) -> tuple[str, ...]:
        names = zip(self.surroundings.names(), self.around, strict=True)
        return tuple(name for name, (_, deviation) in names if deviation > 0)

    def _vectors(
        self, dataset: Dataset, encoder: TextEncoder | None, progress: Progress | None
    ) -> Floats:
        """Text vectors of length 1, or 0 without text. Shape [I, D].

        An item is its heading (title, categories, people); where there is more, halfway between
        that and the rest: descriptions serve those who search by words, and blur which items
        the same people like; names from a graph tell a language model what the title does not.
        """
        catalog, size = dataset.catalog, len(dataset.catalog)
        if encoder is None:
            return np.zeros((size, 0), dtype=np.float32)
        headings = item_headings(catalog)
        texts = [item_texts(catalog)]
        if catalog.of_kind("text"):
            texts.append(headings)
        if self.surroundings.spoken:
            around = self.surroundings.words(dataset, self.relations)
            pairs = zip(headings, around, strict=True)
            texts.append([" ".join(part for part in pair if part) for pair in pairs])
        found = encode_all(encoder, [text for some in texts for text in some], progress)
        if len(texts) == 1:
            return found
        middle = found.reshape(len(texts), size, -1).sum(axis=0)
        lengths = np.linalg.norm(middle, axis=1, keepdims=True)
        unit: Floats = (middle / np.maximum(lengths, 1e-12)).astype(np.float32)
        return unit

    def _attributes(self, dataset: Dataset) -> sparse.csr_matrix:
        """1 where item i has attribute a. Shape [I, A]."""
        shape = (len(dataset.catalog), len(self.attributes))
        names = pl.DataFrame(
            {
                "relation": [relation for relation, _ in self.attributes],
                "value": [value for _, value in self.attributes],
                "column": range(len(self.attributes)),
            },
            schema={"relation": pl.String, "value": pl.String, "column": pl.Int64},
        )
        found = _pairs(dataset, self.bins, self.relations).join(names, on=["relation", "value"])
        rows, columns = found["row"].to_numpy(), found["column"].to_numpy()
        ones = np.ones(len(rows), dtype=np.float32)
        matrix = sparse.csr_matrix((ones, (rows, columns)), shape, dtype=np.float32)
        matrix.sort_indices()
        return matrix


def item_features(
    dataset: Dataset, encoder: TextEncoder | None, *, progress: Progress | None = None
) -> ItemFeatures:
    """Describe the items of a data set, with scales and attributes learned from itself.

    Args:
        dataset: Catalogue, graph and links.
        encoder: Encodes the items' texts; no text vectors (D = 0) where None.
        progress: Told how many texts are encoded.

    Returns:
        Arrays of I rows.
    """
    return FeatureSpec.of(dataset, encoder).features(dataset, encoder, progress=progress)


def _spread(told: Doubles) -> tuple[tuple[float, float], ...]:
    """Mean and standard deviation of each column; 0 where it does not vary."""
    if not len(told):
        return ((0.0, 0.0),) * int(told.shape[1])
    deviation = np.where(np.ptp(told, axis=0) > 0, told.std(axis=0), 0.0)
    pairs = zip(told.mean(axis=0), deviation, strict=True)
    return tuple((float(mean), float(spread)) for mean, spread in pairs)


def _pairs(
    dataset: Dataset, bins: Mapping[str, tuple[float, ...]], relations: Relations
) -> pl.DataFrame:
    own, graph = catalogue_pairs(dataset.catalog, bins), neighbour_pairs(dataset, relations)
    return pl.concat([own, graph]).unique(maintain_order=True)


def _vocabulary(pairs: pl.DataFrame, items: int) -> tuple[tuple[tuple[str, str], ...], int, int]:
    """Pairs that tell items apart, in order of (relation, value); counts of the others."""
    counts = pairs.group_by("relation", "value").len().sort("relation", "value")
    rare, hub = pl.col("len") < 2, pl.col("len") > HUB_SHARE * items
    kept = counts.filter(~rare & ~hub).select("relation", "value")
    few, many = counts.filter(rare).height, counts.filter(~rare & hub).height
    return tuple((relation, value) for relation, value in kept.iter_rows()), few, many


def _scales(catalog: Catalog) -> Sequence[NumberScale]:
    found = [_scale(name, numbers(catalog, name)) for name in catalog.of_kind("number", "year")]
    return [scale for scale in found if scale is not None]


def _scale(name: str, values: Doubles) -> NumberScale | None:
    """None where the column does not vary."""
    known = values[np.isfinite(values)]
    if len(known) < 2 or known.min() == known.max():
        return None
    log = bool(known.min() >= 0) and _skewness(known) > HEAVY_TAIL
    told = np.log1p(known) if log else known
    return NumberScale(name, log, float(told.mean()), float(told.std()))


def _skewness(values: Doubles) -> float:
    """Third standardised moment: 0 for a normal distribution, 2 for an exponential one."""
    centred = values - values.mean()
    return float((centred**3).mean() / (centred**2).mean() ** 1.5)
