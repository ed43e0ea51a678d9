"""The liked rule applied to a table: a label and a weight for every row that says something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from fewrec.data.arrays import Bools, Floats
from fewrec.data.faults import Inspector
from fewrec.data.liked import EVENT_WEIGHTS, NO_ROWS, LikedRule, parse_rule, scale_test
from fewrec.data.tables import Table, count
from fewrec.errors import ConfigError, nearest


@dataclass(frozen=True)
class Labelled:
    """Rows that are likes or are not, R of them.

    Attributes:
        table: The rows; those that say nothing are gone.
        label: 1 liked, 0 not. Shape [R].
        weight: How much the row says. Shape [R].
        rule: The liked rule in force, in words.
        notes: What was left out, and why.
        target: The event that is ranked for; empty where all are.
    """

    table: Table
    label: Floats
    weight: Floats
    rule: str
    notes: tuple[str, ...]
    target: str = ""

    @property
    def is_target(self) -> Bools:
        """Rows that are ranked for; the others are steps on the way to them. Shape [R]."""
        if not self.target:
            return np.ones(len(self.table), dtype=bool)
        return (self.table.frame["event"] == self.target).to_numpy()


def label_rows(
    table: Table,
    inspector: Inspector,
    *,
    like: str = "",
    events: Mapping[str, float] | None = None,
    target: str = "",
) -> Labelled:
    """Say of every interaction whether it is a like.

    Args:
        table: Interactions with ``user`` and ``item``; ``value``, ``event`` and ``timestamp``
            where there are any, already as numbers, text, seconds.
        inspector: What to do with rows to which the rule cannot be applied.
        like: The liked rule; chosen from the columns where empty. The words of a rule that was
            saved with events also do for a table without them.
        events: Weights of events, on top of the standard ones.
        target: The event that is ranked for; that of ``like`` goes before.

    Returns:
        Labels and weights.

    Raises:
        ConfigError: The rule needs a column that is not there, or names an unknown event.
        BadValue: A row has no value, or an unknown event, where the rule needs it.
    """
    stated = parse_rule(like) if like and like != NO_ROWS else None
    weights = {**EVENT_WEIGHTS, **(stated.weights if stated else {}), **(events or {})}
    has_events, has_values = _has(table, "event"), _has(table, "value")
    if has_events:
        table = _known_events(table, weights, inspector)
    if stated:
        rule = _fitting(stated, table, weights, has_events, has_values)
    else:
        rule = _suggested(table, weights, has_events, has_values)
    earlier = stated.target if stated else ""
    aim = _target(earlier or target, table, weights, has_events, new=bool(earlier))
    rule = replace(rule, target=aim)
    table = _judgeable(rule, table, inspector, has_events)
    liked, weight = _judge(rule, table, weights, has_events)
    kept, notes = _kept(rule, table, liked, weight, weights, has_events)
    return Labelled(
        table.where(kept),
        liked[kept].astype(np.float32),
        np.abs(weight[kept]).astype(np.float32),
        rule.words,
        notes,
        aim,
    )


def _target(
    target: str, table: Table, weights: Mapping[str, float], has_events: bool, new: bool
) -> str:
    """The event that is ranked for, where the table has events.

    ``new`` says that an earlier table had it: what came since may be steps alone.
    """
    if not target or not has_events:
        return ""
    if target not in weights:
        raise ConfigError(
            f"target: {target!r} is not a known event. {nearest(target, weights, 'events')}"
        )
    found = table.frame["event"].unique().sort().to_list()
    if target not in found and not new:
        raise ConfigError(
            f"target: no row of {table.file} has the event {target!r}; there are "
            f"{', '.join(found)}. Name one of them, or leave `target` out of fewrec.toml."
        )
    return target


def _has(table: Table, column: str) -> bool:
    return column in table.frame.columns and table.frame[column].null_count() < len(table)


def _values(table: Table) -> np.ndarray:
    if "value" not in table.frame.columns:
        return np.full(len(table), np.nan)
    return table.frame["value"].fill_null(np.nan).to_numpy()


def _known_events(table: Table, weights: Mapping[str, float], inspector: Inspector) -> Table:
    """A row without an event is a rating where it has a value, and a fault where it has none."""
    valued = pl.Series(~np.isnan(_values(table)))
    event = table.frame.select(
        pl.when(pl.col("event").is_null() & valued).then(pl.lit("rate")).otherwise("event")
    ).to_series()
    names = [name for name in event.unique().drop_nulls() if name not in weights]
    for name in names:
        bad = (event == name).fill_null(False).to_numpy()
        fix = f"{nearest(name, weights, 'events')} Or give it a weight in fewrec.toml, [events]."
        table = inspector.reject(table, bad, "event", "the event is not known", fix)
        event = event.filter(pl.Series(~bad))
    bad = event.is_null().to_numpy()
    table = inspector.reject(
        table, bad, "event", "the row has neither event nor value", "Fill in one of them."
    )
    return table.with_columns(event.filter(pl.Series(~bad)).alias("event"))


def _suggested(
    table: Table, weights: Mapping[str, float], has_events: bool, has_values: bool
) -> LikedRule:
    values = _values(table)
    if has_events:
        rated = (table.frame["event"] == "rate").to_numpy() & ~np.isnan(values)
        test = scale_test(values[rated]) if rated.any() else None
        return LikedRule(test, weights=weights)
    if has_values:
        return LikedRule(scale_test(values[~np.isnan(values)]))
    return LikedRule()


def _fitting(
    rule: LikedRule,
    table: Table,
    weights: Mapping[str, float],
    has_events: bool,
    has_values: bool,
) -> LikedRule:
    """The rule as far as the table has what it looks at."""
    if rule.weights and not has_events:
        return LikedRule(rule.value if has_values else None)
    wanted = {"event": bool(rule.liked), "value": bool(rule.value and not rule.weights)}
    for column, there in (("event", has_events), ("value", has_values)):
        if wanted[column] and not there and len(table):
            raise ConfigError(
                f"The liked rule `{rule.words}` needs a column {column!r}, which {table.file} "
                "does not have. Add the column, or fit with another `like` in fewrec.toml."
            )
    for name in rule.liked:
        if name not in weights:
            raise ConfigError(
                f"The liked rule `{rule.words}` names the event {name!r}, which is not known. "
                f"{nearest(name, weights, 'events')}"
            )
    return rule


def _judgeable(rule: LikedRule, table: Table, inspector: Inspector, has_events: bool) -> Table:
    """Without the rows that lack the value their rule looks at."""
    if not rule.value or (has_events and not rule.weights):
        return table
    bad = np.isnan(_values(table))
    if rule.weights:
        bad &= (table.frame["event"] == "rate").to_numpy()
    problem = f"the row has no value, which the liked rule `{rule.words}` needs"
    return inspector.reject(table, bad, "value", problem, "Fill it in, or remove the row.")


def _judge(
    rule: LikedRule, table: Table, weights: Mapping[str, float], has_events: bool
) -> tuple[Bools, np.ndarray]:
    """Whether each row is a like, and its weight with the sign of its event. Shapes [R], [R]."""
    values = _values(table)
    liked = np.ones(len(table), dtype=bool)
    weight = np.ones(len(table))
    if has_events:
        event = table.frame["event"]
        known = {**weights, **rule.weights}
        weight = event.replace_strict(known, return_dtype=pl.Float64).to_numpy()
        liked = event.is_in(list(rule.liked)).to_numpy() if rule.liked else weight > 0
    if rule.value:
        judged = ~np.isnan(values)
        if rule.weights:
            judged &= (table.frame["event"] == "rate").to_numpy()
        liked = np.where(judged, rule.value.holds(values), liked)
    return liked, weight


def _kept(
    rule: LikedRule,
    table: Table,
    liked: Bools,
    weight: np.ndarray,
    weights: Mapping[str, float],
    has_events: bool,
) -> tuple[Bools, tuple[str, ...]]:
    """Rows that say something: not of weight 0, not an impression that a like answered."""
    kept, notes = weight != 0, []
    if not kept.all():
        silent = ", ".join(name for name, says in weights.items() if says == 0)
        rows = count(int((~kept).sum()), "row")
        notes.append(f"interactions: {rows} of weight 0 left out ({silent}).")
    if has_events and not rule.target and bool((~liked).any()):
        answered = _answered(table, liked) & _mild(rule, table, liked)
        if answered.any():
            notes.append(
                f"interactions: {count(int(answered.sum()), 'row')} not counted as dislikes, "
                "because the same person liked the same item then or later."
            )
        kept &= ~answered
    return kept, tuple(notes)


def _mild(rule: LikedRule, table: Table, liked: Bools) -> Bools:
    """Rows that are not likes without saying "no": impressions, or events a rule passes over."""
    event = table.frame["event"]
    firm = event.is_in(["dislike", "skip", "rate"]) if rule.liked else event != "impression"
    return np.asarray(~liked & ~firm.to_numpy(), dtype=bool)


def _answered(table: Table, liked: Bools) -> Bools:
    """Rows whose person liked the same item at that time or later. Shape [R]."""
    frame = table.frame.select("user", "item")
    time = pl.Series(np.full(len(table), np.nan))
    if "timestamp" in table.frame.columns:
        time = table.frame["timestamp"].fill_null(np.nan)
    frame = frame.with_columns(time=time.fill_nan(None), liked=pl.Series(liked))
    like = pl.when(pl.col("liked")).then(pl.col("time").fill_null(np.inf))
    last = like.max().over("user", "item")
    answered = frame.select((last >= pl.col("time").fill_null(-np.inf)).fill_null(False))
    return np.asarray(answered.to_series().to_numpy(), dtype=bool)
