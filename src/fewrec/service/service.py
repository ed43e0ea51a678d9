"""Everything behind the routes, opened and closed together."""

from __future__ import annotations

import logging
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from fewrec.data.liked import EVENT_WEIGHTS
from fewrec.data.settings import DataSettings, read_settings
from fewrec.errors import ConfigError, StoreError
from fewrec.recommender import Recommender
from fewrec.service.exchange import holds_tables, import_folder, import_model
from fewrec.service.kept import Answers
from fewrec.service.keys import Keys
from fewrec.service.learning import Mark, news
from fewrec.service.live import Live
from fewrec.service.refit import DATABASE
from fewrec.service.settings import ServiceSettings, read_service_settings
from fewrec.service.shelf import Shelf
from fewrec.service.slate_log import SlateLog
from fewrec.service.store import Store
from fewrec.service.welcome import Welcome

LATELY_SECONDS = 7 * 86_400
"""Over which time a rule counts how often something was shown."""

LOG = logging.getLogger("fewrec.service")


@dataclass
class Service:
    """A home that is open.

    Attributes:
        home: The folder.
        settings: Of the service.
        store: What happened.
        live: The model that answers.
        keys: Who may call.
        slates: What was shown.
        events: Names of events that are known.
        seed: Of the chance in slates; another one at every start, so that nobody can foresee it.
        lock: Keeps other processes from serving the same home.
        answers: What was answered, as far as it may be asked again.
        desk: The thread that works out slates which take a few milliseconds, one after the other.
        welcome: What newcomers are asked.
    """

    home: Path
    settings: ServiceSettings
    store: Store
    live: Live
    keys: Keys
    slates: SlateLog
    events: frozenset[str]
    seed: int
    lock: FileLock
    answers: Answers = field(default_factory=Answers)
    desk: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "slates"))
    welcome: Welcome = field(default_factory=Welcome)

    @classmethod
    def open(cls, home: Path, *, greedy: bool = False) -> Service:
        """Open a home; a new one takes in the data folder or the model it finds there.

        Args:
            home: An empty folder, a data folder, or one that holds a model; made on need.
            greedy: Leave nothing to chance, whatever the settings say.

        Raises:
            StoreError: The store cannot be used, the folder cannot be made, or another process
                serves it.
            DataError: The tables in it are at fault.
            ConfigError: fewrec.toml is at fault.
            ModelError: The model in it is damaged.
        """
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{home} cannot be made: {error.strerror}.") from error
        settings, data = read_service_settings(home), read_settings(home / "fewrec.toml")
        if greedy:
            settings = settings.without_chance()
        lock = _alone(home)
        try:
            return cls._opened(home, settings, data, lock)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def _opened(
        cls, home: Path, settings: ServiceSettings, data: DataSettings, lock: FileLock
    ) -> Service:
        store = Store(home / DATABASE)
        try:
            _first_content(store, home, settings)
            live = Live(store, home, settings)
            live.begin()
        except BaseException:
            store.close()
            raise
        known = frozenset({*EVENT_WEIGHTS, *data.events})
        chance = secrets.randbits(63)
        return cls(home, settings, store, live, Keys(store), SlateLog(store), known, chance, lock)

    def close(self) -> None:
        """Write what is waiting and close."""
        self.desk.shutdown()
        self.live.close()
        self.slates.close()
        self.store.close()
        self.lock.release()

    def check_event(self, name: str) -> None:
        """Refuse events that no weight is known of.

        Raises:
            ConfigError: The event is not known.
        """
        if name not in self.events:
            raise ConfigError(
                f"the event {name!r} is not known. Known: {', '.join(sorted(self.events))}; "
                "others get a weight in fewrec.toml, [events]."
            )

    def shown_to(self, user: str | None, most: int | None) -> dict[str, int]:
        """How often each item was shown to a person lately; only counted where a rule asks."""
        if user is None or most is None:
            return {}
        return self.slates.shown_to(user, time.time() - LATELY_SECONDS)

    def delete_user(self, user: str) -> dict[str, int]:
        """Remove a person from the store, the slates, the model and its saved copies."""
        removed = self.slates.forget(user, self.store.delete_user)
        self.live.forget(user)
        self.answers.forget()
        return removed


def _alone(home: Path) -> FileLock:
    """The lock of a home; the system takes it back when the process ends, however it ends."""
    lock = FileLock(home / ".serving", thread_local=False)  # opened and closed by two threads
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise StoreError(f"{home} is served by another process already.") from error
    return lock


def _first_content(store: Store, home: Path, settings: ServiceSettings) -> None:
    """Fill a new store from what the home holds."""
    if store.fact("filled"):
        return
    if (home / "manifest.json").is_file() or (home / "model" / "manifest.json").is_file():
        folder = home if (home / "manifest.json").is_file() else home / "model"
        model = Recommender.load(folder)
        import_model(store, model)
        shelf = Shelf(home / "models", settings.keep_models)
        shelf.put(shelf.next_name(), model, news(store, Mark()).mark)
        LOG.info("took in the model in %s", folder)
    elif holds_tables(home):
        counts = import_folder(store, home)
        LOG.info("took in the tables in %s: %s", home, counts)
    store.set_fact("filled", "yes")
