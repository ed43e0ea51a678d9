"""`fewrec bench sessions`: the next item, given the visit somebody is in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from fewrec.cli.options import Data
from fewrec.cli.output import Run


def command(
    run: Run,
    data: Data = "ml-100k",
    seeds: Annotated[int, typer.Option(min=1, help="How many draws of moments.")] = 3,
    people: Annotated[int, typer.Option(min=1, help="People asked about in each draw.")] = 500,
    last: Annotated[
        bool, typer.Option("--last", help="Ask for each person's last row instead of any.")
    ] = False,
    users: Annotated[
        int | None, typer.Option(min=10, help="At most so many people, drawn; else all.")
    ] = None,
    items: Annotated[
        int | None, typer.Option(min=10, help="At most so many items, those met most; else all.")
    ] = None,
    peers: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES", help="Other libraries to compare with, such as rectools-sasrec."
        ),
    ] = None,
) -> None:
    """Ask what people like next, in the middle of a visit.

    A visit ends with a break of half an hour, or as the column `session` says. Ours with the
    visit and without it, against item-kNN on the visit and on everything, and popularity.
    """
    from fewrec.cli.result_tables import segment_table
    from fewrec.evaluation.opening import open_bench, open_data
    from fewrec.evaluation.peers.models import peers_named
    from fewrec.evaluation.sample import sampled
    from fewrec.evaluation.visit_bench import Asked, run_visits, summarised

    others = peers_named(peers) if peers else ()
    dataset = open_data(data, progress=not run.quiet)
    whole = len(dataset.people.users), len(dataset.catalog)
    dataset = sampled(dataset, users or whole[0], items or whole[1])
    bench = open_bench(dataset, visits=True)
    run.data = {"name": dataset.name, "fingerprint": dataset.fingerprint}
    run.seeds = list(range(seeds))
    asked = Asked(people, last)
    with run.progress("Visits", total=seeds) as advance:
        found = run_visits(bench, asked, run.seeds, advance, others)
    run.rows, run.comparisons = summarised(found.outcomes, others)
    run.extras["notes"] = found.notes
    run.extras["fits"] = found.fits
    run.extras["tried"] = found.tried
    run.extras["size"] = {
        "users": len(dataset.people.users), "users_in_all": whole[0],
        "items": len(dataset.catalog), "items_in_all": whole[1],
    }  # fmt: skip
    words = [f"fewrec bench sessions --data {Path(data).name} --seeds {seeds} --people {people}"]
    words += ["--last"] if last else []
    words += [f"--users {users}"] if users is not None else []
    words += [f"--items {items}"] if items is not None else []
    words += [f"--peers {peers}"] if peers else []
    run.extras["reproduce"] = " ".join(words)
    run.say(segment_table(run.rows, dataset.name), *found.notes[:1])
    run.say(*(_fit_line(fit) for fit in found.fits))


def _fit_line(fit: Mapping[str, Any]) -> str:
    """What a fit took, and why nothing came out of it where that is so."""
    said = f"{fit['ranker']}, seed {fit['seed']}: "
    if fit.get("reason"):
        return f"{said}no answer ({fit['reason']})"
    given = f" of {fit['given']:.0f} given" if "given" in fit else ""
    return f"{said}{fit['cpu_seconds']:.0f} seconds of processor time{given}"
