"""`fewrec graph rules`: what likes and attributes say together, as Horn rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fewrec.cli.output import Run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from fewrec.knowledge.rules import Mined


def command(
    run: Run,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A data folder.")],
    top: Annotated[int, typer.Option(min=1, help="Rows of each table.")] = 10,
    support: Annotated[
        int, typer.Option(min=1, help="Likes that a rule needs where it is chosen.")
    ] = 5,
    relation: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only rules that speak of this relation.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the split of people, items and likes.")] = 0,
) -> None:
    """Mine Horn rules from likes and from what items are, and say how often they hold.

    A rule is chosen on half of the people and items and judged on the other halves, both ways
    round. Shown are those whose interval leaves out what is to be expected without them.
    """
    from fewrec.data.sources import read_folder
    from fewrec.errors import EmptyData
    from fewrec.knowledge.features import item_features
    from fewrec.knowledge.rules import mine

    with run.progress("Mining"):
        dataset = read_folder(folder)
        features = item_features(dataset, None)
        if not features.attributes.nnz:
            raise EmptyData(
                f"{folder}: items share no attributes, so there are no rules",
                fix="Add columns to items, or a graph with `fewrec graph import`.",
            )
        found = mine(dataset.interactions, features, seed, support)
    if relation is not None:
        _check_relation(relation, features.attribute_names)
        found = [one for one in found if relation in _called(one)]
    sure = [one for one in found if one.sure]
    run.data, run.seeds = {"name": dataset.name, "fingerprint": dataset.fingerprint}, [seed]
    run.rows = [_row(dataset.name, one) for one in found]
    run.say(f"{len(found):,} rules were chosen; {len(sure):,} of them held where they were judged.")
    for title, some in _kinds(sure):
        if some:
            run.say(_table(title, some[:top]))


def _check_relation(relation: str, names: Sequence[tuple[str, str]]) -> None:
    from fewrec.errors import ConfigError, nearest
    from fewrec.knowledge.names import readable_relation

    known = {called for name, _ in names for called in (name, readable_relation(name))}
    if relation not in known:
        raise ConfigError(
            f"items have no relation {relation!r}. {nearest(relation, known, 'relations')}"
        )


def _called(one: Mined) -> set[str]:
    """Names of the relations of a rule, as they are and as they are read."""
    from fewrec.knowledge.names import readable_relation

    raw = {one.rule.relation, one.rule.other}
    return raw | {readable_relation(name) for name in raw}


def _kinds(found: Sequence[Mined]) -> list[tuple[str, list[Mined]]]:
    pattern = [one for one in found if not one.rule.value]
    shared = [one for one in found if one.rule.value and one.rule.personal]
    general = [one for one in found if not one.rule.personal]
    return [
        ("What a candidate shares with a liked item", pattern),
        ("A value that both have", shared),
        ("A value of the candidate, whoever asks", general),
    ]


def _table(title: str, found: Sequence[Mined]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("rule", overflow="fold")
    for name in ("likes", "of", "confidence", "95 %", "without it", "lift"):
        table.add_column(name, justify="right")
    for one in found:
        table.add_row(
            Text(_readable(one)),
            f"{one.support:,}",
            f"{one.body:,}",
            f"{one.confidence:.1%}",
            f"{one.low:.1%} – {one.high:.1%}",
            f"{one.base:.1%}",
            f"{one.lift:.2f}",
        )
    return table


def _readable(one: Mined) -> str:
    from dataclasses import replace

    from fewrec.knowledge.names import readable_relation, readable_value

    return str(
        replace(
            one.rule,
            relation=readable_relation(one.rule.relation),
            other=readable_relation(one.rule.other),
            value=readable_value(one.rule.value),
        )
    )


def _row(data: str, one: Mined) -> dict[str, Any]:
    return {
        "data": data,
        "task": "rules mined",
        "rule": str(one.rule),
        "relation": one.rule.relation,
        "other": one.rule.other,
        "value": one.rule.value,
        "personal": one.rule.personal,
        "support": one.support,
        "body": one.body,
        "confidence": one.confidence,
        "low": one.low,
        "high": one.high,
        "base": one.base,
        "lift": one.lift,
        "weight": one.weight,
        "sure": one.sure,
    }
