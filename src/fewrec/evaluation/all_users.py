"""TALLRec's question asked of everybody: ten earlier opinions, and one item that they may like.

The published test file holds prompts of a few people. Here every person of a data set is asked
about, in five folds: shots come from four fifths of the people, questions from the others.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from fewrec.data.arrays import Ints
from fewrec.data.dataset import Dataset
from fewrec.data.shots import Shots
from fewrec.errors import EmptyData, MissingColumn
from fewrec.evaluation.opening import open_described
from fewrec.evaluation.shot_bench import ShotBench
from fewrec.evaluation.tallrec import described
from fewrec.protocols import Training
from fewrec.seeding import generator

FOLDS = 5
HISTORY = 10
"""Opinions known before each question, as in the published prompts."""

EACH = 20
"""Questions of one person, drawn at random among those with enough history."""


def open_everybody(name_or_folder: str, catalogue: Path | None = None) -> Dataset:
    """A data set with times, its items described by a catalogue as well.

    Args:
        name_or_folder: A public data set or a data folder.
        catalogue: A table with titles and whatever else is known of them.

    Raises:
        MissingColumn: A row has no time.
    """
    dataset = open_described(name_or_folder, catalogue)
    if not dataset.interactions.timed:
        raise MissingColumn(
            "what came before a question is told by times, and not every row has one",
            column="timestamp",
            fix="Use data with timestamps.",
        )
    return dataset


def fold_of_people(dataset: Dataset, training: Training, seed: int) -> ShotBench:
    """One fold: seed s asks the people of fold s mod 5 of the (s div 5)-th way to deal them.

    Args:
        dataset: The data.
        training: Describes its items.
        seed: Of the fold and of the questions.

    Raises:
        EmptyData: Too few people have enough history.
    """
    rows = _questions(dataset, seed)
    shots = Shots.of(dataset.interactions, rows, dataset.people)
    shots = replace(shots, people=shots.people.latest(HISTORY))
    user = dataset.interactions.user[rows]
    people = np.unique(user)
    if len(people) < 2 * FOLDS:
        raise EmptyData(
            f"only {len(people)} people have more than {HISTORY} opinions",
            fix="Use a larger data set.",
        )
    order = generator(seed // FOLDS, "folds of people").permutation(people)
    asked = np.isin(user, order[seed % FOLDS :: FOLDS])
    names = tuple(dataset.interactions.users.ids[n] for n in user[asked])
    return ShotBench(
        name=dataset.name,
        pool=shots.take(~asked),
        test=shots.take(asked),
        people=names,
        known=training,
        whole=training,
        fingerprint=dataset.fingerprint,
    )


def items_of(dataset: Dataset) -> Training:
    """All items of a data set as models want them."""
    return described(dataset, len(dataset.catalog))


def _questions(dataset: Dataset, seed: int) -> Ints:
    """Rows with at least ``HISTORY`` earlier ones, at most ``EACH`` a person."""
    rows = dataset.interactions
    order, bounds = rows.by_user
    random = generator(seed, "questions")
    found = []
    for user in range(len(rows.users)):
        mine = order[bounds[user] : bounds[user + 1]]
        time = rows.timestamp[mine]
        late = mine[np.searchsorted(time, time, side="left") >= HISTORY]
        found.append(random.permutation(late)[:EACH])
    chosen: Ints = np.concatenate(found) if found else np.zeros(0, dtype=np.int64)
    return chosen
