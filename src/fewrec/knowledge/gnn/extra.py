"""The extra ``graph``: whether torch and torch-geometric are there."""

from __future__ import annotations

import importlib.util

from fewrec.errors import MissingExtra


def needs_graph(purpose: str = "A graph neural network") -> None:
    """Raise MissingExtra where a package of the extra is not installed.

    Args:
        purpose: What it is needed for.

    Raises:
        MissingExtra: The first that is missing.
    """
    for package in ("torch", "torch_geometric"):
        if importlib.util.find_spec(package) is None:
            raise MissingExtra(package, "graph", purpose)
