"""Prompt templates: versioned files of words, no code."""

from __future__ import annotations

import string
import tomllib
from dataclasses import dataclass, fields
from importlib import resources
from pathlib import Path
from typing import Any

from fewrec.errors import ConfigError, nearest

_PLACES = {
    "liked": "titles",
    "disliked": "titles",
    "profile": "profile",
    "question": "item",
}
"""The one placeholder that each sentence must hold."""


@dataclass(frozen=True)
class Template:
    """The words around what is known of a person and the item asked about.

    Attributes:
        name: Of the file.
        version: Goes up with every change of the words, for answers depend on them.
        system: Said once, before everything.
        liked: Around the titles liked.
        disliked: Around the titles not liked.
        profile: Around what somebody says about themselves.
        unknown: Said where nothing is known of a person.
        question: Around the item asked about; ends the prompt.
        between: Stands between two titles.
        yes: The answer of somebody who likes the item.
        no: The other answer.
        content_free: Texts that stand in for an item when the model is calibrated.
    """

    name: str
    version: int
    system: str
    liked: str
    disliked: str
    profile: str
    unknown: str
    question: str
    between: str
    yes: str
    no: str
    content_free: tuple[str, ...]

    @property
    def answers(self) -> tuple[str, str]:
        """The answer for liking, then the other one."""
        return self.yes, self.no


def template(name: str = "likes") -> Template:
    """Read a template.

    Args:
        name: One that comes with the library, or the path of a TOML file.

    Raises:
        ConfigError: There is none, a key is missing or unknown, or a sentence lacks its
            placeholder or has another one.
    """
    folder = resources.files("fewrec.ranker.prompted") / "templates"
    known = sorted(file.name.removesuffix(".toml") for file in folder.iterdir())
    if name in known:
        return _parsed((folder / f"{name}.toml").read_text(encoding="utf-8"), name)
    path = Path(name)
    if path.suffix != ".toml" or not path.is_file():
        raise ConfigError(f"there is no template {name!r}. {nearest(name, known, 'templates')}")
    return _parsed(path.read_text(encoding="utf-8"), path.stem)


def _parsed(text: str, name: str) -> Template:
    try:
        told: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise ConfigError(f"template {name}: this is not valid TOML: {fault}.") from fault
    wanted = {field.name for field in fields(Template)} - {"name"}
    for key in told.keys() - wanted:
        raise ConfigError(f"template {name}: unknown key {key!r}. {nearest(key, wanted, 'keys')}")
    for key in sorted(wanted - told.keys()):
        raise ConfigError(f"template {name}: the key {key!r} is missing.")
    for key in sorted(wanted):
        _checked(name, key, told[key])
    told["content_free"] = tuple(told["content_free"])
    return Template(name=name, **told)


def _checked(name: str, key: str, value: object) -> None:
    if key == "version":
        good = isinstance(value, int) and value > 0
    elif key == "content_free":
        good = isinstance(value, list) and bool(value) and all(isinstance(v, str) for v in value)
    else:
        good = isinstance(value, str)
    if not good:
        raise ConfigError(f"template {name}: the key {key!r} holds {value!r}.")
    if key in _PLACES:
        places = [place for _, place, _, _ in string.Formatter().parse(str(value)) if place]
        if places != [_PLACES[key]]:
            wanted = "{" + _PLACES[key] + "}"
            raise ConfigError(f"template {name}: {key!r} must hold {wanted} once, and no other.")
