"""A trained network as a folder: safetensors and a manifest."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from fewrec.data.exchange import check_place, exchanged
from fewrec.errors import ModelError
from fewrec.knowledge.gnn.settings import GraphNetwork
from fewrec.knowledge.graph.names import Index

if TYPE_CHECKING:
    from fewrec.knowledge.gnn.entities import FittedNetwork

SCHEMA = 1
_WEIGHT = "weight/"


def save_network(fitted: FittedNetwork, folder: Path) -> None:
    """Write the network and its vectors; an older one in its place is exchanged in one step."""
    what = "graph network"
    check_place(folder, what)
    manifest = {
        "schema": SCHEMA,
        "kind": what,
        "settings": fitted.settings.to_dict(),
        "relations": list(fitted.relations),
        "text": fitted.text,
        "unread": list(fitted.unread),
    }
    arrays = {_WEIGHT + name: np.ascontiguousarray(p) for name, p in fitted.weights.items()}
    arrays |= {
        "vectors": np.ascontiguousarray(fitted.vectors),
        "hashes": np.ascontiguousarray(fitted.index.hashes),
        "rows": np.ascontiguousarray(fitted.index.rows),
    }
    with exchanged(folder, what) as draft:
        save_file(arrays, draft / "arrays.safetensors")
        text = json.dumps(manifest, ensure_ascii=False, indent=1)
        (draft / "manifest.json").write_text(text, encoding="utf-8")


def load_network(folder: Path) -> FittedNetwork:
    """Read what ``save_network`` wrote.

    Raises:
        ModelError: There is none, part of it is missing, or another version wrote it.
    """
    from fewrec.knowledge.gnn.entities import FittedNetwork

    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if manifest["schema"] != SCHEMA:
            raise ModelError(
                f"{folder} was written with schema {manifest['schema']}, this version reads "
                f"schema {SCHEMA}. Train the network again."
            )
        arrays = load_file(folder / "arrays.safetensors")
        settings = manifest["settings"]
        return FittedNetwork(
            vectors=arrays["vectors"],
            settings=replace(GraphNetwork(**settings), fan_out=tuple(settings["fan_out"])),
            relations=tuple(manifest["relations"]),
            index=Index(arrays["hashes"], arrays["rows"]),
            text=manifest["text"],
            weights={
                name.removeprefix(_WEIGHT): array
                for name, array in arrays.items()
                if name.startswith(_WEIGHT)
            },
            unread=tuple(manifest["unread"]),
        )
    except (OSError, KeyError, TypeError, ValueError, SafetensorError) as error:
        raise ModelError(
            f"the graph network in {folder} is missing or damaged ({error}). Train it again."
        ) from error
