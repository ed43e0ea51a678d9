"""torch-geometric, opened in one place: whether it is there, and without what it warns of."""

from __future__ import annotations

import importlib.util
import warnings

from fewrec.errors import MissingExtra

for _package, _name in (("torch", "torch"), ("torch_geometric", "torch-geometric")):
    if importlib.util.find_spec(_package) is None:
        raise MissingExtra(_name, "graph", "A graph neural network")

with warnings.catch_warnings():
    # some of its modules, none of those used here, are compiled as TorchScript
    warnings.filterwarnings("ignore", message=".*torch.jit.*", category=DeprecationWarning)
    from torch_geometric.nn import MessagePassing
    from torch_geometric.utils import softmax

__all__ = ["MessagePassing", "softmax"]
