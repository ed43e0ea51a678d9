"""Findings: what a check has to say, one sentence each, with place and way out."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from fewrec.data.faults import Fault
from fewrec.data.languages import Language
from fewrec.errors import DataError, FewrecError

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Finding:
    """One thing found.

    Attributes:
        severity: ``error`` (the data cannot be read as they are), ``warning`` (they can, but
            something looks wrong), ``note`` (good to know).
        table: Which table it is about; "" for the whole folder.
        problem: What was found, one sentence.
        file: The file, or "".
        line: The line in the file, or None.
        column: The column, or "".
        value: The cell, or an example, or "".
        fix: The way out, or "".
        skippable: True for a row that ``--skip-bad`` can set aside.
    """

    severity: Severity
    table: str
    problem: str
    file: str = ""
    line: int | None = None
    column: str = ""
    value: str = ""
    fix: str = ""
    skippable: bool = False

    @classmethod
    def of_fault(cls, fault: Fault, severity: Severity = "error") -> Finding:
        """A row that cannot be used."""
        return cls(
            severity,
            fault.table,
            fault.problem,
            fault.file,
            fault.line,
            fault.column,
            "" if fault.value is None else str(fault.value),
            fault.fix,
            skippable=True,
        )

    @classmethod
    def of_error(cls, error: FewrecError, table: str = "") -> Finding:
        """A table, or a folder, that cannot be read."""
        if not isinstance(error, DataError):
            return cls("error", table, str(error))
        return cls(
            "error",
            table,
            error.problem,
            error.file or "",
            error.line,
            error.column or "",
            "" if error.value is None else str(error.value),
            error.fix,
        )


@dataclass(frozen=True)
class CheckReport:
    """Everything a check found.

    Attributes:
        name: Of the data.
        findings: In order of weight: errors, warnings, notes.
        counts: Sizes: users, items, interactions, likes, triples, ...
        rule: The liked rule in force; "" where the interactions cannot be read.
        fingerprint: Of the data; "" where they cannot be read.
        language: Of the catalogue's titles and texts; None where there is no text.
        unknown_tokens: Share of the catalogue's words that the default encoder does not know;
            None where there is no text, or it could not be measured.
        set_aside: Faulty rows of each table that were moved to the quarantine.
    """

    name: str
    findings: tuple[Finding, ...]
    counts: dict[str, int]
    rule: str = ""
    fingerprint: str = ""
    language: Language | None = None
    unknown_tokens: float | None = None
    set_aside: dict[str, int] | None = None

    @property
    def ok(self) -> bool:
        """True where nothing keeps the data from being fitted on."""
        return not self.of("error")

    def of(self, severity: Severity) -> list[Finding]:
        """The findings of one severity."""
        return [finding for finding in self.findings if finding.severity == severity]

    def to_dict(self) -> dict[str, object]:
        """The report as a JSON object."""
        language = None
        if self.language is not None:
            language = {**asdict(self.language), "name": self.language.name}
        return {
            "ok": self.ok,
            "counts": self.counts,
            "rule": self.rule,
            "language": language,
            "unknown_tokens": self.unknown_tokens,
            "set_aside": self.set_aside or {},
            "findings": [asdict(finding) for finding in self.findings],
        }
