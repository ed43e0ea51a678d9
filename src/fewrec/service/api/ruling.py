"""Routes of business rules: what is in force, put, taken back, and what they did."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from fewrec.recommender.rules import Rules
from fewrec.service.api.access import Opened, needs
from fewrec.service.house import give_rules
from fewrec.service.rule_report import rule_report
from fewrec.service.schemas import RuleReport, RulesIn, RulesOut
from fewrec.service.service import Service

ROUTER = APIRouter(prefix="/v1/rules", tags=["rules"])
READ, ADMIN = [Depends(needs("read"))], [Depends(needs("admin"))]


@ROUTER.get("", dependencies=READ)
def get_rules(service: Opened) -> RulesOut:
    """The rules in force, where each comes from, and which of them wait."""
    rules, sources, waiting = service.live.rules()
    return RulesOut.model_validate(
        {"rules": rules.model_dump(), "sources": sources, "waiting": waiting}
    )


@ROUTER.put("", dependencies=ADMIN)
def put_rules(rules: RulesIn, service: Opened) -> RulesOut:
    """Put rules in force from the next slate on; those of fewrec.toml count no more."""
    return _given(service, rules)


@ROUTER.delete("", dependencies=ADMIN)
def delete_rules(service: Opened) -> RulesOut:
    """Take back the rules given by API; those of fewrec.toml are in force again."""
    return _given(service, None)


@ROUTER.get("/report", dependencies=ADMIN)
def get_report(
    service: Opened,
    days: Annotated[float, Query(gt=0, le=36_500)] = 7.0,
    people: Annotated[int, Query(ge=1, le=2000)] = 200,
) -> RuleReport:
    """Firings of the last days' slates, and what each rule costs in NDCG@10 on later likes."""
    return rule_report(service, days, people)


def _given(service: Service, rules: Rules | None) -> RulesOut:
    give_rules(service.store, rules)
    service.live.follow_rules()
    return get_rules(service)
