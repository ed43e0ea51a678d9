"""Data folders written whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from fewrec.data.dataset import Dataset
from fewrec.data.events import Interactions
from fewrec.data.liked import parse_rule
from fewrec.data.settings import TABLES
from fewrec.data.toy import toy_world
from fewrec.errors import ConfigError


def write_folder(
    target: Path,
    tables: Mapping[str, pl.DataFrame],
    *,
    settings: Mapping[str, Any] | None = None,
    overwrite: bool = False,
) -> dict[str, int]:
    """Write a data folder: everything, or nothing if it fails on the way.

    Args:
        target: The folder; made where it is not there.
        tables: ``interactions``, ``items``, ... with the columns of the data folder. Lists are
            written as JSON.
        settings: Content of fewrec.toml; no file where empty.
        overwrite: Replace what is in the folder.

    Returns:
        Rows of each table.

    Raises:
        ConfigError: The folder holds something and is not to be overwritten, or the target is a
            file.
    """
    check_free(target, overwrite=overwrite)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        for name in TABLES:
            if name in tables:
                _plain(tables[name]).write_csv(draft / f"{name}.csv")
        if settings:
            (draft / "fewrec.toml").write_text(to_toml(settings), encoding="utf-8")
        draft.chmod(0o755)
        put_in_place(draft, target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return {name: frame.height for name, frame in tables.items()}


def check_free(target: Path, *, overwrite: bool = False) -> None:
    """Check that a folder may be written.

    Raises:
        ConfigError: It holds something and is not to be overwritten, or is a file.
    """
    if target.exists() and not target.is_dir():
        raise ConfigError(f"{target} is a file. Give a folder that is empty or not there yet.")
    if target.is_dir() and any(target.iterdir()) and not overwrite:
        raise ConfigError(
            f"{target} is not empty. Give another folder, or allow overwriting (--force)."
        )


def put_in_place(draft: Path, target: Path) -> None:
    """Rename a finished folder to its place; what was there is removed only afterwards."""
    old = None
    if target.exists():
        old = Path(tempfile.mkdtemp(prefix=f".{target.name}.old.", dir=target.parent))
        target.rename(old / target.name)
    draft.rename(target)
    if old is not None:
        shutil.rmtree(old)


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists as JSON, bytes as hexadecimal digits, everything else as it is."""
    frame = frame.with_columns(pl.col(pl.Binary).bin.encode("hex"))
    nested = [name for name, kind in frame.schema.items() if kind.is_nested()]
    texts = []
    for name in nested:
        boxed = frame.select(pl.struct(pl.col(name).alias("v"))).to_series().struct.json_encode()
        texts.append(boxed.str.slice(5).str.strip_suffix("}").replace("null", None).alias(name))
    return frame.with_columns(texts)


def to_toml(settings: Mapping[str, Any]) -> str:
    """Settings as TOML: texts, numbers, lists and tables of these."""
    plain = {k: v for k, v in settings.items() if not isinstance(v, Mapping)}
    lines = [f"{_key(key)} = {_value(value)}" for key, value in plain.items()]
    for name, table in settings.items():
        if isinstance(table, Mapping) and table:
            lines.append(f"\n[{_key(name)}]")
            lines += [f"{_key(key)} = {_value(value)}" for key, value in table.items()]
    return "\n".join(lines).lstrip("\n") + "\n"


def _key(name: str) -> str:
    bare = name.replace("_", "").replace("-", "")
    return name if bare.isascii() and bare.isalnum() else _value(name)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_value(one) for one in value)}]"
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " else f"\\u{ord(c):04x}" for c in escaped) + '"'


def write_dataset(dataset: Dataset, target: Path, *, overwrite: bool = False) -> dict[str, int]:
    """Write a data set as a data folder that reads back as the same data set.

    Where the rows' own values and the liked rule do not give back labels and weights, these are
    written as events whose weights stand in fewrec.toml.

    Args:
        dataset: The data set.
        target: The folder.
        overwrite: Replace what is in the folder.

    Returns:
        Rows of each table.

    Raises:
        ConfigError: The folder holds something and is not to be overwritten.
    """
    tables = {"items": _items(dataset)}
    settings: dict[str, Any] = {"name": dataset.name}
    if len(dataset.interactions):
        tables["interactions"], told = _interactions(dataset.interactions)
        settings |= told
    if len(dataset.people.users):
        tables["users"] = _users(dataset)
        stated = [name for name in tables["users"].columns if name not in ("user", "profile")]
        settings["users"] = {
            name: "list" if tables["users"].schema[name].is_nested() else "category"
            for name in stated
        }
    if dataset.triples:
        tables["graph"] = pl.DataFrame(
            list(dataset.triples), schema=["head", "relation", "tail"], orient="row"
        )
    if dataset.links:
        tables["links"] = pl.DataFrame(
            {"item": list(dataset.links), "entity": list(dataset.links.values())}
        )
    settings["items"] = dict(dataset.catalog.kinds)
    return write_folder(target, tables, settings=settings, overwrite=overwrite)


def _items(dataset: Dataset) -> pl.DataFrame:
    ids = pl.Series("item", dataset.catalog.items.ids, dtype=pl.String)
    return dataset.catalog.table.select(ids, pl.all())


def _interactions(rows: Interactions) -> tuple[pl.DataFrame, dict[str, Any]]:
    """The rows as a table, and the settings that give their labels back."""
    columns = {
        "user": np.array(rows.users.ids, dtype=object)[rows.user],
        "item": np.array(rows.items.ids, dtype=object)[rows.item],
    }
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    if np.isfinite(rows.value).any():
        frame = frame.with_columns(_numbers("value", rows.value))
    told = _rule(rows)
    if told is None:
        told, event = _as_events(rows)
        frame = frame.with_columns(event)
    if np.isfinite(rows.timestamp).any():
        frame = frame.with_columns(_numbers("timestamp", rows.timestamp))
    return frame, told


def _numbers(name: str, values: np.ndarray) -> pl.Series:
    """Numbers, whole ones without a point; missing where NaN."""
    given = pl.Series(name, values.astype(np.float64)).fill_nan(None)
    if bool((given.drop_nulls() % 1 == 0).all()):
        return given.cast(pl.Int64)
    # Values are float32: their shortest text, not that of the nearest double.
    return given if values.dtype == np.float64 else pl.Series(name, values).fill_nan(None)


def _rule(rows: Interactions) -> dict[str, Any] | None:
    """The liked rule, where it alone gives back labels and weights; else None."""
    try:
        rule = parse_rule(rows.rule)
    except ConfigError:
        return None
    if rule.liked or rule.weights or not bool((rows.weight == 1).all()):
        return None
    liked = rule.value.holds(rows.value.astype(np.float64)) if rule.value else rows.label >= 0
    return {"like": rule.words} if bool((liked == (rows.label > 0)).all()) else None


def _as_events(rows: Interactions) -> tuple[dict[str, Any], pl.Series]:
    """An event for each label and weight, and the weights of these events."""
    signed = np.where(rows.label > 0, rows.weight, -rows.weight).astype(np.float64)
    weights = {f"{'like' if w > 0 else 'dislike'}-{abs(w):g}": float(w) for w in np.unique(signed)}
    names = {weight: name for name, weight in weights.items()}
    return {"events": weights}, pl.Series("event", [names[w] for w in signed])


def _users(dataset: Dataset) -> pl.DataFrame:
    """Attributes as columns; a list where somebody has several values in one."""
    people = dataset.people
    columns: dict[str, list[list[str]]] = {}
    for row, said in enumerate(people.attributes):
        for attribute in said:
            name, _, value = attribute.partition("=")
            columns.setdefault(name, [[] for _ in people.users])[row].append(value)
    frame = pl.DataFrame({"user": pl.Series(people.users.ids, dtype=pl.String)})
    if any(people.profile):
        frame = frame.with_columns(pl.Series("profile", people.profile))
    for name, values in columns.items():
        if max(map(len, values)) > 1:
            frame = frame.with_columns(pl.Series(name, values))
        else:
            single = [value[0] if value else None for value in values]
            frame = frame.with_columns(pl.Series(name, single, dtype=pl.String))
    return frame


def write_toy(target: Path, *, users: int = 30, per_shelf: int = 8, seed: int = 0) -> Dataset:
    """Write the toy world as a data folder, and return it. Arguments as in ``toy_world``."""
    dataset = toy_world(users, per_shelf, seed)
    write_dataset(dataset, target)
    return dataset
