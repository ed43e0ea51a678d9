"""Vectors of all nodes of a graph, layer by layer, from all of their neighbours."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from fewrec.data.arrays import Floats
from fewrec.knowledge.gnn.messages import Messages
from fewrec.knowledge.gnn.network import Network
from fewrec.knowledge.gnn.nodes import Nodes, to_device

CHUNK = 200_000
"""Messages computed at once."""


def all_vectors(network: Network, messages: Messages, nodes: Nodes, device: str) -> Floats:
    """Vectors of the M nodes, each of length 1.

    Every neighbour counts, so nothing is drawn: the answer is the same each time.

    Returns:
        Shape [M, D].
    """
    network.eval()
    with torch.no_grad():
        parts = np.array_split(np.arange(len(messages)), max(1, len(messages) // CHUNK))
        found = torch.cat([network.first(*nodes.first(part, device)) for part in parts])
        for layer in range(len(network.layers)):
            found = _layer(network, layer, messages, found)
        found = torch.nn.functional.normalize(found, dim=1)
    vectors: Floats = found.cpu().numpy()
    return vectors


def _layer(network: Network, layer: int, messages: Messages, vectors: Tensor) -> Tensor:
    """New vectors of all nodes, a block of neighbours at a time. Shape [M, D]."""
    total = int(messages.start[-1])
    edges = np.searchsorted(messages.start, np.arange(CHUNK, total, CHUNK))
    bounds = np.unique(np.concatenate([[0], edges, [len(messages)]]))
    found = []
    for low, high in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        at = slice(int(messages.start[low]), int(messages.start[high]))
        degree = np.diff(messages.start[low : high + 1])
        senders, place = np.unique(messages.source[at], return_inverse=True)
        # targets first, as a layer wants them; senders after them
        local = torch.cat([vectors[low:high], vectors[torch.from_numpy(senders)]])
        arrays = (
            place + (high - low),
            np.repeat(np.arange(high - low), degree),
            messages.step[at],
        )
        parts = to_device(arrays, str(vectors.device))
        found.append(network.pass_on(layer, local, parts, high - low))
    return torch.cat(found)
