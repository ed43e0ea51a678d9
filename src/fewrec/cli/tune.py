"""`fewrec tune`: search for better settings of a fit, and use them only where they are better."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fewrec.cli.options import SkipBad
from fewrec.cli.output import Run, plain

if TYPE_CHECKING:
    from rich.table import Table

    from fewrec.evaluation.tuning.outcome import Verdict
    from fewrec.evaluation.tuning.search import Attempt, Search

TRIALS_SHOWN = 10


def command(
    run: Run,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A data folder.")],
    minutes: Annotated[
        float, typer.Option(min=0, help="Time for the search; the check at its end comes on top.")
    ] = 30.0,
    trials: Annotated[
        int | None, typer.Option(min=1, help="Stop after so many, earlier runs included.")
    ] = None,
    parts: Annotated[
        str,
        typer.Option(metavar="NAMES", help="What is searched: fusion, experts, text, graph."),
    ] = "fusion,experts",
    protocol: Annotated[
        str | None,
        typer.Option(help="How it is judged: time or new-users; time where all rows have one."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="RUN", help="Folder of the search; runs/tune-NAME by default."),
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Of all randomness.")] = None,
    skip_bad: SkipBad = False,
) -> None:
    """Search for better settings of a fit, and check them on what the search never saw.

    The default is the first trial, and is kept unless the best one beats it there. The same
    command goes on where it was stopped.
    """
    from filelock import FileLock, Timeout

    from fewrec.cli.steps import step_bars
    from fewrec.data.sources import read_folder
    from fewrec.errors import ConfigError
    from fewrec.evaluation.tuning.holdout import check_stages, stages
    from fewrec.evaluation.tuning.judging import Judge
    from fewrec.evaluation.tuning.outcome import verdict
    from fewrec.evaluation.tuning.search import Search, needs_optuna
    from fewrec.evaluation.tuning.space import Space, checked_parts
    from fewrec.recommender.settings import read_fit_settings

    needs_optuna()
    asked = checked_parts(parts)
    check_stages(protocol)
    base = read_fit_settings(folder, None, seed)
    dataset = read_folder(folder, skip_bad=skip_bad)
    cut = stages(dataset, protocol, base.seed)
    target = out or Path("runs") / f"tune-{dataset.name}"
    target.mkdir(parents=True, exist_ok=True)
    run.data = {"name": dataset.name, "fingerprint": dataset.fingerprint}
    run.seeds = [base.seed]
    run.say(cut.note, "")
    space = Space.of(base, base.experts_on(dataset), asked)
    try:
        with FileLock(target / ".lock", timeout=0):
            search = Search.open(
                target, space, len(cut.search), base.seed,
                data=dataset.fingerprint, cut=cut.note,
            )  # fmt: skip
            with step_bars(run) as tell:
                tell("Reading texts", 0.0)
                judge = Judge.of(dataset, space)
                attempts = search.run(
                    lambda values, fold: judge.value(values, cut.search[fold]),
                    seconds=60.0 * minutes,
                    trials=trials,
                    tell=lambda found, share: tell("Searching", share),
                )
                done: list[None] = []

                def step() -> None:
                    done.append(None)
                    tell("Checking", len(done) / 2)

                found = verdict(judge, search.best(), cut.check, step)
            _report(run, search, attempts, found, target, folder, cut.note)
    except Timeout as fault:
        raise ConfigError(f"{target}: another process searches there. Wait for it.") from fault


def _report(
    run: Run,
    search: Search,
    attempts: list[Attempt],
    found: Verdict,
    target: Path,
    folder: Path,
    note: str,
) -> None:
    """Show and write everything."""
    from fewrec.evaluation.cells import write_json
    from fewrec.evaluation.tuning.outcome import FILE, write_settings

    importance = search.importance()
    run.rows, run.comparisons = found.rows, found.comparisons
    run.say(_table(search, attempts), "")
    if importance:
        most = sorted(importance.items(), key=lambda pair: -pair[1])[:5]
        shares = ", ".join(f"{name} {share:.0%}" for name, share in most)
        run.say(f"What separates good trials from others: {shares}.")
    run.say(found.sentence)
    write_settings(target / FILE, search.space.told(found.values), [note, found.sentence])
    run.extras["tuning"] = _document(search, attempts, found, importance)
    run.extras["setting"] = note
    run.extras["reproduce"] = _reproduce(run, folder)
    write_json(target / "result.json", plain(run.document()))
    picture = _picture(run, attempts, importance, target)
    run.say(
        f"Saved in {target}: {FILE}, result.json{picture}, study.db.",
        "",
        f"Next:  fewrec fit {folder} -o MODEL --config {target / FILE}",
    )


def _table(search: Search, attempts: list[Attempt]) -> Table:
    """The best trials with what they changed; the default among them."""
    from rich.table import Table

    table = Table(title=f"Trials: the default and the best of {len(attempts):,}")
    for name in ("trial", "NDCG@10", "folds", "seconds"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("differs from the default in")
    ranked = sorted(attempts, key=lambda one: (one.state != "complete", -(one.value or 0.0)))
    shown = [one for n, one in enumerate(ranked) if n < TRIALS_SHOWN or one.number == 0]
    for one in shown:
        told = search.space.changed(one.values)
        words = "  ".join(f"{name} {_short(value)}" for name, value in told.items())
        table.add_row(
            str(one.number),
            "-" if one.value is None else f"{one.value:.4f}",
            f"{one.folds} ({one.state})" if one.state != "complete" else str(one.folds),
            "-" if one.seconds is None else f"{one.seconds:.0f}",
            words or "nothing: the default",
        )
    return table


def _short(value: float | bool) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _document(
    search: Search, attempts: list[Attempt], found: Verdict, importance: dict[str, float]
) -> dict[str, Any]:
    best = search.best()
    return {
        "trials": attempts,
        "default": search.space.defaults,
        "best": None if best is None else best.number,
        "kept_default": found.kept,
        "verdict": found.sentence,
        "settings": search.space.told(found.values),
        "importance": importance,
    }


def _reproduce(run: Run, folder: Path) -> str:
    told = run.arguments
    words = [f"fewrec tune {folder} --minutes {told.get('minutes', 30.0):g}"]
    words += [
        f"--{name} {told[name]}"
        for name in ("trials", "parts", "protocol", "seed")
        if told.get(name) is not None
    ]
    return " ".join(words)


def _picture(run: Run, attempts: list[Attempt], importance: dict[str, float], target: Path) -> str:
    """Draw the search where that is possible; what it adds to the list of files."""
    from fewrec.errors import MissingExtra
    from fewrec.evaluation.drawing import save
    from fewrec.evaluation.tuning.figure import search_picture

    try:
        save(search_picture(attempts, importance), target / "tune")
    except MissingExtra as fault:
        run.warn(f"no picture of the search: {fault}")
        return ""
    return ", tune.png, tune.svg"
