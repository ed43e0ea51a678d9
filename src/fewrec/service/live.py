"""The model in memory: it follows the store event by event, and is fitted anew as data grow."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from fewrec.data.settings import DataSettings, read_settings
from fewrec.errors import EmptyData, FewrecError, ModelError, NotReady
from fewrec.ranker.content import FittedTextKNN
from fewrec.recommender import Recommender
from fewrec.recommender.choosing import Chooser
from fewrec.recommender.rules import Rules
from fewrec.service import learning
from fewrec.service.exploring import Exploring
from fewrec.service.house import House, given_rules, waiting
from fewrec.service.learning import Mark
from fewrec.service.refit import Refit
from fewrec.service.settings import ServiceSettings
from fewrec.service.shelf import Shelf
from fewrec.service.store import Store
from fewrec.service.trusting import Lesson, Trusting, trusting

LAG_SECONDS = 0.5
"""Other people's events may wait this long; one's own never do."""

REST = 5.0
"""After a fit the next one waits at least so many times as long as it took; twice that after a
failure, and twice again after each further one."""

MOST_REST = 3600.0
"""But no longer than so many seconds."""

IDLE_SECONDS = 10.0
"""So long after a question the model still follows by itself."""

WATCHED = 64
"""So many of the last times that events were taken in are looked at, to learn whom to trust ..."""

WATCHED_ROWS = 600_000
"""... but no more than have so many rows together, each being a state of the model."""

AHEAD_SECONDS = 30.0
"""How often is looked whether there are other items to compare ahead."""

LOG = logging.getLogger("fewrec.service")


@dataclass(frozen=True)
class Snapshot:
    """A model and how much of the store is in it.

    Attributes:
        model: Answers.
        chooser: Chooses its slates, under the rules of the house.
        name: Which fit it comes from.
        mark: How far it read the store.
        closed: Items of the model that may not be shown.
        like: The liked rule by which new events are read.
        fitted: Events plus items at the fit.
        added: Events plus items since.
        altered: Whether known items were described anew since the fit.
        version: Of the store when it was last looked at.
        exploring: The bandit; None without one.
        epoch: Which of the states this is in that follow from no write to the store: a model was
            adopted, rules were given, a person was forgotten.
    """

    model: Recommender
    chooser: Chooser
    name: str
    mark: Mark
    closed: frozenset[str]
    like: str
    fitted: int
    added: int
    altered: bool
    version: int
    exploring: Exploring | None = None
    epoch: int = 0

    def barred(self, now: float) -> frozenset[str]:
        """Items that nobody may be shown at a time (seconds since 1970)."""
        ids = self.model.known.catalog.items.ids
        masks = self.chooser.rules.leaving(now, {}).values()
        return self.closed.union(ids[row] for mask in masks for row in np.flatnonzero(mask))


class Live:
    """Holds the model that answers.

    Args:
        store: What happened.
        home: Holds ``models`` and, perhaps, fewrec.toml.
        settings: Of the service.
    """

    def __init__(self, store: Store, home: Path, settings: ServiceSettings) -> None:
        self._store, self._home, self._settings = store, home, settings
        self._data: DataSettings = read_settings(home / "fewrec.toml")
        self._house = House.of(home, settings, given_rules(store))
        self._shelf = Shelf(home / "models", settings.keep_models)
        self._refit = Refit(store, home, self._shelf)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="refit")
        self._rest_until, self._failed = 0.0, 0
        self._trust, self._trusting = Trusting(), threading.Lock()
        self._watching: deque[tuple[Recommender, Recommender]] = deque()
        self._updating, self._starting = threading.Lock(), threading.Lock()
        self._now: Snapshot | None = None
        self._running: Future[None] | None = None
        self._asked, self._closing = time.monotonic(), threading.Event()
        self._shelf.adopt_newest(self._adopt)
        self._follower = threading.Thread(target=self._follow, name="follow", daemon=True)
        self._follower.start()
        self._ahead = threading.Thread(target=self._look_ahead, name="look-ahead", daemon=True)
        self._ahead.start()

    @property
    def now(self) -> Snapshot | None:
        """The snapshot as it is, without looking at the store."""
        return self._now

    @property
    def ready(self) -> bool:
        """Whether there is a model, or nothing yet to make one of."""
        return self._now is not None or not self._store.counts()["items"]

    @property
    def refitting(self) -> bool:
        """Whether a fit is going on."""
        return self._running is not None and not self._running.done()

    def snapshot(self, who: Collection[str] = ()) -> Snapshot:
        """The model with all that is known of somebody and of the items.

        Args:
            who: Ids whose events must be in it; others may lag half a second.

        Raises:
            EmptyData: There are no items yet.
            NotReady: The first model is being made.
        """
        now = self._now or self._first()
        self._refit_where_due(now)
        self._learn_where_due()
        return now if self.holds(now.version, now.epoch, who) else self._caught_up(now)

    def holds(self, version: int, epoch: int, who: Collection[str] = ()) -> bool:
        """Whether a snapshot, perhaps not the newest one, still is what ``snapshot`` promises.

        Args:
            version: Of the snapshot.
            epoch: Of the snapshot.
            who: Ids whose events must be in it.
        """
        now, versions, self._asked = self._now, self._store.versions, time.monotonic()
        if now is None or epoch != now.epoch:
            return False
        left = versions.left(version)
        if left is None:
            return True
        recent = self._asked - left < LAG_SECONDS
        return recent and not versions.urgent(version, who)

    def _caught_up(self, now: Snapshot) -> Snapshot:
        """The newest snapshot, with all that stands in the store."""
        with self._updating:
            now = self._now or now
            if now.version != self._store.versions.now:
                self._now = now = self._followed(now)
                self._store.versions.settled(now.version)
        return now

    def _follow(self) -> None:
        """Catch up while people ask, so that hardly a question has to wait for it."""
        while not self._closing.wait(LAG_SECONDS / 2):
            now = self._now
            if now is not None and time.monotonic() - self._asked < IDLE_SECONDS:
                try:
                    self._caught_up(now)
                    self._refit_where_due(now)
                    self._watch()
                    self._learn_where_due()
                except Exception:  # whoever asks next tries again and hears of it
                    LOG.exception("cannot follow the store")

    def _look_ahead(self) -> None:
        """Work out before anybody asks what is costly to compare: items by their text."""
        known: object = None
        while not self._closing.wait(AHEAD_SECONDS if known else LAG_SECONDS):
            fusion = self._now and self._now.model.fusion
            expert = fusion.experts.get("text-knn") if fusion else None
            if fusion and isinstance(expert, FittedTextKNN) and expert is not known:
                known = expert
                expert.learn(np.argsort(-fusion.met, kind="stable"), self._closing.is_set)

    def forget(self, user: str) -> None:
        """Take a deleted person out of the model in memory and of those saved."""
        self._watching.clear()
        with self._updating:
            now = self._now
            if now is not None:
                self._now = now = replace(
                    now,
                    exploring=now.exploring and now.exploring.without(user),
                    epoch=now.epoch + 1,
                )
            if now is not None and user in now.model.known.people.users:
                model = now.model.without({user})
                self._now = replace(now, model=model, chooser=self._house.chooser(model))
                self._resave(self._now)

    def follow_rules(self) -> None:
        """Put the rules that stand in the store in force, from the next slate on."""
        with self._updating:
            self._house.take(given_rules(self._store))
            if self._now is not None:
                chooser = self._house.chooser(self._now.model)
                epoch = self._now.epoch + 1
                self._now = replace(self._now, chooser=chooser, epoch=epoch)

    def rules(self) -> tuple[Rules, dict[str, str], dict[str, list[str]]]:
        """The rules in force, where each comes from, and which wait for which items or columns."""
        try:
            known = self.snapshot().model.known
        except (EmptyData, NotReady):
            known = None
        with self._updating:
            rules, sources = self._house.rules, self._house.sources()
        return rules, sources, waiting(rules, known)

    def begin(self) -> None:
        """Start to make the first model, where there is none but something to make it of."""
        if not self.ready:
            self._start()

    def close(self) -> None:
        """Give up a fit that is going on, and follow no longer."""
        self._closing.set()
        self._follower.join()
        self._ahead.join()
        self._refit.stop()
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _followed(self, now: Snapshot) -> Snapshot:
        """The snapshot with the store's news."""
        version = self._store.versions.now
        found = learning.news(self._store, now.mark)
        like, model, taken = now.like, now.model, True
        try:
            like = learning.rule_of(now.model, self._store, self._data)
            model = learning.taken_in(now.model, found, like, self._data)
            self._remember(now.model, model)
        except Exception:  # the old model goes on, and a fit on everything is tried
            LOG.exception("events %s to %s wait for a new fit", now.mark, found.mark)
            taken = False
        reopened = {row["item"] for row in found.items} - found.closed
        closed = (now.closed | found.closed) - reopened
        grown = len(model.known.catalog) - len(now.model.known.catalog)
        return replace(
            now,
            model=model,
            chooser=now.chooser if model is now.model else self._house.chooser(model),
            mark=found.mark,
            closed=frozenset(closed.intersection(model.known.catalog.items)),
            like=like,
            added=now.added + len(found.events) + grown,
            altered=now.altered or not taken or learning.altered(now.model, found, now.mark),
            version=version,
            exploring=now.exploring and now.exploring.grown(model),
        )

    def _adopt(self, name: str, model: Recommender, mark: Mark) -> None:
        """Let a model answer, after it has caught up with the store."""
        rows = self._store.items_since()
        shown = {row["item"] for row in rows if row["state"] == "shown"}
        known = model.known.catalog.items
        fresh = Snapshot(
            model=model,
            chooser=self._house.chooser(model),
            name=name,
            mark=mark,
            closed=frozenset(item for item in known if item not in shown),
            like=model.manifest.liked,
            fitted=model.manifest.rows + len(known),
            added=0,
            altered=False,
            version=-1,
        )
        people = {row["user"] for row in self._store.users_since()}
        gone = {user for user in model.known.people.users if user not in people}
        if gone:
            fresh = replace(fresh, model=model.without(gone))
            self._resave(fresh)
        fresh = replace(fresh, exploring=Exploring.of(fresh.model, self._settings))
        with self._updating:  # the rules may have changed since
            chooser = self._house.chooser(fresh.model)
            epoch = self._now.epoch + 1 if self._now else 0
            with self._trusting:
                self._watching.clear()
                self._trust.adopted(fresh.model)
            self._now = self._followed(replace(fresh, chooser=chooser, epoch=epoch))
        LOG.info("model %s answers", name)

    def _resave(self, now: Snapshot) -> None:
        """Write the model without somebody, and drop older ones, which still hold them.

        Where there is no room, all saved models go: then nobody is left in them, and the model in
        memory answers on.
        """
        try:
            self._shelf.put(now.name, now.model, now.mark)
            self._shelf.tidy(keep=0)
        except ModelError as error:
            self._shelf.clear()
            LOG.warning("model %s answers, but is saved no more: %s", now.name, error)

    def _first(self) -> Snapshot:
        if not self._store.counts()["items"]:
            raise EmptyData("there are no items yet", fix="Put some at /v1/items.")
        running = self._start()
        try:
            running.result(timeout=self._settings.wait_seconds)
        except TimeoutError as error:
            raise NotReady("the first model is being made; ask again in a moment.") from error
        if self._now is None:
            raise NotReady("the first model could not be made; the log says why.")
        return self._now

    def _refit_where_due(self, now: Snapshot) -> None:
        growth = self._settings.refit_growth - 1.0
        due = max(self._settings.refit_events, growth * now.fitted)
        rested = time.monotonic() >= self._rest_until
        if rested and (now.altered or now.added >= due):
            self._start()

    def _remember(self, before: Recommender, after: Recommender) -> None:
        """Keep two states of the model, to look at the likes between them later."""
        most = WATCHED_ROWS // max(len(after.known.interactions), 1)
        self._watching.append((before, after))
        with suppress(IndexError):  # who looks at them takes them away meanwhile
            while len(self._watching) > max(1, min(most, WATCHED)):
                self._watching.popleft()

    def _watch(self) -> None:
        """Look at likes that were taken in, while nobody waits for it."""
        while self._watching:
            with self._trusting:
                if self._watching:
                    self._trust.watch(*self._watching.popleft())

    def _learn_where_due(self) -> None:
        """Begin to learn whom to trust from the likes so far, where there are enough new ones."""
        if not self._trust.due:
            return
        with self._trusting:
            lesson = self._trust.lesson()
        if lesson is not None:
            self._worker.submit(self._learn, lesson)

    def _learn(self, lesson: Lesson) -> None:
        """One lesson, in the worker's thread."""
        try:
            weights = lesson.learned()
        except Exception:
            LOG.exception("trust stays as it was")
            return
        with self._updating:
            now = self._now
            if now is not None and self._trust.holds(lesson):
                model = trusting(now.model, weights)
                chooser = self._house.chooser(model)
                self._now = replace(now, model=model, chooser=chooser, epoch=now.epoch + 1)

    def _start(self) -> Future[None]:
        """Begin a fit, unless one is going on."""
        with self._starting:
            if self._running is None or self._running.done():
                self._running = self._worker.submit(self._fit_and_adopt)
            return self._running

    def _fit_and_adopt(self) -> None:
        """One fit, in the worker's thread; a failure leaves the old model where it is."""
        begun = time.monotonic()
        try:
            self._adopt(*self._refit.run())
            self._failed = 0
        except FewrecError as error:
            LOG.error("no new model: the fit failed: %s", error)
            self._failed += 1
        except Exception:
            LOG.exception("no new model: the fit failed")
            self._failed += 1
        now = time.monotonic()
        rest = REST * (now - begun) * 2**self._failed
        self._rest_until = now + min(rest, MOST_REST)
