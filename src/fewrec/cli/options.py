"""Options that several commands have, said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[str, typer.Option(metavar="NAME_OR_DIR", help="Public data or a data folder.")]
Catalogue = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="What is known of the titles; only titles without it."),
]
SkipBad = Annotated[
    bool, typer.Option("--skip-bad", help="Set faulty rows aside instead of stopping.")
]
SkipLines = Annotated[bool, typer.Option("--skip-bad", help="Set lines that cannot be read aside.")]
LinkThreshold = Annotated[
    float, typer.Option(min=0, max=1, help="Least confidence of a link by title.")
]
LinkReview = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write doubtful links to this CSV.")
]
ItemType = Annotated[
    str, typer.Option("--type", help="What the items are, such as `film` or `band`.")
]
