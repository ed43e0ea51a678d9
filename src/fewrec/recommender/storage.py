"""A model as a folder: safetensors, parquet and JSON, exchanged for the old one all at once."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from fewrec.data.catalog import Catalog
from fewrec.data.circumstances import Circumstances, coded
from fewrec.data.events import ROWS, Interactions
from fewrec.data.exchange import TRIES, check_place, exchanged
from fewrec.data.features import ItemFeatures
from fewrec.data.ids import IdMap
from fewrec.data.people import People
from fewrec.errors import DataError, ModelError
from fewrec.knowledge.features import FeatureSpec
from fewrec.knowledge.gnn import FittedNetwork
from fewrec.knowledge.paths import PathFinder
from fewrec.protocols import FittedRanker
from fewrec.ranker.baselines import FittedPopularity
from fewrec.ranker.circle import FittedCircle
from fewrec.ranker.content import FittedAttributeKNN, FittedTextKNN
from fewrec.ranker.feature_map import FittedFeatureMap
from fewrec.ranker.following import FittedFollowing
from fewrec.ranker.funnel.from_steps import (
    FittedStepsIALS,
    FittedStepsKNN,
    FittedStepsPopularity,
)
from fewrec.ranker.funnel.own_steps import FittedOwnSteps
from fewrec.ranker.fusion import FittedFusion
from fewrec.ranker.graphs import FittedGraphKNN
from fewrec.ranker.groups import FittedGroups
from fewrec.ranker.ials import FittedIALS
from fewrec.ranker.item_item import FittedItemItem
from fewrec.ranker.later import FittedLater
from fewrec.ranker.prior import FittedItemPrior
from fewrec.ranker.profile import FittedProfile
from fewrec.ranker.residuals import FittedResidualKNN
from fewrec.ranker.rule_expert import FittedRules
from fewrec.ranker.saving import pack, unpack
from fewrec.ranker.sequence.chain import FittedVisitChain
from fewrec.ranker.sequence.company import FittedCompany
from fewrec.ranker.sequence.moment import FittedMoment
from fewrec.ranker.sequence.present import Present
from fewrec.ranker.text_metric import FittedTextMetric
from fewrec.recommender.knowledge import Known
from fewrec.recommender.manifest import SCHEMA, Manifest
from fewrec.recommender.variety import Variety

FITTED: dict[str, type[FittedRanker]] = {
    "popularity": FittedPopularity,
    "reach": FittedPopularity,
    "item-prior": FittedItemPrior,
    "groups": FittedGroups,
    "circle": FittedCircle,
    "text-knn": FittedTextKNN,
    "tuned-text": FittedTextMetric,
    "graph-knn": FittedGraphKNN,
    "attribute-knn": FittedAttributeKNN,
    "item-knn": FittedItemItem,
    "exposure-knn": FittedItemItem,
    "ease": FittedItemItem,
    "exposure-ease": FittedItemItem,
    "residual-knn": FittedResidualKNN,
    "ials": FittedIALS,
    "feature-map": FittedFeatureMap,
    "profile": FittedProfile,
    "rules": FittedRules,
    "next-item": FittedFollowing,
    "own-steps": FittedOwnSteps,
    "steps-knn": FittedStepsKNN,
    "steps-ials": FittedStepsIALS,
    "steps-popularity": FittedStepsPopularity,
    "visit-chain": FittedVisitChain,
    "visit-knn": FittedCompany,
    "visit-taste": FittedCompany,
    "moment": FittedMoment,
}
"""Type of each fitted expert."""

Loaded = tuple[
    Manifest, Known, FittedFusion, Variety, FeatureSpec, PathFinder | None, FittedNetwork | None
]


def write_model(
    folder: Path,
    manifest: Manifest,
    known: Known,
    fusion: FittedFusion,
    variety: Variety,
    spec: FeatureSpec,
    paths: PathFinder | None = None,
    network: FittedNetwork | None = None,
    extra_files: Mapping[str, str] | None = None,
) -> None:
    """Write a model folder; an older model in its place is exchanged in one step.

    Args:
        folder: Where; its parent is made on need.
        manifest: What was fitted.
        known: Data and features.
        fusion: The ranker.
        variety: The diversity knob.
        spec: How features are made.
        paths: The graph that reasons walk; None without one.
        network: Of the graph; None without one.
        extra_files: Further text files by name.

    Raises:
        ModelError: The folder holds something else, or cannot be written (a full disk); what
            was there stays.
    """
    check_place(folder)
    with exchanged(folder) as draft:
        arrays, plain = _taken_apart(known, fusion, variety)
        _write_tables(known, draft)
        text = {**manifest.to_dict(), "plain": plain, "spec": spec.to_dict()}
        settled = draft / "manifest.json"
        settled.write_text(json.dumps(text, ensure_ascii=False, indent=1), encoding="utf-8")
        save_file(arrays, draft / "arrays.safetensors")
        os.chmod(draft / "arrays.safetensors", settled.stat().st_mode)
        if paths is not None:
            paths.save(draft / "paths")
        if network is not None:
            network.save(draft / "network")
        for name, content in (extra_files or {}).items():
            (draft / name).write_text(content, encoding="utf-8")


def _taken_apart(
    known: Known, fusion: FittedFusion, variety: Variety
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """All arrays by a dotted name, and all other fields by part."""
    parts: dict[str, object] = {
        "features": known.features,
        "variety": variety,
        "fusion": replace(fusion, experts={}),
        **{f"expert.{name}": expert for name, expert in fusion.experts.items()},
    }
    if fusion.present is not None:
        parts["present"] = replace(fusion.present, experts={})
        parts |= {f"visit.{name}": expert for name, expert in fusion.present.experts.items()}
    if fusion.later is not None:
        parts["later"] = fusion.later
    arrays: dict[str, np.ndarray] = {}
    plain: dict[str, Any] = {"fitted_rows": known.fitted_rows}
    for name, part in parts.items():
        mine, rest = pack(part)
        arrays |= {f"{name}/{key}": array for key, array in mine.items()}
        plain[name] = rest
    return arrays, plain


def _write_tables(known: Known, draft: Path) -> None:
    rows, catalog, people = known.interactions, known.catalog, known.people
    ids = pl.Series("item", list(catalog.items), dtype=pl.String)
    named = catalog.table.rename({name: f"column.{name}" for name in catalog.table.columns})
    items = named.with_columns(ids) if named.width else pl.DataFrame([ids])
    items.write_parquet(draft / "items.parquet")
    pl.DataFrame(
        {
            "user": list(people.users),
            "attributes": [list(a) for a in people.attributes],
            "profile": list(people.profile),
        },
        schema={"user": pl.String, "attributes": pl.List(pl.String), "profile": pl.String},
    ).write_parquet(draft / "users.parquet")
    _frame(rows).write_parquet(draft / "interactions.parquet")
    if rows.steps is not None:
        _frame(rows.steps).write_parquet(draft / "steps.parquet")
    kinds = {"kinds": catalog.kinds, "bins": people.bins, "negatives": rows.has_negatives}
    (draft / "tables.json").write_text(json.dumps(kinds, ensure_ascii=False))


def _frame(rows: Interactions) -> pl.DataFrame:
    """Rows as a table, with their circumstances where there are any."""
    told: dict[str, Any] = {name: getattr(rows, name) for name in ROWS}
    if rows.around is not None:
        words = [list(rows.around.words(row)) for row in range(len(rows))]
        told["visit"] = rows.around.visit
        told["said"] = pl.Series(words, dtype=pl.List(pl.String))
    return pl.DataFrame(told)


def _rows(
    frame: pl.DataFrame, users: IdMap, items: IdMap, rule: str, negatives: bool
) -> Interactions:
    """The rows of such a table."""
    columns: dict[str, Any] = {name: frame[name].to_numpy().copy() for name in ROWS}
    around = None
    if "visit" in frame.columns:
        said, names = coded(frame["said"].to_list())
        around = Circumstances(frame["visit"].to_numpy().copy(), said, names)
    return Interactions(
        users=users, items=items, rule=rule, has_negatives=negatives, around=around, **columns
    )


def read_model(folder: Path) -> Loaded:
    """Read a model folder, also while another process exchanges it.

    Raises:
        ModelError: There is no model, part of it is missing, or another version wrote it.
    """
    for _ in range(TRIES):
        before = _identity(folder)
        try:
            loaded, fault = _read(folder), None
        except ModelError as error:
            loaded, fault = None, error
        if _identity(folder) == before:
            break
    if loaded is None:
        raise fault or ModelError(f"{folder} changes faster than it can be read.")
    return loaded


def _identity(folder: Path) -> tuple[int, int, int] | None:
    """Tells one folder from another that took its place; None where there is none."""
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns


def _read(folder: Path) -> Loaded:
    file = folder / "manifest.json"
    if not file.is_file():
        raise ModelError(f"there is no model in {folder}. `fewrec fit DIR -o {folder}` makes one.")
    try:
        text = json.loads(file.read_text(encoding="utf-8"))
        _check_schema(folder, text)
        plain, spec = text.pop("plain"), FeatureSpec.from_dict(text.pop("spec"))
        arrays = load_file(folder / "arrays.safetensors")
        known = _read_tables(folder, arrays, plain, text["liked"])
        fusion = _put_together(arrays, plain)
        variety = unpack(Variety, _of("variety", arrays), plain["variety"])
        there, items = folder / "paths", known.catalog.items.ids
        paths = PathFinder.open(there, items) if there.exists() else None
        learned = folder / "network"
        network = FittedNetwork.load(learned) if learned.exists() else None
        return Manifest.from_dict(text), known, fusion, variety, spec, paths, network
    except READING as error:
        raise ModelError(
            f"the model in {folder} is incomplete or damaged ({error}). Fit it again."
        ) from error


READING = (
    DataError,
    OSError,
    KeyError,
    TypeError,
    ValueError,
    SafetensorError,
    pl.exceptions.PolarsError,
)
"""What reading a damaged model may raise."""


def _check_schema(folder: Path, text: object) -> None:
    if not isinstance(text, dict) or "plain" not in text or "schema" not in text:
        raise ModelError(f"{folder} holds a manifest.json that is not of a model.")
    if text["schema"] != SCHEMA:
        raise ModelError(
            f"{folder} was written with schema {text['schema']}, this version reads "
            f"schema {SCHEMA}. Fit the model again."
        )


def _of(part: str, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    head = f"{part}/"
    return {key[len(head) :]: array for key, array in arrays.items() if key.startswith(head)}


def _put_together(arrays: Mapping[str, np.ndarray], plain: Mapping[str, Any]) -> FittedFusion:
    fusion = unpack(FittedFusion, _of("fusion", arrays), plain["fusion"])
    present = None
    if "present" in plain:
        present = unpack(Present, _of("present", arrays), plain["present"])
        present = replace(present, experts=_experts("visit.", arrays, plain))
    later = None
    if "later" in plain:
        later = unpack(FittedLater, _of("later", arrays), plain["later"])
    experts = _experts("expert.", arrays, plain)
    return replace(fusion, experts=experts, present=present, later=later)


def _experts(
    kind: str, arrays: Mapping[str, np.ndarray], plain: Mapping[str, Any]
) -> dict[str, FittedRanker]:
    """Fitted rankers whose parts begin with a kind."""
    return {
        name.removeprefix(kind): unpack(FITTED[name.removeprefix(kind)], _of(name, arrays), rest)
        for name, rest in plain.items()
        if name.startswith(kind)
    }


def _read_tables(
    folder: Path, arrays: Mapping[str, np.ndarray], plain: Mapping[str, Any], rule: str
) -> Known:
    kinds = json.loads((folder / "tables.json").read_text())
    items = pl.read_parquet(folder / "items.parquet")
    users = pl.read_parquet(folder / "users.parquet")
    rows = pl.read_parquet(folder / "interactions.parquet")
    ids, people = IdMap(tuple(items["item"])), IdMap(tuple(users["user"]))
    table = items.drop("item")
    table = table.rename({name: name.removeprefix("column.") for name in table.columns})
    catalog = Catalog(ids, table if table.width else pl.DataFrame(height=len(ids)), kinds["kinds"])
    known = _rows(rows, people, ids, rule, kinds["negatives"])
    if (folder / "steps.parquet").is_file():
        steps = pl.read_parquet(folder / "steps.parquet")
        known = replace(known, steps=_rows(steps, people, ids, rule, False))
    return Known(
        interactions=known,
        catalog=catalog,
        people=People(
            people,
            tuple(tuple(a) for a in users["attributes"]),
            tuple(users["profile"]),
            {name: tuple(edges) for name, edges in kinds["bins"].items()},
        ),
        features=unpack(ItemFeatures, _of("features", arrays), plain["features"]),
        fitted_rows=plain["fitted_rows"],
    )
