"""Text encoders for tests: the pinned model as a folder, and a tiny BERT with random weights."""

import json

import numpy as np
import pytest
from safetensors.numpy import save_file

from fewrec.assets import locate
from fewrec.knowledge.bert import BertShape, tensor_names
from fewrec.seeding import generator

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"a the space robot love wedding film story".split()]


@pytest.fixture(scope="session")
def minilm_folder(tmp_path_factory):
    """The pinned model laid out as a stranger's folder: ONNX graph, weights, tokenizer."""
    folder = tmp_path_factory.mktemp("models") / "minilm"
    folder.mkdir()
    for file in locate("all-minilm-l6-v2", progress=False).iterdir():
        (folder / file.name).symlink_to(file)
    (folder / "model.onnx").symlink_to(locate("all-minilm-l6-v2-int8", progress=False))
    return folder


@pytest.fixture
def tiny_bert(tmp_path):
    """A function that writes a BERT of two layers with random weights into a folder."""

    def write(name="tiny", prefix="", **config):
        from tokenizers import Tokenizer, models, pre_tokenizers, processors

        folder = tmp_path / name
        folder.mkdir()
        tokenizer = Tokenizer(
            models.WordLevel({word: n for n, word in enumerate(WORDS)}, unk_token="[UNK]")
        )
        tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
        tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
        tokenizer.save(str(folder / "tokenizer.json"))
        sizes = {
            "model_type": "bert",
            "hidden_size": 16,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "intermediate_size": 32,
            "max_position_embeddings": 12,
            "vocab_size": len(WORDS),
            **config,
        }
        (folder / "config.json").write_text(json.dumps(sizes), encoding="utf-8")
        shape = BertShape.read(folder / "config.json")
        if shape is not None:
            random = generator(0, "tiny bert")
            tensors = {
                prefix + tensor: random.normal(0, 0.3, _size(tensor, sizes)).astype(np.float32)
                for tensor in tensor_names(shape)
            }
            save_file(tensors, folder / "model.safetensors")
        else:
            save_file({"x": np.zeros(1, dtype=np.float32)}, folder / "model.safetensors")
        return folder

    return write


def _size(tensor, sizes):
    """Shape of a tensor of a BERT checkpoint."""
    wide, inner = sizes["hidden_size"], sizes["intermediate_size"]
    first = {"word": sizes["vocab_size"], "position": sizes["max_position_embeddings"]}
    if tensor.startswith("embeddings.") and "LayerNorm" not in tensor:
        return first.get(tensor.split(".")[1].split("_")[0], 2), wide
    out = inner if ".intermediate." in tensor else wide
    back = inner if tensor.endswith("output.dense.weight") and "attention" not in tensor else wide
    return (
        (out, back)
        if tensor.endswith("dense.weight") or (".self." in tensor and "weight" in tensor)
        else (out,)
    )
