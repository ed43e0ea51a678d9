"""One self-contained HTML page from a result: finding, alarms, figures, tables, examples."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fewrec.errors import DataError, EmptyData, MissingExtra
from fewrec.evaluation import page
from fewrec.evaluation.curve_figure import curve_panels, learning_curve, single_pictures
from fewrec.evaluation.drawing import inline, save
from fewrec.evaluation.figures import calibration_plot, pareto_curve
from fewrec.evaluation.headline import headline
from fewrec.evaluation.peers.saved_figure import saved_figure, saved_panels, saved_pictures
from fewrec.evaluation.peers.saved_section import saved_section
from fewrec.evaluation.rows import Row, select
from fewrec.evaluation.tables_html import (
    LIST_METRICS,
    PAIR_METRICS,
    comparison_tables,
    curve_differences,
    curve_tables,
    metric_tables,
    other_rows,
    segment_name,
    variety_tables,
)

CURVES = {"new_users": ("new_users",), "new_items": ("new_items", "new_items_all")}
"""Figures of learning curves, and the segments each one shows."""
_CURVE_WORDS = {
    "new_users": (
        "New people",
        "How well the lists of people who joined just now fit, by how many of their clicks are "
        "known and how many others there are to learn from.",
    ),
    "new_items": (
        "New items",
        "A fifth of the items lose all their training rows; people with a history are asked which "
        "of them they like.",
    ),
}


def write_report(source: Path, out: Path) -> list[Path]:
    """Write the report of a run, with its figures as PNG and SVG files beside it.

    Args:
        source: A run folder (``result.json``, ``examples.json``) or a JSON file of a command.
        out: The HTML file; its folder is made where it is missing.

    Returns:
        The files written, the page first.

    Raises:
        DataError: The source is not there, or is no JSON of this project.
        EmptyData: It holds no rows and no slates.
    """
    document = load_document(source)
    out.parent.mkdir(parents=True, exist_ok=True)
    made, files, missing = _figures(document, out.with_suffix(""))
    half = out.with_name(f".{out.name}.part")
    half.write_text(report(document, made, missing), encoding="utf-8")
    half.replace(out)
    return [out, *files]


def load_document(source: Path) -> dict[str, Any]:
    """Read a result.

    Args:
        source: A run folder or a JSON file.

    Returns:
        The object of the JSON contract, with ``slates`` where examples were saved.

    Raises:
        DataError: The source is not there, or is no JSON of this project.
        EmptyData: It holds no rows and no slates.
    """
    file = source / "result.json" if source.is_dir() else source
    if not file.exists():
        raise DataError(
            "there is no result here", file=file,
            fix="Name a JSON file of `fewrec evaluate` or `fewrec bench`, or their --out folder.",
        )  # fmt: skip
    document = _read(file)
    examples = source / "examples.json"
    if source.is_dir() and examples.exists() and "slates" not in document:
        document["slates"] = _read(examples).get("slates", [])
    if not document.get("rows") and not document.get("slates"):
        raise EmptyData("the result holds no rows and no slates", file=file)
    return document


def report(
    document: Mapping[str, Any], drawings: Mapping[str, Sequence[str]], missing: str = ""
) -> str:
    """The page as text.

    Args:
        document: Of the JSON contract.
        drawings: SVG elements of each figure: ``curve <segment>``, ``saved``, ``calibration``,
            ``pareto``.
        missing: Why there are no figures, where there are none.
    """
    rows = list(document.get("rows", []))
    name = (document.get("data") or {}).get("name", "")
    title = f"fewrec · {name} · {document.get('command', '')}".replace("·  ·", "·")
    body = [
        f"<h1>{page.text(title)}</h1>",
        f'<p class="headline">{page.text(headline(document))}</p>',
        f'<p class="note">{page.text(document["setting"])}</p>' if document.get("setting") else "",
        _alarms(document.get("alarms", []), missing),
        *_curves(rows, document, drawings),
        saved_section(document, drawings.get("saved", ())),
        *_tables(rows, document),
        _calibration(document, drawings.get("calibration", ())),
        _diversity(rows, drawings.get("pareto", ())),
        _examples(document.get("slates", [])),
        _reading(rows),
        _reproduce(document),
    ]
    return page.page(title, body)


def _figures(
    document: Mapping[str, Any], stem: Path
) -> tuple[dict[str, list[str]], list[Path], str]:
    """Drawings for the page, files beside it, and why there are none where there are none."""
    rows = list(document.get("rows", []))
    made: dict[str, list[str]] = {}
    files: list[Path] = []
    try:
        for key, segments in CURVES.items():
            panels = curve_panels(rows, segments)
            if panels:
                files += save(learning_curve(rows, panels), _beside(stem, f"curve-{key}"))
                pictures = zip(panels, single_pictures(rows, panels), strict=True)
                made[f"curve {key}"] = [inline(drawn, panel.title) for panel, drawn in pictures]
        if saved := saved_panels(document):
            files += save(saved_figure(saved), _beside(stem, "data-saved"))
            drawn_saved = zip(saved, saved_pictures(saved), strict=True)
            made["saved"] = [inline(drawn, panel.title) for panel, drawn in drawn_saved]
        for key, drawing in _single_figures(rows, document).items():
            files += save(drawing, _beside(stem, key))
            made[key] = [inline(drawing, key)]
    except MissingExtra as error:
        return {}, [], str(error)
    return made, files, ""


def _beside(stem: Path, key: str) -> Path:
    return stem.with_name(f"{stem.name}-{key}")


def _single_figures(rows: Sequence[Row], document: Mapping[str, Any]) -> dict[str, Any]:
    drawn: dict[str, Any] = {}
    if document.get("calibration"):
        drawn["calibration"] = calibration_plot(document["calibration"])
    points = diversity_points(rows)
    if len(points) > 1:
        drawn["pareto"] = pareto_curve(points)
    return drawn


def diversity_points(rows: Sequence[Row]) -> list[tuple[float, float, float]]:
    """(diversity, coverage, NDCG@10) of ``hybrid`` on the first cell that has them."""
    ours = [r for r in rows if "diversity" in r and r["mean"] is not None]
    if not ours:
        return []
    keys = ("segment", "n", "k", "shots")
    first = tuple(ours[-1].get(key) for key in keys)
    here = [r for r in ours if tuple(r.get(key) for key in keys) == first]
    accuracy = {r["diversity"]: r["mean"] for r in select(here, metric="ndcg@10")}
    shown = {r["diversity"]: r["mean"] for r in select(here, metric="coverage")}
    return [(d, shown[d], accuracy[d]) for d in sorted(accuracy) if d in shown]


def _alarms(alarms: Sequence[str], missing: str) -> str:
    said = [*alarms, *([missing] if missing else [])]
    if not said:
        words = "No alarms: nothing at 1.0, nothing below chance, no shortcut ahead."
        return f'<p class="fine">{words}</p>'
    items = "".join(f"<li>{page.text(alarm)}</li>" for alarm in said)
    return f'<aside class="alarms" role="note"><h2>Read this first</h2><ul>{items}</ul></aside>'


def _curves(
    rows: Sequence[Row], document: Mapping[str, Any], drawings: Mapping[str, Sequence[str]]
) -> list[str]:
    pieces = []
    for key, segments in CURVES.items():
        if not curve_panels(rows, segments):
            continue
        panels = "".join(page.figure(svg) for svg in drawings.get(f"curve {key}", ()))
        drawn = f'<div class="panels">{panels}</div><p class="note">{_LEGEND}</p>' if panels else ""
        tables = [
            page.folded(f"All rankers, {segment_name(segment)}", curve_tables(here))
            for segment in segments
            if (here := select(rows, segment=segment, diversity=None))
        ]
        compared = [
            curve_differences(select(document.get("comparisons", []), segment=s, metric="ndcg@10"))
            for s in segments
        ]
        pieces.append(page.section(*_CURVE_WORDS[key], drawn, *compared, *tables))
    return pieces


_LEGEND = (
    "Blue: hybrid. Orange: the single ranker that the training part would choose. Green: the "
    "best tuned peer, where other libraries were asked. Bands: 95 % intervals by person. Thin "
    "grey: the other rankers. Above accuracy, below the share of "
    "the catalogue that is shown to somebody."
)


def _tables(rows: Sequence[Row], document: Mapping[str, Any]) -> list[str]:
    drawn = {s for segments in CURVES.values() if curve_panels(rows, segments) for s in segments}
    plain = [r for r in rows if r.get("diversity") is None]
    listed = [r for r in plain if r.get("segment") not in drawn]
    compared = document.get("comparisons", [])
    apart = [r for r in compared if r.get("segment") not in drawn]
    return [
        page.section(
            "Lists",
            "The best of everything that a person does not have yet.",
            metric_tables(listed, LIST_METRICS),
            comparison_tables(select(apart, metric="ndcg@10")),
        ),
        page.section(
            "Single pairs",
            "Does this person like that item? Likes and dislikes of the test part.",
            metric_tables(plain, PAIR_METRICS),
            comparison_tables([r for r in compared if r["metric"] in PAIR_METRICS]),
        ),
        page.section("Measurements", "", other_rows(plain)),
    ]


def _calibration(document: Mapping[str, Any], drawn: Sequence[str]) -> str:
    lead = "On the diagonal, seven in ten of the pairs given 70 % are liked."
    return page.section("Do probabilities mean what they say?", lead, *map(page.figure, drawn))


def _diversity(rows: Sequence[Row], drawn: Sequence[str]) -> str:
    points = diversity_points(rows)
    if not points:
        return ""
    plain = points[0]
    best = max(accuracy for _, _, accuracy in points)
    kept = max((p for p in points if p[2] >= 0.99 * best), key=lambda p: p[1])
    lead = (
        f"With --diversity {kept[0]:g} the lists show {kept[1]:.1%} of the catalogue instead of "
        f"{plain[1]:.1%}, at {kept[2] / best:.1%} of the best NDCG@10."
    )
    pictures = map(page.figure, drawn)
    return page.section("Accuracy against variety", lead, *pictures, variety_tables(rows))


def _examples(slates: Sequence[Mapping[str, Any]]) -> str:
    cards = []
    for slate in slates:
        entries = "".join(
            f"<li>{page.text(item['title'])}"
            + "".join(f"<span>{page.text(reason)}</span>" for reason in item["reasons"][:2])
            + "</li>"
            for item in slate["items"][:5]
        )
        who = slate.get("name") or slate.get("user") or "somebody new"
        cards.append(
            f'<div class="slate"><h3>{page.text(who)}</h3>'
            f'<p class="stage">{page.text(slate.get("known") or slate["stage"])}</p>'
            f"<ol>{entries}</ol></div>"
        )
    lead = "The first five places, and why each item is there."
    content = f'<div class="slates">{"".join(cards)}</div>' if cards else ""
    return page.section("Examples", lead, content)


def _reading(rows: Sequence[Row]) -> str:
    used = dict.fromkeys(row["metric"] for row in rows)
    known = [(metric, page.METRIC_NAMES[metric]) for metric in used if metric in page.METRIC_NAMES]
    terms = "".join(
        f"<dt>{page.text(name)}</dt><dd>{page.text(what)}</dd>" for _, (name, what) in known
    )
    note = (
        "Small figures under a number, and those in brackets, are its 95 % interval, from drawing "
        "people (never rows) with replacement; ± is the standard deviation over seeds. Every list "
        "is a full ranking of what the person does not have yet. A dash is a figure that is "
        "undefined; hover for the reason."
    )
    content = f'<dl>{terms}</dl><p class="note">{note}</p>' if terms else ""
    return page.section("How to read the figures", "", content)


def _reproduce(document: Mapping[str, Any]) -> str:
    data = document.get("data") or {}
    facts = {
        "data": " · fingerprint ".join(str(data[k]) for k in ("name", "fingerprint") if k in data),
        "seeds": ", ".join(map(str, document.get("seeds", []))),
        "versions": ", ".join(f"{k} {v}" for k, v in document.get("versions", {}).items()),
        "time": f"{document['seconds']:.0f} s" if document.get("seconds") else "",
        "memory": f"{document['peak_mb']:.0f} MB at most" if document.get("peak_mb") else "",
    }
    said = "".join(
        f"<dt>{key}</dt><dd>{page.text(value)}</dd>" for key, value in facts.items() if value
    )
    command = document.get("reproduce") or f"fewrec {document.get('command', '')}"
    return page.section(
        "Do it again", "", f"<pre>{page.text(command)}</pre>", f"<dl>{said}</dl>" if said else ""
    )


def _read(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise DataError(f"this is no JSON ({error})", file=file) from error
    if not isinstance(document, dict):
        raise DataError("this is no result of a fewrec command", file=file)
    return document
