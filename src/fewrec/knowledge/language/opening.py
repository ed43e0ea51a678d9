"""Causal language models from a folder, a GGUF file, a hub id or a pinned asset."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from fewrec.assets import ASSETS, cache_folder, locate
from fewrec.assets.cache import sha256
from fewrec.errors import AssetError, ModelError, nearest
from fewrec.knowledge.hub import hub_folder
from fewrec.knowledge.language.extra import needs_extra, quietly
from fewrec.knowledge.language.gguf import converted
from fewrec.knowledge.language.tokens import ChatTokens

DEFAULT = "smollm2-135m-instruct"
Precision = Literal["fp32", "bf16"]

_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_WEIGHTS = ("model.safetensors", "model.safetensors.index.json")
_READ = ("*.safetensors", "config.json", "tokenizer*", "chat_template*", "*.model")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Opened:
    """A language model in memory.

    Attributes:
        model: The network of transformers, for use (no dropout), frozen.
        tokens: Turns chats into token ids.
        positions: The longest prompt in tokens.
        end: Token after which an answer is over; None where the tokenizer names none.
    """

    model: Any
    tokens: ChatTokens
    positions: int
    end: int | None


def model_folder(name: str) -> Path:
    """Folder with config, tokenizer and safetensors of a causal language model.

    Args:
        name: A pinned asset, a folder, a GGUF file or an id on the Hugging Face hub. GGUF is
            converted once and kept in the cache folder.

    Raises:
        AssetError: There is no such model, or it cannot be had.
        MissingExtra: The extra ``lm`` is not installed.
    """
    path = Path(name).expanduser()
    if name in ASSETS and ASSETS[name].files[0].path.endswith(".gguf"):
        folder = cache_folder("converted", name)
        return converted(folder, ASSETS[name].files[0].sha256, lambda: locate(name))
    if path.is_file() and path.suffix == ".gguf":
        digest = sha256(path)
        return converted(cache_folder("converted", digest[:16]), digest, lambda: path)
    if path.is_dir():
        return _checked(path)
    if _HUB_ID.fullmatch(name):
        return _checked(hub_folder(name, "language model"))
    raise AssetError(
        f"there is no language model {name!r} and no folder or GGUF file of that name. "
        f"{nearest(name, [DEFAULT], 'language models')}"
    )


def _checked(folder: Path) -> Path:
    wanted = ("config.json", "tokenizer.json")
    lacking = [file for file in wanted if not (folder / file).is_file()]
    if not any((folder / file).is_file() for file in _WEIGHTS):
        lacking.append(_WEIGHTS[0])
    if lacking:
        raise AssetError(
            f"{folder}: no language model inside, it lacks {', '.join(lacking)}. Save one there "
            "with save_pretrained of the model and of its fast tokenizer."
        )
    return folder


def fingerprint(folder: Path, precision: Precision) -> str:
    """Digest of everything that decides about answers: weights, tokenizer, template, precision."""
    digest = hashlib.sha256(f"1 {precision}".encode())
    for file in sorted({path for pattern in _READ for path in folder.glob(pattern)}):
        digest.update(f"{file.name} {sha256(file)}".encode())
    return digest.hexdigest()[:12]


def opened(folder: Path, precision: Precision = "fp32", threads: int = 1) -> Opened:
    """Load a model into memory.

    Args:
        folder: As ``model_folder`` gives it.
        precision: Of weights and sums; ``bf16`` is faster on processors that have it.
        threads: Threads of torch, in this process.

    Raises:
        MissingExtra: The extra ``lm`` is not installed.
        ModelError: The files are no causal model, or the tokenizer belongs to another model.
    """
    needs_extra()
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.set_num_threads(threads)
    kind = torch.bfloat16 if precision == "bf16" else torch.float32
    with quietly():
        model = _tried(
            folder, lambda: AutoModelForCausalLM.from_pretrained(folder, dtype=kind)
        ).eval()
        tokenizer = _tried(folder, lambda: AutoTokenizer.from_pretrained(folder))
    model.requires_grad_(False)
    if not getattr(tokenizer, "is_fast", False):
        raise ModelError(f"{folder}: the tokenizer is not a fast one; save its tokenizer.json.")
    _fits(folder, tokenizer, int(model.get_input_embeddings().weight.shape[0]))
    tokens = ChatTokens(tokenizer)
    if not tokens.templated:
        _log.warning("%s has no chat template: prompts are written plainly.", folder)
    return Opened(model, tokens, _positions(model.config), tokenizer.eos_token_id)


def _tried(folder: Path, load: Callable[[], Any]) -> Any:  # noqa: ANN401
    try:
        return load()
    except Exception as error:  # whatever transformers, safetensors or tokenizers raise
        said = str(error).strip().splitlines()[:1]
        raise ModelError(
            f"{folder}: this is no causal language model that transformers can open "
            f"({type(error).__name__}: {''.join(said)})."
        ) from error


def _fits(folder: Path, tokenizer: Any, rows: int) -> None:  # noqa: ANN401
    highest = max(tokenizer.get_vocab().values(), default=-1)
    if highest >= rows:
        raise ModelError(
            f"{folder}: the tokenizer belongs to another model: it has the token {highest}, and "
            f"the model knows {rows} tokens. Save the model's own tokenizer there."
        )


def _positions(config: Any) -> int:  # noqa: ANN401
    return int(getattr(config, "max_position_embeddings", 0) or 2**20)
