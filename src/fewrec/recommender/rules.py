"""Business rules: what a shop knows beyond any score, from fewrec.toml or by argument.

Rules of one kind say which items may be shown now (hidden, out of stock, out of their
time, shown often enough): they leave before the scores are looked at. Rules of the other kind
act inside the choosing (must_show, at_most, weigh), so that the probabilities of what was chosen
stay exact. Rules on what an item is are of both kinds: never, and prefer and avoid.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import polars as pl
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StrictBool,
    ValidationError,
    WithJsonSchema,
    field_serializer,
    field_validator,
)

from fewrec.data.arrays import Bools, Floats
from fewrec.data.catalog import Catalog
from fewrec.data.cells import to_numbers
from fewrec.data.choice import Cap
from fewrec.data.features import ItemFeatures
from fewrec.data.people import People
from fewrec.data.quantities import NUMBER
from fewrec.data.settings import read_settings
from fewrec.errors import ConfigError, UnknownId, nearest
from fewrec.recommender.conditions import (
    HEAVIEST,
    Condition,
    Described,
    Judged,
    Weighed,
    added,
    for_everybody,
)

MOST = 10_000
"""Largest place, and largest number of items, that a rule may name."""

_IDS: dict[str, Any] = {"type": "array", "items": {"type": "string"}}
"""An id that stands there twice is hidden all the same."""

_PLACES: dict[str, JsonValue] = {"propertyNames": {"pattern": "^[1-9][0-9]{0,3}$"}}


class Rules(BaseModel):
    """The rules in force.

    Attributes:
        hidden: Ids of items that are never shown.
        stock: Whether items whose column ``stock`` says 0 or less leave.
        availability: Whether items leave outside of ``available_from`` .. ``available_until``.
        must_show: Place of every slate (from 1) -> id of the item that stands there.
        at_most: Column of the catalogue -> how many items of a slate may share a value of it.
        shown_at_most: How often one item may be shown to one person; no limit where None. Who
            asks says how often each was shown, and counts over the days they choose.
        repeats: Whether items that a person met already may be shown to them again.
        weigh: Number column of the catalogue (price, margin) -> how many deviations of the
            scores one deviation of the column is worth; negative prefers small numbers.
        prefer: What items should be, perhaps for some people, and how many deviations of the
            scores that is worth.
        avoid: The same for what they should not be.
        never: What no item that is shown may be, perhaps to some people.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    hidden: Annotated[frozenset[str], WithJsonSchema(_IDS)] = frozenset()
    stock: StrictBool = True
    availability: StrictBool = True
    must_show: dict[int, str] = Field(default_factory=dict, json_schema_extra=_PLACES)
    at_most: dict[str, Annotated[int, Field(le=MOST), NUMBER]] = Field(default_factory=dict)
    shown_at_most: Annotated[int, Field(ge=1, le=MOST), NUMBER] | None = None
    repeats: StrictBool = False
    weigh: dict[str, Annotated[float, Field(ge=-HEAVIEST, le=HEAVIEST), NUMBER]] = Field(
        default_factory=dict
    )
    prefer: tuple[Weighed, ...] = ()
    avoid: tuple[Weighed, ...] = ()
    never: tuple[Condition, ...] = ()

    @field_validator("must_show")
    @classmethod
    def _places(cls, pins: dict[int, str]) -> dict[int, str]:
        if any(not 1 <= place <= MOST for place in pins):
            raise ValueError(f"places are counted from 1, up to {MOST:,}")
        if len(set(pins.values())) < len(pins):
            raise ValueError("one item cannot stand at two places")
        return pins

    @field_validator("at_most")
    @classmethod
    def _limits(cls, limits: dict[str, int]) -> dict[str, int]:
        if any(most < 1 for most in limits.values()):
            raise ValueError("at least 1 item must be allowed; use hidden to show none")
        return limits

    @field_serializer("hidden")
    def _in_order(self, ids: frozenset[str]) -> list[str]:
        return sorted(ids)

    def stated(self) -> dict[str, Any]:
        """The keys that were stated, as JSON values."""
        return self.model_dump(mode="json", exclude_unset=True)

    def on(
        self,
        catalog: Catalog,
        features: ItemFeatures | None = None,
        people: People | None = None,
    ) -> CatalogRules:
        """The rules worked out for a catalogue; anew when it changes.

        Args:
            catalog: I items.
            features: Their attributes, for rules on what the graph says of them.
            people: Of whom attributes are known, for rules on some of them.

        Raises:
            UnknownId: A hidden item or one that must be shown is not in the catalogue.
            ConfigError: A column, relation or value is not in the catalogue, or a column holds
                no numbers where it must.
        """
        described = Described(catalog, features, people)
        tastes = [
            *described.judged("prefer", self.prefer, 1.0),
            *described.judged("avoid", self.avoid, -1.0),
        ]
        pins = {p - 1: _row(i, catalog, "must_show") for p, i in sorted(self.must_show.items())}
        return CatalogRules(
            rules=self,
            hidden=_mask([_row(name, catalog, "hidden") for name in self.hidden], len(catalog)),
            stocked=_stocked(catalog, self.stock),
            window=_window(catalog, self.availability),
            pins=pins,
            caps=tuple(_cap(catalog, name, most) for name, most in self.at_most.items()),
            bonus=_bonus(catalog, self.weigh) + for_everybody(tastes, len(catalog)),
            tastes=tuple(taste for taste in tastes if taste.people),
            never=tuple(described.judged("never", self.never, 1.0)),
        )


@dataclass(frozen=True)
class CatalogRules:
    """Rules as arrays over the I items of a catalogue.

    Attributes:
        rules: As they were stated.
        hidden: Items never shown. Shape [I].
        stocked: Items in stock. Shape [I].
        window: Seconds since 1970 from and until which items may be shown. Shape [2, I].
        pins: Place (from 0) -> item row.
        caps: What no slate may hold too much of.
        bonus: Added to everybody's scores, in their deviations. Shape [I].
        tastes: What is added for some people only.
        never: What may not be shown, to some people or to anybody.
    """

    rules: Rules
    hidden: Bools
    stocked: Bools
    window: np.ndarray
    pins: dict[int, int]
    caps: tuple[Cap, ...]
    bonus: Floats
    tastes: tuple[Judged, ...] = ()
    never: tuple[Judged, ...] = ()

    def bonus_for(self, attributes: Iterable[str]) -> Floats:
        """What is added to the scores of somebody with these attributes. Shape [I]."""
        if not self.tastes:
            return self.bonus
        more: Floats = self.bonus + added(self.tastes, attributes, len(self.bonus))
        return more

    @cached_property
    def timed(self) -> bool:
        """Whether any item has a time from or until which it may be shown."""
        return bool(np.isfinite(self.window).any())

    def changes(self, now: float) -> float:
        """When time alone next lets items in or out; infinity where it never does."""
        later = self.window[self.window > now]
        return float(later.min(initial=np.inf))

    def leaving(
        self, now: float, shown: Mapping[int, int], attributes: Iterable[str] = ()
    ) -> dict[str, Bools]:
        """Items that may not be shown, by the rule that says so.

        Args:
            now: Seconds since 1970.
            shown: Item row -> how often it was shown to this person.
            attributes: What is known of this person, as ``column=value``.

        Returns:
            Rule -> mask of shape [I]; only rules that hold for some item.
        """
        begin, end = self.window
        most = self.rules.shown_at_most
        often = [row for row, times in shown.items() if most is not None and times >= most]
        found = {
            "hidden": self.hidden,
            "stock": ~self.stocked,
            **({"availability": (now < begin) | (now >= end)} if self.timed else {}),
            "shown_at_most": _mask(often, len(self.hidden)),
            **{one.name: one.holds for one in self.never if one.concerns(attributes)},
        }
        return {name: mask for name, mask in found.items() if mask.any()}


def read_rules(folder: Path) -> Rules:
    """The section ``[rules]`` of a data folder's fewrec.toml; no rules where there is none.

    Raises:
        ConfigError: A key is unknown or holds something else than it must.
    """
    home = folder / "fewrec.toml"
    return checked_rules(read_settings(home).rules, f"{home}, [rules]")


def checked_rules(told: Mapping[str, Any], place: str) -> Rules:
    """Rules from plain values.

    Args:
        told: Settings by name.
        place: Where they stand, for messages.

    Raises:
        ConfigError: A key is unknown or holds something else than it must.
    """
    try:
        return Rules.model_validate(told)
    except ValidationError as fault:
        first = fault.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            known = nearest(key, Rules.model_fields, "rules")
            raise ConfigError(f"{place}: unknown key {key!r}. {known}") from fault
        said = first["msg"].removeprefix("Value error, ")
        raise ConfigError(f"{place}: key {key!r}: {said}") from fault


def _row(name: str, catalog: Catalog, rule: str) -> int:
    row = catalog.items.row(name)
    if row is None:
        raise UnknownId(
            f"rule {rule}: there is no item with the id {name!r}",
            fix=nearest(name, catalog.items, "items"),
        )
    return row


def _mask(rows: list[int], size: int) -> Bools:
    mask = np.zeros(size, dtype=bool)
    mask[rows] = True
    return mask


def _stocked(catalog: Catalog, on: bool) -> Bools:
    """What is in stock; an empty cell says nothing against an item."""
    if not on or "stock" not in catalog.table.columns:
        return np.ones(len(catalog), dtype=bool)
    known = to_numbers(catalog.table["stock"]).fill_null(1.0)
    return np.asarray((known > 0).to_numpy(), dtype=bool)


def _window(catalog: Catalog, on: bool) -> np.ndarray:
    window = np.array([[-np.inf], [np.inf]]).repeat(len(catalog), axis=1)
    for row, name in enumerate(("available_from", "available_until")):
        if on and name in catalog.table.columns:
            given = catalog.table[name].cast(pl.Float64).fill_null(float(window[row, 0]))
            window[row] = given.fill_nan(float(window[row, 0])).to_numpy()
    return window


def _column(catalog: Catalog, name: str, rule: str) -> pl.Series:
    if name not in catalog.table.columns:
        known = nearest(name, catalog.table.columns, "columns")
        raise ConfigError(f"rule {rule}: the catalogue has no column {name!r}. {known}")
    return catalog.table[name]


def _cap(catalog: Catalog, name: str, most: int) -> Cap:
    """Values of a column as numbers; an item of a list column counts for each of its values."""
    cells = _column(catalog, name, "at_most").to_list()
    lists = [c if isinstance(c, list) else [] if c is None else [c] for c in cells]
    number = {v: n for n, v in enumerate(dict.fromkeys(v for values in lists for v in values))}
    values = np.full((len(lists), max((len(v) for v in lists), default=0)), -1, dtype=np.int64)
    for row, held in enumerate(lists):
        values[row, : len(held)] = [number[value] for value in held]
    return Cap(name, values, most)


def holds_numbers(catalog: Catalog, name: str) -> bool:
    """Whether a column is there and any of its cells is a number."""
    return name in catalog.table.columns and _numbers(catalog.table[name]).is_not_null().any()


def _numbers(cells: pl.Series) -> pl.Series:
    return to_numbers(cells if not cells.dtype.is_nested() else cells.clear())


def _bonus(catalog: Catalog, weigh: Mapping[str, float]) -> Floats:
    """Weighted deviations of number columns; 0 where a cell is empty. Shape [I]."""
    bonus = np.zeros(len(catalog))
    for name, weight in weigh.items():
        numbers = _numbers(_column(catalog, name, "weigh"))
        if not numbers.is_not_null().any():
            raise ConfigError(f"rule weigh: the column {name!r} holds no numbers.")
        known = numbers.to_numpy().astype(np.float64)
        spread = float(np.nanstd(known))
        bonus += weight * np.nan_to_num((known - np.nanmean(known)) / max(spread, 1e-9))
    return bonus.astype(np.float32)
