"""`fewrec evaluate`: how good is what this data can learn, by an honest protocol."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fewrec.cli.options import SkipBad
from fewrec.cli.output import Run, plain


def command(
    run: Run,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A data folder.")],
    protocol: Annotated[
        str,
        typer.Option(
            help="What is held out: time, user-time, random, new-users, new-items or few-shot."
        ),
    ] = "time",
    out: Annotated[
        Path | None, typer.Option(metavar="RUN", help="Folder for result and examples.")
    ] = None,
    seeds: Annotated[
        int | None,
        typer.Option(
            min=1, help="How many seeds; by default 3, and 1 where the split needs no draw."
        ),
    ] = None,
    skip_bad: SkipBad = False,
) -> None:
    """Hold something out, fit every ranker on the rest, and say how good each one is.

    The table has the trivial baselines and what chance would reach, accuracy stands beside
    variety, and whatever looks wrong is said. `fewrec report RUN -o report.html` makes a page.
    """
    from fewrec.cli.result_tables import comparison_lines, result_tables
    from fewrec.data.sources import read_folder
    from fewrec.evaluation.cells import write_json
    from fewrec.evaluation.evaluate import evaluate
    from fewrec.evaluation.opening import open_bench
    from fewrec.evaluation.protocols import ABOUT, SEEDED, check_protocol

    check_protocol(protocol)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    dataset = read_folder(folder, skip_bad=skip_bad)
    run.data = {"name": dataset.name, "fingerprint": dataset.fingerprint}
    run.seeds = list(range(seeds or (3 if protocol in SEEDED else 1)))
    with run.progress("Fitting and asking", total=len(run.seeds)) as advance:
        bench = open_bench(dataset)
        result = evaluate(bench, protocol, run.seeds, step=advance)
    run.rows, run.comparisons = result.rows, result.comparisons
    run.say(ABOUT[protocol], *result.notes, "")
    run.say(*result_tables(result.rows))
    run.say(*comparison_lines(result.comparisons), *comparison_lines(result.comparisons, "auc"))
    for alarm in result.alarms:
        run.warn(alarm)
    run.extras["setting"] = " ".join(
        [ABOUT[protocol], *(f"{note[:1].upper()}{note[1:]}." for note in result.notes)]
    )
    run.extras["calibration"] = result.calibration
    run.extras["reproduce"] = (
        f"fewrec evaluate {folder} --protocol {protocol} --seeds {len(run.seeds)}"
        + (f" --out {out}" if out else "")
    )
    if out is not None:
        write_json(out / "result.json", plain(run.document()))
        write_json(out / "examples.json", plain({"slates": result.slates}))
        run.say(f"Saved in {out}; `fewrec report {out} -o {out / 'report.html'}` makes a page.")
