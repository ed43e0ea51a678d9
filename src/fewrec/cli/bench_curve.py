"""`fewrec bench curve`: the learning curve, from a handful of people and clicks to many."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fewrec.cli.options import Data
from fewrec.cli.output import Run, plain


def command(
    run: Run,
    data: Data,
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds.")] = 5,
    users: Annotated[
        str, typer.Option(help="Numbers of training users, separated by commas; `all` is one.")
    ] = "5,20,100,all",
    out: Annotated[
        Path | None,
        typer.Option(metavar="RUN", help="Folder for the cells; by default runs/curve-NAME."),
    ] = None,
    peers: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="Other libraries to compare with: implicit, lenskit, rectools, text, ... or all.",
        ),
    ] = None,
    least: Annotated[
        int, typer.Option(min=0, metavar="L", help="Only items with at least so many likes.")
    ] = 0,
) -> None:
    """Measure how good lists are with n training users and k clicks of a new person.

    Every (seed, n) is a cell with a file of its own in the run folder. A run that was stopped
    goes on where it was; more seeds or sizes add to what is there.
    """
    from fewrec.cli.peer_tables import peer_tables
    from fewrec.cli.result_tables import comparison_lines, result_tables
    from fewrec.evaluation.cells import write_json
    from fewrec.evaluation.curve import Curve, best_varied, run_curve, sizes_named, usable_sizes
    from fewrec.evaluation.headline import headline
    from fewrec.evaluation.opening import open_bench, open_data
    from fewrec.evaluation.peers.compared import compare_with_peers
    from fewrec.evaluation.peers.models import peers_named

    sizes, others = sizes_named(users), peers_named(peers) if peers else ()
    dataset = open_data(data, progress=not run.quiet).liked_items(least)
    run.data = {"name": dataset.name, "fingerprint": dataset.fingerprint}
    run.seeds = list(range(seeds))
    folder = out or Path("runs") / f"curve-{dataset.name}"
    folder.mkdir(parents=True, exist_ok=True)
    bench = open_bench(dataset)
    curve = Curve(tuple(run.seeds), usable_sizes(bench, sizes), folder)
    libraries = len({peer.library for peer in others})
    with run.progress("Cells", total=len(list(curve.cells())) * (1 + libraries)) as advance:
        if others:
            compared = compare_with_peers(bench, curve, others, lambda cell: advance())
            result = compared.result
            run.extras |= compared.extras
        else:
            result = run_curve(bench, curve, lambda cell: advance())
    run.rows, run.comparisons = result.rows, result.comparisons
    run.extras["varied"] = best_varied(result.rows)
    run.extras["reproduce"] = (
        f"fewrec bench curve --data {data} --seeds {seeds} --users {users}"
        + (f" --peers {peers}" if peers else "")
        + (f" --least {least}" if least else "")
    )
    run.say(*result_tables(_headline_cells(result.rows)), *comparison_lines(result.comparisons))
    if others:
        run.say(*peer_tables(run.extras))
    run.say(headline({"rows": result.rows, "comparisons": result.comparisons}))
    for alarm in result.alarms:
        run.warn(alarm)
    write_json(folder / "result.json", plain(run.document()))
    if others:
        _draw_saved(run, folder)
    run.say(f"Saved in {folder}; `fewrec report {folder} -o {folder / 'report.html'}` draws it.")


def _draw_saved(run: Run, folder: Path) -> None:
    """Data saved as a picture in the run folder; without matplotlib, how to get it."""
    from fewrec.errors import MissingExtra
    from fewrec.evaluation.drawing import save
    from fewrec.evaluation.peers.saved_figure import saved_figure, saved_panels

    if not (panels := saved_panels(run.document())):
        return
    try:
        files = save(saved_figure(panels), folder / "data-saved")
    except MissingExtra as error:
        run.say(str(error))
    else:
        run.say(f"Data saved is drawn in {', '.join(str(file) for file in files)}.")


def _headline_cells(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Three clicks, every n: enough for a terminal; the rest stands in the file."""
    return [r for r in rows if r.get("k") in (3, None) and r.get("segment") != "new_items_all"]
