"""`fewrec rules`: what each business rule costs, and how often it makes a difference."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fewrec.cli.output import Run

if TYPE_CHECKING:
    from fewrec.data.dataset import Dataset
    from fewrec.recommender import Recommender
    from fewrec.recommender.rule_costs import RuleCost
    from fewrec.recommender.rules import Rules


def command(
    run: Run,
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A data folder with [rules], or a served home.")
    ],
    model: Annotated[
        Path | None,
        typer.Option(metavar="MODEL", help="Judge on this model instead of fitting one."),
    ] = None,
    k: Annotated[int, typer.Option("-k", min=1, help="Length of the slates.")] = 10,
    people: Annotated[int, typer.Option(min=1, help="At most so many people are asked about.")] = (
        500
    ),
    seed: Annotated[int, typer.Option(help="Of the fit and of the choice of people.")] = 0,
) -> None:
    """Say what every rule of a data folder costs in NDCG, and how often it made a difference.

    A model is fitted on the oldest four fifths of the rows; people who liked something new
    later get a slate with all rules, and one without each of them in turn.
    """
    from fewrec.errors import ConfigError, EmptyData
    from fewrec.recommender.hindsight import hindsight, latest_from
    from fewrec.recommender.rule_costs import rule_costs

    with run.progress("Reading"):
        dataset, rules = _read(folder)
    since = latest_from(dataset.interactions)
    if since != since:
        raise ConfigError(f"{folder}: no row has a timestamp, so there is no before and after.")
    asked = hindsight(dataset.interactions, since, people, seed)
    if not asked.queries:
        raise EmptyData("nobody liked anything new in the latest fifth of the rows")
    judged = _model(run, dataset, folder, model, since, seed)
    run.data = {"name": dataset.name, "fingerprint": dataset.fingerprint}
    run.seeds = [seed]
    with run.progress("Leaving out each rule"):
        costs = rule_costs(judged, rules, asked.queries, asked.good, now=since, k=k)
    run.rows = [{"data": dataset.name, **cost.to_row()} for cost in costs]
    run.comparisons = [_comparison(dataset.name, cost) for cost in costs]
    run.extras["rules"] = rules.stated()
    _say(run, costs, len(asked.queries))


def _read(folder: Path) -> tuple[Dataset, Rules]:
    """Data and rules of a data folder, or of a service's home as it is now."""
    from fewrec.data.sources import read_folder
    from fewrec.recommender.rules import read_rules

    file = folder / "fewrec.db"
    if not file.is_file():
        return read_folder(folder), read_rules(folder)
    from fewrec.service.house import given_rules
    from fewrec.service.learning import everything
    from fewrec.service.store import Store

    store = Store(file)
    try:
        dataset, _ = everything(store, folder)
        return dataset, given_rules(store) or read_rules(folder)
    finally:
        store.close()


def _model(
    run: Run, dataset: Dataset, folder: Path, saved: Path | None, since: float, seed: int
) -> Recommender:
    """A model that knows only what was before a time."""
    from fewrec.cli.steps import step_bars
    from fewrec.recommender import Recommender
    from fewrec.recommender.settings import read_fit_settings

    if saved is not None:
        model = Recommender.load(saved)
        rows = model.known.interactions
        if (rows.timestamp >= since).any():
            run.warn(
                "the model was fitted on some of the likes it is judged on: NDCG is too high, and "
                "costs are rough. Without --model one is fitted on what was before."
            )
        return model.with_data(dataset).as_of(since)
    rows = dataset.interactions
    before = replace(dataset, interactions=rows.where(~(rows.timestamp >= since)))
    told = read_fit_settings(folder, None, None)
    with step_bars(run) as tell:
        return Recommender.fit(
            before,
            seed=seed,
            encoder=told.encoder,
            experts=told.experts_on(before),
            parts=told,
            progress=tell,
        )


def _comparison(data: str, cost: RuleCost) -> dict[str, Any]:
    from fewrec.metrics.intervals import paired_difference

    gap = paired_difference(cost.without, cost.within)
    return {
        "task": "rules",
        "data": data,
        "a": f"without {cost.rule}",
        "b": "all rules",
        "metric": f"ndcg@{cost.k}",
        "difference": gap.difference,
        "low": gap.low,
        "high": gap.high,
        "verdict": gap.verdict,
        "users": gap.users,
    }


def _say(run: Run, costs: list[RuleCost], people: int) -> None:
    from rich.table import Table

    if not costs:
        run.say("No rule is in force here. Rules stand in fewrec.toml, [rules].")
        return
    k = costs[0].k
    table = Table(
        title=f"{people:,} people, what each rule costs in NDCG@{k}",
        title_justify="left",
        title_style="bold",
    )
    table.add_column("rule")
    for name in (f"NDCG@{k}", "without it", "cost", "95 % interval", "items changed"):
        table.add_column(name, justify="right")
    for row in (cost.to_row() for cost in sorted(costs, key=lambda cost: -cost.cost)):
        table.add_row(
            row["rule"],
            f"{row['mean']:.3f}",
            f"{row['without']:.3f}",
            f"{row['cost']:+.3f}",
            f"{row['cost_low']:+.3f} to {row['cost_high']:+.3f}",
            "not counted" if row["fired"] is None else f"{row['fired']:,}",
        )
    run.say(table)
