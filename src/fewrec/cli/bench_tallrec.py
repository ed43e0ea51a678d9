"""`fewrec bench tallrec`: K labelled prompts, and what they are worth."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fewrec.cli.options import Catalogue
from fewrec.cli.output import Run

if TYPE_CHECKING:
    from fewrec.evaluation.shot_bench import ShotBench


def command(
    run: Run,
    data: Annotated[
        str,
        typer.Option(
            metavar="DIR",
            help="Folder with train and test JSON files; data with times for `--all-users`.",
        ),
    ],
    catalogue: Catalogue = None,
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
    alone: Annotated[
        bool, typer.Option("--alone", help="No `hybrid+lm`, which fits each reader six times.")
    ] = False,
    rows: Annotated[
        int, typer.Option(min=0, help="Ask at most so many test rows, drawn once; 0 for all.")
    ] = 0,
    ablation: Annotated[
        bool, typer.Option("--ablation", help="Also `hybrid` without each of its parts.")
    ] = False,
    all_users: Annotated[
        bool,
        typer.Option("--all-users", help="Ask everybody of a data set, in five folds of people."),
    ] = False,
) -> None:
    """Learn from K labelled prompts and answer the published test prompts.

    Every row is answered by itself: no test row is evidence for another one.
    """
    from fewrec.cli.result_tables import comparison_lines, result_tables
    from fewrec.evaluation.shot_bench import answered, draw, fewer, shot_rows
    from fewrec.evaluation.tallrec import contestants, without_each

    sizes, run.seeds = _numbers(shots), list(range(seeds))
    extra = tuple(name for name in with_.replace(" ", "").split(",") if name)
    models = contestants(extra, together=not alone)
    models |= without_each() if ablation else {}
    fold_of = _folds(data, catalogue, all_users)
    found, segment = [], "all_users" if all_users else "published"
    with run.progress("Models", total=len(sizes) * seeds * len(models)) as advance:
        for seed in run.seeds:
            bench = fewer(fold_of(seed), rows)
            draw(bench.pool, max(sizes), seed)  # too few rows are told before anything is fitted
            run.data = {"name": bench.name, "fingerprint": bench.fingerprint}
            cell = {"task": "tallrec", "data": bench.name, "segment": segment}
            for k in sizes:
                found += answered(bench, models, k, seed, cell, lambda name: advance())
    run.rows, run.comparisons = shot_rows(found, tuple(name for name in models if name != "hybrid"))
    chosen = {"--catalogue": catalogue, "--with": with_, "--rows": rows}
    words = [f"{flag} {value}" for flag, value in chosen.items() if value]
    words += ["--alone"] * alone + ["--ablation"] * ablation + ["--all-users"] * all_users
    run.extras["reproduce"] = " ".join(
        [f"fewrec bench tallrec --data {data} --shots {shots} --seeds {seeds}", *words]
    )
    run.say(*result_tables(run.rows), *comparison_lines(run.comparisons))


def _folds(data: str, catalogue: Path | None, everybody: bool) -> Callable[[int], ShotBench]:
    """What is asked with each seed."""
    if everybody:
        from fewrec.evaluation.all_users import fold_of_people, items_of, open_everybody

        dataset = open_everybody(data, catalogue)
        return partial(fold_of_people, dataset, items_of(dataset))
    from fewrec.evaluation.tallrec import open_tallrec

    published = open_tallrec(Path(data), catalogue)
    return lambda seed: published


def _numbers(words: str) -> list[int]:
    from fewrec.errors import ConfigError

    parts = words.replace(" ", "").split(",")
    if not all(part.isdecimal() and int(part) > 0 for part in parts):
        raise ConfigError(f"shots must be numbers above 0, not {words!r}. Write 16,64,256.")
    return [int(part) for part in parts]
