"""Open data by name or folder, and lay out everything that is compared on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fewrec.data.dataset import Dataset
from fewrec.data.events import Interactions
from fewrec.data.faults import Inspector
from fewrec.data.features import ItemFeatures
from fewrec.data.importers.catalogue import described as joined
from fewrec.data.public import public_folder
from fewrec.data.settings import read_settings
from fewrec.data.sources import assemble, load_tables, read_folder
from fewrec.data.tables import Table
from fewrec.knowledge.features import item_features
from fewrec.knowledge.text import encoder_for
from fewrec.protocols import Ranker, TextEncoder, Training
from fewrec.recommender import RANKERS, hybrid
from fewrec.recommender.rankers import KNOWN, experts_for


@dataclass(frozen=True)
class Bench:
    """What every fold of a data set shares.

    Attributes:
        dataset: The whole data.
        features: Of its items.
        encoder: Of the texts; None without text.
        rankers: Name -> factory of everything to compare.
    """

    dataset: Dataset
    features: ItemFeatures
    encoder: TextEncoder | None
    rankers: Mapping[str, Callable[[], Ranker]]

    def training(self, rows: Interactions, seed: int) -> Training:
        """Some rows of the data set as rankers want them."""
        return Training(rows, self.features, self.dataset.people, encoder=self.encoder, seed=seed)


def data_folder(name_or_folder: str, *, progress: bool = True) -> Path:
    """A data folder, or that of a public data set, fetched on need.

    Args:
        name_or_folder: A folder that is there, else a name as in ``fewrec data get``.
        progress: Show a bar while downloading.

    Raises:
        ConfigError: Neither a folder nor a known name.
        AssetError: The data cannot be fetched.
    """
    folder = Path(name_or_folder)
    return folder if folder.is_dir() else public_folder(name_or_folder, progress=progress)


def open_data(name_or_folder: str, *, progress: bool = True) -> Dataset:
    """Read a data folder or a public data set. Arguments and errors as in ``data_folder``."""
    return read_folder(data_folder(name_or_folder, progress=progress))


def open_ranked_for(
    name_or_folder: str, target: str = "", like: str = "", *, progress: bool = True
) -> Dataset:
    """The same, with another target or liked rule than its fewrec.toml says.

    Args:
        name_or_folder: A public data set or a data folder.
        target: The event that is ranked for; as the folder says where empty.
        like: The liked rule; as the folder says where empty.
        progress: Show a bar while downloading.
    """
    folder = data_folder(name_or_folder, progress=progress)
    settings, inspector = read_settings(folder / "fewrec.toml"), Inspector()
    said = {name: word for name, word in (("target", target), ("like", like)) if word}
    settings = settings.model_copy(update=said)
    tables = load_tables(folder, settings, inspector)
    return assemble(tables, settings, inspector, name=settings.name or folder.name)


def open_described(
    name_or_folder: str, catalogue: Path | None = None, *, progress: bool = True
) -> Dataset:
    """The same, its items described by a catalogue as well.

    Args:
        name_or_folder: A public data set or a data folder.
        catalogue: A table with titles and whatever else is known of them; None without one.
        progress: Show a bar while downloading.
    """
    folder = data_folder(name_or_folder, progress=progress)
    settings, inspector = read_settings(folder / "fewrec.toml"), Inspector()
    tables = load_tables(folder, settings, inspector)
    if catalogue is not None and "items" in tables:
        frame, _ = joined(tables["items"].frame, catalogue)
        tables["items"] = Table.of_frame("items", frame, str(catalogue))
    return assemble(tables, settings, inspector, name=settings.name or folder.name)


def open_bench(dataset: Dataset, *, visits: bool = False) -> Bench:
    """Everything to compare on a data set: the rankers that fit it, its items described once.

    Descriptions read no interactions, so they are the same for every split.

    Args:
        dataset: The data.
        visits: Whether questions come within visits.
    """
    encoder, _ = encoder_for(dataset.catalog)
    weighed = experts_for(dataset, visits=visits)
    rankers = {name: make for name, make in RANKERS.items() if name in weighed or name not in KNOWN}
    rankers["hybrid"] = partial(hybrid, weighed)
    return Bench(dataset, item_features(dataset, encoder), encoder, rankers)
