"""Tiny models for the tests of language models; the real one in a few."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.tiny_models import save_model

pytest.importorskip("transformers", reason="needs the extra lm")


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A llama with random weights and a chat template."""
    return save_model(tmp_path_factory.mktemp("tiny") / "llama")
