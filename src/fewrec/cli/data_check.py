"""`fewrec data check`: everything that is wrong, doubtful or good to know about a data folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fewrec.cli.output import Run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from fewrec.data.checks import CheckReport, Finding

SHOWN = 30
"""Of each kind of finding, so many are shown; the JSON holds all."""

_COLOURS = {"error": "bold red", "warning": "bold yellow"}


def command(
    run: Run,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A data folder.")],
    skip_bad: Annotated[
        bool,
        typer.Option(
            "--skip-bad",
            help="Write faulty rows to quarantine/ in the folder and count them as warnings.",
        ),
    ] = False,
) -> None:
    """Check a data folder: every faulty row with file, line, column, value and fix.

    Also shown: the liked rule in force, what each column is taken for, the catalogue's language,
    duplicates, columns that give answers away. The tables are never changed. Ends with exit
    code 1 where something must be corrected before fitting.
    """
    from fewrec.data.checks import check_folder

    with run.progress("Checking"):
        report = check_folder(folder, skip_bad=skip_bad)
    run.data = {"name": report.name, "fingerprint": report.fingerprint}
    run.extras["check"] = report.to_dict()
    run.alarms += [finding.problem for finding in report.of("warning")]
    _show(run, report)
    if not report.ok:
        run.finish()
        raise typer.Exit(1)


def _show(run: Run, report: CheckReport) -> None:
    sizes = ", ".join(f"{number:,} {what}" for what, number in report.counts.items() if number)
    run.say(f"{report.name}: {sizes or 'nothing that can be read'}")
    if report.language is not None:
        known = report.unknown_tokens
        words = "" if known is None else f"; words the default encoder does not know: {known:.1%}"
        run.say(
            f"Language: {report.language.name} ({report.language.share:.0%} of "
            f"{report.language.told:,} texts that tell){words}"
        )
    for finding in report.of("note"):
        run.say(f"- {finding.problem}{f': {finding.file}' if finding.file else ''}")
    for severity in ("warning", "error"):
        found = report.of(severity)
        if found:
            run.say("", _table(found, f"{severity}s", _COLOURS[severity]))
    run.say("", _conclusion(report))


def _conclusion(report: CheckReport) -> str:
    from fewrec.data.tables import count

    errors, warnings = report.of("error"), len(report.of("warning"))
    if not errors:
        doubts = f", with {count(warnings, 'warning')}" if warnings else ""
        return f"Ready to fit{doubts}."
    skippable = any(finding.skippable for finding in errors)
    way_out = ": correct the rows, or set them aside with --skip-bad." if skippable else "."
    return f"{count(len(errors), 'error')}{way_out}"


def _table(found: Sequence[Finding], title: str, colour: str) -> Table:
    from rich.table import Table
    from rich.text import Text

    more = len(found) - SHOWN
    caption = f"and {more:,} more: --json FILE lists all" if more > 0 else None
    table = Table(
        title=Text(f"{title} ({len(found):,})", colour), title_justify="left", caption=caption
    )
    for heading in ("where", "value", "problem", "what to do"):
        table.add_column(heading, overflow="fold")
    for finding in found[:SHOWN]:
        value = finding.value if len(finding.value) <= 40 else finding.value[:37] + "..."
        cells = (_place(finding), value, finding.problem, finding.fix)
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _place(finding: Finding) -> str:
    parts = [
        Path(finding.file).name or finding.table,
        f"line {finding.line}" if finding.line is not None else "",
        finding.column,
    ]
    return ", ".join(part for part in parts if part)
