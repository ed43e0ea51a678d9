"""`fewrec graph build`: a knowledge graph of what a data folder holds."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fewrec.cli.options import SkipBad
from fewrec.cli.output import Run
from fewrec.cli.steps import step_bars

if TYPE_CHECKING:
    from rich.table import Table

    from fewrec.data.dataset import Dataset, Triple
    from fewrec.knowledge.build import GraphBuild, RelationReport
    from fewrec.knowledge.build.completion import Completion, Wish

REVIEW = "graph-review.csv"


def command(
    run: Run,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A data folder with items.")],
    text: Annotated[
        bool, typer.Option("--text", help="Also take what the texts name, where it is sure.")
    ] = False,
    history: Annotated[
        bool, typer.Option("--history", help="Also what people like together, and next.")
    ] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="Also missing links, and list doubtful ones.")
    ] = False,
    review: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help=f"List for a person, with decisions; {REVIEW} in the folder."
        ),
    ] = None,
    threshold: Annotated[
        float, typer.Option(min=0.5, max=1, help="Links this probable are taken.")
    ] = 0.9,
    language_model: Annotated[
        str | None, typer.Option(metavar="NAME", help="Asked about links that are less sure.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of what is hidden to learn from.")] = 0,
    skip_bad: SkipBad = False,
) -> None:
    """Make a knowledge graph of what a folder holds and report on its quality.

    Categories, lists, persons, years (by decade) and numbers (in bins) become triples
    (item, column, value) in the folder's graph file. Triples from elsewhere stay as they are;
    building again replaces what was built before.
    """
    from fewrec.data.sources import read_folder
    from fewrec.errors import ConfigError
    from fewrec.knowledge.build import build_graph
    from fewrec.knowledge.build.completion import Wish
    from fewrec.knowledge.build.history import history_triples

    if not (text or repair) and (review or language_model):
        raise ConfigError("--review and --language-model need --text or --repair.")
    dataset = read_folder(folder, skip_bad=skip_bad)
    run.data = {"name": dataset.name, "fingerprint": dataset.fingerprint}
    more: dict[str, list[Triple]] = {}
    if history:
        with run.progress("Reading histories"):
            more["history"] = history_triples(dataset)
    if text or repair:
        wish = Wish(text=text, repair=repair, threshold=threshold, seed=seed)
        found = _completed(run, folder, dataset, wish, review or folder / REVIEW, language_model)
        more |= _by_source(found, wish)
    with run.progress("Building the graph"):
        built = build_graph(folder, dataset, more)
    _told(run, built, len(dataset.catalog))
    if history and len(dataset.interactions):
        run.warn(
            "The links from histories know all interactions of this folder: leave them out of a "
            "graph that is to be evaluated on the same interactions."
        )


def _completed(
    run: Run, folder: Path, dataset: Dataset, wish: Wish, review: Path, model: str | None
) -> Completion:
    from fewrec.knowledge.build.completion import complete
    from fewrec.knowledge.build.review import read_review, write_review
    from fewrec.knowledge.language import language_model
    from fewrec.knowledge.text import encoder_for

    decided = read_review(review)
    encoder, why = encoder_for(dataset.catalog)
    if why:
        run.warn(why)
    asked = None if model is None else language_model(model)
    with step_bars(run) as tell:
        found = complete(
            folder, dataset, wish, encoder=encoder, model=asked, decided=decided, tell=tell
        )
    write_review(found.cases, review)
    missing = sum(case.kind == "missing" for case in found.cases)
    doubtful = len(found.cases) - missing
    run.say(
        f"{review}: {missing:,} links that may be missing and {doubtful:,} doubtful ones; write "
        "yes or no behind them and build again."
    )
    if found.read:
        run.say(
            f"The language model was asked about {found.read:,} links; it tells known ones from "
            f"wrong ones with an AUC of {found.auc:.2f}."
        )
    run.extras["completion"] = {
        "review": str(review),
        "missing": missing,
        "doubtful": doubtful,
        "share": found.share,
        "read": found.read,
        "language_model_auc": found.auc if found.read else None,
    }
    return found


def _by_source(found: Completion, wish: Wish) -> dict[str, list[Triple]]:
    """What is to be written for each kind that was asked for."""
    if wish.text and wish.repair:
        return {"text": list(found.text), "repair": list(found.repair)}
    return {"text" if wish.text else "repair": [*found.text, *found.repair]}


def _told(run: Run, built: GraphBuild, items: int) -> None:
    run.say(
        f"{built.file}: {built.made:,} triples made from the catalogue, {built.kept:,} from "
        f"elsewhere kept, {built.replaced:,} of an earlier build replaced."
    )
    for source, count in built.more.items():
        run.say(f"{count:,} more from {source}.")
    run.say(_table(built.relations))
    for sentence in _doubts(built.relations, built.isolated, items):
        run.warn(sentence)
    run.extras["graph"] = {
        "file": str(built.file),
        "made": built.made,
        "more": dict(built.more),
        "kept": built.kept,
        "replaced": built.replaced,
        "isolated": built.isolated,
        "relations": [asdict(report) for report in built.relations],
    }


def _table(reports: tuple[RelationReport, ...]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(title="What the relations say")
    table.add_column("relation")
    for name in ("triples", "items", "coverage", "values", "singletons", "hubs"):
        table.add_column(name, justify="right")
    table.add_column("most frequent")
    for report in reports:
        table.add_row(
            Text(report.relation),
            f"{report.triples:,}",
            f"{report.items:,}",
            f"{report.coverage:.0%}",
            f"{report.values:,}",
            f"{report.singletons:,}",
            f"{report.hubs:,}",
            Text(f"{report.top} ({report.top_items:,})"),
        )
    return table


def _doubts(reports: tuple[RelationReport, ...], isolated: int, items: int) -> list[str]:
    """What a person should look at before relying on the graph."""
    said = []
    for report in reports:
        if report.singletons == report.values:
            said.append(f"{report.relation}: no two items share a value, so it connects nothing.")
        elif report.hubs == report.values:
            said.append(f"{report.relation}: every value belongs to more than half of the items.")
        elif report.coverage < 0.5:
            said.append(f"{report.relation}: only {report.coverage:.0%} of the items have it.")
    if isolated:
        said.append(f"{isolated:,} of {items:,} items share no value with any other item.")
    return said
