"""The check of a whole data folder: read everything, go on after faults, look at the rest."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from fewrec.data.checks.catalogue import about_catalogue, catalogue_texts, unknown_tokens
from fewrec.data.checks.findings import CheckReport, Finding, Severity
from fewrec.data.checks.rows import about_interactions
from fewrec.data.checks.surroundings import about_files, about_graph, about_links
from fewrec.data.dataset import Dataset
from fewrec.data.faults import Inspector
from fewrec.data.languages import Language, dominant_language
from fewrec.data.quarantine import set_aside
from fewrec.data.settings import TABLES, DataSettings, read_settings
from fewrec.data.sources import assemble, load_table, load_tables
from fewrec.data.tables import Table
from fewrec.errors import AssetError, ConfigError, DataError, FewrecError

_ORDER = ("error", "warning", "note")


def check_folder(path: Path, *, skip_bad: bool = False, now: float | None = None) -> CheckReport:
    """Check a data folder; nothing is raised for what is wrong in it.

    Args:
        path: The folder.
        skip_bad: Write faulty rows to ``quarantine/`` inside the folder; they then count as
            warnings. The tables themselves are never changed.
        now: Seconds since 1970, against which times in the future are judged; the clock's time
            where None.

    Returns:
        All findings, errors first.
    """
    findings: list[Finding] = []
    inspector = Inspector(collect=True)
    settings = _settings(path, findings)
    tables = _tables(path, settings, inspector, findings)
    dataset = _assembled(tables, settings, inspector, findings, settings.name or path.name)
    severity: Severity = "warning" if skip_bad else "error"
    findings += [Finding.of_fault(fault, severity) for fault in inspector.faults]
    aside = Counter(fault.table for fault in inspector.faults) if skip_bad else Counter()
    if skip_bad:
        notes = set_aside(inspector.faults, path / "quarantine")
        findings += [Finding("note", "", note) for note in notes]
    if dataset is None:
        return _report(path.name, findings, {name: len(t) for name, t in tables.items()})
    findings += [Finding("note", "", note) for note in dataset.notes]
    findings += about_interactions(dataset, tables.get("interactions"), now)
    findings += about_catalogue(dataset)
    findings += about_links(dataset)
    findings += about_graph(dataset)
    findings += about_files(path)
    language, unknown = _language(dataset, findings)
    return _report(
        dataset.name, findings, _counts(dataset), dataset, language, unknown, dict(aside)
    )


def _settings(path: Path, findings: list[Finding]) -> DataSettings:
    try:
        return read_settings(path / "fewrec.toml")
    except ConfigError as error:
        findings.append(Finding.of_error(error))
        return DataSettings()


def _tables(
    path: Path, settings: DataSettings, inspector: Inspector, findings: list[Finding]
) -> dict[str, Table]:
    """The tables that can be read at all."""
    tables = {}
    for name in TABLES:
        try:
            table = load_table(path, name, settings, inspector)
        except (DataError, ConfigError) as error:
            findings.append(Finding.of_error(error, name))
            continue
        if table is not None:
            tables[name] = table
    if not tables and not findings:
        try:
            load_tables(path, settings, inspector)
        except DataError as error:
            findings.append(Finding.of_error(error))
    return tables


def _assembled(
    tables: dict[str, Table],
    settings: DataSettings,
    inspector: Inspector,
    findings: list[Finding],
    name: str,
) -> Dataset | None:
    """A data set of the tables that fit together; a table at fault is left out after the other."""
    left = dict(tables)
    while left:
        known = len(inspector.faults)
        try:
            return assemble(left, settings, inspector, name=name)
        except FewrecError as error:
            at_fault = [n for n, t in left.items() if t.file == getattr(error, "file", None)]
            findings.append(Finding.of_error(error, at_fault[0] if at_fault else ""))
            if not at_fault:
                return None
            del left[at_fault[0]]
            del inspector.faults[known:]
    return None


def _language(dataset: Dataset, findings: list[Finding]) -> tuple[Language | None, float | None]:
    """The catalogue's language, and the share of its words the default encoder does not know."""
    texts = catalogue_texts(dataset.catalog)
    if not any(texts):
        return None, None
    language, unknown = dominant_language(texts), None
    try:
        unknown = unknown_tokens(texts)
    except AssetError as error:
        findings.append(Finding("note", "items", f"Unknown words were not counted: {error}"))
    if language.code not in ("en", "und"):
        findings.append(
            Finding(
                "warning",
                "items",
                f"The catalogue is in {language.name} ({language.share:.0%} of the texts that "
                "tell); the default text encoder knows English",
                fix="Name a multilingual encoder, such as "
                "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2; without one, "
                "character n-grams are used.",
            )
        )
    if unknown is not None and unknown > 0.01:
        problem = f"The default text encoder does not know {unknown:.1%} of the catalogue's words"
        findings.append(Finding("warning", "items", problem, fix="Name another encoder."))
    return language, unknown


def _counts(dataset: Dataset) -> dict[str, int]:
    rows = dataset.interactions
    return {
        "users": len(dataset.people.users),
        "items": len(dataset.catalog),
        "interactions": len(rows),
        "likes": int((rows.label > 0).sum()),
        "triples": len(dataset.triples),
        "links": len(dataset.links),
    }


def _report(
    name: str,
    findings: list[Finding],
    counts: dict[str, int],
    dataset: Dataset | None = None,
    language: Language | None = None,
    unknown: float | None = None,
    aside: dict[str, int] | None = None,
) -> CheckReport:
    ordered = sorted(findings, key=lambda f: (_ORDER.index(f.severity), f.file, f.line or 0))
    return CheckReport(
        name=name,
        findings=tuple(ordered),
        counts=counts,
        rule=dataset.interactions.rule if dataset else "",
        fingerprint=dataset.fingerprint if dataset else "",
        language=language,
        unknown_tokens=unknown,
        set_aside=aside or None,
    )
