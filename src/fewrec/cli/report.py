"""`fewrec report`: a result as one page that can be mailed, printed and read on a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fewrec.cli.output import Run


def command(
    run: Run,
    source: Annotated[
        Path,
        typer.Argument(
            metavar="RUN|FILE.json", help="The `--out` folder or `--json` file of a command."
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="HTML", help="The page to write.")
    ] = Path("report.html"),
) -> None:
    """Write one self-contained HTML page, with its figures as PNG and SVG files beside it.

    Nothing is loaded from elsewhere: style and figures are inside the page.
    """
    from fewrec.evaluation.report import load_document, write_report

    document = load_document(source)
    run.data, run.seeds = document.get("data"), document.get("seeds", [])
    files = write_report(source, out)
    run.extras["files"] = [str(file) for file in files]
    run.say(f"Wrote {files[0]}")
    if len(files) > 1:
        run.say(f"and {len(files) - 1} figures beside it, {files[1].name} among them.")
