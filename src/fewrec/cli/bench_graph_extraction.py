"""`fewrec bench graph-extraction`: what titles and texts tell of an item's relations."""

from __future__ import annotations

from typing import Annotated

import typer

from fewrec.cli.output import Run


def command(
    run: Run,
    data: Annotated[
        str, typer.Option(metavar="NAME_OR_DIR", help="A data folder whose items have texts.")
    ],
    relation: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Look for this one; repeatable.")
    ] = None,
    items: Annotated[int, typer.Option(min=2, help="Items that are read.")] = 150,
    each: Annotated[
        int, typer.Option(min=1, help="Links of an item that the language model is asked about.")
    ] = 6,
    language_model: Annotated[
        str | None, typer.Option(metavar="NAME", help="Asked about links; none without it.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds.")] = 1,
) -> None:
    """Hide all that is known of some items but title and text, and look for it there.

    Words and likeness of texts, a language model's answers, both together; beside them the most
    frequent values and drawn ones.
    """
    from rich.table import Table

    from fewrec.evaluation.graph_extraction import Extraction, run_extraction
    from fewrec.evaluation.opening import open_data
    from fewrec.knowledge.language import language_model as opened
    from fewrec.knowledge.text import encoder_for

    dataset = open_data(data, progress=not run.quiet)
    run.data = {"name": dataset.name, "fingerprint": dataset.fingerprint}
    run.seeds = list(range(seeds))
    encoder, why = encoder_for(dataset.catalog)
    if why:
        run.warn(why)
    asked = Extraction(items, each, tuple(relation or ()))
    model = None if language_model is None else opened(language_model)
    done = 0.0
    with run.progress("Reading", total=1.0) as advance:

        def tell(share: float) -> None:
            nonlocal done
            advance(share - done)
            done = share

        run.rows, run.comparisons = run_extraction(dataset, encoder, model, asked, run.seeds, tell)
    words = [f"fewrec bench graph-extraction --data {data} --items {items} --each {each}"]
    words += [f"--relation {name}" for name in relation or ()]
    words += [] if language_model is None else [f"--language-model {language_model}"]
    run.extras["reproduce"] = " ".join([*words, f"--seeds {seeds}"])
    table = Table(title=f"{dataset.name}: read from texts", title_justify="left")
    for name in ("relation", "ranker", "measure"):
        table.add_column(name)
    table.add_column("mean", justify="right")
    for row in run.rows:
        mean = "–" if row["mean"] is None else f"{row['mean']:,.3f}"
        table.add_row(row.get("segment", "all"), row["ranker"], row["metric"], mean)
    run.say(table)
