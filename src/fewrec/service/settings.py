"""Settings of the service: [service] in fewrec.toml, and the environment, which goes first."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fewrec.data.settings import read_settings
from fewrec.errors import ConfigError, nearest
from fewrec.recommender.reacting import WEIGHT, WIDTH

PREFIX = "FEWREC_SERVICE_"
"""``FEWREC_SERVICE_RATE=50`` in the environment is ``rate = 50`` in the file."""


class ServiceSettings(BaseModel):
    """What may be set.

    Attributes:
        body_mb: Largest body of a request, in MB.
        slow_seconds: So long a caller may take to send a request or to take up an answer.
        connections: Open at once; one more is turned away.
        rate: Requests a second that one caller may make in the long run; 0 is no limit.
        burst: Requests one caller may make at once.
        page: Whether the page to try things on is there.
        hosts: Names under which the service may be called; all where empty and keys are used.
        explore: Share of places of a slate that are drawn by chance; 0 always shows the best.
        first_audience: Share of places given to items that few people met yet.
        bandit: What is added to the scores for what a person may like: ``ucb``, ``thompson``
            (which is left to chance) or ``off``.
        bandit_weight: Deviations of the score that the way from dislike to like is worth to it.
        bandit_width: Deviations of its belief in the bound of ``ucb``.
        visits: Whether the model follows what somebody does now (experts of visits), where
            events have times.
        half_life_days: After so many days a like counts half for what is trending.
        refit_growth: The model is fitted again when events or items have grown by this factor.
        refit_events: But not before so many new events.
        wait_seconds: So long a request waits for the very first model.
        keep_models: How many older models stay, to fall back on.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    body_mb: float = Field(default=16.0, gt=0)
    slow_seconds: float = Field(default=60.0, gt=0)
    connections: int = Field(default=800, ge=1)
    rate: float = Field(default=0.0, ge=0)
    burst: int = Field(default=100, ge=1)
    page: bool = True
    hosts: tuple[str, ...] = ()
    explore: float = Field(default=0.1, ge=0, le=1)
    first_audience: float = Field(default=0.05, ge=0, le=1)
    bandit: Literal["ucb", "thompson", "off"] = "ucb"
    bandit_weight: float = Field(default=WEIGHT, ge=0)
    bandit_width: float = Field(default=WIDTH, ge=0)
    visits: bool = False
    half_life_days: float = Field(default=7.0, ge=0.001)
    refit_growth: float = Field(default=2.0, gt=1)
    refit_events: int = Field(default=10, ge=1)
    wait_seconds: float = Field(default=20.0, ge=0)
    keep_models: int = Field(default=1, ge=0)

    def without_chance(self) -> ServiceSettings:
        """The settings of a service that only ever shows what it believes to be best."""
        return self.model_copy(update={"explore": 0.0, "first_audience": 0.0, "bandit": "off"})


def read_service_settings(
    home: Path, environment: Mapping[str, str] | None = None
) -> ServiceSettings:
    """Settings from fewrec.toml in a folder and from the environment.

    Args:
        home: The folder.
        environment: Variables; those of the process where None.

    Raises:
        ConfigError: A setting is unknown or holds something else than it must.
    """
    told: dict[str, Any] = dict(read_settings(home / "fewrec.toml").service)
    place = f"{home / 'fewrec.toml'}, [service]"
    variables = os.environ if environment is None else environment
    for name, value in variables.items():
        if name.startswith(PREFIX):
            key = name.removeprefix(PREFIX).lower()
            told[key] = value.split(",") if key == "hosts" else value
            place = f"{name} or {place}"
    try:
        return ServiceSettings.model_validate(told)
    except ValidationError as fault:
        first = fault.errors()[0]
        key = str(first["loc"][0])
        if first["type"] == "extra_forbidden":
            near = nearest(key, ServiceSettings.model_fields, "settings")
            raise ConfigError(f"{place}: unknown key {key!r}. {near}") from fault
        raise ConfigError(f"{place}: key {key!r}: {first['msg']}") from fault
