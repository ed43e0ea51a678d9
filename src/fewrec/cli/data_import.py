"""`fewrec data import`: a data set in its own layout as a data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fewrec.cli.output import Run


def command(
    run: Run,
    layout: Annotated[
        str,
        typer.Argument(
            metavar="FORMAT",
            help="`movielens`, `recbole`, `tallrec`, `hetrec`, `caserec`, `amazon-llmrank`, `dkn`, "
            "`kgcn`, `dbpedia` or `filmtrust`.",
        ),
    ],
    source: Annotated[Path, typer.Argument(metavar="SRC", help="Folder with the files.")],
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder to write; it must be new or empty.")
    ],
    catalogue: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="With `tallrec`: a table with a column `title` and more columns."
        ),
    ] = None,
) -> None:
    """Turn a downloaded data set into a data folder."""
    from fewrec.data.importers import IMPORTERS
    from fewrec.data.importers.tallrec import import_tallrec
    from fewrec.errors import ConfigError, EmptyData, nearest

    if layout not in IMPORTERS:
        raise ConfigError(f"There is no importer {layout!r}. {nearest(layout, IMPORTERS, 'ones')}")
    if not source.is_dir():
        raise EmptyData("there is no such folder", file=source, fix="Name the folder to read.")
    if catalogue is not None and layout != "tallrec":
        raise ConfigError(f"`--catalogue` goes with `tallrec`; {layout} brings its own items.")
    with run.progress(f"Importing {source.name}"):
        if layout == "tallrec":
            report = import_tallrec(source, folder, catalogue)
        else:
            report = IMPORTERS[layout](source, folder)
    sizes = ", ".join(f"{number:,} {what}" for what, number in report.rows.items())
    run.say(f"Found {report.layout}.", f"Wrote {folder}: {sizes}.", *report.notes)
    run.say(f"Next: fewrec data check {folder}")
    run.extras["import"] = {
        "layout": report.layout,
        "folder": str(folder),
        "tables": report.rows,
        "notes": list(report.notes),
    }
