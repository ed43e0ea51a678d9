"""What a model knows: its data and its items' features, and how both grow without refitting."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
        return Interactions(
            users=users,
            items=items,
            user=np.concatenate([old.user, new.user]),
            item=np.concatenate([old.item, new.item]),
            label=np.concatenate([old.label, new.label]),
            weight=np.concatenate([old.weight, new.weight]),
            value=np.concatenate([old.value, new.value]),
            timestamp=np.concatenate([old.timestamp, new.timestamp]),
            rule=old.rule,
            has_negatives=old.has_negatives or new.has_negatives,
        )

    def _joined_features(
        self, data: Dataset, spec: FeatureSpec, encoder: TextEncoder | None
    ) -> ItemFeatures:
        fresh = [
            row for row, name in enumerate(data.catalog.items) if name not in self.catalog.items
        ]
        if not fresh:
            return self.features
        added = spec.features(data, encoder)
        return ItemFeatures(
            np.concatenate([self.features.vectors, added.vectors[fresh]]),
            np.concatenate([self.features.numbers, added.numbers[fresh]]),
            sparse.csr_matrix(sparse.vstack([self.features.attributes, added.attributes[fresh]])),
            self.features.attribute_names,
        )


def _already(old: Interactions, new: Interactions) -> Bools:
    """Which new rows stand among the old ones: same person, item, time, value and label."""

    def frame(rows: Interactions) -> pl.DataFrame:
        return pl.DataFrame(
            {
                "user": rows.user,
                "item": rows.item,
                "label": rows.label,
                "value": rows.value,
                "timestamp": rows.timestamp,
            }
        ).fill_nan(None)

    keys = ["user", "item", "label", "value", "timestamp"]
    known = frame(old).unique().with_columns(pl.lit(True).alias("known"))
    found = frame(new).join(known, on=keys, how="left", nulls_equal=True, maintain_order="left")
    return found["known"].fill_null(False).to_numpy()


def _joined_catalogs(old: Catalog, new: Catalog, items: IdMap) -> Catalog:
    fresh = [row for row, name in enumerate(new.items) if name not in old.items]
    wanted = [name for name in old.table.columns if name in new.table.columns]
    more = new.table[fresh].select(wanted)
    more = more.cast({name: old.table.schema[name] for name in wanted}, strict=False)
    if not old.table.columns:
        return Catalog(items, pl.DataFrame(height=len(items)), {})
    table = pl.concat([old.table, more], how="diagonal")
    return Catalog(items, table, old.kinds)


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
