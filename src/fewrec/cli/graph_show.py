"""`fewrec graph show`: what the graph says about one item."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fewrec.cli.options import SkipBad
from fewrec.cli.output import Run

if TYPE_CHECKING:
    from rich.tree import Tree

    from fewrec.knowledge.build.neighbourhood import Neighbourhood

SHOWN = 12
"""So many values of a relation are shown; the JSON holds all."""


def command(
    run: Run,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A data folder with a graph.")],
    item: Annotated[
        str, typer.Argument(metavar="ITEM", help="An item's id or title, or an entity's name.")
    ],
    skip_bad: SkipBad = False,
) -> None:
    """Show what stands around an item in the graph, and which items share most of it."""
    from fewrec.data.sources import read_folder
    from fewrec.knowledge.build.neighbourhood import neighbourhood

    dataset = read_folder(folder, skip_bad=skip_bad)
    found = neighbourhood(dataset, item)
    run.data = {"name": dataset.name, "fingerprint": dataset.fingerprint}
    run.say(_tree(found))
    run.extras["entity"] = {"name": found.entity, "label": found.label}
    run.extras["edges"] = [
        {"relation": r, "forward": forward, "entity": name, "label": label, "degree": degree}
        for r, forward, name, label, degree in found.edges
    ]
    run.extras["alike"] = [{"item": i, "title": t, "shared": n} for i, t, n in found.alike]


def _tree(found: Neighbourhood) -> Tree:
    from rich.text import Text
    from rich.tree import Tree

    named = f"{found.label} ({found.entity})" if found.label != found.entity else found.label
    tree = Tree(Text(named))
    groups: dict[tuple[str, bool], list[str]] = {}
    for relation, forward, _, label, degree in found.edges:
        groups.setdefault((relation, forward), []).append(f"{label} [{degree:,}]")
    for (relation, forward), names in groups.items():
        more = f", and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
        arrow = "→" if forward else "←"
        tree.add(Text(f"{relation} {arrow} {', '.join(names[:SHOWN])}{more}"))
    if found.alike:
        said = ", ".join(f"{title} ({shared})" for _, title, shared in found.alike)
        tree.add(Text(f"items that share most: {said}"))
    return tree
