"""Text encoders of any architecture, run by sentence-transformers (the extra ``lm``)."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fewrec.data.arrays import Floats
from fewrec.errors import MissingExtra

BATCH = 32


class TorchEncoder:
    """A ``TextEncoder`` for models that have neither an ONNX graph nor BERT weights.

    Args:
        folder: The model, as sentence-transformers or transformers saves it.
        name: Name under which vectors are cached.
        threads: Threads of torch while encoding.

    Raises:
        MissingExtra: sentence-transformers is not installed.
    """

    def __init__(self, folder: Path, name: str, threads: int) -> None:
        if importlib.util.find_spec("sentence_transformers") is None:
            raise MissingExtra("sentence_transformers", "lm", f"The text encoder in {folder}")
        self._folder, self._name, self._threads = folder, name, threads
        self._model: Any = None

    @property
    def name(self) -> str:
        """Name under which vectors are cached."""
        return self._name

    @property
    def dimension(self) -> int:
        """D, the length of a vector."""
        model = self._open()
        named = "get_embedding_dimension"  # until version 5: get_sentence_embedding_dimension
        told = named if hasattr(model, named) else "get_sentence_embedding_dimension"
        return int(getattr(model, told)())

    def encode(self, texts: Sequence[str]) -> Floats:
        """Encode N texts as vectors of length 1 (zeros for an empty text). Shape [N, D]."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        told = [row for row, text in enumerate(texts) if text.strip()]
        if told:
            vectors[told] = self._open().encode(
                [texts[row] for row in told],
                batch_size=BATCH,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        return vectors

    def _open(self) -> Any:  # noqa: ANN401 (a class of an optional package)
        if self._model is None:
            import torch
            from sentence_transformers import SentenceTransformer

            torch.set_num_threads(self._threads)
            self._model = SentenceTransformer(str(self._folder), device="cpu")
        return self._model
