"""Conditions on what an item is, in rules that a person writes: prefer, avoid, never."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from fewrec.data.arrays import Bools, Floats
from fewrec.data.catalog import Catalog
from fewrec.data.features import ItemFeatures
from fewrec.data.people import People, without_friends
from fewrec.data.quantities import NUMBER
from fewrec.errors import ConfigError, nearest
from fewrec.knowledge.names import readable_relation, readable_value

HEAVIEST = 1000.0
"""Largest weight; far below it nothing but the rules counts."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Condition(BaseModel):
    """What an item must be, and for whom that matters.

    Attributes:
        relation: A column of the catalogue or a relation of the graph (genre, director).
        value: The value an item must have there (Horror); of number columns the number.
        people: ``column=value`` of the people the rule is for; everybody where empty.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, coerce_numbers_to_str=True
    )

    relation: Text
    value: Text
    people: str = ""

    @property
    def name(self) -> str:
        """As it stands in reports: ``genre=Horror``, ``genre=Horror for age=12``."""
        whom = f" for {self.people}" if self.people else ""
        return f"{self.relation}={self.value}{whom}"


class Weighed(Condition):
    """A condition that raises or lowers a score.

    Attributes:
        weight: How many deviations of the scores it is worth, above 0.
    """

    weight: Annotated[float, Field(gt=0.0, le=HEAVIEST), NUMBER] = 1.0


@dataclass(frozen=True)
class Judged:
    """A condition worked out for I items.

    Attributes:
        name: Of the rule: ``never genre=Horror``.
        people: ``column=value`` of those it is for; everybody where empty.
        holds: Items that meet the condition. Shape [I].
        weight: Deviations of the score, negative where it is to be avoided.
    """

    name: str
    people: str
    holds: Bools
    weight: float

    def concerns(self, attributes: Iterable[str]) -> bool:
        """Whether the rule is for somebody with these attributes."""
        return not self.people or self.people in attributes


@dataclass(frozen=True)
class Described:
    """What is known of items and people, to look conditions up in.

    Attributes:
        catalog: I items.
        features: Their attributes, those of the graph among them; None without.
        people: Whose attributes conditions may name; None where nobody is known.
    """

    catalog: Catalog
    features: ItemFeatures | None = None
    people: People | None = None

    def holders(self, condition: Condition, rule: str) -> Bools:
        """Items that meet a condition. Shape [I].

        Raises:
            ConfigError: There is no such relation, no item has the value, or nobody is like
                the people named; the message names the nearest ones.
        """
        relation, value = condition.relation, condition.value
        if relation not in self.relations:
            known = nearest(relation, self.relations, "columns and relations")
            raise ConfigError(
                f"rule {rule}: items have no column or relation {relation!r}. {known}"
            )
        holds = self._in_column(relation, value) | self._in_features(relation, value)
        if not holds.any():
            known = nearest(value, self.values(relation), "values")
            raise ConfigError(f"rule {rule}: no item has the {relation} {value!r}. {known}")
        if condition.people and condition.people not in self._kinds_of_people:
            known = nearest(condition.people, self._kinds_of_people, "people")
            raise ConfigError(f"rule {rule}: nobody is {condition.people!r}. {known}")
        return holds

    @cached_property
    def relations(self) -> frozenset[str]:
        """Columns and relations, also as a person would write them."""
        return frozenset([*self.catalog.table.columns, *self._places])

    def values(self, relation: str) -> set[str]:
        """All values of a column and relation, as a person would write them."""
        told = {value for value, _ in self._places.get(relation, ())}
        if relation in self.catalog.table.columns:
            told |= {v for v in _values(self.catalog.table[relation])["value"] if v}
        return told

    def judged(self, rule: str, conditions: Sequence[Condition], sign: float) -> list[Judged]:
        """Conditions of one rule, worked out.

        Raises:
            ConfigError: As in ``holders``.
        """
        return [
            Judged(
                name=f"{rule} {one.name}",
                people=one.people,
                holds=self.holders(one, rule),
                weight=sign * (one.weight if isinstance(one, Weighed) else 1.0),
            )
            for one in conditions
        ]

    @cached_property
    def _kinds_of_people(self) -> frozenset[str]:
        if self.people is None:
            return frozenset()
        return frozenset(a for said in self.people.attributes for a in without_friends(said))

    @cached_property
    def _places(self) -> dict[str, list[tuple[str, int]]]:
        """Relation -> (value, column of the attributes), by raw and by readable names."""
        found: dict[str, list[tuple[str, int]]] = {}
        names = () if self.features is None else self.features.attribute_names
        for place, (relation, value) in enumerate(names):
            for called in {relation, readable_relation(relation)}:
                for told in {value, readable_value(value)}:
                    found.setdefault(called, []).append((told, place))
        return found

    def _in_features(self, relation: str, value: str) -> Bools:
        holds = np.zeros(len(self.catalog), dtype=bool)
        if self.features is not None:
            columns = [place for told, place in self._places.get(relation, ()) if told == value]
            holds[self.features.attributes[:, columns].nonzero()[0]] = True
        return holds

    def _in_column(self, relation: str, value: str) -> Bools:
        holds = np.zeros(len(self.catalog), dtype=bool)
        if relation not in self.catalog.table.columns:
            return holds
        cells = self.catalog.table[relation]
        if cells.dtype.is_numeric():
            number = _number(value)
            met = cells == number if number is not None else pl.Series([False] * len(cells))
            return np.asarray(met.fill_null(False).to_numpy(), dtype=bool)
        told = _values(cells)
        holds[told.filter(pl.col("value") == value)["row"].to_numpy()] = True
        return holds


def _values(cells: pl.Series) -> pl.DataFrame:
    """(row, value) of a column; a list gives each of its values."""
    frame = pl.DataFrame({"value": cells}).with_row_index("row")
    frame = frame.explode("value") if isinstance(cells.dtype, pl.List) else frame
    return frame.with_columns(pl.col("value").cast(pl.String)).drop_nulls()


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def for_everybody(judged: Iterable[Judged], size: int) -> Floats:
    """What rules for everybody add to the scores of I items. Shape [I]."""
    return added([one for one in judged if not one.people], (), size)


def added(judged: Iterable[Judged], attributes: Iterable[str], size: int) -> Floats:
    """What rules add to the scores of I items for somebody. Shape [I]."""
    said, bonus = frozenset(attributes), np.zeros(size, dtype=np.float32)
    for one in judged:
        if one.concerns(said):
            bonus += np.float32(one.weight) * one.holds
    return bonus
