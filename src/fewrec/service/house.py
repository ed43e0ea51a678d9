"""The rules of the house on the catalogue as it is, and the policy that draws slates."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path

from fewrec.data.catalog import Catalog
from fewrec.policy.plackett_luce import PlackettLuce
from fewrec.recommender import Recommender
from fewrec.recommender.choosing import Chooser
from fewrec.recommender.drawing import chooser_for
from fewrec.recommender.rules import Rules, read_rules
from fewrec.service.settings import ServiceSettings

LOG = logging.getLogger("fewrec.service")


@dataclass
class House:
    """Makes what chooses slates, for every state of the catalogue.

    Attributes:
        rules: As they are stated.
        policy: What decides among the items that may be shown.
    """

    rules: Rules
    policy: PlackettLuce
    _said: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, home: Path, settings: ServiceSettings) -> House:
        """Rules from [rules] in fewrec.toml, shares of chance from the settings.

        Raises:
            ConfigError: A rule is not valid.
        """
        policy = PlackettLuce(explore=settings.explore, first_audience=settings.first_audience)
        return cls(read_rules(home), policy)

    def chooser(self, model: Recommender) -> Chooser:
        """What chooses among the items of a model."""
        return chooser_for(model, self._possible(model.known.catalog), self.policy)

    def _possible(self, catalog: Catalog) -> Rules:
        """The rules without those on items and columns that are not there yet; says which."""
        stated, items, columns = self.rules, catalog.items, set(catalog.table.columns)
        kept = stated.model_copy(
            update={
                "hidden": frozenset(item for item in stated.hidden if item in items),
                "must_show": {n: item for n, item in stated.must_show.items() if item in items},
                "at_most": {name: n for name, n in stated.at_most.items() if name in columns},
                "weigh": {name: w for name, w in stated.weigh.items() if name in columns},
            }
        )
        for rule in ("hidden", "must_show", "at_most", "weigh"):
            if len(getattr(kept, rule)) < len(getattr(stated, rule)) and rule not in self._said:
                self._said.add(rule)
                LOG.warning("rule %s waits for items or columns that are not there yet", rule)
        return kept
