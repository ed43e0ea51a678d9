"""What a model was fitted on, with which settings, and how good its parts were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import Any

from fewrec.data.dataset import Dataset
from fewrec.knowledge.features import FeatureSpec
from fewrec.ranker.fusion import FittedFusion

SCHEMA = 1
"""Version of the model folder's layout."""


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
        parts: Settings of experts and of the fusion that are not the default, by table and key.
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
    parts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

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
            experts=tuple(fusion.parts),
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
