"""What may be searched: a range for each setting, its default read from the part itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fewrec.errors import ConfigError, nearest
from fewrec.recommender.parts import PartSettings
from fewrec.recommender.rankers import GRAPH, TUNED_TEXT, VISIT, hybrid
from fewrec.recommender.settings import FitSettings, checked

Value = bool | int | float

USE = "use."
"""Knobs that leave an expert out begin so."""

NEEDED = "item-prior"
"""The expert that is always weighed."""

RANGES: dict[str, dict[str, tuple[float, float]]] = {
    "fusion": {
        "fusion.prior_strength": (2, 200),
        "fusion.smoothness": (2, 200),
        "fusion.passes": (0, 3),
        "rehearsal.people": (100, 800),
        "rehearsal.folds": (2, 6),
        "rehearsal.kappa": (0.5, 20),
    },
    "experts": {
        "ease.regularisation": (20, 5000),
        "exposure-ease.regularisation": (20, 5000),
        "ease.described": (0.1, 10),
        "exposure-ease.described": (0.1, 10),
        "item-knn.shrink": (1, 300),
        "exposure-knn.shrink": (1, 300),
        "residual-knn.shrink": (5, 500),
        "ials.factors": (8, 256),
        "ials.regularisation": (0.5, 200),
        "ials.least": (0.3, 1),
        "ials.alpha": (0.5, 40),
        "feature-map.factors": (8, 128),
        "text-knn.power": (1, 8),
    },
    "text": {
        "tuned-text.shots": (32, 1000),
        "tuned-text.directions": (16, 192),
        "tuned-text.power": (1, 8),
    },
    "graph": {
        "graph-knn.layers": (1, 3),
        "graph-knn.epochs": (4, 24),
        "graph-knn.rate": (0.0005, 0.02),
        "graph-knn.power": (1, 8),
    },
}
"""Least and most of each setting, by the part of the search; all are searched by their logarithm
but those that may be 0."""

ASKED = {"text": TUNED_TEXT, "graph": GRAPH}
"""Parts of the search that bring an expert on demand."""


@dataclass(frozen=True)
class Knob:
    """One setting of the search.

    Attributes:
        name: Table and key, or ``use.`` and an expert's name.
        default: Its value where nothing is searched.
        low: Least value; 0 for a switch.
        high: Most; 1 for a switch.
    """

    name: str
    default: Value
    low: float = 0
    high: float = 1

    @property
    def switch(self) -> bool:
        """Whether it is on or off."""
        return isinstance(self.default, bool)

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are tried."""
        return isinstance(self.default, int) and not self.switch

    @property
    def log(self) -> bool:
        """Whether it is searched by its logarithm."""
        return self.low > 0


@dataclass(frozen=True)
class Space:
    """All knobs of a search, and the settings that they turn.

    Attributes:
        knobs: In a fixed order.
        base: Settings of a fit without a search.
        names: Experts that such a fit weighs.
    """

    knobs: tuple[Knob, ...]
    base: FitSettings
    names: tuple[str, ...]

    @classmethod
    def of(cls, base: FitSettings, names: Sequence[str], parts: Sequence[str]) -> Space:
        """The knobs that say anything about these experts.

        Args:
            base: Settings of a fit without a search.
            names: Experts that such a fit weighs.
            parts: Names in ``RANGES``.
        """
        asked = [ASKED[part] for part in parts if part in ASKED]
        known = {*names, *asked, "fusion", "rehearsal"}
        knobs = []
        for part in RANGES:
            if part not in parts:
                continue
            if part == "experts":
                knobs += [Knob(USE + n, True) for n in names if n not in (NEEDED, *VISIT)]
            elif part in ASKED and ASKED[part] not in names:
                knobs.append(Knob(USE + ASKED[part], False))
            for name, (low, high) in RANGES[part].items():
                if name.partition(".")[0] in known:
                    default = _default(base, name)
                    knobs.append(Knob(name, default, min(low, default), max(high, default)))
        return cls(tuple(dict.fromkeys(knobs)), base, tuple(names))

    @property
    def defaults(self) -> dict[str, Value]:
        """The values of a fit without a search."""
        return {knob.name: knob.default for knob in self.knobs}

    def changed(self, values: Mapping[str, Value]) -> dict[str, Value]:
        """Those of some values that are not the default and count: not of experts left out."""
        used = {*self.experts(values), "fusion", "rehearsal"}
        return {
            name: value
            for name, value in values.items()
            if value != self.defaults[name]
            and (name.startswith(USE) or name.partition(".")[0] in used)
        }

    def experts(self, values: Mapping[str, Value]) -> tuple[str, ...]:
        """Experts that are weighed with some values."""
        on = {name.removeprefix(USE): v for name, v in values.items() if name.startswith(USE)}
        kept = [name for name in self.names if on.get(name, True)]
        told = (*kept, *(name for name, used in on.items() if used and name not in kept))
        return told or (NEEDED,)

    def settings(self, values: Mapping[str, Value]) -> FitSettings:
        """Settings of a fit with some values; all others stay.

        Args:
            values: By name of the knob.
        """
        return FitSettings(**checked(self.told(values), "tuned settings"))

    def told(self, values: Mapping[str, Value]) -> dict[str, Any]:
        """The same as a file of settings has them: keys, then tables."""
        chosen = self.experts(values)
        told = self.base.model_dump(exclude_unset=True, by_alias=True)
        tables = {name: dict(table) for name, table in self.base.tables().items()}
        keys = {key: value for key, value in told.items() if not isinstance(value, dict)}
        if chosen != self.names:
            keys["experts"] = chosen
        for name, value in self.changed(values).items():
            table, _, key = name.partition(".")
            if not name.startswith(USE):
                tables.setdefault(table, {})[key] = value
        return {**keys, **tables}


def _default(base: PartSettings, name: str) -> Value:
    """The value of a setting in a fit without a search, read from the part itself."""
    table, _, key = name.partition(".")
    if name == "graph-knn.layers":
        return len(base.network.fan_out)
    if name in ("graph-knn.epochs", "graph-knn.rate"):
        part: object = base.network
    elif table == "fusion":
        part = base.trust_fit
    elif table == "rehearsal":
        part = base.rehearsing
    else:
        part = hybrid((table,), base).experts[table]
    value: Value = getattr(part, key)
    return value


def checked_parts(written: str) -> tuple[str, ...]:
    """Names of parts, separated by commas.

    Raises:
        ConfigError: One is unknown, or none is named; the message offers the nearest names.
    """
    named = tuple(dict.fromkeys(part.strip() for part in written.split(",") if part.strip()))
    for part in named:
        if part not in RANGES:
            raise ConfigError(f"--parts: {part!r} is no part. {nearest(part, RANGES, 'parts')}")
    if not named:
        raise ConfigError(f"--parts names nothing to search. Name some of {', '.join(RANGES)}.")
    return named
