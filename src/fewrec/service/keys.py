"""API keys with roles; only digests are kept.

A key is 256 random bits, so nobody can guess it and a plain SHA-256 at rest is as good as a slow
hash: slow hashes protect short secrets that people choose. A slow one would cost each request
what a whole slate costs.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from typing import Literal, get_args

from sqlalchemy import delete, insert, select

from fewrec.errors import ConfigError
from fewrec.service.store import Store
from fewrec.service.tables import API_KEYS

Role = Literal["admin", "write", "read"]

ROLES: tuple[Role, ...] = get_args(Role)
"""From everything to the least; each may do what the later ones may."""

PREFIX = "fewrec"


@dataclass(frozen=True)
class Caller:
    """Who calls.

    Attributes:
        key: Id of their key; "" where the service runs without keys.
        role: What they may do.
    """

    key: str
    role: Role

    def may(self, role: Role) -> bool:
        """Whether what needs a role is open to them."""
        return ROLES.index(self.role) <= ROLES.index(role)


class Keys:
    """The keys of a store, held in memory for speed.

    Args:
        store: Where they are kept.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known = {row["key"]: row for row in store.rows(select(API_KEYS))}

    def __len__(self) -> int:
        return len(self._known)

    def add(self, name: str, role: Role) -> str:
        """Make a key; what is returned is shown once and never again.

        Raises:
            ConfigError: There is no such role.
        """
        if role not in ROLES:
            raise ConfigError(f"there is no role {role!r}. Roles are {', '.join(ROLES)}.")
        key, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        row = {
            "key": key,
            "name": name,
            "role": role,
            "digest": _digest(secret),
            "created": time.time(),
        }
        with self._store.writing() as connection:
            connection.execute(insert(API_KEYS), [row])
        self._known[key] = row
        return f"{PREFIX}_{key}_{secret}"

    def remove(self, key: str) -> bool:
        """Take a key back; False where there is none."""
        with self._store.writing() as connection:
            connection.execute(delete(API_KEYS).where(API_KEYS.c.key == key))
        return self._known.pop(key, None) is not None

    def listed(self) -> list[dict[str, object]]:
        """All keys without their digests."""
        shown = ("key", "name", "role", "created")
        return [{name: row[name] for name in shown} for row in self._known.values()]

    def caller(self, presented: str) -> Caller | None:
        """Who holds a key; None where it is not valid."""
        head, _, rest = presented.partition("_")
        key, _, secret = rest.partition("_")
        row = self._known.get(key)
        if head != PREFIX or row is None:
            return None
        if not hmac.compare_digest(str(row["digest"]), _digest(secret)):
            return None
        return Caller(key, row["role"])


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
