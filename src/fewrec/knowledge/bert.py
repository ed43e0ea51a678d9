"""A BERT encoder in NumPy: runs any BERT weights in full precision, without torch.

Devlin et al. 2019, "BERT", with the post-norm layers of Vaswani et al. 2017, section 3.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.special import erf
from threadpoolctl import threadpool_limits

from fewrec.data.arrays import Floats, Ints
from fewrec.errors import ModelError
from fewrec.knowledge.sentence import TokenModel

ACTIVATIONS = ("gelu", "gelu_new", "relu")
MASKED = np.float32(-1e30)

Weights = dict[str, Floats]


@dataclass(frozen=True)
class BertShape:
    """Sizes of a BERT model, from its ``config.json``.

    Attributes:
        dimension: D, the length of a hidden state.
        layers: Number of layers.
        heads: Attention heads in each layer; divides ``dimension``.
        positions: Longest text in tokens.
        epsilon: Added to the variance in layer normalisation.
        activation: Between the two linear maps of the feed-forward part.
    """

    dimension: int
    layers: int
    heads: int
    positions: int
    epsilon: float
    activation: str

    @classmethod
    def read(cls, config: Path) -> BertShape | None:
        """Read a ``config.json``.

        Args:
            config: The file.

        Returns:
            The sizes; None where the file describes another architecture than BERT, or an
            activation or position embedding this code does not have.
        """
        given = json.loads(config.read_text(encoding="utf-8"))
        kind, activation = given.get("model_type"), given.get("hidden_act", "gelu")
        position = given.get("position_embedding_type", "absolute")
        if kind != "bert" or activation not in ACTIVATIONS or position != "absolute":
            return None
        return cls(
            dimension=int(given["hidden_size"]),
            layers=int(given["num_hidden_layers"]),
            heads=int(given["num_attention_heads"]),
            positions=int(given["max_position_embeddings"]),
            epsilon=float(given.get("layer_norm_eps", 1e-12)),
            activation=str(activation),
        )


def bert_model(folder: Path, threads: int) -> TokenModel:
    """Open a folder with BERT weights as a token model.

    Args:
        folder: Holds ``config.json``, and ``model.safetensors`` with the tensor names of a BERT
            checkpoint, ``bert.`` before them or not.
        threads: Threads of a matrix product.

    Returns:
        A function from (token ids [N, T], mask [N, T]) to hidden states [N, T, D].

    Raises:
        ModelError: The config is not that of a BERT, the weights cannot be read, or a tensor is
            missing.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    shape, weights = BertShape.read(folder / "config.json"), folder / "model.safetensors"
    if shape is None:
        raise ModelError(f"{folder}: config.json is not that of a BERT with absolute positions.")
    try:
        loaded = load_file(weights)
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{weights}: these weights cannot be read ({error}).") from error
    tensors = {
        name.removeprefix("bert."): np.asarray(array, dtype=np.float32)
        for name, array in loaded.items()
    }
    missing = sorted(tensor_names(shape) - tensors.keys())
    if missing:
        raise ModelError(f"{weights}: no tensor {missing[0]!r} inside; is this a BERT encoder?")

    def run(ids: Ints, mask: Ints) -> Floats:
        with threadpool_limits(threads, user_api="blas"):
            return _forward(tensors, shape, ids, mask)

    return run


def tensor_names(shape: BertShape) -> set[str]:
    """Names of all tensors a BERT of this shape has."""
    names = {f"embeddings.{kind}_embeddings.weight" for kind in ("word", "position", "token_type")}
    parts = ["embeddings.LayerNorm"]
    for layer in range(shape.layers):
        at = f"encoder.layer.{layer}."
        parts += [at + f"attention.self.{part}" for part in ("query", "key", "value")]
        parts += [at + f"{part}.dense" for part in ("attention.output", "intermediate", "output")]
        parts += [at + f"{part}.LayerNorm" for part in ("attention.output", "output")]
    return names | {f"{part}.{what}" for part in parts for what in ("weight", "bias")}


def _forward(w: Weights, shape: BertShape, ids: Ints, mask: Ints) -> Floats:
    """Token ids and mask [N, T] to hidden states [N, T, D]."""
    x = (
        w["embeddings.word_embeddings.weight"][ids]
        + w["embeddings.position_embeddings.weight"][: ids.shape[1]]
        + w["embeddings.token_type_embeddings.weight"][0]
    )
    x = _normed(w, "embeddings.LayerNorm", x, shape.epsilon)
    hidden = np.where(mask, np.float32(0), MASKED)[:, None, None, :]
    for layer in range(shape.layers):
        x = _layer(w, f"encoder.layer.{layer}.", shape, x, hidden)
    return x


def _layer(w: Weights, at: str, shape: BertShape, x: Floats, hidden: Floats) -> Floats:
    """One layer. ``x``: [N, T, D]; ``hidden``: added to attention logits, [N, 1, 1, T]."""
    q, k, v = (
        _split(_linear(w, at + f"attention.self.{part}", x), shape.heads)
        for part in ("query", "key", "value")
    )
    # softmax(q k' / sqrt(d)) v, with d = D / heads; Vaswani et al., equation 1
    weight = _softmax(q @ k.swapaxes(-1, -2) / np.float32(np.sqrt(q.shape[-1])) + hidden)
    attended = (weight @ v).swapaxes(1, 2).reshape(x.shape)
    x = x + _linear(w, at + "attention.output.dense", attended)
    x = _normed(w, at + "attention.output.LayerNorm", x, shape.epsilon)
    # W2 f(W1 x); Vaswani et al., equation 2, with f as the config says
    inner = _activated(_linear(w, at + "intermediate.dense", x), shape.activation)
    x = x + _linear(w, at + "output.dense", inner)
    return _normed(w, at + "output.LayerNorm", x, shape.epsilon)


def _linear(w: Weights, name: str, x: Floats) -> Floats:
    flat = x.reshape(-1, x.shape[-1]) @ w[f"{name}.weight"].T
    flat += w[f"{name}.bias"]
    mapped: Floats = flat.reshape(*x.shape[:-1], -1)
    return mapped


def _split(x: Floats, heads: int) -> Floats:
    """[N, T, D] to [N, heads, T, D / heads]."""
    parts: Floats = x.reshape(*x.shape[:2], heads, -1).swapaxes(1, 2)
    return parts


def _normed(w: Weights, name: str, x: Floats, epsilon: float) -> Floats:
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = (centred * centred).mean(axis=-1, keepdims=True)
    scaled = centred / np.sqrt(variance + np.float32(epsilon))
    normed: Floats = scaled * w[f"{name}.weight"] + w[f"{name}.bias"]
    return normed


def _softmax(logits: Floats) -> Floats:
    shares: Floats = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    return shares


def _activated(x: Floats, activation: str) -> Floats:
    if activation == "relu":
        return np.maximum(x, 0)
    if activation == "gelu_new":
        inner = np.float32(np.sqrt(2 / np.pi)) * (x + np.float32(0.044715) * x**3)
        tanh: Floats = np.float32(0.5) * x * (1 + np.tanh(inner))
        return tanh
    gelu: Floats = np.float32(0.5) * x * (1 + erf(x * np.float32(np.sqrt(0.5))))
    return gelu
