"""TALLRec's protocol: K prompts to learn from, the published test prompts to be judged by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

from fewrec.data.arrays import Ints
from fewrec.data.catalog import Catalog
from fewrec.data.dataset import Dataset
from fewrec.data.ids import IdMap
from fewrec.data.importers.tallrec import import_tallrec
from fewrec.data.linked_people import linked_people
from fewrec.data.people import People
from fewrec.data.shots import Shots
from fewrec.data.sources import read_folder
from fewrec.errors import EmptyData
from fewrec.evaluation.rows import Row
from fewrec.evaluation.shot_bench import ShotBench
from fewrec.knowledge.features import FeatureSpec
from fewrec.knowledge.text import encoder_for
from fewrec.knowledge.wording import item_texts, item_titles
from fewrec.protocols import ShotModel, Training
from fewrec.ranker.answering import Answering
from fewrec.ranker.baselines import ItemUserMean, LikeRate, Popularity
from fewrec.recommender.shot_models import RANKERS_OF_ROWS, few_shot, reader_named

PUBLISHED: Mapping[str, Mapping[str, tuple[float, float, float]]] = {
    "movie": {
        "SASRec": (0.504, 0.505, 0.523),
        "DROS": (0.508, 0.515, 0.541),
        "GRU-BERT": (0.509, 0.517, 0.534),
        "TALLRec (LLaMA-7B, LoRA)": (0.672, 0.675, 0.720),
    },
    "book": {
        "SASRec": (0.495, 0.501, 0.502),
        "DROS": (0.493, 0.491, 0.491),
        "GRU-BERT": (0.501, 0.496, 0.498),
        "TALLRec (LLaMA-7B, LoRA)": (0.564, 0.604, 0.644),
    },
}
"""AUC at 16, 64, 256 shots (Bao et al. 2023, table 1); 'book' is the Book-Crossing part."""

BASELINES: Mapping[str, Callable[[], ShotModel]] = {
    "popularity": lambda: Answering(Popularity()),
    "like-rate": lambda: Answering(LikeRate()),
    "item-user-mean": lambda: Answering(ItemUserMean()),
}
"""Rows that no table may lack. ``like-rate`` is the person's own, and learns from no shot."""


def contestants(
    extra: tuple[str, ...] = (), *, together: bool = True
) -> dict[str, Callable[[], ShotModel]]:
    """Everything that is compared, by name.

    Args:
        extra: Names of further readers, each alone.
        together: Whether they are weighed in ``hybrid+lm``, too.

    Raises:
        ConfigError: There is no such reader.
    """
    made: dict[str, Callable[[], ShotModel]] = dict(BASELINES)
    made |= {name: reader_named(name) for name in ("memory", "two-tower")}
    made["hybrid"] = few_shot
    made |= {name: reader_named(name) for name in extra}
    if extra and together:
        made["hybrid+lm"] = lambda: few_shot(readers=("memory", "two-tower", *extra))
    return made


def without_each() -> dict[str, Callable[[], ShotModel]]:
    """``hybrid`` without each of its parts, by name."""
    readers = ("memory", "two-tower")
    made: dict[str, Callable[[], ShotModel]] = {}
    for name in RANKERS_OF_ROWS:
        rest = [other for other in RANKERS_OF_ROWS if other != name]
        made[f"hybrid without {name}"] = partial(few_shot, rest)
    for name in readers:
        others = tuple(other for other in readers if other != name)
        made[f"hybrid without {name}"] = partial(few_shot, readers=others)
    return made


def open_tallrec(folder: Path, catalogue: Path | None = None) -> ShotBench:
    """Read the prompts of a folder. Only ``train``, ``valid`` and ``test`` files are opened.

    Shots are drawn from the train prompts. Items known at fit are those that these name; every
    other one is a newcomer, and changes no other answer. Test prompts belong to the people named
    in them (key ``user``), else to those that ``linked_people`` finds among all of them; this
    serves evaluation alone.

    Args:
        folder: Holds the JSON files.
        catalogue: A table with titles and whatever else is known of them.

    Raises:
        EmptyData: There are no train prompts or no test prompts.
        BadValue: A file cannot be read.
    """
    with TemporaryDirectory() as made:
        target = Path(made) / "data"
        import_tallrec(folder, target, catalogue)
        dataset = read_folder(target)
        table = pl.read_csv(target / "users.csv", infer_schema=False)
    rows = dataset.interactions
    part = np.array([name.split("-")[0] for name in rows.users])[rows.user]
    asked = rows.timestamp == 1
    pool, test = (np.flatnonzero(asked & (part == name)) for name in ("train", "test"))
    if not len(pool) or not len(test):
        raise EmptyData(
            "there must be train prompts and test prompts",
            file=folder,
            fix="Give the folder with train.json and test.json.",
        )
    first = np.unique(rows.item[part == "train"])
    dataset, known = _ordered(dataset, first), len(first)
    rows = dataset.interactions
    held = Shots.of(rows, test)
    return ShotBench(
        name=f"tallrec-{folder.name}",
        pool=Shots.of(rows, pool),
        test=held,
        people=_people(table, [rows.users.ids[n] for n in rows.user[test]], held),
        known=described(dataset, known),
        whole=described(dataset, len(dataset.catalog), known),
        fingerprint=dataset.fingerprint,
    )


def described(dataset: Dataset, items: int, known: int | None = None) -> Training:
    """The first items of a catalogue as models want them.

    Args:
        dataset: With a catalogue of at least so many items.
        items: How many of them.
        known: Scales, attributes and the encoder are chosen by so many items; all where None.
    """
    encoder, _ = encoder_for(_first(dataset, known or items).catalog)
    spec = FeatureSpec.of(_first(dataset, known or items), encoder)
    some = _first(dataset, items)
    rows = replace(
        dataset.interactions.where(np.zeros(0, dtype=np.int64)), items=some.catalog.items
    )
    return Training(
        interactions=rows,
        features=spec.features(some, encoder),
        people=People.unknown(rows.users),
        encoder=encoder,
        texts=tuple(item_texts(some.catalog)),
        titles=tuple(item_titles(some.catalog)),
    )


def _first(dataset: Dataset, items: int) -> Dataset:
    """A data set of the first items, without rows."""
    catalog = dataset.catalog
    ids = IdMap(catalog.items.ids[:items])
    return replace(
        dataset,
        interactions=replace(dataset.interactions.where(np.zeros(0, dtype=np.int64)), items=ids),
        catalog=Catalog(ids, catalog.table.head(items), catalog.kinds),
    )


def _ordered(dataset: Dataset, first: Ints) -> Dataset:
    """The same data with some items at the beginning of the catalogue. ``first``: rows."""
    rest = np.setdiff1d(np.arange(len(dataset.catalog)), first)
    order = np.concatenate([first, rest])
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    ids = IdMap(tuple(dataset.catalog.items.ids[n] for n in order))
    rows = dataset.interactions
    return replace(
        dataset,
        interactions=replace(rows, items=ids, item=place[rows.item]),
        catalog=Catalog(ids, dataset.catalog.table[order.tolist()], dataset.catalog.kinds),
    )


def _people(table: pl.DataFrame, prompts: list[str], held: Shots) -> tuple[str, ...]:
    """Whose each test prompt is: as stated, else as linked."""
    stated: dict[str, str] = {}
    if "person" in table.columns:
        known = table.filter(pl.col("person").fill_null("") != "")
        stated = dict(zip(known["user"], known["person"], strict=True))
    return tuple(
        f"user {stated[name]}" if name in stated else f"linked {number}"
        for name, number in zip(prompts, linked_people(held), strict=True)
    )


def published_rows(name: str, shots: tuple[int, ...]) -> list[Row]:
    """AUC that papers report for a part of TALLRec's data, marked as such.

    Args:
        name: ``movie`` or ``book``.
        shots: Numbers of shots that are asked for.
    """
    return [
        {
            "task": "tallrec",
            "ranker": ranker,
            "data": name,
            "shots": k,
            "metric": "auc",
            "mean": values[place],
            "published": True,
        }
        for ranker, values in PUBLISHED[name].items()
        for place, k in enumerate((16, 64, 256))
        if k in shots
    ]
