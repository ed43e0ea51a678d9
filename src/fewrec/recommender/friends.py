"""People as answers: whom somebody may want as a friend, from a fitted model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from threadpoolctl import threadpool_limits

from fewrec.data.arrays import Ints
from fewrec.data.slate import Query, Slate
from fewrec.ranker.friends import FittedFriends
from fewrec.recommender.model import Recommender

STAGE, POPULAR = "friends", "popular"


def friend_slates(
    model: Recommender, queries: Sequence[Query], *, explain: bool = False
) -> list[Slate]:
    """Answer queries with people instead of items.

    Weights are learned from the links and likes the model holds, newcomers' among them, at the
    first question (seconds for some thousand people), and kept with the model in memory.

    Args:
        model: Its people's links and likes count.
        queries: Only ``user`` and ``k`` are read.
        explain: Whether to count what the two have in common.

    Returns:
        Slates whose items and titles are ids of users; never the person, nor a friend they have.

    Raises:
        EmptyData: Nobody is linked to anybody.
    """
    fitted = model.friends
    with threadpool_limits(limits=1):
        return [_slate(fitted, query, explain) for query in queries]


def _slate(fitted: FittedFriends, query: Query, explain: bool) -> Slate:
    row = None if query.user is None else fitted.row(query.user)
    notes: tuple[str, ...] = ()
    if row is None:
        found = fitted.best_known(query.k)
        told = "somebody new" if query.user is None else f"user {query.user!r}"
        notes = (f"{told} has no links or likes yet; these are the people with most friends.",)
    else:
        found = fitted.top(fitted.users[row], query.k)
    if len(found) < query.k:
        notes = (*notes, f"only {len(found)} of {query.k} people may be shown.")
    people = tuple(name for name, _ in found)
    reasons: tuple[tuple[str, ...], ...] = ()
    if explain and row is not None:
        reasons = _reasons(fitted, row, np.array([fitted.row(name) for name in people]))
    return Slate(
        query=query,
        items=people,
        titles=people,
        scores=tuple(score for _, score in found),
        stage=POPULAR if row is None else STAGE,
        reasons=reasons,
        notes=notes,
    )


def _reasons(fitted: FittedFriends, row: int, others: Ints) -> tuple[tuple[str, ...], ...]:
    """What both have, counted."""
    friends, likes = fitted.in_common(row, others)
    return tuple(
        tuple(
            f"{n} {what if n == 1 else what + 's'} in common"
            for n, what in ((int(f), "friend"), (int(liked), "like"))
            if n
        )
        for f, liked in zip(friends, likes, strict=True)
    )
