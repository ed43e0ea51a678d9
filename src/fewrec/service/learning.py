"""From the store to data sets: all of it for a fit, or what is new for a model that runs."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from fewrec.data.dataset import Dataset
from fewrec.data.ids import IdMap
from fewrec.data.liked import EVENT_WEIGHTS, NO_ROWS, LikedRule, parse_rule, scale_test
from fewrec.data.precedent import Precedent
from fewrec.data.settings import DataSettings, read_settings
from fewrec.data.sources import dataset_from_tables
from fewrec.recommender import Recommender
from fewrec.recommender.settings import read_fit_settings
from fewrec.service.few_events import FEW, few_events
from fewrec.service.frames import properties_frame
from fewrec.service.settings import read_service_settings
from fewrec.service.store import Store

LOG = logging.getLogger("fewrec.service")


@dataclass(frozen=True)
class Mark:
    """How far a reader has come in the store.

    Attributes:
        seq: Last event read.
        items: Last change of items read.
        users: Last change of people read.
    """

    seq: int = 0
    items: int = 0
    users: int = 0

    def to_dict(self) -> dict[str, int]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True)
class News:
    """What the store took in after a mark.

    Attributes:
        mark: Where this ends.
        events: Columns of ``store.EVENT_COLUMNS``.
        items: Rows of the table ``items``.
        users: Rows of the table ``users``.
    """

    mark: Mark
    events: pl.DataFrame
    items: list[dict[str, Any]]
    users: list[dict[str, Any]]

    @property
    def closed(self) -> set[str]:
        """Items that were hidden or deleted."""
        return {row["item"] for row in self.items if row["state"] != "shown"}

    @property
    def open(self) -> list[dict[str, Any]]:
        """Items that may be shown, and those that are only hidden."""
        return [row for row in self.items if row["state"] != "deleted"]


def news(store: Store, mark: Mark) -> News:
    """Read what came after a mark. Events come first, so that their items are there too."""
    events = store.events_since(mark.seq)
    items, users = store.items_since(mark.items), store.users_since(mark.users)
    reached = Mark(
        int(events["seq"][-1]) if len(events) else mark.seq,
        max((row["change"] for row in items), default=mark.items),
        max((row["change"] for row in users), default=mark.users),
    )
    return News(reached, events, items, users)


def rule_for(store: Store, settings: DataSettings) -> str:
    """The liked rule of a store: the stated one, or by event, with ratings judged by their scale.

    A rule on values judges ratings alone; other events keep their meaning. The event that is
    ranked for stands in the rule, so that events may also be steps on the way to it alone.
    """
    if not settings.like:
        rated = store.ratings()
        test = scale_test(np.array(rated)) if rated else None
        return _by_event(LikedRule(test), settings)
    return _by_event(parse_rule(settings.like), settings)


def _by_event(rule: LikedRule, settings: DataSettings) -> str:
    target = rule.target or settings.target
    if rule.liked:
        return replace(rule, target=target).words
    weights = {**EVENT_WEIGHTS, **rule.weights, **settings.events}
    return LikedRule(rule.value, weights=weights, target=target).words


def everything(store: Store, home: Path) -> tuple[Dataset, Mark]:
    """All of the store as a data set, and how far it reaches.

    Raises:
        EmptyData: There is no item.
    """
    settings, found = read_settings(home / "fewrec.toml"), news(store, Mark())
    deleted = {row["item"] for row in found.items if row["state"] == "deleted"}
    items, users = properties_frame(found.open, "item"), _people(found.users)
    dataset = dataset_from_tables(
        interactions=_interactions(found.events.filter(~pl.col("item").is_in(list(deleted)))),
        items=items,
        users=users,
        like=rule_for(store, settings),
        settings=_fitting(settings, items, users),
        name=settings.name or home.absolute().name,
        skip_bad=True,
    )
    for note in dataset.notes:
        LOG.info("data: %s", note)
    return dataset, found.mark


def fit(store: Store, home: Path) -> tuple[Recommender, Mark]:
    """Fit a model on all of the store.

    Raises:
        EmptyData: There is no item.
        ConfigError: fewrec.toml is at fault.
    """
    dataset, mark = everything(store, home)
    told = read_fit_settings(home, None, None)
    visits = read_service_settings(home).visits
    experts = told.experts_on(dataset, living=True, visits=visits)
    model = Recommender.fit(
        dataset, seed=told.seed, encoder=told.encoder, experts=experts, parts=told
    )
    return model, mark


def taken_in(model: Recommender, found: News, like: str, settings: DataSettings) -> Recommender:
    """The model with what is new; nothing is fitted.

    Args:
        model: As it was.
        found: What is new.
        like: The liked rule in force.
        settings: Names, weights and kinds.
    """
    known = model.known.catalog.items
    fresh = [row for row in found.open if row["item"] not in known]
    if not fresh and not any(row["properties"] for row in found.users):
        few = _few(found, known, like, settings)
        if few is not None:
            return model.with_data(few) if len(few.people.users) else model
    named = {*known, *(row["item"] for row in fresh)}
    events = found.events.filter(pl.col("item").is_in(list(named)))
    if not (fresh or len(events) or found.users):
        return model
    # a table of items is never empty: a known one stays as it is
    items = properties_frame(fresh or [{"item": known.ids[0], "properties": {}}], "item")
    users, kinds = _people(found.users), model.precedent.kinds
    more = dataset_from_tables(
        interactions=_interactions(events),
        items=items,
        users=users,
        settings=_fitting(settings, items, users),
        alike=Precedent(like, kinds, model.precedent.bins),
        skip_bad=True,
    )
    return model.with_data(more)


def _few(found: News, known: IdMap, like: str, settings: DataSettings) -> Dataset | None:
    """What is new as a data set, where that is a few events on known items."""
    if len(found.events) > FEW:
        return None
    rule = parse_rule(like) if like != NO_ROWS else LikedRule()
    if rule.weights:
        weights = {**EVENT_WEIGHTS, **settings.events, **rule.weights}
        rule = replace(rule, weights=weights)
    columns = ("user", "item", "event", "value", "timestamp")
    told = zip(*(found.events[name].to_list() for name in columns), strict=True)
    rows = [row for row in told if row[1] in known]
    return few_events(rows, rule, [row["user"] for row in found.users])


def _fitting(
    settings: DataSettings, items: pl.DataFrame, users: pl.DataFrame | None
) -> DataSettings:
    """The settings without kinds of columns that nobody has filled in yet."""
    there = set(users.columns) if users is not None else set()
    return settings.model_copy(
        update={
            "items": {n: kind for n, kind in settings.items.items() if n in items.columns},
            "users": {n: kind for n, kind in settings.users.items() if n in there},
        }
    )


def _interactions(events: pl.DataFrame) -> pl.DataFrame | None:
    return events.drop("seq") if len(events) else None


def _people(users: list[dict[str, Any]]) -> pl.DataFrame | None:
    return properties_frame(users, "user") if users else None


def rule_of(model: Recommender, store: Store, settings: DataSettings) -> str:
    """The rule by which a model reads new events: its own, or the store's where it has none."""
    own = model.manifest.liked
    rule = None if own == NO_ROWS else parse_rule(own)
    if rule is None:
        return rule_for(store, settings)
    if rule.value or rule.liked:
        return _by_event(rule, settings)
    return replace(parse_rule(rule_for(store, settings)), target=rule.target).words


def altered(model: Recommender, found: News, mark: Mark) -> bool:
    """Whether known items were described anew after a mark, or others in columns unheard of."""
    catalog = model.known.catalog
    columns = {"item", *catalog.table.columns}
    return any(
        row["described"] > mark.items
        and (row["item"] in catalog.items or not columns.issuperset(row["properties"]))
        for row in found.items
    )
