"""The rules of the house on the catalogue as it is, and the policy that draws slates."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from pathlib import Path

from fewrec.data.catalog import Catalog
from fewrec.policy.plackett_luce import PlackettLuce
from fewrec.recommender import Recommender
from fewrec.recommender.choosing import Chooser
from fewrec.recommender.drawing import chooser_for
from fewrec.recommender.rules import CatalogRules, Rules, checked_rules, holds_numbers, read_rules
from fewrec.service.settings import ServiceSettings
from fewrec.service.store import Store

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
    _worked: tuple[Catalog, CatalogRules] | None = None

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
        catalog = model.known.catalog
        if self._worked is None or self._worked[0] is not catalog:
            self._worked = (catalog, self._possible(catalog).on(catalog))
        return chooser_for(model, self._worked[1], self.policy)

    def _possible(self, catalog: Catalog) -> Rules:
        """The rules without those on items and columns that are not there yet; says which."""
        stated, late = self.rules, waiting(self.rules, catalog)
        for rule in late.keys() - self._said:
            self._said.add(rule)
            LOG.warning("rule %s waits for items or columns that are not there yet", rule)
        gone = {rule: set(names) for rule, names in late.items()}
        pins = {n: i for n, i in stated.must_show.items() if i not in gone.get("must_show", ())}
        return stated.model_copy(
            update={
                "hidden": stated.hidden - gone.get("hidden", set()),
                "must_show": pins,
                **{
                    rule: {n: v for n, v in getattr(stated, rule).items() if n not in gone[rule]}
                    for rule in ("at_most", "weigh")
                    if rule in gone
                },
            }
        )


def waiting(rules: Rules, catalog: Catalog | None) -> dict[str, list[str]]:
    """Items and columns that rules name and that are not there yet.

    Args:
        rules: As they are stated.
        catalog: The items; None where there are none.

    Returns:
        Rule -> what it waits for; ``weigh`` waits for a column until it holds a number.
    """
    items = () if catalog is None else catalog.items
    columns = () if catalog is None else catalog.table.columns
    late = {
        "hidden": sorted(item for item in rules.hidden if item not in items),
        "must_show": [i for _, i in sorted(rules.must_show.items()) if i not in items],
        "at_most": [name for name in rules.at_most if name not in columns],
        "weigh": [n for n in rules.weigh if catalog is None or not holds_numbers(catalog, n)],
    }
    return {rule: names for rule, names in late.items() if names}


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
