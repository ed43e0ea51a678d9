"""`fewrec bench speed-peers`: what people wait for, beside implicit, RecTools and LensKit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from threadpoolctl import threadpool_limits

from fewrec.evaluation.opening import Bench
from fewrec.evaluation.peers.environments import python_of, version_of
from fewrec.evaluation.rows import Row
from fewrec.evaluation.speed_answering import THEIRS, answering_rows
from fewrec.evaluation.speed_judging import LIBRARIES, judging_rows, some_lists
from fewrec.ranker.item_item import EASE


def installed(libraries: Sequence[str] = LIBRARIES) -> tuple[str, ...]:
    """Those that have an environment of ``make peers``."""
    return tuple(library for library in libraries if python_of(library) is not None)


def speed_peers(
    bench: Bench,
    folder: Path,
    *,
    seed: int,
    rounds: int,
    libraries: Sequence[str],
    step: Callable[[str], None],
) -> list[Row]:
    """Everything in one run, on one thread, each library's turn after the other's.

    Args:
        bench: Data.
        folder: Of the same data.
        seed: Of fits, split and what happens.
        rounds: How often everybody's turn comes.
        libraries: Others that judge lists.
        step: Told what was done.

    Returns:
        Rows of lists, events and metrics.
    """
    with threadpool_limits(limits=1):
        rows = answering_rows(folder, seed, rounds, step)
        everything = bench.training(bench.dataset.interactions, seed)
        lists = some_lists(bench.dataset, EASE(), everything, seed)
        return rows + judging_rows(lists, rounds, step, libraries)


def versions(libraries: Sequence[str]) -> dict[str, str]:
    """Of implicit, which is installed beside fewrec, and of those in environments."""
    from importlib.metadata import version

    return {THEIRS: version(THEIRS)} | {library: version_of(library) for library in libraries}
