"""`fewrec fit`: a data folder to a model that answers, scores and explains."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fewrec.cli.options import SkipBad
from fewrec.cli.output import Run

if TYPE_CHECKING:
    from fewrec.data.dataset import Dataset
    from fewrec.recommender import Recommender


RUNS = Path("runs")
"""Where fits are noted."""

SEEN = {
    "tensorboard": f"See it with: tensorboard --logdir {RUNS}",
    "wandb": f"Nothing was sent; to send it: wandb sync {RUNS}/wandb/offline-run-*",
    "mlflow": f"See it with: mlflow ui --backend-store-uri {RUNS}/mlruns",
}


def command(
    run: Run,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A data folder.")],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="MODEL", help="Folder for the model.")
    ],
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="TOML file with seed, encoder, experts."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Of all randomness; 0 where nothing is said.")
    ] = None,
    track: Annotated[
        str | None,
        typer.Option(
            metavar="TRACKER", help="Note the fit for tensorboard, wandb or mlflow, in runs/."
        ),
    ] = None,
    skip_bad: SkipBad = False,
) -> None:
    """Fit a model on a data folder: interactions, a catalogue, or both.

    A model that stands in MODEL already is replaced at the end, all at once; interrupted, the
    old one stays. Same data, seed and versions give the same model.
    """
    from fewrec.cli.steps import step_bars
    from fewrec.data.exchange import check_place
    from fewrec.data.sources import read_folder
    from fewrec.ranker.timing import Stopwatch
    from fewrec.recommender import Recommender
    from fewrec.recommender.card import rehearsed_rows
    from fewrec.recommender.settings import read_fit_settings
    from fewrec.tracking import check_tracker

    check_place(out)
    settings = read_fit_settings(folder, config, seed)
    if track is not None:
        check_tracker(track)
    with run.progress("Reading tables"):
        dataset = read_folder(folder, skip_bad=skip_bad)
    _say_data(run, dataset)
    watch = Stopwatch()
    with step_bars(run) as tell:
        model = Recommender.fit(
            dataset,
            seed=settings.seed,
            encoder=settings.encoder,
            experts=settings.experts_on(dataset),
            parts=settings,
            progress=tell,
            watch=watch,
        )
        tell("Saving", 0.0)
        model.save(out)
    run.data = {"name": dataset.name, "fingerprint": dataset.fingerprint}
    run.seeds = [settings.seed]
    run.rows = rehearsed_rows(model.manifest)
    run.extras["model"] = {"folder": str(out), **model.manifest.to_dict()}
    run.extras["expert_seconds"] = watch.seconds
    _say_model(run, model, folder, out)
    if track is not None:
        _track(run, model, track, watch.seconds)


def _track(run: Run, model: Recommender, tracker: str, seconds: dict[str, float]) -> None:
    """Note the fit in ``runs`` of the folder one is in."""
    from fewrec.recommender.tracked import tracked_fit
    from fewrec.tracking import track

    noted = tracked_fit(model, seconds)
    with run.progress(f"Noting for {tracker}"):
        track(tracker, RUNS, noted)
    run.extras["track"] = {"tracker": tracker, "folder": str(RUNS), "run": noted.name}
    run.say(f"Noted as {noted.name} in {RUNS}. {SEEN[tracker]}")


def _say_data(run: Run, dataset: Dataset) -> None:
    rows = dataset.interactions
    sizes = ((len(rows.users), "users"), (len(rows.items), "items"), (len(rows), "interactions"))
    run.say(f"{dataset.name}: {', '.join(f'{number:,} {what}' for number, what in sizes)}")
    for note in dataset.notes:
        run.say(f"- {note}")


def _say_model(run: Run, model: Recommender, folder: Path, out: Path) -> None:
    manifest = model.manifest
    if manifest.text_note:
        run.warn(manifest.text_note)
    elif manifest.text_encoder:
        run.say(f"- Texts are read by {manifest.text_encoder}.")
    if manifest.rows and not manifest.likes:
        run.warn(
            "no row is a like, so nobody's taste is known: look at the liked rule above, and "
            "state another one in fewrec.toml (`like = ...`) if it is not what you mean."
        )
    if not manifest.calibrated:
        run.warn(
            "nothing in the data is a dislike, so unseen items stood in for dislikes: scores "
            "order items, but are no probabilities (not calibrated)."
        )
    size = sum(file.stat().st_size for file in out.iterdir()) / 2**20
    run.say(
        f"Saved in {out} ({size:,.1f} MB); {out / 'MODEL_CARD.md'} describes the model.",
        "",
        f"Next:  fewrec recommend {quoted(str(out))} {_example(model)} --explain",
        f"       fewrec evaluate {quoted(str(folder))}",
    )


def _example(model: Recommender) -> str:
    """Who to ask about first: a user with a history, else a stranger who names an item."""
    rows = model.known.interactions
    if len(rows):
        return f"--user {quoted(rows.users.ids[int(rows.user[0])])}"
    return f"--likes {quoted(model.known.catalog.titles[0])}"


def quoted(word: str) -> str:
    """A word as one argument of a shell."""
    from shlex import quote

    return quote(word)
