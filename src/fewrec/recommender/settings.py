"""How a model is to be fitted: seed, encoder, experts, parts; from a file or from fewrec.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, field_validator

from fewrec.data.dataset import Dataset
from fewrec.data.settings import read_settings
from fewrec.errors import ConfigError, nearest
from fewrec.recommender.parts import PartSettings
from fewrec.recommender.rankers import GRAPH, KNOWN, TUNED_TEXT, experts_for


class FitSettings(PartSettings):
    """Settings of a fit, with a table for each part that is to be other than by default.

    Attributes:
        seed: Of all randomness, at least 0.
        encoder: Name of a text encoder; chosen by the catalogue's language where None.
        experts: Names of the rankers to weigh; all that fit the data where None.
        tuned_text: Whether text vectors tuned on likes are an expert besides.
        graph_network: Whether a graph neural network over the folder's graph is one; needs the
            extra ``graph`` and minutes of training.
    """

    seed: int = Field(default=0, ge=0)
    encoder: str | None = Field(default=None, min_length=1)
    experts: tuple[str, ...] | None = Field(default=None, min_length=1)
    tuned_text: bool = Field(default=False, strict=True)
    graph_network: bool = Field(default=False, strict=True)

    @field_validator("experts")
    @classmethod
    def _known_experts(cls, experts: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for name in experts or ():
            if name not in KNOWN:
                raise ValueError(f"{name!r} is no expert. {nearest(name, KNOWN, 'experts')}")
        return experts

    def experts_on(
        self, dataset: Dataset, living: bool = False, visits: bool = True
    ) -> tuple[str, ...]:
        """The rankers to weigh on a data set, those that are asked for besides among them.

        Args:
            dataset: The data.
            living: Whether events come in one after the other.
            visits: Whether questions may come within visits.
        """
        asked = {TUNED_TEXT: self.tuned_text, GRAPH: self.graph_network}
        chosen = self.experts
        if chosen is None:
            chosen = experts_for(dataset, living, visits)
        return (*chosen, *(name for name, on in asked.items() if on and name not in chosen))


def read_fit_settings(folder: Path, config: Path | None, seed: int | None) -> FitSettings:
    """Settings of a fit from all places they may stand in, the nearest first.

    Args:
        folder: A data folder, whose fewrec.toml may have a section ``[model]``.
        config: A TOML file; goes before fewrec.toml.
        seed: Goes before both.

    Raises:
        ConfigError: A file is not there or is no TOML, or a key is unknown or holds something
            else than it must; the message names file and key.
    """
    home = folder / "fewrec.toml"
    told = checked(read_settings(home).model, f"{home}, [model]")
    if config is not None:
        told |= checked(_toml(config), str(config))
    if seed is not None:
        told["seed"] = seed
    return FitSettings(**told)


def _toml(file: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as fault:
        raise ConfigError(f"{file}: the settings cannot be read: {fault.strerror}.") from fault
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise ConfigError(f"{file}: this is not valid TOML: {fault}.") from fault


def checked(told: Mapping[str, Any], place: str) -> dict[str, Any]:
    """What was told, if it is valid.

    Args:
        told: Settings by name.
        place: Where they stand, for messages.

    Raises:
        ConfigError: A key is unknown or holds something else than it must.
    """
    try:
        return FitSettings.model_validate(told).model_dump(exclude_unset=True, by_alias=True)
    except ValidationError as fault:
        first = fault.errors()[0]
        key = ".".join(str(step) for step in first["loc"][:2] if isinstance(step, str))
        if first["type"] == "extra_forbidden":
            known = nearest(str(first["loc"][-1]), _keys(first["loc"][:-1]), "keys")
            raise ConfigError(f"{place}: unknown key {key!r}. {known}") from fault
        said = first["msg"].removeprefix("Value error, ")
        raise ConfigError(f"{place}: key {key!r}: {said}") from fault


def _keys(table: tuple[int | str, ...]) -> list[str]:
    """Keys that may stand at the top, or in the table of a part."""
    fields = {field.alias or name: field for name, field in FitSettings.model_fields.items()}
    if not table:
        return list(fields)
    return list(type(fields[str(table[0])].default).model_fields)
