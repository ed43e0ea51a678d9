"""`fewrec bench faults`: a server killed again and again, and what it knew afterwards."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from fewrec.cli.output import Run
from fewrec.errors import FewrecError, MissingExtra


def command(
    run: Run,
    trials: Annotated[int, typer.Option(min=1, help="How often the server is killed.")] = 30,
    home: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="A new folder on the disk to be tried; else a passing one."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the moments of the kills.")] = 0,
) -> None:
    """Kill the service at random moments under load, and count what it knows after each restart.

    It is killed within batches of 10,000 events, between single events, within small batches,
    while a model is fitted, and while slates are noted, in turn. Nothing that was acknowledged
    may be lost, no batch may be there in part, and nothing may count twice when a caller sends it
    again. It ends with an error where any of this happens.
    """
    from rich.table import Table

    try:
        from fewrec.service.bench.kills import kill_trials
        from fewrec.service.bench.trial import Trial, trial_rows
    except ImportError as error:
        raise MissingExtra(error.name or "fastapi", "serve", "The service") from error

    def heard(trial: Trial) -> None:
        advance()
        run.say(
            f"{trial.trial:>3}  killed {trial.moment} after {trial.seconds:.2f} s: "
            f"{trial.acknowledged:,} acknowledged, {trial.lost} lost, {trial.torn} torn, "
            f"{trial.counted_twice} counted twice: {'kept' if trial.kept else 'BROKEN'}"
        )

    with tempfile.TemporaryDirectory() as passing, run.progress("Killing", trials) as advance:
        place = (home or Path(passing) / "home").absolute()
        found = kill_trials(place, trials, seed, heard)
    run.rows, run.seeds = trial_rows(found), [seed]
    run.extras["trials"] = [vars(trial) for trial in found]
    run.extras["reproduce"] = f"fewrec bench faults --trials {trials} --seed {seed}"
    table = Table(title=f"{trials} kills", title_justify="left", title_style="bold")
    for name in ("moment", "trials", "acknowledged", "lost", "torn", "counted twice"):
        table.add_column(name, justify="left" if name == "moment" else "right")
    for moment in dict.fromkeys(trial.moment for trial in found):
        mine = [trial for trial in found if trial.moment == moment]
        sums = (sum(getattr(trial, name) for trial in mine) for name in COUNTED)
        table.add_row(moment, str(len(mine)), *(f"{number:,}" for number in sums))
    run.say(table)
    broken = [trial.trial for trial in found if not trial.kept]
    if broken:
        raise FewrecError(f"what is promised was not kept in the trials {broken}.")


COUNTED = ("acknowledged", "lost", "torn", "counted_twice")
