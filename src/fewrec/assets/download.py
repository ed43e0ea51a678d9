"""Downloads one file over HTTP: resumed where it broke off, verified before it is used."""

from __future__ import annotations

import base64
import http.client
import logging
import os
import ssl
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from fewrec.assets.cache import sha256
from fewrec.errors import AssetError

logger = logging.getLogger(__name__)

_CHUNK = 2**18
_TIMEOUT = 20.0
_ATTEMPTS = 4
_CERTIFICATES = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE")
_BROKEN = (urllib.error.URLError, http.client.HTTPException, OSError)


def open_url(url: str, headers: dict[str, str] | None = None) -> http.client.HTTPResponse:
    """Send a GET request; proxies and certificates come from the usual environment variables.

    Args:
        url: Over http or https; a user and password in it become an Authorization header.
        headers: More headers.

    Returns:
        The response, status 2xx, to be closed by the caller.

    Raises:
        AssetError: The scheme is not http or https.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise AssetError(f"{public(url)}: only http and https addresses can be read.")
    sent = {"User-Agent": "fewrec", **(headers or {})}
    if parts.username is not None:
        user = f"{parts.username}:{parts.password or ''}"
        sent["Authorization"] = "Basic " + base64.b64encode(user.encode()).decode()
    bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    request = urllib.request.Request(bare, headers=sent)
    response: http.client.HTTPResponse = urllib.request.urlopen(
        request, timeout=_TIMEOUT, context=_certificates()
    )
    return response


def _certificates() -> ssl.SSLContext:
    named = (os.environ.get(name) for name in _CERTIFICATES)
    bundle = next((Path(name) for name in named if name and Path(name).exists()), None)
    if bundle is None:
        return ssl.create_default_context()
    if bundle.is_dir():
        return ssl.create_default_context(capath=str(bundle))
    return ssl.create_default_context(cafile=str(bundle))


def public(url: str) -> str:
    """An address without user, password and query, fit to be shown."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def download(url: str, target: Path, *, size: int, checksum: str, progress: bool = True) -> None:
    """Fetch a file, going on where an earlier try ended.

    What has arrived stays in ``target`` + ``.part`` when the connection breaks or the process
    ends, and the next call asks for the rest only.

    Args:
        url: Where it is.
        target: Where it goes, once it is whole and its checksum is right.
        size: Its bytes.
        checksum: Its SHA-256, in hexadecimal.
        progress: Show a bar on standard error where that is a terminal.

    Raises:
        AssetError: It cannot be had, or is not what was published.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    logger.info("downloading %s (%.1f MB)", public(url), size / 1e6)
    with _bar(target.name, size, shown=progress) as at:
        _fetch_whole(url, part, size, at)
        if sha256(part) != checksum:
            part.unlink()  # perhaps a left-over of something else: once more, from the start
            _fetch_whole(url, part, size, at)
    if sha256(part) != checksum:
        part.unlink()
        raise AssetError(f"{public(url)} is not what was published: its checksum differs.")
    part.replace(target)


def _fetch_whole(url: str, part: Path, size: int, at: Callable[[int], None]) -> None:
    """Ask for what is missing until all is there; give up after tries that bring nothing."""
    reason: Exception | None = None
    fruitless = 0
    while fruitless < _ATTEMPTS and _length(part) != size:
        before = _length(part)
        try:
            _fetch_rest(url, part, size, at)
            reason = None
        except urllib.error.HTTPError as error:
            if error.code < 500:
                raise AssetError(f"{public(url)} answers {error.code} {error.reason}.") from error
            reason = error
        except _BROKEN as error:
            if isinstance(error, OSError) and error.filename is not None:
                raise  # the disk, not the network
            reason = error
        fruitless = 0 if before < _length(part) < size else fruitless + 1
        if fruitless and _length(part) != size:
            time.sleep(0.2 * fruitless)
    if _length(part) != size:
        raise AssetError(f"{public(url)} cannot be read: {reason or 'it ends too early'}.")


def _length(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _fetch_rest(url: str, part: Path, size: int, at: Callable[[int], None]) -> None:
    offset = _length(part)
    if offset > size:
        part.unlink()
        offset = 0
    wanted = {"Range": f"bytes={offset}-"} if offset else {}
    with open_url(url, wanted) as response:
        if not str(response.headers.get("Content-Range", "")).startswith(f"bytes {offset}-"):
            offset = 0  # the server sends the whole file again
        with part.open("ab" if offset else "wb") as out:
            at(offset)
            while offset < size and (chunk := response.read(_CHUNK)):
                out.write(chunk)
                offset += len(chunk)
                at(offset)


@contextmanager
def _bar(name: str, size: int, *, shown: bool) -> Iterator[Callable[[int], None]]:
    if not shown or not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, TransferSpeedColumn(), console=Console(stderr=True)) as progress:
        task = progress.add_task(name, total=size)
        yield lambda done: progress.update(task, completed=done)
