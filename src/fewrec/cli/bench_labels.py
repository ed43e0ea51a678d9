"""`fewrec bench labels`: wrong labels, chosen labels, and finding the wrong ones."""

from __future__ import annotations

from typing import Annotated

import typer

from fewrec.cli.options import Catalogue
from fewrec.cli.output import Run


def command(
    run: Run,
    data: Annotated[
        str,
        typer.Option(
            metavar="DIR",
            help="Folder with train JSON files; data with times for `--all-users`.",
        ),
    ],
    catalogue: Catalogue = None,
    all_users: Annotated[
        bool, typer.Option("--all-users", help="Ask everybody of a data set.")
    ] = False,
    shots: Annotated[int, typer.Option(min=8, help="Labels of which some are wrong.")] = 64,
    seeds: Annotated[int, typer.Option(min=1, help="How many folds of people.")] = 5,
    first_seed: Annotated[int, typer.Option(min=0, help="The first seed.")] = 0,
    with_: Annotated[
        str, typer.Option("--with", help="More readers under wrong labels, such as two-tower.")
    ] = "",
    only: Annotated[
        str, typer.Option(help="Parts to measure: noise, alone, curve, check.")
    ] = "noise,alone,curve,check",
) -> None:
    """Measure what wrong labels cost, what choosing saves, and whether wrong ones are found.

    Shots and questions are of different people. Only train prompts are opened.
    """
    from fewrec.errors import ConfigError, nearest
    from fewrec.evaluation import label_bench as bench_of
    from fewrec.evaluation.label_folds import folds_of
    from fewrec.recommender.shot_models import READERS

    parts = [part for part in only.replace(" ", "").split(",") if part]
    extra = [name for name in with_.replace(" ", "").split(",") if name]
    for words, known, what in (
        (parts, ("noise", "alone", "curve", "check"), "parts"),
        (extra, READERS, "readers"),
    ):
        for word in words:
            if word not in known:
                raise ConfigError(f"There is no {word!r}. {nearest(word, known, what)}")
    run.seeds = list(range(first_seed, first_seed + seeds))
    fold_of = folds_of(data, catalogue, all_users)
    noise, curve, checked = [], [], []
    curves = len(bench_of.SEGMENTS) * len(bench_of.WAYS) * len(bench_of.SIZES)
    shares = len(bench_of.SHARES)
    steps = {"noise": shares, "alone": shares, "curve": curves, "check": shares - 1}
    with run.progress("Folds", total=seeds * sum(steps[part] for part in parts)) as advance:
        for seed in run.seeds:
            bench = fold_of(seed)
            run.data = {"name": bench.name, "fingerprint": bench.fingerprint}
            if "noise" in parts:
                noise += bench_of.noisy(bench, bench_of.fast_models(extra), shots, seed, advance)
            if "alone" in parts:
                noise += bench_of.noisy_alone(bench, shots, seed, advance)
            for segment in bench_of.SEGMENTS if "curve" in parts else ():
                curve += bench_of.learned(bench, segment, seed, advance)
            if "check" in parts:
                checked += bench_of.sought(bench, seed, advance)
    for found, key, base in ((noise, "wrong", 0.0), (curve, "way", "random")):
        rows, compared = bench_of.summed(found, key, base)
        run.rows += rows + (bench_of.saved(rows) if key == "way" else [])
        run.comparisons += compared
    run.rows += bench_of.over_seeds(checked)
    run.say(*_lines(run))


def _lines(run: Run) -> list[str]:
    """One line a cell, in a few words."""
    lines = []
    for row in run.rows:
        if row["metric"] in ("auc", "labels saved", "precision", "recall"):
            cell = [row["segment"], row["ranker"], row.get("way"), f"{row['shots']} labels"]
            cell.append(f"{row['wrong']:.0%} wrong" if "wrong" in row else None)
            told = "undefined" if row["mean"] is None else f"{row['mean']:.3f}"
            words = ", ".join(str(word) for word in cell if word is not None)
            lines.append(f"{words}: {row['metric']} {told}")
    return lines
