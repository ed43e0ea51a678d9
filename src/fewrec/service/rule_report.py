"""What the rules did lately: firings of the slates that were shown, and their cost in NDCG."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from sqlalchemy import func, select

from fewrec.errors import EmptyData
from fewrec.recommender.hindsight import ENOUGH, Hindsight, hindsight, latest_from
from fewrec.recommender.rule_costs import COUNTED, rule_costs
from fewrec.service.live import Snapshot
from fewrec.service.schemas import RuleReport, RuleRow
from fewrec.service.service import Service
from fewrec.service.store import Store
from fewrec.service.tables import SLATES

DAY = 86_400.0


def rule_report(service: Service, days: float, people: int) -> RuleReport:
    """The report of a running service.

    Args:
        service: Its slates are counted, its model is judged.
        days: How far to look back.
        people: At most so many people are asked about.
    """
    service.slates.flush()
    begin = time.time() - days * DAY
    slates, fired, held = _firings(service.store, begin)
    rows: dict[str, dict[str, Any]] = {
        name: {"fired": fired[name], "slates": held[name]} for name in sorted(fired)
    }
    report = RuleReport(days=days, slates=slates, people=0, rules=[])
    try:
        now = service.live.snapshot()
    except EmptyData:
        return _with_rows(report, rows)
    asked, notes = _asked(now, begin, people)
    if asked.queries:
        for name, cost in _costs(now, asked).items():
            counted = name.partition(" ")[0] in COUNTED
            none: dict[str, Any] = {"fired": 0, "slates": 0} if counted else {}
            rows.setdefault(name, none).update(cost)
    report = report.model_copy(
        update={"people": len(asked.queries), "since": asked.since, "notes": notes}
    )
    return _with_rows(report, rows)


def _with_rows(report: RuleReport, rows: Mapping[str, Mapping[str, Any]]) -> RuleReport:
    """The report with other rows, by the name of the rule."""
    made = [RuleRow.model_validate({"rule": name, **row}) for name, row in rows.items()]
    return report.model_copy(update={"rules": made})


def _firings(store: Store, begin: float) -> tuple[int, Counter[str], Counter[str]]:
    """Slates whose firings were counted, items by rule, and slates by rule."""
    query = select(SLATES.c.fired, func.count().label("times"))
    lately = query.where(SLATES.c.created >= begin, SLATES.c.fired.is_not(None))
    fired: Counter[str] = Counter()
    held: Counter[str] = Counter()
    slates = 0
    for row in store.rows(lately.group_by(SLATES.c.fired)):
        slates += row["times"]
        for name, items in row["fired"].items():
            fired[name] += items * row["times"]
            held[name] += row["times"]
    return slates, fired, held


def _asked(now: Snapshot, begin: float, people: int) -> tuple[Hindsight, list[str]]:
    """Whom to judge on: people who liked something after the fit, if there are enough of them."""
    known = now.model.known
    rows = known.interactions
    learned = rows.timestamp[: known.fitted_rows]
    fitted = float(np.max(learned[np.isfinite(learned)], initial=-np.inf))
    after = max(begin, float(np.nextafter(fitted, np.inf)))
    fresh = hindsight(rows, after, people)
    if len(fresh.queries) >= ENOUGH:
        return fresh, []
    since = latest_from(rows)
    if np.isnan(since):
        return replace(fresh, since=begin), ["no event has a time, so there is no cost."]
    found = hindsight(rows, max(begin, since), people)
    if not found.queries:
        return found, ["nobody liked anything new in this time, so there is no cost."]
    return found, [
        f"only {len(fresh.queries)} people liked something after the last fit; judged on likes "
        "that the fit has seen, NDCG is too high and costs are rough."
    ]


def _costs(now: Snapshot, asked: Hindsight) -> dict[str, dict[str, Any]]:
    """NDCG with and without each rule in force, on the model as it was."""
    costs = rule_costs(
        now.model.as_of(asked.since),
        now.chooser.rules.rules,
        asked.queries,
        asked.good,
        now=time.time(),
    )
    keys = {"mean": "ndcg", "without": "without", "cost": "cost"}
    keys |= {"cost_low": "cost_low", "cost_high": "cost_high"}
    return {
        cost.rule: {
            to: None if np.isnan(value) else value
            for key, to in keys.items()
            for value in (cost.to_row()[key],)
        }
        for cost in costs
    }
