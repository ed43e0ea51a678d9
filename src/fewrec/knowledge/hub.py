"""Any text encoder or language model of the Hugging Face hub as a local folder."""

from __future__ import annotations

import json
import os
import re
import urllib.error
from collections.abc import Collection
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from fewrec.assets import cache_folder
from fewrec.assets.cache import only_one
from fewrec.assets.download import download, open_url, public
from fewrec.errors import AssetError

SMALL_FILES = re.compile(r"(?:\d_\w+/)?[\w.-]+\.(?:json|txt|model|jinja)")
"""Settings, vocabulary and pooling, as sentence-transformers lays them out."""

MODEL_FILES = ("onnx/model.onnx", "model.onnx", "model.safetensors")
"""The first one there is taken: an ONNX graph runs any architecture."""

LANGUAGE_FILES = re.compile(r"model(?:-\d+-of-\d+)?\.safetensors")
"""Weights of a language model, in one file or in several."""

Kind = Literal["text encoder", "language model"]

_EXAMPLES: dict[Kind, str] = {
    "text encoder": "sentence-transformers/all-MiniLM-L6-v2",
    "language model": "HuggingFaceTB/SmolLM2-135M-Instruct",
}
_DONE = ".complete"
_OFF = ("1", "on", "true", "yes")


def hub_folder(name: str, kind: Kind = "text encoder") -> Path:
    """Fetch the files of a model once.

    Args:
        name: ``owner/model`` on the hub at ``HF_ENDPOINT`` (huggingface.co where that is not
            set).
        kind: What it is; decides which weights are fetched.

    Returns:
        A folder with ``tokenizer.json`` and the model. Later calls ask nobody.

    Raises:
        AssetError: The hub is not to be asked (``HF_HUB_OFFLINE``), cannot be reached, has no
            such model, or the model has neither ONNX nor safetensors weights (a language model:
            no safetensors).
    """
    part = "hub" if kind == "text encoder" else "hub-language"
    folder = cache_folder(part, name.replace("/", "--"))
    if (folder / _DONE).is_file():
        return folder
    if os.environ.get("HF_HUB_OFFLINE", "").lower() in _OFF:
        raise AssetError(f"{name} is not in {folder}, and HF_HUB_OFFLINE forbids to fetch it.")
    with only_one(folder):
        if not (folder / _DONE).is_file():
            _fetch(name, folder, kind)
    return folder


def _fetch(name: str, folder: Path, kind: Kind) -> None:
    host = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
    about = json.loads(_read(f"{host}/api/models/{quote(name)}?blobs=true", name, kind))
    files = {file["rfilename"]: file for file in about.get("siblings", [])}
    root = f"{host}/{quote(name)}/resolve/{about.get('sha', 'main')}"
    weights = _weights(name, files, kind)
    for path in files:
        if SMALL_FILES.fullmatch(path):
            _place(_read(f"{root}/{path}", name, kind), folder / path)
    for path in weights:
        told = files[path].get("lfs") or {}
        if "sha256" in told:
            size, checksum = int(told["size"]), str(told["sha256"])
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            download(f"{root}/{path}", folder / path, size=size, checksum=checksum)
        else:
            _place(_read(f"{root}/{path}", name, kind), folder / path)
    _place(about.get("sha", "main").encode(), folder / _DONE)


def _weights(name: str, files: Collection[str], kind: Kind) -> list[str]:
    if kind == "language model":
        found = [path for path in files if LANGUAGE_FILES.fullmatch(path)]
        wanted, way_out = "model.safetensors", "save this one as safetensors"
    else:
        found = [path for path in MODEL_FILES if path in files][:1]
        wanted, way_out = ", ".join(MODEL_FILES), "export this one to ONNX"
    if not found:
        raise AssetError(
            f"{name} has none of {wanted} on the hub. Choose another {kind}, "
            f"or {way_out} and give its folder."
        )
    return found


def _read(url: str, name: str, kind: Kind) -> bytes:
    try:
        with open_url(url) as response:
            return response.read()
    except urllib.error.HTTPError as error:
        if error.code in (401, 403, 404):
            raise AssetError(
                f"{name!r} is no {kind} that everybody may fetch: {public(url)} answers "
                f"{error.code}. Give the name of a folder, or an id such as {_EXAMPLES[kind]!r}."
            ) from error
        raise AssetError(f"{public(url)} answers {error.code} {error.reason}.") from error
    except OSError as error:
        reason = getattr(error, "reason", error)
        raise AssetError(
            f"{name} cannot be fetched from {public(url)}: {reason}. Check the connection, or "
            "copy the model's folder here and give its path."
        ) from error


def _place(content: bytes, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(target)
