"""Fitted parts as plain arrays and numbers, so that they can be stored without pickle."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar, cast, get_type_hints

import numpy as np
from scipy import sparse

from fewrec.errors import ModelError

Part = TypeVar("Part")
Arrays = dict[str, np.ndarray]


def pack(part: object) -> tuple[Arrays, dict[str, Any]]:
    """Take a fitted dataclass apart.

    Fields may be NumPy arrays, CSR matrices, numbers, strings, tuples and dicts of these, and
    dataclasses of the same kind, whose fields follow a dot (``crowd.factors``). Fields marked
    ``metadata={"saved": False}`` are left out and must have a default.

    Args:
        part: An instance of a dataclass.

    Returns:
        Arrays by field name (a CSR matrix ``m`` becomes ``m.data``, ``m.indices``, ``m.indptr``
        and ``m.shape``), and all other fields as JSON values.

    Raises:
        ModelError: A field holds something that cannot be stored.
    """
    arrays: Arrays = {}
    plain: dict[str, Any] = {}
    for field in _saved_fields(type(part)):
        value = getattr(part, field.name)
        if sparse.issparse(value):
            matrix = sparse.csr_matrix(value)
            for piece in ("data", "indices", "indptr"):
                arrays[f"{field.name}.{piece}"] = np.ascontiguousarray(getattr(matrix, piece))
            arrays[f"{field.name}.shape"] = np.array(matrix.shape, dtype=np.int64)
        elif dataclasses.is_dataclass(value) and not isinstance(value, type):
            inner, rest = pack(value)
            arrays |= {f"{field.name}.{name}": array for name, array in inner.items()}
            plain |= {f"{field.name}.{name}": piece for name, piece in rest.items()}
        elif isinstance(value, np.ndarray):
            arrays[field.name] = np.ascontiguousarray(value)
        elif _is_plain(value):
            plain[field.name] = value
        else:
            kind = type(value).__name__
            raise ModelError(f"{type(part).__name__}.{field.name} ({kind}) cannot be saved.")
    return arrays, plain


def unpack(kind: type[Part], arrays: Mapping[str, np.ndarray], plain: Mapping[str, Any]) -> Part:
    """Put a fitted dataclass together again from what ``pack`` returned.

    Raises:
        ModelError: A field is missing from both, and is not marked as ``younger`` than files.
    """
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for field in _saved_fields(kind):
        name = field.name
        if name in arrays:
            values[name] = arrays[name]
        elif f"{name}.shape" in arrays:
            pieces = tuple(arrays[f"{name}.{piece}"] for piece in ("data", "indices", "indptr"))
            values[name] = sparse.csr_matrix(pieces, shape=tuple(arrays[f"{name}.shape"]))
        elif name in plain:
            values[name] = _tuples(plain[name])
        elif dataclasses.is_dataclass(hints[name]):
            values[name] = unpack(
                cast("type[Any]", hints[name]), _below(name, arrays), _below(name, plain)
            )
        elif field.metadata.get("younger"):
            values[name] = field.default
        else:
            raise ModelError(f"the saved model has no {kind.__name__}.{name}; fit it again.")
    return kind(**values)


def _below(name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The entries of one field, without its name and the dot."""
    head = f"{name}."
    return {key[len(head) :]: value for key, value in values.items() if key.startswith(head)}


def _saved_fields(kind: type) -> list[dataclasses.Field[Any]]:
    fields = dataclasses.fields(kind)
    return [f for f in fields if f.metadata.get("saved", True)]


def _is_plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(k, str) and _is_plain(v) for k, v in value.items())
    if isinstance(value, tuple | list):
        return all(_is_plain(v) for v in value)
    return value is None or isinstance(value, bool | int | float | str)


def _tuples(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """JSON has lists only; the frozen dataclasses hold tuples."""
    if isinstance(value, list):
        return tuple(_tuples(v) for v in value)
    if isinstance(value, dict):
        return {k: _tuples(v) for k, v in value.items()}
    return value
