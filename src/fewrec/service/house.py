"""The rules of the house on the catalogue as it is, and the policy that draws slates."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from pathlib import Path

from fewrec.errors import ConfigError
from fewrec.policy.plackett_luce import PlackettLuce
from fewrec.recommender import Recommender
from fewrec.recommender.choosing import Chooser
from fewrec.recommender.conditions import Condition, Described
from fewrec.recommender.drawing import chooser_for
from fewrec.recommender.knowledge import Known
from fewrec.recommender.rules import CatalogRules, Rules, checked_rules, holds_numbers, read_rules
from fewrec.service.settings import ServiceSettings
from fewrec.service.store import Store

ON_WHAT_ITEMS_ARE = ("prefer", "avoid", "never")
"""Rules made of conditions."""

RULES = "rules"
"""Under this name the rules given by API stand among the facts of a store."""

LOG = logging.getLogger("fewrec.service")


@dataclass
class House:
    """Makes what chooses slates, for every state of the catalogue.

    Attributes:
        filed: Rules from [rules] in fewrec.toml.
        policy: What decides among the items that may be shown.
        told: Rules given by API; while there are any, they alone are in force.
    """

    filed: Rules
    policy: PlackettLuce
    told: Rules | None = None
    _said: set[str] = field(default_factory=set)
    _worked: tuple[tuple[object, ...], CatalogRules] | None = None

    @classmethod
    def of(cls, home: Path, settings: ServiceSettings, told: Rules | None = None) -> House:
        """Rules from [rules] in fewrec.toml, shares of chance from the settings.

        Raises:
            ConfigError: A rule is not valid.
        """
        policy = PlackettLuce(explore=settings.explore, first_audience=settings.first_audience)
        return cls(read_rules(home), policy, told)

    @property
    def rules(self) -> Rules:
        """The rules in force, as they are stated."""
        return self.filed if self.told is None else self.told

    def sources(self) -> dict[str, str]:
        """Where each rule comes from: ``api``, ``fewrec.toml`` or ``default``."""
        place = "fewrec.toml" if self.told is None else "api"
        stated = self.rules.model_fields_set
        return {name: place if name in stated else "default" for name in Rules.model_fields}

    def take(self, told: Rules | None) -> None:
        """Put other rules in force; None gives back those of the file."""
        self.told, self._worked = told, None
        self._said.clear()

    def chooser(self, model: Recommender) -> Chooser:
        """What chooses among the items of a model."""
        known = model.known
        conditions = [one for rule in ON_WHAT_ITEMS_ARE for one in getattr(self.rules, rule)]
        whom = known.people if any(one.people for one in conditions) else None
        if self._worked is None or any(
            old is not new for old, new in zip(self._worked[0], (known.catalog, whom), strict=True)
        ):
            possible = self._possible(known)
            worked = possible.on(known.catalog, known.features, known.people)
            self._worked = ((known.catalog, whom), worked)
        return chooser_for(model, self._worked[1], self.policy)

    def _possible(self, known: Known) -> Rules:
        """The rules without those on things that are not there yet; says which."""
        stated, late = self.rules, waiting(self.rules, known)
        for rule in late.keys() - self._said:
            self._said.add(rule)
            what = "; ".join(late[rule]) if rule in ON_WHAT_ITEMS_ARE else "items or columns"
            LOG.warning("rule %s waits for what is not there yet: %s", rule, what)
        gone = {rule: set(names) for rule, names in late.items()}
        pins = {n: i for n, i in stated.must_show.items() if i not in gone.get("must_show", ())}
        described = Described(known.catalog, known.features, known.people)
        return stated.model_copy(
            update={
                "hidden": stated.hidden - gone.get("hidden", set()),
                "must_show": pins,
                **{
                    rule: {n: v for n, v in getattr(stated, rule).items() if n not in gone[rule]}
                    for rule in ("at_most", "weigh")
                    if rule in gone
                },
                **{
                    rule: tuple(o for o in getattr(stated, rule) if not _lacks(o, rule, described))
                    for rule in ON_WHAT_ITEMS_ARE
                    if rule in gone
                },
            }
        )


def waiting(rules: Rules, known: Known | None) -> dict[str, list[str]]:
    """Items, columns, relations, values and kinds of people that rules name and that are not there.

    Args:
        rules: As they are stated.
        known: Items and people; None where there are none.

    Returns:
        Rule -> what it waits for; ``weigh`` waits for a column until it holds a number. Of
        conditions a sentence that names the nearest thing that is there.
    """
    catalog = None if known is None else known.catalog
    items = () if catalog is None else catalog.items
    columns = () if catalog is None else catalog.table.columns
    described = None if known is None else Described(known.catalog, known.features, known.people)
    late = {
        "hidden": sorted(item for item in rules.hidden if item not in items),
        "must_show": [i for _, i in sorted(rules.must_show.items()) if i not in items],
        "at_most": [name for name in rules.at_most if name not in columns],
        "weigh": [n for n in rules.weigh if catalog is None or not holds_numbers(catalog, n)],
        **{
            rule: [s for one in getattr(rules, rule) if (s := _lacks(one, rule, described))]
            for rule in ON_WHAT_ITEMS_ARE
        },
    }
    return {rule: names for rule, names in late.items() if names}


def _lacks(condition: Condition, rule: str, described: Described | None) -> str:
    """What a condition waits for, in a sentence; "" where nothing is missing."""
    if described is None:
        return f"{condition.name}: there are no items yet"
    try:
        described.holders(condition, rule)
    except ConfigError as fault:
        return f"{condition.name}: {str(fault).removeprefix(f'rule {rule}: ')}"
    return ""


def given_rules(store: Store) -> Rules | None:
    """The rules that were given by API; None where there are none."""
    text = store.fact(RULES)
    return None if text is None else checked_rules(json.loads(text), "the rules given by API")


def give_rules(store: Store, rules: Rules | None) -> None:
    """Note rules given by API; None takes them back.

    Raises:
        StoreError: They cannot be written.
    """
    text = None if rules is None else json.dumps(rules.stated(), ensure_ascii=False)
    store.set_fact(RULES, text)
