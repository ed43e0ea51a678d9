"""`fewrec bench speed-peers`: lists, events and metrics beside other libraries."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fewrec.cli.options import Data
from fewrec.cli.output import Run


def command(
    run: Run,
    data: Data = "ml-100k",
    seed: Annotated[int, typer.Option(min=0, help="Of fits, split and events.")] = 0,
    rounds: Annotated[int, typer.Option(min=1, help="How often everybody's turn comes.")] = 5,
) -> None:
    """Measure lists for everybody, one event, and judging lists, beside other libraries.

    implicit answers in the same process; RecTools and LensKit judge the same lists in
    environments of their own (`make peers`). Everybody has one thread, and turns alternate.
    """
    from fewrec.cli.speed_tables import speed_tables
    from fewrec.evaluation.opening import data_folder, open_bench, open_data
    from fewrec.evaluation.peers.environments import WAY_OUT
    from fewrec.evaluation.speed_judging import LIBRARIES
    from fewrec.evaluation.speed_peers import installed, speed_peers, versions

    dataset = open_data(data, progress=not run.quiet)
    run.data, run.seeds = {"name": dataset.name, "fingerprint": dataset.fingerprint}, [seed]
    libraries = installed()
    for library in LIBRARIES:
        if library not in libraries:
            run.warn(f"{library} is not installed, so it is left out; {WAY_OUT}")
    turns = 1 + rounds * (1 + len(libraries))
    with run.progress("Measuring", total=turns) as advance:
        run.rows = speed_peers(
            open_bench(dataset),
            data_folder(data),
            seed=seed,
            rounds=rounds,
            libraries=libraries,
            step=lambda task: advance(),
        )
    run.extras["peers"] = versions(libraries)
    run.extras["reproduce"] = f"fewrec bench speed-peers --data {Path(data).name} --rounds {rounds}"
    run.say(*speed_tables(run.rows))
