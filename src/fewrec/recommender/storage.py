"""A model as a folder: safetensors, parquet and JSON, exchanged for the old one all at once."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from fewrec.data.catalog import Catalog
from fewrec.data.dataset import Dataset
from fewrec.data.events import Interactions
from fewrec.data.features import ItemFeatures
from fewrec.data.ids import IdMap
from fewrec.data.people import People
from fewrec.errors import ModelError
from fewrec.knowledge.features import FeatureSpec
from fewrec.protocols import FittedRanker
from fewrec.ranker.baselines import FittedPopularity
from fewrec.ranker.content import FittedAttributeKNN, FittedTextKNN
from fewrec.ranker.feature_map import FittedFeatureMap
from fewrec.ranker.fusion import FittedFusion
from fewrec.ranker.groups import FittedGroups
from fewrec.ranker.ials import FittedIALS
from fewrec.ranker.item_item import FittedItemItem, FittedResidualEASE
from fewrec.ranker.prior import FittedItemPrior
from fewrec.ranker.profile import FittedProfile
from fewrec.ranker.saving import pack, unpack
from fewrec.recommender.knowledge import Known
from fewrec.recommender.variety import Variety

SCHEMA = 1
"""Version of the folder's layout."""

FITTED: dict[str, type[FittedRanker]] = {
    "popularity": FittedPopularity,
    "item-prior": FittedItemPrior,
    "groups": FittedGroups,
    "text-knn": FittedTextKNN,
    "attribute-knn": FittedAttributeKNN,
    "item-knn": FittedItemItem,
    "exposure-knn": FittedItemItem,
    "ease": FittedItemItem,
    "exposure-ease": FittedItemItem,
    "residual-ease": FittedResidualEASE,
    "ials": FittedIALS,
    "feature-map": FittedFeatureMap,
    "profile": FittedProfile,
}
"""Type of each fitted expert."""

Loaded = tuple["Manifest", Known, FittedFusion, Variety, FeatureSpec]


@dataclass(frozen=True)
class Manifest:
    """What was fitted on what.

    Attributes:
        data: Name of the data set.
        fingerprint: Of its content.
        seed: Of the fit.
        encoder: Text encoder asked for; "" where it was chosen by language.
        text_encoder: Name of the encoder in use; "" without text.
        text_note: Why this encoder.
        liked: The liked rule in force.
        calibrated: Whether scores are probabilities; False where nothing was negative.
        users: Number of users.
        items: Number of items.
        rows: Number of interactions.
        likes: How many of them are likes.
        notes: What was decided while reading.
        experts: Names of the rankers weighed.
        trust: How far the weights climbed the metric, in [0, 1].
        metrics: Cross-fitted NDCG@10 of each expert by number of known interactions.
        versions: Of the libraries.
        schema: Of the folder.
        whole_ids: ``user`` and ``item``, if their ids were whole numbers in the data frames of
            the fit, so that answers have whole numbers too.
    """

    data: str
    fingerprint: str
    seed: int
    encoder: str
    text_encoder: str
    text_note: str
    liked: str
    calibrated: bool
    users: int
    items: int
    rows: int
    likes: int
    notes: tuple[str, ...]
    experts: tuple[str, ...]
    trust: float
    metrics: Mapping[str, Mapping[str, float]]
    versions: Mapping[str, str] = field(default_factory=dict)
    schema: int = SCHEMA
    whole_ids: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        dataset: Dataset,
        seed: int,
        encoder: str,
        spec: FeatureSpec,
        fusion: FittedFusion,
        note: str,
    ) -> Manifest:
        """Describe a fit."""
        rows = dataset.interactions
        libraries = ("fewrec", "numpy", "scipy", "polars", "implicit", "onnxruntime")
        return cls(
            data=dataset.name,
            fingerprint=dataset.fingerprint,
            seed=seed,
            encoder=encoder,
            text_encoder=spec.encoder,
            text_note=note,
            liked=rows.rule,
            calibrated=dataset.calibrated,
            users=len(rows.users),
            items=len(rows.items),
            rows=len(rows),
            likes=int(rows.label.sum()),
            notes=(*dataset.notes, *spec.notes()),
            experts=tuple(fusion.experts),
            trust=fusion.trust,
            metrics=fusion.singles,
            versions={name: version(name) for name in libraries},
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> Manifest:
        """From JSON values."""
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in saved.items()
        }
        return cls(**fields)


def write_model(
    folder: Path,
    manifest: Manifest,
    known: Known,
    fusion: FittedFusion,
    variety: Variety,
    spec: FeatureSpec,
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
        extra_files: Further text files by name.

    Raises:
        ModelError: The folder holds something else, or cannot be written (a full disk); what
            was there stays.
    """
    check_place(folder)
    with _exchanged(folder) as draft:
        arrays, plain = _taken_apart(known, fusion, variety)
        _write_tables(known, draft)
        text = {**manifest.to_dict(), "plain": plain, "spec": spec.to_dict()}
        settled = draft / "manifest.json"
        settled.write_text(json.dumps(text, ensure_ascii=False, indent=1), encoding="utf-8")
        save_file(arrays, draft / "arrays.safetensors")
        os.chmod(draft / "arrays.safetensors", settled.stat().st_mode)
        for name, content in (extra_files or {}).items():
            (draft / name).write_text(content, encoding="utf-8")


def check_place(folder: Path) -> None:
    """Check that a model may be written to a folder.

    Raises:
        ModelError: It is a file, or holds files that are no model.
    """
    if folder.exists() and not folder.is_dir():
        raise ModelError(f"{folder} is a file. Name a folder for the model.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "manifest.json").is_file():
        raise ModelError(
            f"{folder} holds files that are no model. Name a new folder, or empty this one."
        )


@contextmanager
def _exchanged(folder: Path) -> Iterator[Path]:
    """A draft beside the folder that takes its place at the end, or vanishes on any error."""
    folder = folder.absolute()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise ModelError(f"{folder} cannot be written: {error.strerror}.") from error
    try:
        draft = work / "new"
        draft.mkdir()
        yield draft
        _swap(draft, folder, work / "old")
    except (OSError, SafetensorError, pl.exceptions.ComputeError) as error:
        raise ModelError(
            f"the model could not be written to {folder}: {error}. What was there is unchanged."
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _swap(draft: Path, folder: Path, old: Path) -> None:
    """Put the draft in the folder's place; of several that try at once the last one stays."""
    for attempt in range(TRIES):
        try:
            if folder.exists():
                os.replace(folder, old)
            os.replace(draft, folder)
            return
        except BaseException as error:
            if old.exists() and not folder.exists():
                os.replace(old, folder)
            taken = isinstance(error, OSError) and error.errno in TAKEN
            if not taken or attempt == TRIES - 1:
                raise
            shutil.rmtree(old, ignore_errors=True)


TRIES = 100
"""So often a place is tried that other processes write to at the same time."""


TAKEN = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT)
"""Another process put its model there, or took ours away, between two of our steps."""


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
    columns = ("user", "item", "label", "weight", "value", "timestamp")
    pl.DataFrame({name: getattr(rows, name) for name in columns}).write_parquet(
        draft / "interactions.parquet"
    )
    kinds = {"kinds": catalog.kinds, "bins": people.bins, "negatives": rows.has_negatives}
    (draft / "tables.json").write_text(json.dumps(kinds, ensure_ascii=False))


def read_model(folder: Path) -> Loaded:
    """Read a model folder.

    Raises:
        ModelError: There is no model, part of it is missing, or another version wrote it.
    """
    file = folder / "manifest.json"
    if not file.is_file():
        raise ModelError(f"there is no model in {folder}. `fewrec fit DIR -o {folder}` makes one.")
    try:
        text = json.loads(file.read_text())
        if text.get("schema") != SCHEMA:
            raise ModelError(
                f"{folder} was written with schema {text.get('schema')}, this version reads "
                f"schema {SCHEMA}. Fit the model again."
            )
        plain, spec = text.pop("plain"), FeatureSpec.from_dict(text.pop("spec"))
        arrays = load_file(folder / "arrays.safetensors")
        known = _read_tables(folder, arrays, plain, text["liked"])
        fusion = _put_together(arrays, plain)
        variety = unpack(Variety, _of("variety", arrays), plain["variety"])
        return Manifest.from_dict(text), known, fusion, variety, spec
    except (OSError, KeyError, TypeError, ValueError, SafetensorError) as error:
        raise ModelError(
            f"the model in {folder} is incomplete or damaged ({error}). Fit it again."
        ) from error


def _of(part: str, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    head = f"{part}/"
    return {key[len(head) :]: array for key, array in arrays.items() if key.startswith(head)}


def _put_together(arrays: Mapping[str, np.ndarray], plain: Mapping[str, Any]) -> FittedFusion:
    experts = {
        name.removeprefix("expert."): unpack(
            FITTED[name.removeprefix("expert.")], _of(name, arrays), rest
        )
        for name, rest in plain.items()
        if name.startswith("expert.")
    }
    fusion = unpack(FittedFusion, _of("fusion", arrays), plain["fusion"])
    return replace(fusion, experts=experts)


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
    columns = {name: rows[name].to_numpy().copy() for name in rows.columns}
    return Known(
        interactions=Interactions(
            people, ids, **columns, rule=rule, has_negatives=kinds["negatives"]
        ),
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
