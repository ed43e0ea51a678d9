"""What somebody said beforehand: flags that replace a part of the guess."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import get_args

from fewrec.data.catalog import ColumnKind
from fewrec.data.guess.headers import Meaning
from fewrec.data.guess.profile import Profile
from fewrec.data.guess.reading import Spelling
from fewrec.data.liked import EVENT_WEIGHTS
from fewrec.data.settings import TABLES, USER_KINDS
from fewrec.errors import ConfigError, nearest

ROLES = ("user", "item", "value", "event", "timestamp", "session", "title", "text")
"""Roles that a flag of the same name gives to a column."""

KINDS = tuple(dict.fromkeys((*get_args(ColumnKind), *USER_KINDS)))
"""What a column of items or users may be."""

NONE = "none"
"""Said instead of a column: nothing has this role."""

_TOLD = 9.0


@dataclass(frozen=True)
class Choices:
    """What is not to be guessed.

    Attributes:
        spelling: Encoding, separator, header.
        roles: Role -> the column that has it, as ``COLUMN`` or ``FILE:COLUMN``, or ``none``.
        tables: Name of a file -> its table, or ``none`` to leave it out.
        events: Name of a file -> the event all its rows are; or a word of a column of events ->
            the standard event it stands for.
        kinds: Column of items or users -> its kind.
        unrated: A value that means "met, but not rated", ``blank`` or ``none``; "" is guessed.
        dates: ``day-first`` or ``month-first``; "" is guessed.
        like: The liked rule; "" is guessed.
    """

    spelling: Spelling = field(default_factory=Spelling)
    roles: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, str] = field(default_factory=dict)
    events: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    unrated: str = ""
    dates: str = ""
    like: str = ""

    def check(self, files: Mapping[str, Iterable[str]]) -> None:
        """Refuse what names no file, column or table.

        Args:
            files: Name of each file -> its columns.

        Raises:
            ConfigError: A flag names something that is not there; the message offers the nearest.
        """
        everywhere = {column for columns in files.values() for column in columns}
        for role, named in self.roles.items():
            file, column = split_place(named, files)
            known = set(files[file]) if file else everywhere
            if column not in (NONE, *known):
                told = nearest(column, known, "columns")
                raise ConfigError(f"--{role} {named}: there is no such column. {told}")
        for file, word in self.tables.items():
            if file not in files:
                told = nearest(file, files, "files")
                raise ConfigError(f"--table {file}={word}: there is no such file. {told}")
        for file, event in self.events.items():
            if event not in EVENT_WEIGHTS:
                told = nearest(event, EVENT_WEIGHTS, "events")
                raise ConfigError(f"--event {file}={event}: there is no such event. {told}")
        self._check_words()

    def _check_words(self) -> None:
        for file, table in self.tables.items():
            if table not in (*TABLES, NONE):
                told = nearest(table, [*TABLES, NONE], "tables")
                raise ConfigError(f"--table {file}={table}: there is no such table. {told}")
        for column, kind in self.kinds.items():
            if kind not in KINDS:
                told = nearest(kind, KINDS, "kinds")
                raise ConfigError(f"--kind {column}={kind}: there is no such kind. {told}")
        if self.dates not in ("", "day-first", "month-first"):
            raise ConfigError(f"--dates {self.dates}: say day-first or month-first.")

    def applied(self, file: str, profiles: Mapping[str, Profile]) -> dict[str, Profile]:
        """Profiles in which the columns that were named have their roles beyond doubt."""
        found = dict(profiles)
        for role, named in self.roles.items():
            place, column = split_place(named, (file,))
            if place is None and ":" in named and named not in found:
                continue
            if column in found:
                found[column] = _with_meaning(found[column], {role: _TOLD})
            elif column == NONE:
                found = {n: _without(p, role) for n, p in found.items()}
        return found


def split_place(named: str, files: Iterable[str]) -> tuple[str | None, str]:
    """File and column of ``FILE:COLUMN``; no file where only a column is named."""
    for file in files:
        if named.startswith(f"{file}:"):
            return file, named[len(file) + 1 :]
    return None, named


def _with_meaning(profile: Profile, roles: dict[str, float]) -> Profile:
    return replace(profile, meaning=Meaning(roles, profile.meaning.listed))


def _without(profile: Profile, role: str) -> Profile:
    """The same column, of which nobody would think that it has a role."""
    left = {name: said for name, said in profile.meaning.roles.items() if name != role}
    return _with_meaning(profile, left or {f"not {role}": 1.0})
