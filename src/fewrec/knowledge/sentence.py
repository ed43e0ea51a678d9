"""Sentence vectors by a BERT-like model: tokens in, one vector of length 1 out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from fewrec.data.arrays import Floats, Ints
from fewrec.errors import ModelError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

MAX_TOKENS = 256
TOKENS_A_BATCH = 400
CHARACTERS_A_TOKEN = 16

Pooling = Literal["mean", "cls"]
TokenModel = Callable[[Ints, Ints], Floats]
"""(token ids [N, T], mask [N, T]) -> hidden states [N, T, D], or pooled vectors [N, D]."""


class SentenceEncoder:
    """A ``TextEncoder`` made of a tokenizer, a token model and pooling.

    Vectors do not depend on the other texts of a call: padding is masked, and the weights'
    scales are fixed in the file.

    Args:
        name: Name under which vectors are cached.
        tokenizer: Gives the ``tokenizer.json`` of the model; called at the first text.
        load: Opens the token model; called at the first text, once.
        dimension: D.
        pooling: ``mean`` over the tokens, or ``cls``, the first token's vector.
        max_tokens: Longer texts are cut there, special tokens included.
    """

    def __init__(
        self,
        name: str,
        tokenizer: Callable[[], Path],
        load: Callable[[], TokenModel],
        dimension: int,
        *,
        pooling: Pooling = "mean",
        max_tokens: int = MAX_TOKENS,
    ) -> None:
        self._name, self._dimension = name, dimension
        self._tokenizer_file, self._load = tokenizer, load
        self._pooling, self._max_tokens = pooling, max_tokens
        self._ready: tuple[Tokenizer, TokenModel] | None = None
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """Name under which vectors are cached."""
        return self._name

    @property
    def dimension(self) -> int:
        """D, the length of a vector."""
        return self._dimension

    def encode(self, texts: Sequence[str]) -> Floats:
        """Encode N texts as vectors of length 1 (zeros for an empty text). Shape [N, D]."""
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        if not any(text.strip() for text in texts):
            return vectors
        tokenizer, model = self._open()
        tokens = [_tokens(tokenizer, text, self._max_tokens) for text in texts]
        for batch in _batches(tokens):
            ids, mask = _padded([tokens[row] for row in batch])
            vectors[batch] = _pooled(model(ids, mask), mask, self._pooling)
        return vectors

    def unknown_share(self, texts: Sequence[str]) -> float:
        """Share of tokens that the vocabulary does not have, in [0, 1]; 0 without any token."""
        tokenizer, unknown, count = _tokenizer(self._tokenizer_file()), 0, 0
        blanks = {tokenizer.token_to_id(token) for token in ("[UNK]", "<unk>")} - {None}
        for text in texts:
            ids = _tokens(tokenizer, text, self._max_tokens)
            count += len(ids)
            unknown += sum(token in blanks for token in ids)
        return unknown / count if count else 0.0

    def _open(self) -> tuple[Tokenizer, TokenModel]:
        with self._lock:
            if self._ready is None:
                self._ready = (_tokenizer(self._tokenizer_file()), self._load())
            return self._ready


def onnx_model(file: Path, threads: int) -> TokenModel:
    """Open an ONNX file as a token model.

    Args:
        file: The model; it may name its inputs as BERT exports do, token types optional.
        threads: Threads inside one operator; operators run one after the other.

    Returns:
        A function from (token ids [N, T], mask [N, T]) to hidden states [N, T, D], or to
        vectors [N, D] where the graph pools by itself.

    Raises:
        ModelError: The file is not a graph that ONNX Runtime can open.
    """
    session = _session(file, threads)
    wanted = {node.name for node in session.get_inputs()}
    output = session.get_outputs()[0].name

    def run(ids: Ints, mask: Ints) -> Floats:
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        feed = {name: array for name, array in given.items() if name in wanted}
        hidden: Floats = session.run([output], feed)[0]
        return hidden

    return run


def onnx_dimension(file: Path) -> int:
    """D of an ONNX file: what its graph says, else what comes out for two tokens."""
    stated = _session(file, 1).get_outputs()[0].shape[-1]
    if isinstance(stated, int):
        return stated
    two = np.ones((1, 2), dtype=np.int64)
    return int(onnx_model(file, 1)(two, two).shape[-1])


def _session(file: Path, threads: int) -> InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its own classes, made for each status
        raise ModelError(f"{file}: ONNX Runtime cannot open this file ({error}).") from error


def _tokenizer(file: Path) -> Tokenizer:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # the library raises nothing more special
        raise ModelError(f"{file}: this is not a readable tokenizer ({error}).") from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _tokens(tokenizer: Tokenizer, text: str, limit: int) -> list[int]:
    """Token ids with the special ones at both ends; none where the text holds no token."""
    encoding = tokenizer.encode(text[: limit * CHARACTERS_A_TOKEN])
    ids: list[int] = encoding.ids
    if all(encoding.special_tokens_mask):
        return []
    return ids if len(ids) <= limit else [*ids[: limit - 1], ids[-1]]


def _batches(tokens: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Row numbers of texts of like length, so that little padding is computed."""
    batch: list[int] = []
    for row in sorted(range(len(tokens)), key=lambda row: (len(tokens[row]), row)):
        length = len(tokens[row])
        if not length:
            continue
        if batch and (len(batch) + 1) * length > TOKENS_A_BATCH:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def _padded(tokens: Sequence[Sequence[int]]) -> tuple[Ints, Ints]:
    """Token ids and mask. Both of shape [N, T]."""
    ids = np.zeros((len(tokens), max(map(len, tokens))), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, those in enumerate(tokens):
        ids[row, : len(those)] = those
        mask[row, : len(those)] = 1
    return ids, mask


def _pooled(hidden: Floats, mask: Ints, pooling: Pooling) -> Floats:
    """Hidden states [N, T, D] (or pooled vectors [N, D]) to vectors of length 1 [N, D]."""
    if hidden.ndim == 2:
        vectors = hidden
    elif pooling == "cls":
        vectors = hidden[:, 0]
    else:
        weight = mask[:, :, None].astype(np.float32)
        vectors = (hidden * weight).sum(axis=1) / weight.sum(axis=1)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Floats = vectors / np.maximum(lengths, 1e-12)
    return unit
