"""Public data sets as data folders: fetched, laid out and labelled with their terms."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from fewrec.assets import ASSETS, Asset, cache_folder, locate
from fewrec.data.importers import IMPORTERS
from fewrec.errors import ConfigError, nearest

SOURCE = "source.json"
"""Says which public data set a folder holds."""


def _copied(source: Path, target: Path) -> None:
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(".*"))


LAYOUTS: dict[str, Callable[[Path, Path], object]] = {
    # asset: how its files are laid out in the folder a person asked for
    "ml-100k": IMPORTERS["recbole"],
    "open-bandit": _copied,
}


def public_data(name: str) -> Asset:
    """What is known of a public data set.

    Args:
        name: As in ``fewrec data get``.

    Returns:
        Its entry in the table of assets.

    Raises:
        ConfigError: There is no such data set; the message offers the nearest names.
    """
    if name not in LAYOUTS:
        raise ConfigError(
            f"there is no public data set {name!r}. {nearest(name, LAYOUTS, 'data sets')}"
        )
    return ASSETS[name]


def write_public(name: str, folder: Path, *, progress: bool = True) -> bool:
    """Write a public data set into a folder, whole or not at all.

    Args:
        name: Of the data set.
        folder: Where it goes: new, empty, or holding the same data set.
        progress: Show a bar while downloading.

    Returns:
        True where it was written, False where it was there already.

    Raises:
        ConfigError: The name is unknown, or the folder holds something else or only a part.
        AssetError: The data cannot be fetched.
    """
    asset = public_data(name)
    if _holds(folder, asset):
        return False
    _refuse_other_content(folder, name)
    source = locate(name, progress=progress)
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    half = folder.with_name(f".{folder.name}.{os.getpid()}")
    try:
        half.mkdir()
        LAYOUTS[name](source, half / name)
        _label(half / name, asset)
        if folder.is_dir():
            folder.rmdir()
        (half / name).rename(folder)
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return True


def public_folder(name: str, *, progress: bool = True) -> Path:
    """Data folder of a public data set in this machine's cache, written on need.

    Args:
        name: Of the data set.
        progress: Show a bar while downloading.

    Returns:
        The folder.

    Raises:
        ConfigError: The name is unknown.
        AssetError: The data cannot be fetched.
    """
    folder = cache_folder("data", name)
    write_public(name, folder, progress=progress)
    return folder


def _holds(folder: Path, asset: Asset) -> bool:
    try:
        said = json.loads((folder / SOURCE).read_text(encoding="utf-8"))
        lost = [name for name in said.pop("files") if not (folder / name).is_file()]
    except (OSError, ValueError, KeyError, AttributeError):
        return False
    if said == _source(asset) and lost:
        raise ConfigError(
            f"{folder} holds {asset.name}, but without {', '.join(lost)}. "
            "Remove the folder and run this again."
        )
    return bool(said == _source(asset))


def _source(asset: Asset) -> dict[str, str]:
    return {
        "name": asset.name,
        "upstream": asset.upstream,
        "licence": asset.licence,
        "package": f"{asset.wheel.project}=={asset.wheel.version}",
        "sha256": asset.wheel.sha256,
    }


def _refuse_other_content(folder: Path, name: str) -> None:
    if folder.is_file():
        raise ConfigError(f"{folder} is a file. Name a folder that is new or empty.")
    if folder.is_dir() and any(folder.iterdir()):
        raise ConfigError(
            f"{folder} holds something else than {name}. Name a folder that is new or empty."
        )


def _label(folder: Path, asset: Asset) -> None:
    """Write the data's name, terms and source beside them."""
    settings = folder / "fewrec.toml"
    if settings.is_file():
        told = settings.read_text(encoding="utf-8")
        settings.write_text(f"name = {json.dumps(asset.name)}\n\n{told}", encoding="utf-8")
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    terms = f"{asset.summary}\n\nLicence: {asset.licence}\n{asset.terms}\n"
    (folder / "TERMS.txt").write_text(terms, encoding="utf-8")
    source = json.dumps({**_source(asset), "files": files}, indent=1)
    (folder / SOURCE).write_text(source + "\n", encoding="utf-8")
