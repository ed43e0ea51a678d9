"""What is liked lately: likes that fade with their age."""

from __future__ import annotations

import numpy as np

from fewrec.data.arrays import Doubles, Ints
from fewrec.data.events import Interactions
from fewrec.errors import ConfigError

FORGOTTEN = 40.0
"""After so many half-lives a like counts nothing: less than a millionth of a millionth."""


def trending(interactions: Interactions, half_life: float, now: float) -> Doubles:
    """How much each item is liked lately.

        t_i = sum over people of  max over their likes of i of  w 2^(-age / half_life)

    Ages are counted from the last like there was before ``now``: an old log has its trends too,
    and the order is the same from any later moment. A person counts once for an item.

    Args:
        interactions: Over I items. Likes without a time are older than any; where none has one,
            all count in full, as for what is popular.
        half_life: Seconds after which a like counts half, above 0.
        now: Seconds since 1970; likes from after it count as if they had come now.

    Returns:
        t. Shape [I].

    Raises:
        ConfigError: The half-life is not above 0.
    """
    if not half_life > 0:
        raise ConfigError(f"the half-life must be above 0, not {half_life}.")
    rows, size = interactions, len(interactions.items)
    dated = (rows.label > 0) & np.isfinite(rows.timestamp)
    if not dated.any():
        return np.asarray(rows.likes().sum(axis=0), dtype=np.float64).ravel()
    moment = np.minimum(rows.timestamp, now)
    age = (moment[dated].max() - moment) / half_life
    lately = np.flatnonzero(dated & (age <= FORGOTTEN))
    worth = rows.weight[lately] * np.exp2(-age[lately])
    pair, number = np.unique(rows.user[lately] * size + rows.item[lately], return_inverse=True)
    most = np.zeros(len(pair))
    np.maximum.at(most, number, worth)
    return np.bincount(pair % size, most, size).astype(np.float64)


def trending_rows(interactions: Interactions, half_life: float, now: float) -> tuple[Ints, Doubles]:
    """Item rows, what is liked lately first, and t of each item; of equal ones the more popular.

    Args, Raises: as in ``trending``. Returns: Two of shape [I].
    """
    lately = trending(interactions, half_life, now)
    liked = np.asarray(interactions.likes().sum(axis=0)).ravel()
    return np.lexsort((-liked, -lately)), lately
