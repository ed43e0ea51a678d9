"""What speaks for an edge between an item and a value: words, likeness, company, years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.catalog import Catalog, ColumnKind
from fewrec.knowledge.build.aliases import Aliases
from fewrec.knowledge.build.facts import Facts, entries
from fewrec.knowledge.pairs import numbers
from fewrec.knowledge.vectors import Progress, encode_all
from fewrec.knowledge.wording import clean, spoken_texts, values_of
from fewrec.protocols import TextEncoder

NEIGHBOURS = 20
"""Items whose texts are most alike lend their values."""

LISTED: tuple[ColumnKind, ...] = ("person", "list", "category")

SHRINK = 1.0
"""Of P(p | q) = items with both / (items with q + SHRINK)."""


@dataclass(frozen=True)
class Context:
    """What is known of I items beside the graph.

    Attributes:
        named: For each column that lists values, and for all free text, the place at which a
            value is named, from 1. Shapes [I, V].
        columns: Names of the columns that list values; one fewer than ``named``.
        vectors: Text vectors of length 1, D = 0 without an encoder. Shape [I, D].
        near: Likeness of each item's nearest ones. Shape [I, I].
        year: NaN where unknown. Shape [I].
    """

    named: tuple[sparse.csr_matrix, ...]
    columns: tuple[str, ...]
    vectors: Floats
    near: sparse.csr_matrix
    year: Doubles

    @classmethod
    def of(
        cls,
        catalog: Catalog,
        values: Sequence[str],
        encoder: TextEncoder | None,
        progress: Progress | None = None,
    ) -> Context:
        """Read the catalogue.

        Args:
            catalog: I items.
            values: Names of V values to look for.
            encoder: Encodes the items' texts; None goes without.
            progress: Told how many texts are encoded, of how many.
        """
        aliases, size = Aliases(values), len(catalog)
        columns = tuple(catalog.of_kind(*LISTED))
        listed = [values_of(catalog, name) for name in columns]
        free = [catalog.table[name].to_list() for name in catalog.of_kind("text", "title")]
        told = [[clean(text) for text in row if text] for row in zip(*free, strict=True)]
        named = [aliases.places(texts) for texts in (*listed, told or [[]] * size)]
        vectors = (
            np.zeros((size, 0), dtype=np.float32)
            if encoder is None
            else encode_all(encoder, spoken_texts(catalog), progress)
        )
        years = catalog.of_kind("year")
        year = numbers(catalog, years[0]) if years else np.full(size, np.nan)
        return cls(tuple(named), columns, vectors, nearest_items(vectors), year)


def nearest_items(vectors: Floats, many: int = NEIGHBOURS) -> sparse.csr_matrix:
    """Likeness (dot product, above 0) of each item's nearest ones. Shape [I, I]."""
    size = len(vectors)
    if not vectors.shape[1] or size < 2:
        return sparse.csr_matrix((size, size), dtype=np.float32)
    many = min(many, size - 1)
    rows, columns, data = [], [], []
    for at in range(0, size, 1024):
        like = vectors[at : at + 1024] @ vectors.T
        like[np.arange(len(like)), np.arange(at, at + len(like))] = -np.inf
        top = np.argpartition(-like, many - 1, axis=1)[:, :many]
        rows.append(np.repeat(np.arange(at, at + len(like)), many))
        columns.append(top.ravel())
        data.append(np.maximum(np.take_along_axis(like, top, axis=1), 0).ravel())
    where = (np.concatenate(rows), np.concatenate(columns))
    return sparse.csr_matrix((np.concatenate(data), where), (size, size))


class Signals:
    """Signals of edges that the facts do not hold.

    Args:
        facts: What is held to be true.
        context: What is known beside.
    """

    def __init__(self, facts: Facts, context: Context) -> None:
        self.facts, self.context = facts, context
        self.company = _company(facts)
        self.lent = (context.near @ facts.held).tocsr()
        self.under = [facts.within(r) for r in range(len(facts.relations))]
        self.counts = (
            np.stack([np.asarray(part.sum(axis=1)).ravel() for part in self.under], axis=1)
            if self.under
            else np.zeros((facts.held.shape[0], 0))
        )
        sizes = np.maximum(facts.sizes, 1)[:, None]
        self.centre = np.asarray(facts.held.T @ context.vectors) / sizes
        self.first, self.last = _years(facts, context.year)
        number = {name: r for r, name in enumerate(facts.relations)}
        # what a column says is no evidence for the relation that was made of it
        self.own = [*(number.get(name, -1) for name in context.columns), -1]
        self.ranks = [_Ranks.of(part, self.under) for part in context.named[:-1]]

    def of(self, item: Ints, pair: Ints) -> Floats:
        """Signals of n edges. Shape [n, F]."""
        value, relation = self.facts.value[pair], self.facts.relation[pair]
        size, count = self.facts.sizes[pair], self.counts[item, relation]
        places = [
            np.where(relation == own, 0, entries(part, item, value))
            for part, own in zip(self.context.named, self.own, strict=True)
        ]
        columns: list[np.ndarray] = [place > 0 for place in places]
        columns += [np.log(np.maximum(place, 1)) for place in places]
        for ranks, place in zip(self.ranks, places, strict=False):
            after, passed = ranks.around(item, relation, place)
            columns += [np.log1p(after), np.log1p(passed), after > 0, passed > 0]
        columns += [
            (entries(part, item, value) > 0) & (relation != r) for r, part in enumerate(self.under)
        ]
        company = entries(self.company, item, pair)
        columns += [1 - np.exp(company), np.log1p(-company)]
        lent = entries(self.lent, item, pair)
        columns += [lent, np.sqrt(np.maximum(lent, 0))]
        columns += [np.einsum("nd,nd->n", self.context.vectors[item], self.centre[pair])]
        columns += [np.log1p(size), size == 0, np.log1p(count), count == 0]
        columns += self._gap(item, pair)
        return np.stack([np.asarray(c, dtype=np.float32) for c in columns], axis=1)

    def _gap(self, item: Ints, pair: Ints) -> tuple[Doubles, Doubles]:
        """log(1 + years) outside the time of the pair's other items; whether it is known."""
        year = self.context.year[item]
        gap = np.maximum(np.maximum(self.first[pair] - year, year - self.last[pair]), 0)
        known = np.isfinite(gap)
        return np.where(known, np.log1p(np.where(known, gap, 0)), 0), known.astype(np.float64)


STEPS = 1 << 20
"""More than any place in a list."""


@dataclass(frozen=True)
class _Ranks:
    """Places in one column's lists: of known values, and of values held under each relation.

    Attributes:
        known: item * STEPS + place, ascending. Shape [n].
        held: The same of values held under each relation. R arrays.
    """

    known: Ints
    held: tuple[Ints, ...]

    @classmethod
    def of(cls, named: sparse.csr_matrix, under: Sequence[sparse.csr_matrix]) -> _Ranks:
        """Sort the places of a column that names values. Shapes [I, V]."""
        return cls(_places(named), tuple(_places(named.multiply(part)) for part in under))

    def around(self, item: Ints, relation: Ints, place: Floats) -> tuple[Ints, Ints]:
        """Held values after each of n places, and known ones before it that are not held."""
        here, end = item * STEPS + place.astype(np.int64), (item + 1) * STEPS
        begin = item * STEPS
        after, before = np.zeros_like(item), np.zeros_like(item)
        for number, held in enumerate(self.held):
            of = relation == number
            at = np.searchsorted(held, here[of])
            after[of] = np.searchsorted(held, end[of]) - np.searchsorted(held, here[of] + 1)
            before[of] = at - np.searchsorted(held, begin[of])
        passed = np.searchsorted(self.known, here) - np.searchsorted(self.known, begin) - before
        named = place > 0
        return np.where(named, after, 0), np.where(named, passed, 0)


def _places(named: sparse.csr_matrix) -> Ints:
    part = named.tocoo()
    return np.sort(part.row.astype(np.int64) * STEPS + part.data.astype(np.int64))


def _company(facts: Facts) -> sparse.csr_matrix:
    """Log of the chance that none of an item's pairs brings a pair along. Shape [I, P].

    Noisy-or: 1 - prod over q of (1 - P(p | q)).
    """
    both = (facts.held.T @ facts.held).tocsr()
    both.setdiag(0)
    both.eliminate_zeros()
    rows = np.repeat(np.arange(both.shape[0]), np.diff(both.indptr))
    both.data = np.log1p(-both.data / (facts.sizes[rows] + SHRINK)).astype(np.float32)
    return (facts.held @ both).tocsr()


def _years(facts: Facts, year: Doubles) -> tuple[Doubles, Doubles]:
    """First and last year of each pair's items; NaN without any. Shapes [P]."""
    item, pair = facts.edges()
    known = np.isfinite(year[item])
    item, pair = item[known], pair[known]
    first, last = np.full(len(facts.value), np.inf), np.full(len(facts.value), -np.inf)
    np.minimum.at(first, pair, year[item])
    np.maximum.at(last, pair, year[item])
    first[~np.isfinite(first)] = np.nan
    last[~np.isfinite(last)] = np.nan
    return first, last
