"""`fewrec bench pairs`: would they like it, with people and items warm and cold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fewrec.cli.options import Data
from fewrec.cli.output import Run

if TYPE_CHECKING:
    from rich.table import Table


def command(
    run: Run,
    data: Data,
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds, of the fits.")] = 3,
    splits: Annotated[
        str, typer.Option(metavar="NAMES", help="time, user-time or both, separated by commas.")
    ] = "time,user-time",
    out: Annotated[
        Path | None,
        typer.Option(metavar="RUN", help="Folder for the cells; by default runs/pairs-NAME."),
    ] = None,
    figure: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw the calibration here, as PNG and SVG."),
    ] = None,
) -> None:
    """Measure P(like) of held-out rows: AUC, AUC within each person, log-loss, calibration.

    Warm and cold people and items stand apart. Every (split, seed) is a cell with a file of its
    own; a run that was stopped goes on where it was.
    """
    from fewrec.evaluation.opening import open_bench, open_data
    from fewrec.evaluation.pairs_bench import PairsBench, run_pairs, splits_named, summarised

    names = splits_named(splits)
    dataset = open_data(data, progress=not run.quiet)
    run.data = {"name": dataset.name, "fingerprint": dataset.fingerprint}
    run.seeds = list(range(seeds))
    folder = out or Path("runs") / f"pairs-{dataset.name}"
    asked = PairsBench(open_bench(dataset), tuple(run.seeds), names, folder)
    with run.progress("Cells", total=len(list(asked.cells()))) as advance:
        found = run_pairs(asked, advance)
    run.rows, run.comparisons, tables, notes = summarised(found)
    run.extras["calibration"], run.extras["notes"] = tables, notes
    shown = f"--data {Path(data).name} --seeds {seeds} --splits {','.join(names)}"
    run.extras["reproduce"] = f"fewrec bench pairs {shown}"
    run.say(*(f"{note}." for note in notes), *(_table(run.rows, name) for name in names))
    run.say(_gaps(run.comparisons))
    if figure is not None:
        files = _draw(tables, figure)
        run.say(f"Drawn in {', '.join(str(file) for file in files)}.")


def _draw(tables: list[dict[str, Any]], file: Path) -> list[Path]:
    """The calibration with the last of the splits."""
    from fewrec.evaluation.drawing import save
    from fewrec.evaluation.figures import calibration_plot

    last = tables[-1]["protocol"]
    drawn = calibration_plot([table for table in tables if table["protocol"] == last])
    return save(drawn, file.with_suffix(""))


def _table(rows: list[dict[str, Any]], split: str) -> Table:
    from rich.table import Table

    here = [row for row in rows if row["protocol"] == split]
    table = Table(title=split, title_justify="left", title_style="bold")
    for name in ("segment", "rows", "ranker", "AUC", "UAUC", "log-loss", "calibration error"):
        table.add_column(name)
    for cell in dict.fromkeys((r.get("segment"), r["test_rows"], r["ranker"]) for r in here):
        mine = [r for r in here if (r.get("segment"), r["test_rows"], r["ranker"]) == cell]
        found = {row["metric"]: row["mean"] for row in mine}
        shown = (found.get(metric) for metric in ("auc", "uauc", "logloss", "ece"))
        numbers = ("" if value is None else f"{value:.4f}" for value in shown)
        table.add_row(cell[0] or "all", f"{cell[1]:,}", cell[2], *numbers)
    return table


def _gaps(compared: list[dict[str, Any]]) -> Table:
    from rich.table import Table

    table = Table(title="hybrid against others, by person", title_justify="left")
    for name in ("split", "segment", "other", "metric", "difference", "95 % interval"):
        table.add_column(name)
    for row in compared:
        if row["difference"] is None or row["low"] is None:
            continue
        interval = f"{row['low']:+.4f} to {row['high']:+.4f}"
        cell = (row["protocol"], row.get("segment") or "all", row["b"], row["metric"])
        table.add_row(*cell, f"{row['difference']:+.4f}", interval)
    return table
