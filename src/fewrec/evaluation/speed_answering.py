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
"""In each round; the median counts."""

TURNS = REPETITIONS + 1
"""Events of each person in a round, one after the other; the first is not counted."""

EVERYBODY_NEW = "lists for everybody, from histories"
EVERYBODY_KEPT = "lists for everybody, from what is kept of them"
UPDATE = "one event"
UPDATE_AND_LIST = "one event and the list after it, for whom there was a list before"
UPDATE_AND_FIRST = "one event and the list after it, from the history"


@dataclass(frozen=True)
class Sides:
    """Both models, fitted on the same rows, and what happens to some people, one event each turn.

    Attributes:
        ours: The recommender.
        theirs: implicit's ``AlternatingLeastSquares``.
        likes: Of all rows. Shape [U, I].
        users: Rows of everybody who has a row. Shape [B].
        acting: Rows of those to whom something happens.
        items: What they like next, turn after turn, one item each.
        after: Their likes with all that so far, one matrix of shape [1, I] each.
    """

    ours: Recommender
    theirs: Any
    likes: sparse.csr_matrix
    users: Ints
    acting: tuple[int, ...]
    items: tuple[tuple[str, ...], ...]
    after: tuple[tuple[sparse.csr_matrix, ...], ...]

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
        met = [rows.item[rows.rows_of(np.array([user]))[1]] for user in acting.tolist()]
        fresh = [_unseen(mine, likes.shape[1], random) for mine in met]
        return cls(
            ours,
            theirs,
            likes,
            users,
            tuple(acting.tolist()),
            tuple(tuple(rows.items.ids[f[turn]] for f in fresh) for turn in range(TURNS)),
            tuple(
                tuple(
                    _grown(likes[user], some[: turn + 1])
                    for user, some in zip(acting.tolist(), fresh, strict=True)
                )
                for turn in range(TURNS)
            ),
        )


def _unseen(met: Ints, items: int, random: np.random.Generator) -> list[int]:
    """Items that somebody has not met, one a turn."""
    found: list[int] = random.permutation(np.setdiff1d(np.arange(items), met))[:TURNS].tolist()
    return found


def _grown(mine: sparse.csr_matrix, more: Sequence[int]) -> sparse.csr_matrix:
    """Likes of one person with more of them. Shape [1, I]."""
    ones = (np.ones(len(more), np.float32), (np.zeros(len(more), np.int64), np.array(more)))
    return sparse.csr_matrix(mine + sparse.csr_matrix(ones, mine.shape))


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
    kept, theirs = _everybody(sides), sides.theirs

    def recalculated(user: int, row: sparse.csr_matrix) -> object:
        return theirs.recommend(user, row, N=K, recalculate_user=True)

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
            OURS: lambda: _ours_in_turn(sides, lambda person: None),
            THEIRS: lambda: _theirs_in_turn(sides, theirs.recalculate_user),
        },
        UPDATE_AND_LIST: {
            OURS: lambda: _ours_in_turn(sides, Person.slate),
            THEIRS: lambda: _theirs_in_turn(sides, recalculated),
        },
        UPDATE_AND_FIRST: {
            OURS: lambda: _ours_in_turn(sides, lambda person: _anew(person).slate()),
            THEIRS: lambda: _theirs_in_turn(sides, recalculated),
        },
    }


def _ours_in_turn(sides: Sides, then: Callable[[Person], object]) -> Times:
    """Seconds for an event of one person and what follows, the mean over all, turn by turn."""
    known = sides.ours.known.people.users.ids
    people = [Person.of(sides.ours, Query(user=known[user], k=K)) for user in sides.acting]
    for person in people:
        then(person)
    times = Times([], [])
    for items in sides.items:

        def turn(items: tuple[str, ...] = items) -> None:
            for n, item in enumerate(items):
                people[n] = people[n].after(item)
                then(people[n])

        _noted(times, turn, len(people))
    return Times(times.wall[1:], times.cpu[1:])


def _theirs_in_turn(sides: Sides, work: Callable[[int, sparse.csr_matrix], object]) -> Times:
    """The same of implicit, whose rows of likes are made before."""
    times = Times([], [])
    for rows in sides.after:

        def turn(rows: tuple[sparse.csr_matrix, ...] = rows) -> None:
            for user, row in zip(sides.acting, rows, strict=True):
                work(user, row)

        _noted(times, turn, len(rows))
    return Times(times.wall[1:], times.cpu[1:])


def _noted(times: Times, turn: Callable[[], object], people: int) -> None:
    taken = timed(turn, 1, warm=False)
    times.wall.append(taken.wall[0] / people)
    times.cpu.append(taken.cpu[0] / people)


def _anew(person: Person) -> Person:
    """The same person, of whom nothing is worked out yet."""
    return Person(person.model, person.query, person.asked, person.history)


def _everybody(sides: Sides) -> Everybody:
    """The people of ``Sides.users``, of whom nothing is worked out yet."""
    ids = sides.ours.known.people.users.ids
    return Everybody.of(sides.ours, [ids[user] for user in sides.users])
