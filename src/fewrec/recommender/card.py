"""The model card: what a model is, what it learned from, how good it is, what it is not for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fewrec.recommender.manifest import Manifest

LIMITS = (
    "It ranks what is in its catalogue and knows nothing of the world beyond the tables it read.",
    "It repeats what people did: what was shown more was liked more, and that is learned too.",
    "Few rows mean wide intervals: with fewer than about 20 people the order of items is mostly "
    "popularity and prior belief.",
    "P(like) is the probability that somebody who meets an item likes it, not that they meet it.",
)
USE = (
    "Meant for ordering items that people may freely take or leave: films, books, articles, goods. "
    "Not meant for decisions about people, for medical, legal or financial advice, or wherever a "
    "wrong suggestion harms somebody."
)


def model_card(manifest: Mapping[str, Any]) -> str:
    """Write the card of a fitted model.

    Args:
        manifest: Of the model. Read are ``data`` (``name``, ``fingerprint``, and sizes: ``users``,
            ``items``, ``interactions``, ``likes``), ``rule``, ``calibrated``, ``encoder``,
            ``language`` (a note, where the catalogue's language matters), ``metrics`` (rows of
            the JSON contract, measured inside the training part), ``seed``, ``versions``,
            ``notes``. What is missing is left out, or said to be not measured.

    Returns:
        Markdown that ends with a line break.
    """
    data = manifest.get("data") or {}
    name = data.get("name", "data")
    parts = [
        f"# Model card: recommendations for {name}",
        "A hybrid recommender made by fewrec. It scores the items of one catalogue for people of "
        "whom anything is known, from nothing to everything, and says why. Several small experts "
        "(popularity, neighbours, factor models, text) are added up, each trusted as far as the "
        "training part showed, given how much is known of a person and of an item.",
        "## What it learned from",
        _bullets(_data_lines(manifest, data)),
        "## How good it is",
        _metrics(manifest.get("metrics") or []),
        "## What its scores mean",
        _meaning(bool(manifest.get("calibrated"))),
        "## Use and limits",
        USE,
        _bullets([*LIMITS, *_language(manifest)]),
        "## Do it again",
        _bullets(_origin(manifest)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _data_lines(manifest: Mapping[str, Any], data: Mapping[str, Any]) -> list[str]:
    sizes = [
        f"{data[key]:,} {key}" for key in ("users", "items", "interactions", "likes") if key in data
    ]
    lines = [f"Data: {data.get('name', 'unnamed')}, {', '.join(sizes)}." if sizes else ""]
    if data.get("fingerprint"):
        lines.append(f"Fingerprint of the tables: `{data['fingerprint']}`.")
    if manifest.get("rule"):
        lines.append(f"Liked means: {manifest['rule']}.")
    lines += [str(note) for note in manifest.get("notes") or []]
    return [line for line in lines if line]


def _metrics(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return (
            "Not measured when it was fitted. `fewrec evaluate DIR` measures it on held-out rows, "
            "beside trivial baselines."
        )
    keys = [k for k in ("ranker", "k", "segment") if any(k in row for row in rows)]
    head = [*keys, "metric", "mean", "spread", "people"]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for row in rows:
        cells = [str(row.get(key, "")) for key in keys]
        cells += [str(row["metric"]), _mean(row), _spread(row), f"{row.get('users') or ''}"]
        lines.append(f"| {' | '.join(cells)} |")
    return (
        "Measured inside the training part, on people and items hidden while the experts were "
        "fitted. `fewrec evaluate DIR` measures it on held-out rows, beside trivial baselines.\n\n"
        + "\n".join(lines)
    )


def _mean(row: Mapping[str, Any]) -> str:
    if row.get("mean") is None:
        return f"undefined ({row.get('reason', 'no reason given')})"
    return f"{row['mean']:.3f}"


def _spread(row: Mapping[str, Any]) -> str:
    if row.get("low") is not None and row.get("high") is not None:
        return f"{row['low']:.3f} to {row['high']:.3f} (95 %)"
    return f"± {row['sd']:.3f} (sd)" if row.get("sd") is not None else ""


def _meaning(calibrated: bool) -> str:
    if calibrated:
        return (
            "`recommend` orders items; its scores have no unit. `score` gives P(like), calibrated "
            "on rows with likes and dislikes."
        )
    return (
        "`recommend` orders items; its scores have no unit. The data hold no dislikes, so unseen "
        "items stood in for them: `score` orders pairs, but **is not calibrated** and must not be "
        "read as a probability."
    )


def _language(manifest: Mapping[str, Any]) -> list[str]:
    lines = []
    if manifest.get("encoder"):
        lines.append(f"Texts are read by `{manifest['encoder']}`.")
    if manifest.get("language"):
        lines.append(str(manifest["language"]))
    return lines


def _origin(manifest: Mapping[str, Any]) -> list[str]:
    versions = ", ".join(f"{k} {v}" for k, v in (manifest.get("versions") or {}).items())
    lines = [f"Seed: {manifest['seed']}."] if "seed" in manifest else []
    return [*lines, f"Versions: {versions}."] if versions else lines


def _bullets(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def card_of(manifest: Manifest) -> dict[str, Any]:
    """The mapping ``model_card`` reads, from the manifest of a fit."""
    return {
        "data": {
            "name": manifest.data,
            "fingerprint": manifest.fingerprint,
            "users": manifest.users,
            "items": manifest.items,
            "interactions": manifest.rows,
            "likes": manifest.likes,
        },
        "rule": manifest.liked,
        "calibrated": manifest.calibrated,
        "encoder": manifest.text_encoder,
        "language": manifest.text_note,
        "metrics": rehearsed_rows(manifest, every=False),
        "seed": manifest.seed,
        "versions": manifest.versions,
        "notes": manifest.notes,
    }


def rehearsed_rows(manifest: Manifest, *, every: bool = True) -> list[dict[str, Any]]:
    """Cross-fitted NDCG@10 as rows of the JSON contract, by number of known interactions.

    Args:
        manifest: Of the fit.
        every: All rankers; else popularity and the best single ranker of each number.
    """
    rows = []
    for known, singles in manifest.metrics.items():
        best = max(singles, key=lambda name: singles[name])
        shown = singles if every else {"popularity": None, best: None, "hybrid": None}
        rows += [
            {
                "ranker": name,
                "k": int(known),
                "segment": "rehearsed",
                "metric": "ndcg@10",
                "mean": singles[name],
            }
            for name in shown
            if name in singles
        ]
    return rows
