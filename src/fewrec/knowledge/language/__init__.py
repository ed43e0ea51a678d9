"""Causal language models by name: pinned, from a folder, a GGUF file or the hub."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from fewrec.assets import ASSETS
from fewrec.errors import ConfigError
from fewrec.knowledge.language.causal import CausalModel
from fewrec.knowledge.language.extra import needs_extra
from fewrec.knowledge.language.opening import DEFAULT, Precision, model_folder

__all__ = ["DEFAULT", "CausalModel", "language_model"]


def language_model(
    name: str = DEFAULT, *, precision: Precision = "fp32", threads: int = 1
) -> CausalModel:
    """Find a causal language model; its weights are loaded at the first question.

    Args:
        name: ``smollm2-135m-instruct`` (English, 135 million weights), a folder as transformers
            saves it, a GGUF file, or an id on the Hugging Face hub.
        precision: Of weights and sums; ``bf16`` is faster on processors that have it.
        threads: Threads of torch, at least 1.

    Raises:
        ConfigError: Fewer than one thread, or an unknown precision.
        AssetError: There is no such model, or it cannot be had.
        MissingExtra: The extra ``lm`` is not installed.
    """
    if threads < 1:
        raise ConfigError(f"language_model: threads must be at least 1, not {threads}.")
    if precision not in ("fp32", "bf16"):
        raise ConfigError(f"language_model: precision must be 'fp32' or 'bf16', not {precision!r}.")
    needs_extra()
    folder = model_folder(name)
    label = name if name in ASSETS else Path(name).name
    return _shared(folder, label, precision, threads)


@lru_cache(maxsize=2)
def _shared(folder: Path, label: str, precision: Precision, threads: int) -> CausalModel:
    """One model in memory, however many rankers use it."""
    return CausalModel(folder, label, precision=precision, threads=threads)
