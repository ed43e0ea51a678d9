"""Text encoders by name, and which one fits a catalogue's language."""

from __future__ import annotations

import hashlib
import json
import re
from functools import partial
from pathlib import Path
from typing import Literal

from fewrec.assets import cache_folder, locate
from fewrec.data.catalog import Catalog
from fewrec.data.languages import UNKNOWN, dominant_language
from fewrec.errors import AssetError, ConfigError, nearest
from fewrec.knowledge.bert import BertShape, bert_model
from fewrec.knowledge.hub import hub_folder
from fewrec.knowledge.ngrams import HashingEncoder
from fewrec.knowledge.sentence import (
    MAX_TOKENS,
    Pooling,
    SentenceEncoder,
    TokenModel,
    onnx_dimension,
    onnx_model,
)
from fewrec.knowledge.torch_sentences import TorchEncoder
from fewrec.knowledge.vectors import CachedEncoder
from fewrec.knowledge.wording import item_texts, spoken_texts
from fewrec.protocols import TextEncoder

__all__ = ["HashingEncoder", "encoder_for", "item_texts", "text_encoder"]

DEFAULT = "all-minilm-l6-v2"
DEFAULT_DIMENSION = 384
MULTILINGUAL = "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2"
Precision = Literal["int8", "fp32"]

SAMPLE = 300
"""About so many texts are looked at for unknown words."""

MOST_UNKNOWN = 0.1
"""Share of tokens the vocabulary may lack before an encoder does not fit."""

TELLING = 0.1
"""Share of texts that must tell a language before names in it outweigh the default."""

_NGRAMS = re.compile(r"char-ngrams-(\d+)")
_ONNX_FILES = ("model.onnx", "onnx/model.onnx")
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


def text_encoder(
    name: str = DEFAULT,
    *,
    precision: Precision = "int8",
    threads: int = 1,
    cache: Path | None = None,
) -> TextEncoder:
    """Make a text encoder by name; its vectors are kept on disk.

    Args:
        name: ``all-minilm-l6-v2`` (English; 384 numbers), ``char-ngrams-512`` (any language),
            a local folder, or an id on the Hugging Face hub. A folder needs ``tokenizer.json``
            and a ``model.onnx`` (or ``onnx/model.onnx``), or ``model.safetensors`` with the
            ``config.json`` of a BERT; other architectures need the extra ``lm``.
        precision: ``int8`` takes the smaller file where there is one (of a folder: its ONNX
            file), ``fp32`` the full weights.
        threads: Threads while encoding, at least 1. One is fastest when processes share a
            machine.
        cache: Folder of the vector cache; the one of the assets where None.

    Returns:
        The encoder. Model files are opened at the first text that is not in the cache.

    Raises:
        ConfigError: Fewer than one thread, or an unknown precision.
        AssetError: The name is no known model, or the folder lacks a file.
        MissingExtra: Only the extra ``lm`` can run this model, and it is not installed.
    """
    if threads < 1:
        raise ConfigError(f"text_encoder: threads must be at least 1, not {threads}.")
    if precision not in ("int8", "fp32"):
        raise ConfigError(f"text_encoder: precision must be 'int8' or 'fp32', not {precision!r}.")
    ngrams = _NGRAMS.fullmatch(name)
    if ngrams:
        return HashingEncoder(int(ngrams[1]))
    if name in (DEFAULT, f"{DEFAULT}-int8", f"{DEFAULT}-fp32"):
        encoder: TextEncoder = _minilm("fp32" if name.endswith("-fp32") else precision, threads)
    else:
        encoder = _from_folder(_folder(name), precision, threads)
    return CachedEncoder(encoder, cache or cache_folder("vectors"))


def encoder_for(
    catalog: Catalog, *, threads: int = 1, cache: Path | None = None
) -> tuple[TextEncoder | None, str]:
    """Choose the text encoder for a catalogue by its language.

    Args:
        catalog: The items.
        threads: Threads while encoding.
        cache: Folder of the vector cache; the one of the assets where None.

    Returns:
        The default encoder where the catalogue is English (or where nothing tells), character
        n-grams where it is not or where the default cannot be fetched, None where there is no
        text; and a sentence that says why, "" for the default.
    """
    texts = [text for text in spoken_texts(catalog) if text]
    if not texts:
        return None, "The catalogue has no text, so nothing is compared by description."
    language = dominant_language(texts)
    sure = language.told >= TELLING * len(texts)
    if sure and language.code not in ("en", UNKNOWN):
        return HashingEncoder(), _foreign(f"is mostly {language.name}")
    try:
        locate(f"{DEFAULT}-int8")
        unknown = _minilm("int8", threads).unknown_share(texts[:: max(1, len(texts) // SAMPLE)])
    except AssetError as error:
        return HashingEncoder(), f"Descriptions are compared by character n-grams: {error}"
    if unknown > MOST_UNKNOWN:
        return HashingEncoder(), _foreign(f"has {unknown:.0%} of words the encoder does not know")
    return text_encoder(threads=threads, cache=cache), ""


def _foreign(finding: str) -> str:
    return (
        f"The catalogue {finding}, and the default text encoder reads English: descriptions are "
        "compared by character n-grams. A multilingual encoder compares meaning, for example "
        f"{MULTILINGUAL!r}."
    )


def _minilm(precision: Precision, threads: int) -> SentenceEncoder:
    """The pinned model: int8 weights from one package, tokenizer and fp32 from another."""

    def load() -> TokenModel:
        if precision == "int8":
            return onnx_model(locate(f"{DEFAULT}-int8"), threads)
        return bert_model(locate(DEFAULT), threads)

    def tokenizer() -> Path:
        return locate(DEFAULT) / "tokenizer.json"

    return SentenceEncoder(f"{DEFAULT}-{precision}", tokenizer, load, DEFAULT_DIMENSION)


def _from_folder(folder: Path, precision: Precision, threads: int) -> TextEncoder:
    """An encoder from a folder as sentence-transformers and its ONNX exports lay it out."""
    graph = next((folder / name for name in _ONNX_FILES if (folder / name).is_file()), None)
    weights, tokenizer = folder / "model.safetensors", folder / "tokenizer.json"
    shape = BertShape.read(folder / "config.json") if weights.is_file() else None
    if graph is None and not weights.is_file():
        raise AssetError(
            f"{folder}: no text encoder inside. It needs tokenizer.json and model.onnx (or "
            "onnx/model.onnx), or model.safetensors with config.json."
        )
    if not tokenizer.is_file() or (graph is None and shape is None):
        return TorchEncoder(folder, f"{folder.resolve().name}-{_digest(graph or weights)}", threads)
    if graph is not None and (precision == "int8" or shape is None):
        source, dimension, load = graph, onnx_dimension(graph), partial(onnx_model, graph, threads)
    elif shape is not None:
        source, dimension, load = weights, shape.dimension, partial(bert_model, folder, threads)
    return SentenceEncoder(
        f"{folder.resolve().name}-{_digest(source)}",
        lambda: tokenizer,
        load,
        dimension,
        pooling=_pooling(folder),
        max_tokens=_positions(folder),
    )


def _positions(folder: Path) -> int:
    """The longest text in tokens: ``MAX_TOKENS``, or fewer where the model has fewer positions."""
    file = folder / "config.json"
    known = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return min(MAX_TOKENS, int(known.get("max_position_embeddings", MAX_TOKENS)))


def _pooling(folder: Path) -> Pooling:
    """Mean, unless the folder's pooling module says that the first token counts."""
    file = folder / "1_Pooling" / "config.json"
    if file.is_file():
        if json.loads(file.read_text(encoding="utf-8")).get("pooling_mode_cls_token"):
            return "cls"
    return "mean"


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()[:12]


def _folder(name: str) -> Path:
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    if _HUB_ID.fullmatch(name):
        return hub_folder(name)
    raise AssetError(
        f"there is no text encoder {name!r} and no folder of that name. "
        f"{nearest(name, [DEFAULT, 'char-ngrams-512'], 'encoders')}"
    )
