"""Finished folds as files, so that a long run can stop anywhere and go on."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fewrec.data.arrays import Doubles
from fewrec.evaluation.asking import Findings
from fewrec.evaluation.experiment import Outcome
from fewrec.evaluation.pairs import Predictions

SCHEMA = 1
_DIGITS = 7


def save_findings(file: Path, findings: Findings, key: str) -> None:
    """Write findings, whole or not at all.

    Args:
        file: A JSON file; its folder is made where it is missing.
        findings: Of one fold.
        key: Says what the findings depend on (data fingerprint, version, settings).
    """
    people: dict[tuple[str, ...], int] = {}
    document = {
        "schema": SCHEMA,
        "key": key,
        "notes": findings.notes,
        "outcomes": [_outcome(o, people) for o in findings.outcomes],
        "predictions": [_predictions(p, people) for p in findings.predictions],
    }
    document["people"] = list(people)
    write_json(file, document)


def load_findings(file: Path, key: str) -> Findings | None:
    """Read findings back.

    Args:
        file: As written by ``save_findings``.
        key: What they must depend on.

    Returns:
        The findings; None where the file is not there or is about something else.
    """
    if not file.exists():
        return None
    document = json.loads(file.read_text(encoding="utf-8"))
    if document.get("schema") != SCHEMA or document.get("key") != key:
        return None
    people = [tuple(names) for names in document["people"]]
    return Findings(
        tuple(_to_outcome(o, people) for o in document["outcomes"]),
        tuple(_to_predictions(p, people) for p in document["predictions"]),
        tuple(document["notes"]),
    )


def write_json(file: Path, document: object) -> None:
    """Write a JSON file, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        text = json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n"
        half.write_text(text, encoding="utf-8")
        half.replace(file)
    finally:
        half.unlink(missing_ok=True)


def code_digest() -> str:
    """Changes when code that cells depend on changes, so that no stale cell is taken for done.

    Other libraries' cells have keys of their own, so the code that runs them does not count.
    """
    package = Path(__file__).parents[1]
    parts = ("data", "metrics", "knowledge", "ranker", "recommender", "evaluation")
    digest = hashlib.sha256()
    for file in sorted(file for part in parts for file in (package / part).rglob("*.py")):
        if Path(__file__).with_name("peers") not in file.parents:
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _outcome(outcome: Outcome, people: dict[tuple[str, ...], int]) -> dict[str, Any]:
    return {
        "cell": dict(outcome.cell),
        "seed": outcome.seed,
        "people": people.setdefault(outcome.users, len(people)),
        "per_user": {name: _numbers(values) for name, values in outcome.per_user.items()},
        "overall": {name: _number(value) for name, value in outcome.overall.items()},
        "reasons": dict(outcome.reasons),
    }


def _predictions(predictions: Predictions, people: dict[tuple[str, ...], int]) -> dict[str, Any]:
    return {
        "cell": dict(predictions.cell),
        "seed": predictions.seed,
        "people": people.setdefault(predictions.users, len(people)),
        "person": predictions.person.tolist(),
        "score": _numbers(predictions.score.astype(np.float64)),
        "label": predictions.label.astype(int).tolist(),
        "probability": predictions.probability,
    }


def _to_outcome(saved: dict[str, Any], people: Sequence[tuple[str, ...]]) -> Outcome:
    return Outcome(
        saved["cell"],
        saved["seed"],
        people[saved["people"]],
        {name: _array(values) for name, values in saved["per_user"].items()},
        {name: math.nan if v is None else v for name, v in saved["overall"].items()},
        saved["reasons"],
    )


def _to_predictions(saved: dict[str, Any], people: Sequence[tuple[str, ...]]) -> Predictions:
    return Predictions(
        saved["cell"],
        saved["seed"],
        people[saved["people"]],
        np.array(saved["person"], dtype=np.int64),
        _array(saved["score"]).astype(np.float32),
        np.array(saved["label"], dtype=np.float32),
        saved["probability"],
    )


def _numbers(values: Doubles) -> list[float | None]:
    return [_number(v) for v in values.tolist()]


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, _DIGITS)


def _array(values: Sequence[float | None]) -> Doubles:
    return np.array([math.nan if v is None else v for v in values], dtype=np.float64)
