"""One seed, from which every random generator of a run is derived."""

from __future__ import annotations

import zlib

import numpy as np


def generator(seed: int, *purpose: str | int) -> np.random.Generator:
    """Make a NumPy generator for one purpose, independent of all others.

    Args:
        seed: The run's seed, at least 0.
        purpose: Words and numbers that name what the randomness is for. The same seed and
            purpose give the same stream on every machine; another purpose gives an
            independent one, so adding a random step never changes the others.

    Returns:
        A generator seeded from the seed and the purpose.
    """
    words = [zlib.crc32(str(part).encode()) for part in purpose]
    return np.random.default_rng(np.random.SeedSequence([seed, *words]))
