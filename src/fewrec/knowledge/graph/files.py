"""A graph's folder: numpy arrays, names and a manifest; read by mapping, written whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fewrec.data.exchange import check_place, exchanged
from fewrec.errors import DataError
from fewrec.knowledge.graph.names import Index, Names

if TYPE_CHECKING:
    from fewrec.knowledge.graph.store import Graph

SCHEMA = 1
KIND = "fewrec graph"
MANIFEST = "manifest.json"
WHAT = "graph"
ARRAYS = (
    *("names", "names-start", "index-hashes", "index-rows"),
    *("outgoing-start", "outgoing-other", "outgoing-relation"),
    *("incoming-start", "incoming-other", "incoming-relation"),
)
"""Files (``.npy``) of a graph's folder."""


def read_graph(folder: Path) -> Graph:
    """Open a graph's folder; see ``Graph.open``."""
    from fewrec.knowledge.graph.store import Adjacency, Graph

    told = _manifest(folder)
    arrays = {name: _array(folder / f"{name}.npy") for name in ARRAYS}
    _check(folder, told, arrays)
    index = Index(arrays["index-hashes"], arrays["index-rows"])
    sides = (
        Adjacency(*(arrays[f"{side}-{part}"] for part in ("start", "other", "relation")))
        for side in ("outgoing", "incoming")
    )
    names = Names(arrays["names"], arrays["names-start"], index)
    return Graph(names, tuple(told["relations"]), *sides)


def save_graph(graph: Graph, folder: Path) -> None:
    """Write a graph's folder; see ``Graph.save``."""
    with graph_draft(folder) as draft:
        save_names(graph.entities, draft)
        for side, edges in (("outgoing", graph.outgoing), ("incoming", graph.incoming)):
            np.save(draft / f"{side}-start.npy", edges.start)
            np.save(draft / f"{side}-other.npy", edges.other)
            np.save(draft / f"{side}-relation.npy", edges.relation)
        save_manifest(draft, len(graph), graph.relations, graph.edges)


def graph_draft(folder: Path) -> Any:  # noqa: ANN401 - a context manager of contextlib
    """A folder beside the graph's that takes its place at the end, or vanishes on any error.

    Raises:
        DataError: The folder is a file, holds files that are no graph, or cannot be written.
    """
    check_place(folder, WHAT, DataError)
    if (folder / MANIFEST).exists() and _told(folder).get("kind") != KIND:
        raise DataError(f"{folder} holds something else than a graph", fix="Name a new folder.")
    return exchanged(folder, WHAT, DataError)


def save_names(names: Names, folder: Path) -> None:
    """Write names and their index into a draft."""
    np.save(folder / "names.npy", names.blob)
    np.save(folder / "names-start.npy", names.start)
    np.save(folder / "index-hashes.npy", names.index.hashes)
    np.save(folder / "index-rows.npy", names.index.rows)


def new_array(file: Path, size: int, kind: type[np.generic]) -> np.ndarray:
    """A file for ``size`` numbers that is filled part by part; written as they come."""
    if not size:
        np.save(file, np.zeros(0, dtype=kind))
        return np.zeros(0, dtype=kind)
    made: np.ndarray = np.lib.format.open_memmap(file, mode="w+", dtype=kind, shape=(size,))
    return made


def save_manifest(folder: Path, entities: int, relations: tuple[str, ...], edges: int) -> None:
    """Write what the folder holds into a draft."""
    told = {
        "schema": SCHEMA,
        "kind": KIND,
        "entities": entities,
        "relations": list(relations),
        "edges": edges,
    }
    text = json.dumps(told, ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def _manifest(folder: Path) -> Mapping[str, Any]:
    if not (folder / MANIFEST).is_file():
        raise DataError("there is no graph here", file=folder, fix="Check the folder's name.")
    told = _told(folder)
    if told.get("kind") != KIND or not isinstance(told.get("relations"), list):
        raise DataError("this is no graph's manifest", file=folder / MANIFEST, fix=_AGAIN)
    if told.get("schema") != SCHEMA:
        raise DataError(
            f"the graph is of version {told.get('schema')!r}, this one reads {SCHEMA}",
            file=folder,
            fix=_AGAIN,
        )
    return told


def _told(folder: Path) -> Mapping[str, Any]:
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(
            f"the manifest cannot be read ({error})", file=folder / MANIFEST, fix=_AGAIN
        ) from error
    return told if isinstance(told, dict) else {}


def _array(file: Path) -> np.ndarray:
    try:
        with file.open("rb") as stream:
            np.lib.format.read_magic(stream)
            shape, _, _ = np.lib.format.read_array_header_1_0(stream)
        empty = 0 in shape  # an empty file part cannot be mapped
        found: np.ndarray = np.load(file, mmap_mode=None if empty else "r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(f"this part of a graph cannot be read ({error})", file=file) from error
    return found


def _check(folder: Path, told: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
    """Compare the arrays' sizes with each other and the manifest."""
    entities, edges = told.get("entities"), told.get("edges")
    wanted: dict[str, tuple[object, ...]] = {
        "names-start": (_more(entities),),
        "index-hashes": (entities, 2),
        "index-rows": (entities,),
    }
    for side in ("outgoing", "incoming"):
        wanted[f"{side}-start"] = (_more(entities),)
        wanted[f"{side}-other"] = wanted[f"{side}-relation"] = (edges,)
    for name, shape in wanted.items():
        if arrays[name].shape != shape:
            raise DataError(
                f"this part of the graph has the shape {arrays[name].shape}, not {shape}",
                file=folder / f"{name}.npy",
                fix=_AGAIN,
            )
    ends = {"names": len(arrays["names"]), "outgoing": edges, "incoming": edges}
    for name, end in ends.items():
        if int(arrays[f"{name}-start"][-1]) != end:
            raise DataError("offsets do not end at the end", file=folder / f"{name}-start.npy")


def _more(count: object) -> object:
    return count + 1 if isinstance(count, int) else None


_AGAIN = "Build or import the graph again."
