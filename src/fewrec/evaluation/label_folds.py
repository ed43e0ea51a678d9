"""What labels are chosen from: train prompts by linked people, or everybody of a data set."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from fewrec.data.arrays import Ints
from fewrec.data.importers.tallrec import import_tallrec
from fewrec.data.linked_people import linked_people
from fewrec.data.shots import Shots
from fewrec.data.sources import read_folder
from fewrec.errors import EmptyData
from fewrec.evaluation.all_users import FOLDS, fold_of_people, items_of, open_everybody
from fewrec.evaluation.shot_bench import ShotBench
from fewrec.evaluation.tallrec import described
from fewrec.protocols import Training
from fewrec.seeding import generator

ASKED = 2000
"""At most so many questions of a fold are asked, drawn at random."""


def folds_of(data: str, catalogue: Path | None, everybody: bool) -> Callable[[int], ShotBench]:
    """What is asked with each seed.

    Args:
        data: A folder with train prompts; with ``everybody``, data with times.
        catalogue: A table with titles and whatever else is known of them.
        everybody: Ask everybody of a data set.
    """
    if everybody:
        dataset = open_everybody(data, catalogue)
        return partial(
            _asked_people, dataset_fold=partial(fold_of_people, dataset, items_of(dataset))
        )
    shots, training, name, mark = _prompts(Path(data), catalogue)
    group = linked_people(shots)
    if int(group.max()) + 1 < 2 * FOLDS:
        raise EmptyData("there are too few people among the prompts", fix="Give more prompts.")
    return partial(_fold_of_prompts, shots, training, name, mark, group)


def bare(shots: Shots) -> Shots:
    """The same rows with nothing known of their people."""
    people = shots.people
    return replace(shots, people=people.rows(np.zeros(len(people.item), dtype=bool)))


def _asked_people(seed: int, dataset_fold: Callable[[int], ShotBench]) -> ShotBench:
    return _fewer(dataset_fold(seed), seed)


def _prompts(folder: Path, catalogue: Path | None) -> tuple[Shots, Training, str, str]:
    """Train prompts alone: no other file of the folder is opened."""
    with TemporaryDirectory() as made:
        source, target = Path(made) / "prompts", Path(made) / "data"
        source.mkdir()
        for file in sorted(folder.glob("train*.json")):
            shutil.copyfile(file, source / file.name)
        import_tallrec(source, target, catalogue)
        dataset = read_folder(target)
    rows = dataset.interactions
    shots = Shots.of(rows, np.flatnonzero(rows.timestamp == 1))
    whole = described(dataset, len(dataset.catalog))
    return shots, whole, f"tallrec-{folder.name}-train", dataset.fingerprint


def _fold_of_prompts(
    shots: Shots, training: Training, name: str, mark: str, group: Ints, seed: int
) -> ShotBench:
    """Fold s mod 5 of the (s div 5)-th way to deal the linked people."""
    order = generator(seed // FOLDS, "folds of people").permutation(int(group.max()) + 1)
    asked = order[group] % FOLDS == seed % FOLDS
    bench = ShotBench(
        name=name,
        pool=shots.take(~asked),
        test=shots.take(asked),
        people=tuple(f"linked {number}" for number in group[asked]),
        known=training,
        whole=training,
        fingerprint=mark,
    )
    return _fewer(bench, seed)


def _fewer(bench: ShotBench, seed: int) -> ShotBench:
    """The same with at most ``ASKED`` questions."""
    rows = np.sort(generator(seed, "asked").permutation(len(bench.test))[:ASKED])
    people = tuple(bench.people[row] for row in rows)
    return replace(bench, test=bench.test.take(rows), people=people)
