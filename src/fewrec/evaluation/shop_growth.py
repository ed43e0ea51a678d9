"""`fewrec bench growth`: time and memory of a shop's model as the catalogue grows.

Shops are made up (``made_up_shop``) with ten rows an item. Vectors of items are given, as if they
had been encoded before; encoding takes as long for each item and is measured elsewhere.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from fewrec.data.arrays import Floats, Ints
from fewrec.data.dataset import Dataset
from fewrec.data.features import ItemFeatures
from fewrec.data.slate import Query
from fewrec.data.sources import read_folder
from fewrec.evaluation.made_up_shop import write_shop
from fewrec.evaluation.rows import Row, metric_row
from fewrec.evaluation.stopwatch import Measured, in_own_process, timed
from fewrec.knowledge.features import FeatureSpec
from fewrec.ranker.candidates import none
from fewrec.ranker.content import FittedTextKNN
from fewrec.ranker.fusion import FittedFusion
from fewrec.recommender import Recommender
from fewrec.recommender.asking import asker
from fewrec.seeding import generator

QUERIES = 200
"""Questions of a size: half by people who are known, half by strangers with three likes."""

RECALLED, AT = 50, 500
"""Questions for which candidates are compared with full scoring, and how many best items."""


def shop_growth(sizes: Sequence[int], *, seed: int = 0, step: Callable[[str], None]) -> list[Row]:
    """Fit and ask a shop of each size, each step in a process of its own.

    Args:
        sizes: Numbers of items.
        seed: Of shops and fits.
        step: Told the name of each step before it runs.

    Returns:
        Rows by ``n`` (items): rows of the shop, seconds of the processor of reading, fitting,
        saving and loading, peak memory in MB, milliseconds an answer, recall of candidates.
    """
    rows: list[Row] = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="fewrec-growth-") as place:
            shop, model = Path(place) / "shop", Path(place) / "model"
            write_shop(shop, size, seed)
            for work in (_fit, _ask):
                step(f"{size:,} items: {work.__name__.strip('_')}")
                probe = in_own_process(work, shop, model, seed)
                found = {**probe.values, f"{work.__name__.strip('_')}_peak_mb": [probe.peak_mb]}
                cell = {"task": "growth", "n": size}
                rows += [metric_row(cell, metric, values) for metric, values in found.items()]
    return rows


def open_shop(shop: Path) -> tuple[Dataset, FeatureSpec, ItemFeatures]:
    """A shop's tables, and its items' features with the vectors that are given."""
    dataset = read_folder(shop)
    spec = FeatureSpec.of(dataset, None)
    vectors: Floats = np.load(shop / "vectors.npy")
    order = [int(name[1:]) for name in dataset.catalog.items.ids]
    return dataset, spec, replace(spec.features(dataset, None), vectors=vectors[order])


def _fit(shop: Path, model: Path, seed: int) -> Measured:
    opened: list[tuple[Dataset, FeatureSpec, ItemFeatures]] = []
    reading = timed(lambda: opened.append(open_shop(shop)), 1, warm=False)
    dataset, spec, features = opened[0]
    made: list[Recommender] = []
    fitting = timed(
        lambda: made.append(Recommender.of_features(dataset, spec, features, seed=seed)),
        1,
        warm=False,
    )
    saving = timed(lambda: made[0].save(model), 1, warm=False)
    size = sum(file.stat().st_size for file in model.rglob("*") if file.is_file())
    return {
        "rows": [float(len(dataset.interactions))],
        "read_cpu_seconds": reading.cpu,
        "fit_cpu_seconds": fitting.cpu,
        "fit_seconds": fitting.wall,
        "save_cpu_seconds": saving.cpu,
        "model_mb": [size / 2**20],
    }


def _ask(shop: Path, model: Path, seed: int) -> Measured:
    loading = timed(lambda: Recommender.load(model), 1, warm=False)
    fitted = Recommender.load(model)
    queries = iter(_queries(fitted, seed))
    times = timed(lambda: fitted.slate(next(queries)), QUERIES)
    wall, cpu = 1000 * np.array(times.wall), 1000 * np.array(times.cpu)
    return {
        "load_cpu_seconds": loading.cpu,
        "median_ms": [float(np.median(wall))],
        "p99_ms": [float(np.percentile(wall, 99))],
        "median_cpu_ms": [float(np.median(cpu))],
        "p99_cpu_ms": [float(np.percentile(cpu, 99))],
        f"recall@{AT}": _recalled(fitted, seed),
    }


def _queries(model: Recommender, seed: int) -> list[Query]:
    """Known people and strangers in turn, everybody once; one more than is measured."""
    random = generator(seed, "growth queries")
    known = model.known
    users = random.permutation(np.unique(known.interactions.user))[: QUERIES // 2 + 1]
    liked = known.interactions.item[known.interactions.label > 0]
    made = []
    for user in users:
        three: Ints = random.choice(liked, 3)
        made.append(Query(user=known.people.users.ids[user]))
        made.append(Query(likes=tuple(known.catalog.items.ids[i] for i in np.unique(three))))
    return made


def _recalled(model: Recommender, seed: int) -> list[float]:
    """For each of some questions the share of the best items by full scoring among ours."""
    some = _queries(model, seed)[:RECALLED]
    people = [asker(query, model.known).history for query in some]
    whole = _whole(model.fusion)
    shares = []
    for person in people:
        best, ours = (
            _best(ranker.scores(person)[0], person.item) for ranker in (whole, model.fusion)
        )
        shares.append(float(np.isin(best, ours).mean()))
    return shares


def _whole(fusion: FittedFusion) -> FittedFusion:
    """The same fusion, which compares every text with every liked one."""
    experts = {
        name: replace(expert, file=none()) if isinstance(expert, FittedTextKNN) else expert
        for name, expert in fusion.experts.items()
    }
    return replace(fusion, experts=experts)


def _best(scores: Floats, seen: Ints) -> Ints:
    """Rows of the ``AT`` best items that are not seen."""
    scores[seen] = -np.inf
    return np.argpartition(-scores, AT - 1)[:AT]
