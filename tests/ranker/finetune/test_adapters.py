"""Adapters are kept apart from their base, and go back on the very weights they were trained on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from tests.ranker.finetune.world import shelf_shots, shelf_training

from fewrec.errors import ModelError
from fewrec.ranker.finetune.pretrained import base_model
from fewrec.ranker.finetune.tuning import Tuning
from fewrec.ranker.finetune.two_tower import TwoTower

pytest.importorskip("torch", reason="needs the extra lm")
pytest.importorskip("lightning", reason="needs the extra lm")


def trained(model: Path, mode: str, folder: Path):
    """Fit on seven shots, too few to hold any out, and save the adapter: what was fitted."""
    from fewrec.ranker.finetune.adapters import save_adapter

    tuning = Tuning(
        mode=mode, model=str(model), epochs=3, batch=1, rank=2, layers=1, learning_rate=1e-2
    )
    fitted, found = TwoTower(tuning=tuning).tuned(shelf_shots(7), shelf_training())
    save_adapter(found.encoder.network, base_model(str(model)), folder)
    return fitted, found.encoder


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("bert", "lora"), ("bert", "adalora"), ("bert", "full"), ("bert", "head"), ("gpt2", "lora")],
)
def test_an_adapter_comes_back_on_its_base(tiny_model, tmp_path, kind, mode):
    from fewrec.ranker.finetune.adapters import base_of, load_adapter
    from fewrec.ranker.finetune.encoder import open_encoder

    model, folder = tiny_model(kind), tmp_path / "adapter"
    fitted, encoder = trained(model, mode, folder)
    base = base_model(str(model))
    assert base_of(folder) == str(model)
    tokens = encoder.tokens(shelf_training().texts[:6])
    found = load_adapter(folder, base).vectors(tokens)
    np.testing.assert_allclose(found, encoder.vectors(tokens), atol=1e-5)
    moved = np.abs(found - open_encoder(base).vectors(tokens)).max()
    assert (moved > 1e-5) == (mode != "head")
    kept = sum(file.stat().st_size for file in folder.iterdir())
    assert kept < sum(file.stat().st_size for file in model.glob("*.safetensors"))
    assert np.isfinite(fitted.vectors).all()


def test_other_base_weights_are_refused(tiny_model, tmp_path):
    from fewrec.ranker.finetune.adapters import load_adapter

    model, folder = tiny_model("bert"), tmp_path / "adapter"
    trained(model, "lora", folder)
    copy = shutil.copytree(model, tmp_path / "copy")
    load_adapter(folder, base_model(str(copy)))  # the same weights elsewhere are the same weights
    other = base_model(str(tiny_model("bert", seed=1)))
    wanted = base_model(str(model)).checksum[:12]
    with pytest.raises(ModelError, match=rf"SHA-256 {wanted}.*has {other.checksum[:12]}.*Give the"):
        load_adapter(folder, other)
    weights = copy / "model.safetensors"
    damaged = bytearray(weights.read_bytes())
    damaged[-1] ^= 1
    weights.write_bytes(bytes(damaged))
    with pytest.raises(ModelError, match="fine-tune again"):
        load_adapter(folder, base_model(str(copy)))


def test_a_folder_without_an_adapter_is_named(tiny_model, tmp_path):
    from fewrec.ranker.finetune.adapters import load_adapter

    with pytest.raises(ModelError, match=r"no adapter in .*base\.json is missing"):
        load_adapter(tmp_path, base_model(str(tiny_model("bert"))))


def test_an_adapter_says_what_it_belongs_to(tiny_model, tmp_path):
    model = tiny_model("bert")
    trained(model, "full", tmp_path)
    told = json.loads((tmp_path / "base.json").read_text())
    assert told == {
        "base": str(model),
        "sha256": base_model(str(model)).checksum,
        "pooling": "mean",
        "kind": "weights",
    }


def test_newcomers_are_read_by_the_encoder_that_was_trained(tiny_model):
    """Items that stand after the known ones: their vectors as if they had been known."""
    from dataclasses import replace

    from fewrec.data.features import ItemFeatures

    whole, shots = shelf_training(), shelf_shots(7)
    mine = shots.item < 25
    shots = shots.take(
        mine & (np.array([shots.people.take(np.array([n])).item.max() for n in range(7)]) < 25)
    )
    first = replace(whole, texts=whole.texts[:25], features=ItemFeatures.nothing(25))
    tuning = Tuning(mode="lora", model=str(tiny_model("bert")), batch=1, rank=2, layers=1)
    fitted, found = TwoTower(tuning=tuning).tuned(shots, first)
    grown = fitted.extended(whole)
    wanted = found.encoder.vectors(found.encoder.tokens(whole.texts, longest=tuning.item_tokens))
    np.testing.assert_allclose(grown.vectors, wanted, atol=1e-5)
    np.testing.assert_array_equal(grown.vectors[:25], fitted.vectors)
    assert np.isfinite(grown.logits(shots.people, np.full(len(shots), 29))).all()
