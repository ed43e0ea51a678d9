"""`fewrec bench speed`: seconds and memory of every step a user waits for, on one thread."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from fewrec.data.shots import Shots
from fewrec.data.slate import Query
from fewrec.data.sources import read_folder
from fewrec.evaluation.rows import Row, metric_row
from fewrec.evaluation.stopwatch import Measured, Times, in_own_process, timed, wall_seconds
from fewrec.knowledge.text import item_texts, text_encoder
from fewrec.ranker.feature_space import mean_vector
from fewrec.ranker.memory import FittedMemory
from fewrec.recommender import Recommender
from fewrec.seeding import generator

QUERIES = 200
PAIRS = 5000
REMEMBERED = 1000
_IMPORT = "import fewrec"
_HELP = "import sys; from fewrec.cli import main; sys.exit(main(['--help']))"
_EMPTY = "pass"


def speed(folder: Path, *, seed: int = 0, step: Callable[[str], None]) -> list[Row]:
    """Measure everything, each step in a process of its own.

    Args:
        folder: A data folder with interactions.
        seed: Of the fit.
        step: Told the name of each step before it runs.

    Returns:
        Rows with ``task``, ``metric`` (``seconds``, ``cpu_seconds``, ``per_cpu_second``,
        ``median_ms``, ``median_cpu_ms``, ``p95_ms``, ``peak_mb``, ``ratio_to_implicit``) and one
        value a repetition in ``per_seed``.
    """
    rows: list[Row] = []
    step("starting Python, importing, showing help")
    for task, code in (("python alone", _EMPTY), ("import fewrec", _IMPORT), ("--help", _HELP)):
        rows.append(_row(task, "seconds", wall_seconds(code, 5)))
    with tempfile.TemporaryDirectory() as scratch:
        model = Path(scratch) / "model"
        for task, work, arguments in (
            ("read", _read, (folder,)),
            ("encode", _encode, (folder, Path(scratch) / "vectors")),
            ("fit", _fit, (folder, model, seed)),
            ("recommend", _recommend, (folder, model)),
            ("score", _score, (folder, model)),
            ("remember a row", _remember, (folder,)),
            ("recommend (implicit)", _recommend_implicit, (folder,)),
        ):
            step(task)
            probe = in_own_process(work, *arguments)
            rows += [_row(task, metric, values) for metric, values in probe.values.items()]
            rows.append(_row(task, "peak_mb", [probe.peak_mb]))
    return rows + _ratios(rows)


def _read(folder: Path) -> Measured:
    return _seconds(timed(lambda: read_folder(folder), 3))


def _encode(folder: Path, cache: Path) -> Measured:
    texts = item_texts(read_folder(folder).catalog)
    encoder = text_encoder(cache=cache)
    encoder.encode(["warm up"])
    times = timed(lambda: encoder.encode(texts), 1, warm=False)
    return _seconds(times) | {"per_cpu_second": [len(texts) / s for s in times.cpu]}


def _fit(folder: Path, model: Path, seed: int) -> Measured:
    dataset = read_folder(folder)
    text_encoder().encode(item_texts(dataset.catalog))
    made: list[Recommender] = []
    times = timed(lambda: made.append(Recommender.fit(dataset, seed=seed)), 1, warm=False)
    made[0].save(model)
    return _seconds(times)


def _recommend(folder: Path, model: Path) -> Measured:
    loading = timed(lambda: Recommender.load(model), 1, warm=False)
    fitted, users = Recommender.load(model), iter(_some_users(folder))
    times = timed(lambda: fitted.slate(Query(user=next(users))), QUERIES)
    return {"load_seconds": loading.wall, **_milliseconds(times)}


def _score(folder: Path, model: Path) -> Measured:
    """Pairs that never met, as a caller asks for; they come in any order."""
    rows, fitted = read_folder(folder).interactions, Recommender.load(model)
    random = generator(0, "speed pairs")
    user, item = (random.integers(0, len(ids), 2 * PAIRS) for ids in (rows.users, rows.items))
    met = np.isin(user * len(rows.items) + item, rows.user * len(rows.items) + rows.item)
    new = np.flatnonzero(~met)[:PAIRS]
    pairs = pl.DataFrame(
        {
            "user": [rows.users.ids[u] for u in user[new]],
            "item": [rows.items.ids[i] for i in item[new]],
        }
    )
    times = timed(lambda: fitted.score(pairs), 3)
    return _seconds(times) | {"per_cpu_second": [len(pairs) / s for s in times.cpu]}


def _remember(folder: Path) -> Measured:
    """One labelled row, written into a memory that holds ``REMEMBERED``."""
    dataset = read_folder(folder)
    rows, vectors = dataset.interactions, text_encoder().encode(item_texts(dataset.catalog))
    order = generator(0, "speed memory").permutation(len(rows))[: REMEMBERED + 1]
    users, person = np.unique(rows.user[order], return_inverse=True)
    people = rows.histories(users)
    parts = [
        Shots(people.take(person[at]), rows.item[order[at]], rows.label[order[at]])
        for at in (slice(0, -1), slice(-1, None))
    ]
    empty = FittedMemory.empty(vectors, mean_vector(vectors), 0.5, rows.counts.base_rate)
    memory = empty.written(parts[0], histories=False)
    return _milliseconds(timed(lambda: memory.written(parts[1], histories=False), QUERIES))


def _recommend_implicit(folder: Path) -> Measured:
    """The same question to implicit's ALS, by itself: the ten best for one user."""
    from implicit.als import AlternatingLeastSquares

    rows = read_folder(folder).interactions
    likes = rows.likes()
    model = AlternatingLeastSquares(factors=64, iterations=5, num_threads=1, random_state=0)
    model.fit(likes, show_progress=False)
    users = iter(rows.users.rows(_some_users(folder)))

    def one() -> None:
        user = int(next(users))
        model.recommend(user, likes[user], N=10, filter_already_liked_items=True)

    return _milliseconds(timed(one, QUERIES))


def _some_users(folder: Path) -> list[str]:
    """Ids for every query and the one before them, the same for everybody who is measured."""
    rows = read_folder(folder).interactions
    active = np.unique(rows.user)
    return [rows.users.ids[active[q % len(active)]] for q in range(QUERIES + 1)]


def _seconds(times: Times) -> dict[str, list[float]]:
    return {"seconds": times.wall, "cpu_seconds": times.cpu}


def _milliseconds(times: Times) -> dict[str, list[float]]:
    wall, cpu = 1000 * np.array(times.wall), 1000 * np.array(times.cpu)
    return {
        "median_ms": [float(np.median(wall))],
        "p95_ms": [float(np.percentile(wall, 95))],
        "median_cpu_ms": [float(np.median(cpu))],
    }


def _ratios(rows: list[Row]) -> list[Row]:
    """Ours against a peer in the same run; above 1 we are slower."""
    found = {(r["task"], r["metric"]): r["mean"] for r in rows}
    ours, theirs = (found[task, "median_cpu_ms"] for task in ("recommend", "recommend (implicit)"))
    return [_row("recommend", "ratio_to_implicit", [ours / theirs])]


def _row(task: str, metric: str, values: list[float]) -> Row:
    return metric_row({"task": task}, metric, values)
