"""How fast lists and events are, beside implicit's ALS: same rows, same people, one process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Ints
from fewrec.data.slate import Query
from fewrec.data.sources import read_folder
from fewrec.evaluation.rows import Row, metric_row
from fewrec.evaluation.speed_judging import OURS, time_rows
from fewrec.evaluation.stopwatch import Measured, Times, in_own_process, timed
from fewrec.recommender import Recommender
from fewrec.recommender.everybody import Everybody
from fewrec.recommender.person import Person
from fewrec.seeding import generator

THEIRS = "implicit"
K = 10
FACTORS = 64
PEOPLE = 200
"""So many people get one more like, each for itself."""

REPETITIONS = 5
"""In each round, of what concerns everybody; the median counts."""

EVERYBODY_NEW = "lists for everybody, from histories"
EVERYBODY_KEPT = "lists for everybody, from what is kept of them"
UPDATE = "one event"
UPDATE_AND_LIST = "one event and the list after it, for whom there was a list before"
UPDATE_AND_FIRST = "one event and the list after it, from the history"


@dataclass(frozen=True)
class Sides:
    """Both models, fitted on the same rows, and one unseen item for each of some people.

    Attributes:
        ours: The recommender.
        theirs: implicit's ``AlternatingLeastSquares``.
        likes: Of all rows. Shape [U, I].
        users: Rows of everybody who has a row. Shape [B].
        acting: Rows of those to whom something happens.
        item: What they like next, one item each.
        after: Their likes with it, one matrix of shape [1, I] each.
    """

    ours: Recommender
    theirs: Any
    likes: sparse.csr_matrix
    users: Ints
    acting: tuple[int, ...]
    item: tuple[str, ...]
    after: tuple[sparse.csr_matrix, ...]

    @classmethod
    def of(cls, folder: Path, seed: int, people: int = PEOPLE) -> Sides:
        """Fit both.

        Args:
            folder: A data folder with likes.
            seed: Of the fits and of what happens.
            people: To how many something happens.
        """
        from implicit.cpu.als import AlternatingLeastSquares

        dataset = read_folder(folder)
        rows, random = dataset.interactions, generator(seed, "one event")
        ours = Recommender.fit(dataset, seed=seed)
        likes = rows.likes()
        theirs = AlternatingLeastSquares(factors=FACTORS, num_threads=1, random_state=seed)
        theirs.fit(likes, show_progress=False)
        users = np.unique(rows.user)
        acting = random.permutation(users)[:people]
        item, after = [], []
        for user in acting.tolist():
            mine = np.unique(rows.item[rows.rows_of(np.array([user]))[1]])
            new = int(random.choice(np.setdiff1d(np.arange(likes.shape[1]), mine)))
            item.append(rows.items.ids[new])
            one = sparse.csr_matrix(([1.0], ([0], [new])), (1, likes.shape[1]), np.float32)
            after.append(sparse.csr_matrix(likes[user] + one))
        return cls(ours, theirs, likes, users, tuple(acting.tolist()), tuple(item), tuple(after))


def answering_rows(
    folder: Path, seed: int, rounds: int, step: Callable[[str], None], people: int = PEOPLE
) -> list[Row]:
    """Time both in turn, round after round, in a process of their own.

    Args:
        folder: A data folder with likes.
        seed: Of the fits and of what happens.
        rounds: How often everybody's turn comes.
        step: Told when it is done.
        people: To how many something happens.

    Returns:
        Rows with ``task`` and ``library`` as ``speed_judging.time_rows`` makes them, ``kept_mb``
        (how much each keeps of all people) and ``same_lists`` (share of people whose list is that
        of asking for them alone).
    """
    probe = in_own_process(_measured, folder, seed, rounds, people)
    step(THEIRS)
    rows: list[Row] = []
    for task in (EVERYBODY_NEW, EVERYBODY_KEPT, UPDATE, UPDATE_AND_LIST, UPDATE_AND_FIRST):
        turns = {
            library: [
                Times([wall], [cpu])
                for wall, cpu in zip(
                    *(probe.values[f"{task}|{library}|{clock}"] for clock in ("wall", "cpu")),
                    strict=True,
                )
            ]
            for library in (OURS, THEIRS)
        }
        for library, times in turns.items():
            rows += time_rows({"task": task, "library": library}, times, turns[OURS])
    for name in ("kept_mb", "same_lists"):
        for library in (OURS, THEIRS):
            values = probe.values.get(f"{name}|{library}")
            if values is not None:
                rows.append(metric_row({"task": EVERYBODY_KEPT, "library": library}, name, values))
    return rows


def _measured(folder: Path, seed: int, rounds: int, people: int) -> Measured:
    """Medians of each round, by task, library and clock."""
    sides = Sides.of(folder, seed, people)
    found: dict[str, list[float]] = {}
    for _ in range(rounds):
        for task, works in _tasks(sides).items():
            for library, work in works.items():
                times = work()
                for clock in ("wall", "cpu"):
                    values = getattr(times, clock)
                    found.setdefault(f"{task}|{library}|{clock}", []).append(
                        float(np.median(values))
                    )
    everyone = _everybody(sides)
    kept = everyone.lists(K)
    found[f"kept_mb|{OURS}"] = [everyone.kept_bytes / 2**20]
    found[f"kept_mb|{THEIRS}"] = [sides.theirs.user_factors.nbytes / 2**20]
    place = {user: n for n, user in enumerate(kept.users)}
    names = [sides.ours.known.people.users.ids[user] for user in sides.acting]
    same = [
        sides.ours.slate(Query(user=name, k=K)).items
        == tuple(kept.items[row] for row in kept.rows[place[name]] if row >= 0)
        for name in names
    ]
    found[f"same_lists|{OURS}"] = [float(np.mean(same))]
    return found


def _tasks(sides: Sides) -> Mapping[str, Mapping[str, Callable[[], Times]]]:
    """What is timed: task -> library -> its work."""
    ids, users = sides.users, sides.likes[sides.users]
    kept, theirs, ours = _everybody(sides), sides.theirs, sides.ours
    names = [ours.known.people.users.ids[user] for user in sides.acting]
    people = [Person.of(ours, Query(user=name, k=K)) for name in names]
    for person in people:
        person.slate()
    mine = list(zip(people, sides.item, strict=True))
    their = list(zip(sides.acting, sides.after, strict=True))

    def recalculated() -> Times:
        return _each(lambda u, row: theirs.recommend(u, row, N=K, recalculate_user=True), their)

    return {
        EVERYBODY_NEW: {
            OURS: lambda: timed(lambda: _everybody(sides).lists(K), REPETITIONS),
            THEIRS: lambda: timed(
                lambda: theirs.recommend(ids, users, N=K, recalculate_user=True), REPETITIONS
            ),
        },
        EVERYBODY_KEPT: {
            OURS: lambda: timed(lambda: kept.lists(K), REPETITIONS),
            THEIRS: lambda: timed(lambda: theirs.recommend(ids, users, N=K), REPETITIONS),
        },
        UPDATE: {
            OURS: lambda: _each(lambda person, item: person.after(item), mine),
            THEIRS: lambda: _each(theirs.recalculate_user, their),
        },
        UPDATE_AND_LIST: {
            OURS: lambda: _each(lambda person, item: person.after(item).slate(), mine),
            THEIRS: recalculated,
        },
        UPDATE_AND_FIRST: {
            OURS: lambda: _each(lambda person, item: _anew(person).after(item).slate(), mine),
            THEIRS: recalculated,
        },
    }


def _anew(person: Person) -> Person:
    """The same person, of whom nothing is worked out yet."""
    return Person(person.model, person.query, person.asked, person.history)


def _each(work: Callable[..., object], asked: Sequence[tuple[Any, Any]]) -> Times:
    """Seconds for one person, the mean over passes through all of them."""

    def everyone() -> None:
        for one in asked:
            work(*one)

    taken = timed(everyone, REPETITIONS)
    wall, cpu = ([value / len(asked) for value in each] for each in (taken.wall, taken.cpu))
    return Times(wall, cpu)


def _everybody(sides: Sides) -> Everybody:
    """The people of ``Sides.users``, of whom nothing is worked out yet."""
    ids = sides.ours.known.people.users.ids
    return Everybody.of(sides.ours, [ids[user] for user in sides.users])
