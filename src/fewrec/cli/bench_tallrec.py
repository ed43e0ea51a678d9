"""`fewrec bench tallrec`: K labelled prompts, and what they are worth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fewrec.cli.output import Run


def command(
    run: Run,
    data: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder with train, valid and test JSON files.")
    ],
    catalogue: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What is known of the titles; only titles without it."),
    ] = None,
    shots: Annotated[
        str, typer.Option(help="Numbers of labelled rows, separated by commas.")
    ] = "16,64,256",
    seeds: Annotated[int, typer.Option(min=1, help="How many draws of shots.")] = 10,
    with_: Annotated[
        str,
        typer.Option(
            "--with", help="More readers, separated by commas; each alone and in hybrid+lm."
        ),
    ] = "",
    ablation: Annotated[
        bool, typer.Option("--ablation", help="Also `hybrid` without each of its parts.")
    ] = False,
) -> None:
    """Learn from K labelled prompts and answer the published test prompts.

    Every row is answered by itself: no test row is evidence for another one.
    """
    from fewrec.cli.result_tables import comparison_lines, result_tables
    from fewrec.evaluation.shot_bench import answered, shot_rows
    from fewrec.evaluation.tallrec import contestants, open_tallrec, without_each

    sizes = _numbers(shots)
    bench = open_tallrec(data, catalogue)
    models = contestants(tuple(name for name in with_.split(",") if name))
    if ablation:
        models |= without_each()
    run.data = {"name": bench.name, "fingerprint": bench.fingerprint}
    run.seeds = list(range(seeds))
    cell = {"task": "tallrec", "data": bench.name}
    found = []
    with run.progress("Models", total=len(sizes) * seeds * len(models)) as advance:
        for k in sizes:
            for seed in run.seeds:
                found += answered(bench, models, k, seed, cell, lambda name: advance())
    run.rows, run.comparisons = shot_rows(found, tuple(name for name in models if name != "hybrid"))
    run.say(*result_tables(run.rows), *comparison_lines(run.comparisons))


def _numbers(words: str) -> list[int]:
    from fewrec.errors import ConfigError

    parts = words.replace(" ", "").split(",")
    if not all(part.isdigit() and int(part) > 0 for part in parts):
        raise ConfigError(f"shots must be numbers above 0, not {words!r}. Write 16,64,256.")
    return [int(part) for part in parts]
