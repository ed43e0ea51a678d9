"""What a model knows: its data and its items' features, and how both grow without refitting."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import compress, product

import numpy as np
import polars as pl
from scipy import sparse

from fewrec.data.arrays import Bools
from fewrec.data.catalog import Catalog
from fewrec.data.dataset import Dataset
from fewrec.data.events import Interactions
from fewrec.data.features import ItemFeatures
from fewrec.data.ids import IdMap
from fewrec.data.people import People
from fewrec.knowledge.features import FeatureSpec
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
        return replace(self, interactions=self.interactions.where(kept), fitted_rows=fitted)

    def without(self, users: Collection[str]) -> Known:
        """Without some people and all their rows; ids that are not known are passed over."""
        kept = np.array([name not in users for name in self.people.users], dtype=bool)
        rows = kept[self.interactions.user]
        ids = IdMap(tuple(compress(self.people.users, kept)))
        remaining = self.interactions.where(rows)
        return replace(
            self,
            interactions=replace(remaining, users=ids, user=(kept.cumsum() - 1)[remaining.user]),
            people=replace(
                self.people,
                users=ids,
                attributes=tuple(compress(self.people.attributes, kept)),
                profile=tuple(compress(self.people.profile, kept)),
            ),
            fitted_rows=int(rows[: self.fitted_rows].sum()),
        )

    def joined(self, data: Dataset, spec: FeatureSpec, encoder: TextEncoder | None) -> Known:
        """With newcomers and new rows; rows that are known already are not counted twice.

        Args:
            data: More interactions, items, people; known items keep what they were.
            spec: How features are made.
            encoder: Of texts.

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
            features=self._joined_features(data, spec, encoder),
            fitted_rows=self.fitted_rows,
        )

    def _more_rows(self, more: Interactions, users: IdMap, items: IdMap) -> Interactions:
        old = replace(self.interactions, users=users, items=items)
        new = replace(
            more,
            users=users,
            items=items,
            user=users.rows(more.users)[more.user],
            item=items.rows(more.items)[more.item],
        )
        new = new.where(~_already(old, new))
        columns = ("user", "item", "label", "weight", "value", "timestamp")
        joined = {
            name: np.concatenate([getattr(old, name), getattr(new, name)]) for name in columns
        }
        negatives = old.has_negatives or new.has_negatives
        return Interactions(users, items, **joined, rule=old.rule, has_negatives=negatives)

    def _joined_features(
        self, data: Dataset, spec: FeatureSpec, encoder: TextEncoder | None
    ) -> ItemFeatures:
        fresh = _newcomers(self.catalog, data.catalog)
        if not fresh:
            return self.features
        added = spec.features(replace(data, catalog=_some(data.catalog, fresh)), encoder)
        return ItemFeatures(
            np.concatenate([self.features.vectors, added.vectors]),
            np.concatenate([self.features.numbers, added.numbers]),
            sparse.csr_matrix(sparse.vstack([self.features.attributes, added.attributes])),
            self.features.attribute_names,
        )


def _newcomers(old: Catalog, new: Catalog) -> list[int]:
    """Rows of the new catalogue whose items the old one does not have."""
    return [row for row, name in enumerate(new.items) if name not in old.items]


def _some(catalog: Catalog, rows: list[int]) -> Catalog:
    ids = IdMap(tuple(catalog.items.ids[row] for row in rows))
    table = catalog.table[rows] if catalog.table.width else pl.DataFrame(height=len(rows))
    return Catalog(ids, table, catalog.kinds)


def _already(old: Interactions, new: Interactions) -> Bools:
    """Which new rows stand among the old ones: same person, item and label.

    Value and time must be the same too, as far as both rows have them: a table that was saved
    without its times is not another set of events.
    """
    known = _frame(old).unique()
    asked = _frame(new).with_row_index("row")
    again = np.zeros(len(new), dtype=bool)
    for value, time in product(AGREEMENTS, repeat=2):
        left, right, keys = asked, known, ["user", "item", "label"]
        for name, agreement in (("value", value), ("timestamp", time)):
            if agreement == "equal":
                keys.append(name)
            elif agreement == "unknown to the new":
                left = left.filter(pl.col(name).is_null())
            else:
                right = right.filter(pl.col(name).is_null())
        if len(left) and len(right):
            again[left.join(right, on=keys, how="semi")["row"].to_numpy()] = True
    return again


AGREEMENTS = ("equal", "unknown to the new", "unknown to the old")
"""How two rows can agree in a column that either may lack."""


def _frame(rows: Interactions) -> pl.DataFrame:
    columns = ("user", "item", "label", "value", "timestamp")
    return pl.DataFrame({name: getattr(rows, name) for name in columns}).fill_nan(None)


def _joined_catalogs(old: Catalog, new: Catalog, items: IdMap) -> Catalog:
    """Known items first, then the newcomers; titles also where only the newer table has any."""
    fresh = _newcomers(old, new)
    kept = [name for name in new.table.columns if _fits(name, old, new)]
    if not old.table.width and not kept:
        return Catalog(items, pl.DataFrame(height=len(items)), {})
    ids = pl.Series("\x00item", items.ids[: len(old)], dtype=pl.String)
    table = old.table.with_columns(ids) if old.table.width else pl.DataFrame([ids])
    if kept:
        more = _some(new, fresh).table.select(kept)
        more = more.cast({n: k for n, k in old.table.schema.items() if n in kept}, strict=False)
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
    attributes, profile = [], []
    for name in users:
        before, after = old.users.row(name), new.users.row(name)
        said = () if after is None else new.attributes[after]
        wrote = "" if after is None else new.profile[after]
        attributes.append(said or (() if before is None else old.attributes[before]))
        profile.append(wrote or ("" if before is None else old.profile[before]))
    return People(users, tuple(attributes), tuple(profile), old.bins)
