"""torch-geometric, opened in one place, without what it warns of."""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    # some of its modules, none of those used here, are compiled as TorchScript
    warnings.filterwarnings("ignore", message=".*torch.jit.*", category=DeprecationWarning)
    from torch_geometric.nn import MessagePassing
    from torch_geometric.nn.kge import ComplEx
    from torch_geometric.utils import softmax

__all__ = ["ComplEx", "MessagePassing", "softmax"]
