"""`fewrec bench text`: what the words of a catalogue add."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fewrec.cli.output import Run

if TYPE_CHECKING:
    from rich.table import Table


def command(
    run: Run,
    data: Annotated[
        str,
        typer.Option(
            metavar="NAMES_OR_DIRS", help="Public data or data folders, separated by commas."
        ),
    ],
    catalogue: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What else is known of the titles of one data set."),
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds.")] = 3,
    users: Annotated[int, typer.Option(min=10, help="At most so many people, drawn.")] = 2000,
    items: Annotated[
        int, typer.Option(min=10, help="At most so many items, those these people met most.")
    ] = 2000,
    out: Annotated[
        Path, typer.Option(metavar="RUN", help="Folder for the cells; what is there is kept.")
    ] = Path("runs/text"),
    only: Annotated[
        str,
        typer.Option(
            metavar="NAMES", help="Who is asked, separated by commas; also hybrid-tuned-text."
        ),
    ] = "texts,hybrid,hybrid-no-text",
) -> None:
    """Compare a frozen encoder, tuned text vectors and plain words; the fusion with and without.

    Asked are people about items that nobody met, and newcomers with 1, 3 and 5 known clicks.
    """
    from fewrec.errors import ConfigError, EmptyData, nearest
    from fewrec.evaluation.opening import open_bench, open_described
    from fewrec.evaluation.sample import sampled
    from fewrec.evaluation.text_bench import PARTS, USUAL, TextBench, run_text, summarised

    names = [name for name in data.split(",") if name]
    if catalogue is not None and len(names) != 1:
        raise ConfigError("`--catalogue` describes one data set. Name one with `--data`.")
    parts = tuple(part for part in only.replace(" ", "").split(",") if part)
    for part in parts:
        if part not in PARTS:
            raise ConfigError(f"There is no {part!r}. {nearest(part, PARTS, 'contestants')}")
    run.seeds = list(range(seeds))
    outcomes, told = [], []
    for name in names:
        whole = open_described(name, catalogue, progress=not run.quiet)
        dataset = sampled(whole, users, items)
        bench = open_bench(dataset)
        if bench.encoder is None:
            raise EmptyData(f"{dataset.name}: the items have no text", fix="Give data with titles.")
        told.append({"name": dataset.name, "fingerprint": dataset.fingerprint})
        asked = TextBench(bench, tuple(run.seeds), out, parts)
        with run.progress(dataset.name, total=len(list(asked.cells()))) as advance:
            outcomes += run_text(asked, lambda cell: advance())
    run.data = told[0] if len(told) == 1 else {
        "name": ", ".join(one["name"] for one in told),
        "fingerprint": ", ".join(one["fingerprint"] for one in told),
    }  # fmt: skip
    run.rows, run.comparisons, weights = summarised(outcomes)
    run.extras["weights"] = weights
    shown = ",".join(Path(name).name for name in names)
    run.extras["reproduce"] = (
        f"fewrec bench text --data {shown} --seeds {seeds} --users {users} --items {items}"
        + (f" --catalogue {catalogue.name}" if catalogue is not None else "")
        + (f" --only {','.join(parts)}" if parts != USUAL else "")
    )
    run.say(_means(run.rows), _ratios(run.comparisons), _shares(weights))


def _cell(row: dict[str, Any]) -> str:
    clicks = "" if row.get("k") is None else f", {row['k']} clicks"
    return f"{row['data']}, {row['segment'].replace('_', ' ')}{clicks}"


def _means(rows: list[dict[str, Any]]) -> Table:
    from rich.table import Table

    wanted = [row for row in rows if row["metric"] == "ndcg@10" and row["mean"] is not None]
    table = Table(title="NDCG@10", title_justify="left", title_style="bold")
    names = list(dict.fromkeys(_cell(row) for row in wanted))
    for name in ("ranker", *names):
        table.add_column(name, justify="left" if name == "ranker" else "right")
    for ranker in dict.fromkeys(row["ranker"] for row in wanted):
        found = {_cell(row): row["mean"] for row in wanted if row["ranker"] == ranker}
        table.add_row(ranker, *(f"{found[n]:.4f}" if n in found else "" for n in names))
    return table


def _ratios(compared: list[dict[str, Any]]) -> Table:
    from rich.table import Table

    table = Table(title="NDCG@10, paired by person", title_justify="left", title_style="bold")
    for name in ("cell", "a", "b", "a / b", "difference", "95 % interval", "verdict"):
        table.add_column(name)
    for row in compared:
        ratio = "" if row["ratio"] is None else f"{row['ratio']:.3f}"
        gap = "" if row["difference"] is None else f"{row['difference']:+.4f}"
        interval = "" if row["low"] is None else f"{row['low']:+.4f} to {row['high']:+.4f}"
        table.add_row(_cell(row), row["a"], row["b"], ratio, gap, interval, row["verdict"])
    return table


def _shares(weights: list[dict[str, Any]]) -> Table:
    """What the experts that read text weigh, at some numbers of known clicks."""
    from rich.table import Table

    table = Table(title="Shares of the fusion's weights", title_justify="left")
    keys = ("data", "segment", "ranker", "among", "metric")
    for name in ("data", "question", "in", "among", "expert", "1 click", "5 clicks", "20 clicks"):
        table.add_column(name)
    mine = [row for row in weights if row["metric"] in ("weight text-knn", "weight tuned-text")]
    for cell in dict.fromkeys(tuple(row[key] for key in keys) for row in mine):
        at = {row["k"]: row["mean"] for row in mine if tuple(row[key] for key in keys) == cell}
        shares = (f"{at[k]:.0%}" if k in at else "" for k in (1, 5, 20))
        words = [str(word).replace("_", " ").removeprefix("weight ") for word in cell]
        table.add_row(*words, *shares)
    return table
