"""GGUF files as safetensors: converted once, verified always."""

from __future__ import annotations

import io
import json
import logging
import os
import shutil
from collections.abc import Callable
from contextlib import redirect_stderr
from pathlib import Path

from fewrec.assets.asset import AssetFile
from fewrec.assets.cache import damaged, only_one, sha256
from fewrec.errors import AssetError, ModelError
from fewrec.knowledge.language.extra import needs_extra, quietly

_NOTE = "converted.json"
_VERSION = 1

_log = logging.getLogger(__name__)


def converted(folder: Path, checksum: str, source: Callable[[], Path]) -> Path:
    """The model of a GGUF file with full weights, as transformers saves it.

    Args:
        folder: Where it is kept.
        checksum: SHA-256 of the GGUF file.
        source: Gives the GGUF file; called only where the folder is not whole.

    Returns:
        The folder. Conversion takes most of a minute, later calls a moment.

    Raises:
        MissingExtra: The extra ``lm`` is not installed.
        AssetError: There is no space for it.
        ModelError: The file is no causal model that transformers can read.
    """
    if _whole(folder, checksum):
        return folder
    needs_extra("A language model in GGUF", "gguf", "accelerate")
    try:
        with only_one(folder):
            if not _whole(folder, checksum):
                _convert(source(), folder, checksum)
    except OSError as error:
        raise AssetError(
            f"the converted model cannot be stored in {folder}: {error.strerror or error}. "
            "Free some space there, or name another folder in the variable FEWREC_CACHE."
        ) from error
    return folder


def _whole(folder: Path, checksum: str) -> bool:
    try:
        note = json.loads((folder / _NOTE).read_text(encoding="utf-8"))
        files = [AssetFile(name, "", *facts) for name, facts in note["files"].items()]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    if (note.get("version"), note.get("source")) != (_VERSION, checksum):
        return False
    return not damaged(folder, files)


def _convert(source: Path, folder: Path, checksum: str) -> None:
    _log.info("Converting %s, once; this takes most of a minute.", source.name)
    half = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(half, ignore_errors=True)
    try:
        half.mkdir(parents=True)
        _save(source, half)
        files = {
            path.name: (path.stat().st_size, sha256(path))
            for path in sorted(half.iterdir())
            if path.is_file()
        }
        note = {"version": _VERSION, "source": checksum, "files": files}
        (half / _NOTE).write_text(json.dumps(note, indent=1), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        half.rename(folder)
    finally:
        shutil.rmtree(half, ignore_errors=True)


def _save(source: Path, folder: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    place, file = source.parent, source.name
    with quietly(), redirect_stderr(io.StringIO()):  # a bar that nothing else switches off
        try:
            tokenizer = AutoTokenizer.from_pretrained(place, gguf_file=file)
            read = AutoModelForCausalLM.from_pretrained(place, gguf_file=file, dtype=torch.float32)
        except Exception as error:  # whatever gguf or transformers raise
            raise ModelError(
                f"{source}: transformers cannot read this GGUF file ({error})."
            ) from error
        told = read.config.to_dict()
        told.pop("quantization_config", None)  # the weights are full ones now
        plain = type(read.config)(**told)
        model = AutoModelForCausalLM.from_config(plain)  # type: ignore[no-untyped-call]
        model.load_state_dict(read.state_dict())
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
