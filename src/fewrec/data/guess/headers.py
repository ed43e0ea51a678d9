"""What the header of a column promises: words of many languages, in any spelling, to roles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from fewrec.data.guess.vocabulary import FILE_WORDS, HEADER_WORDS

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_EAST = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_PLAIN = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe"})
_LINKS = ("", "s", "n", "en", "es", "e")
_SHORT = ("id", "nr", "no", "ts")
_WEAK_TIMES = ("at", "on", "am", "day", "added", "hour", "when", "data", "hora", "ora")
Classes = frozenset[str]


@dataclass(frozen=True)
class Meaning:
    """What a header says.

    Attributes:
        roles: Role -> how strongly the header speaks for it, in (0, 1].
        listed: True where the header speaks of several things in one cell.
    """

    roles: Mapping[str, float] = field(default_factory=dict)
    listed: bool = False

    def of(self, role: str) -> float:
        """Strength for one role; 0 where the header says nothing of it."""
        return self.roles.get(role, 0.0)

    @property
    def best(self) -> str:
        """The role the header speaks for most; "" where it says nothing."""
        return max(self.roles, key=lambda role: self.roles[role]) if self.roles else ""


def normal(text: str) -> str:
    """Text without case, accents and width; comparable across spellings."""
    apart = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(c for c in apart if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", kept).translate(_PLAIN)


def words(text: str) -> list[str]:
    """Words of a name in camelCase, snake_case or plain language, normalised."""
    spread = _CAMEL.sub(" ", unicodedata.normalize("NFKC", text))
    return re.findall(r"[^\W_]+", normal(spread))


@lru_cache(maxsize=1)
def _classes() -> dict[str, Classes]:
    table: dict[str, set[str]] = {}
    for name, phrases in HEADER_WORDS.items():
        for phrase in phrases.split(","):
            table.setdefault(" ".join(words(phrase.strip())), set()).add(name)
    table.pop("", None)
    return {phrase: frozenset(names) for phrase, names in table.items()}


@lru_cache(maxsize=4096)
def meaning(header: str) -> Meaning:
    """Say what a header promises.

    Args:
        header: As it stands in the file; RecBole's ``name:type`` suffix is understood.

    Returns:
        Roles with strengths; nothing for a header without known words.
    """
    name, _, kind = header.partition(":")
    listed = kind.strip() in ("token_seq", "float_seq")
    parts = _phrases(words(name if kind.strip() in _ATOMIC else header))
    known = [classes for _, classes in parts if classes]
    if not known:
        return Meaning(listed=listed)
    share = sum(bool(classes) for _, classes in parts) / len(parts)
    roles = _roles([classes for _, classes in parts if classes], {text for text, _ in parts})
    scaled = {role: strength * (0.55 + 0.45 * share) for role, strength in roles.items()}
    return Meaning(scaled, listed or any("list" in classes for classes in known))


_ATOMIC = ("token", "token_seq", "float", "float_seq")


def _phrases(tokens: list[str]) -> list[tuple[str, Classes]]:
    """Longest known phrases from the left; compounds are taken apart."""
    table = _classes()
    found: list[tuple[str, Classes]] = []
    place = 0
    while place < len(tokens):
        for length in range(min(4, len(tokens) - place), 0, -1):
            phrase = " ".join(tokens[place : place + length])
            if phrase in table:
                found.append((phrase, table[phrase]))
                break
        else:
            length = 1
            token = tokens[place].rstrip("0123456789") or tokens[place]
            parts = _apart(token)
            phrase = " ".join(parts)
            parts = (phrase,) if phrase in table else parts
            found += [(part, table.get(part, frozenset())) for part in parts]
        place += length
    return found


@lru_cache(maxsize=4096)
def _apart(token: str) -> tuple[str, ...]:
    """Parts of a compound such as ``kundennummer``, ``visitorid`` or ``图书编号``."""
    table = _classes()
    east = bool(_EAST.search(token))
    if token in table:
        return (token,)
    if east:
        return _east_parts(token)
    for cut in range(len(token) - 2, 2, -1):
        start, rest = token[:cut], token[cut:]
        if start not in table:
            continue
        for link in _LINKS:
            tail = rest.removeprefix(link) if rest.startswith(link) else ""
            if not tail or (len(tail) < 3 and tail not in _SHORT):
                continue
            parts = _apart(tail)
            if all(part in table for part in parts):
                return (start, *parts)
    return (token,)


def _east_parts(token: str) -> tuple[str, ...]:
    """Longest known words from the left; characters between them stay together."""
    table, parts, unknown, place = _classes(), [], "", 0
    while place < len(token):
        for end in range(len(token), place, -1):
            if token[place:end] in table:
                parts += [unknown, token[place:end]]
                unknown, place = "", end
                break
        else:
            unknown += token[place]
            place += 1
    return tuple(part for part in [*parts, unknown] if part)


def _roles(known: list[Classes], texts: set[str]) -> dict[str, float]:
    has = frozenset(name for classes in known for name in classes)
    if "review" in has and "user" in known[-1]:
        has -= {"review"}  # The last word is the thing: the user of a review, not its text.
    for decide in (_first_things, _happenings, _of_user, _of_item, _of_thing):
        roles = decide(has, texts)
        if roles:
            return roles
    return {"id": 0.5} if "id" in has else {}


def _first_things(has: Classes, texts: set[str]) -> dict[str, float]:
    """Headers that one word settles."""
    if "friend" in has:
        return {"friend": 1.0}
    if "item" in has and "list" in has:
        return {"item": 1.0}
    for name in ("dwell", "propensity", "profile", "stock", "url"):
        if name in has:
            return {name: 0.8 if name == "dwell" else 1.0}
    if "quantity" in has:
        return {"quantity": 1.0}
    if "total" in has and not texts & {"rating", "score"}:
        return {"total": 1.0}
    if {"head", "relation", "tail"} & has and not {"user", "item", "category"} & has:
        return {name: 0.9 for name in ("head", "relation", "tail") if name in has}
    return {}


def _happenings(has: Classes, texts: set[str]) -> dict[str, float]:
    """When it was, what it was, how it was liked, in which order or visit."""
    if "time" in has and "trait" not in has:
        return _time(has, texts)
    if "value" in has:
        if "id" in has or "maker" in has:
            return {"rowid": 0.8}
        return {"value": 1.0}
    if "event" in has and "item" not in has:
        return {"rowid": 0.5} if "id" in has else {"event": 1.0}
    if "order" in has and "item" not in has:
        return {"total": 0.6} if {"number", "category", "text"} & has else {"session": 1.0}
    if "review" in has:
        if "id" in has and not {"user", "item"} & has:
            return {"rowid": 0.9}
        return {} if {"user", "item"} & has and "id" in has else {"review": 1.0}
    return {}


def _time(has: Classes, texts: set[str]) -> dict[str, float]:
    if "year" in has or ("item" in has and not {"event", "order", "review", "value"} & has):
        return {"year": 0.7, "timestamp": 0.4}
    if "user" in has and not {"event", "order", "review", "value"} & has:
        return {"timestamp": 0.5, "trait": 0.6}
    weak = not {"event", "order", "review"} & has and texts & set(_WEAK_TIMES)
    both = {"value": 0.5} if "value" in has and not texts & {"date", "time", "timestamp"} else {}
    return {"timestamp": 0.8 if weak else 1.0, **both}


def _of_user(has: Classes, texts: set[str]) -> dict[str, float]:
    if "trait" in has:
        return {"trait": 1.0, "user": 0.4 if texts & {"email", "e mail", "mail", "phone"} else 0.0}
    if "user" not in has or "item" in has:
        return {}
    if {"category", "text", "number", "year"} & has and "id" not in has:
        return {"trait": 0.7, "user": 0.3}
    if "name" in has and "id" not in has:
        return {"user": 0.8, "name": 0.6}
    return {"user": 1.0 if "id" in has else 0.97}


def _of_item(has: Classes, texts: set[str]) -> dict[str, float]:
    if "item" not in has:
        return {}
    if "user" in has:
        return {"item": 0.5, "user": 0.5}
    if {"category", "name"} <= has:
        return {"category": 1.0}
    for name, role in _SAID_OF_ITEMS:
        if name in has and not ("id" in has and name != "number"):
            return {role: 1.0, "item": 0.6 if role == "title" else 0.2}
    return {"item": 1.0 if "id" in has else 0.97}


_SAID_OF_ITEMS = (
    ("title", "title"),
    ("name", "title"),
    ("maker", "person"),
    ("text", "text"),
    ("category", "category"),
    ("year", "year"),
    ("number", "number"),
)


def _of_thing(has: Classes, texts: set[str]) -> dict[str, float]:
    """Columns of an item whose header does not name the item."""
    if "maker" in has:
        return {"item": 0.7, "person": 0.6} if "id" in has else {"person": 1.0, "item": 0.4}
    if "title" in has:
        return {"title": 1.0, "item": 0.5}
    if "position" in has:
        return {"position": 0.8}
    if "name" in has and not {"category", "text"} & has:
        return {"name": 0.8, "title": 0.6, "user": 0.2, "item": 0.2}
    return next(({name: 1.0} for name in ("text", "year", "number", "category") if name in has), {})


def table_of_file(name: str) -> dict[str, float]:
    """What the name of a file says about its table.

    Args:
        name: Name of the file, with or without its ending.

    Returns:
        Table -> strength; the word nearest to the end of the name counts most.
    """
    tokens = words(name.split(".")[0]) + [f"{t}" for t in words(name.split(".")[-1])]
    found: dict[str, float] = {}
    for table, phrases in _file_words().items():
        for place, token in enumerate(tokens):
            if token in phrases or any(
                len(p) > 1 and _EAST.search(p) and p in token for p in phrases
            ):
                found[table] = max(found.get(table, 0.0), 0.6 + 0.4 * (place + 1) / len(tokens))
    joined = " ".join(tokens)
    for table, phrases in _file_words().items():
        if any(" " in phrase and phrase in joined for phrase in phrases):
            found[table] = 1.1
    return found


@lru_cache(maxsize=1)
def _file_words() -> dict[str, frozenset[str]]:
    return {
        table: frozenset(" ".join(words(p.strip())) for p in phrases.split(","))
        for table, phrases in FILE_WORDS.items()
    }
