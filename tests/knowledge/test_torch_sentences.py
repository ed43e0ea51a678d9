"""Architectures that only torch runs: the real code path on a tiny model with random weights."""

import numpy as np
import pytest

from fewrec.assets import locate
from fewrec.knowledge.text import text_encoder

pytest.importorskip("sentence_transformers", reason="needs the extra lm")
transformers = pytest.importorskip("transformers", reason="needs the extra lm")


def test_another_architecture_runs_with_the_extra(tmp_path):
    folder = tmp_path / "distil"
    config = transformers.DistilBertConfig(dim=32, n_layers=2, n_heads=2, hidden_dim=64)
    transformers.DistilBertModel(config).save_pretrained(folder)
    minilm = locate("all-minilm-l6-v2", progress=False)
    transformers.AutoTokenizer.from_pretrained(minilm).save_pretrained(folder)
    encoder = text_encoder(str(folder), cache=tmp_path / "cache")
    vectors = encoder.encode(["a film", "another film", "", "a film"])
    assert encoder.dimension == 32
    assert encoder.name.startswith("distil-")
    assert np.linalg.norm(vectors, axis=1).round(4).tolist() == [1, 1, 0, 1]
    assert np.allclose(vectors[0], vectors[3], atol=1e-5)
