"""What a tracker is told of a fit: settings, seconds, rehearsed NDCG and weights."""

from __future__ import annotations

from collections.abc import Mapping

from fewrec.ranker.rehearsal import KNOTS
from fewrec.recommender.manifest import Manifest
from fewrec.recommender.model import Recommender
from fewrec.tracking import Tracked

SETTINGS = (
    "data",
    "fingerprint",
    "seed",
    "encoder",
    "text_encoder",
    "liked",
    "calibrated",
    "users",
    "items",
    "rows",
    "likes",
    "schema",
)
"""What of the manifest is shown as settings, beside experts and versions."""


def tracked_fit(model: Recommender, seconds: Mapping[str, float]) -> Tracked:
    """Describe a fit.

    Metrics are ``seconds/EXPERT`` (all of its fits, rehearsals included) and ``trust`` at step 0;
    with the number k of known interactions as step ``rehearsed ndcg@10/EXPERT``, and
    ``weight among known items/EXPERT`` and ``weight among new items/EXPERT``.

    Args:
        model: Just fitted.
        seconds: What each expert took.
    """
    manifest, fusion = model.manifest, model.fusion
    metrics = [(0, f"seconds/{name}", spent) for name, spent in seconds.items()]
    metrics.append((0, "trust", float(fusion.trust)))
    metrics += [
        (int(k), f"rehearsed ndcg@10/{name}", value)
        for k, singles in manifest.metrics.items()
        for name, value in singles.items()
    ]
    for among, weights in (("known", fusion.known), ("new", fusion.new)):
        metrics += [
            (k, f"weight among {among} items/{name}", float(weights[q, e]))
            for q, k in enumerate(KNOTS)
            for e, name in enumerate(fusion.experts)
        ]
    return Tracked(f"{manifest.data}-seed-{manifest.seed}", _settings(manifest), metrics)


def _settings(manifest: Manifest) -> dict[str, str]:
    told = {name: str(getattr(manifest, name)) for name in SETTINGS}
    versions = ", ".join(f"{name} {version}" for name, version in manifest.versions.items())
    return {**told, "experts": ", ".join(manifest.experts), "versions": versions}
