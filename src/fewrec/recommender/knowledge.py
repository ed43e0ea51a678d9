"""What a model knows: its data and its items' features, and how both grow without refitting."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import compress

import numpy as np
import polars as pl
from scipy import sparse

from fewrec.data.arrays import Bools
from fewrec.data.catalog import Catalog
from fewrec.data.cells import as_kind
from fewrec.data.dataset import Dataset
from fewrec.data.events import Interactions
from fewrec.data.features import ItemFeatures
from fewrec.data.ids import IdMap
from fewrec.data.people import People
from fewrec.knowledge.features import FeatureSpec
from fewrec.knowledge.gnn import FittedNetwork
from fewrec.knowledge.gnn.items import graph_vectors
from fewrec.protocols import TextEncoder, Training


@dataclass(frozen=True)
class Known:
    """Everything a model was fitted on or told later, over one pair of id maps.

    Attributes:
        interactions: All rows.
        catalog: All items.
        people: All users.
        features: Of all items.
        fitted_rows: How many of the rows, from the first, were there when the model was fitted.
    """

    interactions: Interactions
    catalog: Catalog
    people: People
    features: ItemFeatures
    fitted_rows: int

    @classmethod
    def of(cls, dataset: Dataset, features: ItemFeatures) -> Known:
        """What a data set holds."""
        rows = dataset.interactions
        return cls(rows, dataset.catalog, dataset.people, features, len(rows))

    def training(self, encoder: TextEncoder | None, seed: int) -> Training:
        """As rankers want it."""
        return Training(self.interactions, self.features, self.people, encoder, seed)

    @property
    def grown(self) -> bool:
        """Whether there are rows that came after the fit."""
        return len(self.interactions) > self.fitted_rows

    def at_fit(self) -> Known:
        """The same items and users, with only the rows the model was fitted on."""
        return replace(self, interactions=self.interactions.where(np.arange(self.fitted_rows)))

    def as_of(self, time: float) -> Known:
        """What was known strictly before a time (seconds since 1970).

        Rows without a timestamp are older than any time.
        """
        kept = ~(self.interactions.timestamp >= time)
        fitted = int(kept[: self.fitted_rows].sum())
        left = self.interactions.where(kept)
        if left.steps is not None:
            left = replace(left, steps=left.steps.where(~(left.steps.timestamp >= time)))
        return replace(self, interactions=left, fitted_rows=fitted)

    def without(self, users: Collection[str]) -> Known:
        """Without some people and all their rows; ids that are not known are passed over."""
        kept = np.array([name not in users for name in self.people.users], dtype=bool)
        rows = kept[self.interactions.user]
        ids = IdMap(tuple(compress(self.people.users, kept)))
        place = np.where(kept, kept.cumsum() - 1, -1)
        return replace(
            self,
            interactions=self.interactions.renumbered(ids, self.interactions.items, place),
            people=replace(
                self.people,
                users=ids,
                attributes=tuple(compress(self.people.attributes, kept)),
                profile=tuple(compress(self.people.profile, kept)),
            ),
            fitted_rows=int(rows[: self.fitted_rows].sum()),
        )

    def joined(
        self,
        data: Dataset,
        spec: FeatureSpec,
        encoder: TextEncoder | None,
        network: FittedNetwork | None = None,
    ) -> Known:
        """With newcomers and new rows; rows that are known already are not counted twice.

        Args:
            data: More interactions, items, people; known items keep what they were.
            spec: How features are made.
            encoder: Of texts.
            network: Of the graph; None where there is none.

        Returns:
            Known rows, items and users first, in their old order.
        """
        users = self.people.users.extended(data.people.users)
        items = self.catalog.items.extended(data.catalog.items)
        rows = self._more_rows(data.interactions, users, items)
        return Known(
            interactions=rows,
            catalog=_joined_catalogs(self.catalog, data.catalog, items),
            people=_joined_people(self.people, data.people, users),
            features=self._joined_features(data, spec, encoder, network),
            fitted_rows=self.fitted_rows,
        )

    def _more_rows(self, more: Interactions, users: IdMap, items: IdMap) -> Interactions:
        place, spot = users.rows(more.users), items.rows(more.items)
        new = more.renumbered(users, items, place, spot)
        steps = new.steps
        if steps is not None and self.interactions.steps is not None:
            steps = _unknown(self.interactions.steps, steps)
        return self.interactions.plus(replace(_unknown(self.interactions, new), steps=steps))

    def _joined_features(
        self,
        data: Dataset,
        spec: FeatureSpec,
        encoder: TextEncoder | None,
        network: FittedNetwork | None,
    ) -> ItemFeatures:
        fresh = _newcomers(self.catalog, data.catalog)
        if not fresh:
            return self.features
        some = replace(data, catalog=_some(data.catalog, fresh))
        added = spec.features(some, encoder)
        if network is not None:
            added = replace(added, entities=graph_vectors(network, some, added.vectors))
        return ItemFeatures(
            np.concatenate([self.features.vectors, added.vectors]),
            np.concatenate([self.features.numbers, added.numbers]),
            sparse.csr_matrix(sparse.vstack([self.features.attributes, added.attributes])),
            self.features.attribute_names,
            self.features.number_names,
            np.concatenate([self.features.around, added.around]),
            self.features.around_names,
            np.concatenate([self.features.entities, added.entities]),
        )


def _newcomers(old: Catalog, new: Catalog) -> list[int]:
    """Rows of the new catalogue whose items the old one does not have."""
    return [row for row, name in enumerate(new.items) if name not in old.items]


def _some(catalog: Catalog, rows: list[int]) -> Catalog:
    ids = IdMap(tuple(catalog.items.ids[row] for row in rows))
    table = catalog.table[rows] if catalog.table.width else pl.DataFrame(height=len(rows))
    return Catalog(ids, table, catalog.kinds)


def _unknown(old: Interactions, new: Interactions) -> Interactions:
    """The new rows that do not stand among the old ones."""
    people = np.unique(new.user)
    _, rows = old.rows_of(people[people < len(old.users)])
    return new.where(~_already(old.where(rows), new))


def _already(old: Interactions, new: Interactions) -> Bools:
    """Which new rows stand among the old ones: same person, item and label.

    Value and time must be the same too, as far as both rows have them: a table that was saved
    without its times is not another set of events.
    """
    known: set[tuple[object, ...]] = set()
    for pair, value, time in _told(old):
        # a new row asks with what it knows; None stands for "whatever it is"
        known.update(((*pair, value, time), (*pair, ANY, time), (*pair, value, ANY), pair))
    return np.array(
        [not known.isdisjoint(_agreeing(pair, value, time)) for pair, value, time in _told(new)],
        dtype=bool,
    )


ANY = "any"
"""Stands for a value or time that the new row does not know, whatever the old one says."""


def _agreeing(
    pair: tuple[object, ...], value: float | None, time: float | None
) -> list[tuple[object, ...]]:
    """What an old row may be known as, for a new row to be the same."""
    if value is None and time is None:
        return [pair]
    values = [ANY] if value is None else [value, None]
    times = [ANY] if time is None else [time, None]
    return [(*pair, v, t) for v in values for t in times]


Told = tuple[tuple[object, ...], float | None, float | None]


def _told(rows: Interactions) -> Iterator[Told]:
    """(user, item, label), value and time of every row; None where unknown."""
    columns = (getattr(rows, n).tolist() for n in ("user", "item", "label", "value", "timestamp"))
    for user, item, label, value, time in zip(*columns, strict=True):
        yield (
            (user, item, label),
            None if value != value else value,
            None if time != time else time,
        )


def _joined_catalogs(old: Catalog, new: Catalog, items: IdMap) -> Catalog:
    """Known items first, then the newcomers; titles also where only the newer table has any."""
    fresh = _newcomers(old, new)
    kept = [name for name in new.table.columns if _fits(name, old, new)]
    if not fresh and set(kept).issubset(old.table.columns):
        return old
    if not old.table.width and not kept:
        return Catalog(items, pl.DataFrame(height=len(items)), {})
    ids = pl.Series("\x00item", items.ids[: len(old)], dtype=pl.String)
    table = old.table.with_columns(ids) if old.table.width else pl.DataFrame([ids])
    if kept:
        more = _some(new, fresh).table.select(kept)
        wanted = {n: k for n, k in old.table.schema.items() if n in kept}
        more = more.with_columns(as_kind(more[name], kind) for name, kind in wanted.items())
    else:
        more = pl.DataFrame(height=len(fresh))
    newer = pl.Series("\x00item", items.ids[len(old) :], dtype=pl.String)
    more = more.with_columns(newer) if more.width else pl.DataFrame([newer])
    kinds = {**{name: new.kinds[name] for name in kept}, **old.kinds}
    joined = pl.concat([table, more], how="diagonal").drop("\x00item")
    for name in set(kept) - set(old.table.columns):
        told = dict(zip(new.items, new.table[name], strict=True))
        joined = joined.with_columns(pl.Series(name, [told.get(i) for i in items], pl.String))
    return Catalog(items, joined, kinds)


def _fits(name: str, old: Catalog, new: Catalog) -> bool:
    """Whether a newer column goes on an old one, or gives titles where there were none."""
    if name in old.table.columns:
        return True
    return new.kinds.get(name) == "title" and not old.of_kind("title")


def _joined_people(old: People, new: People, users: IdMap) -> People:
    """People with what the newer table says of them, where it says anything."""
    more = len(users) - len(old.users)
    if not more and not any(new.attributes) and not any(new.profile):
        return old
    attributes, profile = [*old.attributes, *((),) * more], [*old.profile, *("",) * more]
    for name, said, wrote in zip(new.users, new.attributes, new.profile, strict=True):
        row = users.rows([name])[0]
        attributes[row] = said or attributes[row]
        profile[row] = wrote or profile[row]
    return People(users, tuple(attributes), tuple(profile), old.bins)
