"""Text vectors from character n-grams: any language, no weights, no downloads."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fewrec.data.arrays import Bools, Floats, Ints
from fewrec.errors import ConfigError

Hashes = NDArray[np.uint64]

LENGTHS = (1, 2, 3, 4, 5)
TEXT_LIMIT = 20_000
CHUNK = 512

_NOT_A_WORD = re.compile(r"[\W_]+")
_SPACE = ord(" ")
_BASE = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
# Scripts written without spaces between words: one character says about as much as a word.
_UNSPACED = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x3040, 0x30FF),
    (0x3400, 0x9FFF),
    (0x20000, 0x3FFFF),
)


class HashingEncoder:
    """A ``TextEncoder`` that hashes character n-grams into D signed buckets.

    Words in scripts with spaces give their 2- to 5-grams, word boundaries included ("_to",
    "toy", "oy_"); scripts without spaces (Chinese, Japanese, Thai) give single characters and
    pairs. A gram that occurs tf times in a text weighs (1 + log tf) times its length.
    It is the fallback where the language model does not know the language, and the double in
    tests.

    Args:
        dimension: D, at least 8. Fewer buckets mean more chance likeness.

    Raises:
        ConfigError: The dimension is below 8.
    """

    def __init__(self, dimension: int = 512) -> None:
        if dimension < 8:
            raise ConfigError(f"HashingEncoder: dimension must be at least 8, not {dimension}.")
        self._dimension = dimension

    @property
    def name(self) -> str:
        """Name under which vectors are cached."""
        return f"char-ngrams-{self._dimension}"

    @property
    def dimension(self) -> int:
        """D, the length of a vector."""
        return self._dimension

    def encode(self, texts: Sequence[str]) -> Floats:
        """Encode N texts as vectors of length 1 (zeros for an empty text). Shape [N, D]."""
        parts = [self._chunk(texts[at : at + CHUNK]) for at in range(0, len(texts), CHUNK)]
        return np.concatenate(parts) if parts else np.zeros((0, self._dimension), dtype=np.float32)

    def _chunk(self, texts: Sequence[str]) -> Floats:
        size = self._dimension
        row, gram, length = _grams([normalised(text) for text in texts])
        pairs = np.stack([row.astype(np.uint64), gram])
        order = np.lexsort(pairs[::-1])
        pairs, length = pairs[:, order], length[order]
        new = np.ones(pairs.shape[1], dtype=bool)
        new[1:] = (np.diff(pairs, axis=1) != 0).any(axis=0)
        first = np.flatnonzero(new)
        times = np.diff(np.append(first, pairs.shape[1]))
        # weight = (1 + log tf) * n, with the sign and the bucket drawn from the hash
        sign = np.where(gram[order][first] >> np.uint64(63), 1.0, -1.0)
        weight = (1.0 + np.log(times)) * length[first] * sign
        bucket = pairs[1, first] % np.uint64(size)
        place = (pairs[0, first] * np.uint64(size) + bucket).astype(np.int64)
        sums = np.bincount(place, weights=weight, minlength=len(texts) * size)
        vectors = sums.reshape(len(texts), size)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Floats = (vectors / np.maximum(norms, 1e-12)).astype(np.float32)
        return unit


def normalised(text: str) -> str:
    """Lower case, compatibility characters folded, anything but letters and digits a space."""
    folded = unicodedata.normalize("NFKC", text[:TEXT_LIMIT]).casefold()
    return _NOT_A_WORD.sub(" ", folded).strip()


def unspaced(codes: NDArray[np.uint32]) -> Bools:
    """Which code points belong to scripts without spaces between words. Shape [N]."""
    found = np.zeros(len(codes), dtype=bool)
    for low, high in _UNSPACED:
        found |= (codes >= low) & (codes <= high)
    return found


def _grams(texts: Sequence[str]) -> tuple[Ints, Hashes, Ints]:
    """Text number, hash and length of every gram. Each of shape [N]."""
    padded = [f" {text} " if text else "" for text in texts]
    codes = np.frombuffer("".join(padded).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    owner = np.repeat(np.arange(len(texts)), [len(text) for text in padded])
    space, block = codes == _SPACE, unspaced(codes)
    rows, hashes, lengths = [], [], []
    value = np.zeros(len(codes), dtype=np.uint64)
    for n in LENGTHS:
        count = max(len(codes) - n + 1, 0)
        value = value[:count] * _BASE + codes[n - 1 : n - 1 + count].astype(np.uint64)
        kept = _whole(n, count, space, block) & (owner[:count] == owner[n - 1 : n - 1 + count])
        rows.append(owner[:count][kept])
        hashes.append(_mixed(value[kept] + np.uint64(n)))
        lengths.append(np.full(int(kept.sum()), n))
    return np.concatenate(rows), np.concatenate(hashes), np.concatenate(lengths)


def _whole(n: int, count: int, space: Bools, block: Bools) -> Bools:
    """Which windows of n characters are grams of one word. Shape [count]."""
    spaces = sum((space[at : at + count].astype(np.int64) for at in range(1, n - 1)), start=0)
    blocks = sum((block[at : at + count].astype(np.int64) for at in range(n)), start=0)
    ends = space[:count] & space[n - 1 : n - 1 + count]
    if n == 1:
        return np.asarray(blocks == 1)
    pair_of_characters = (n == 2) & (blocks == 2)
    inside_a_word = (spaces + np.zeros(count) == 0) & (blocks == 0) & ~ends
    return np.asarray(pair_of_characters | inside_a_word)


def _mixed(values: Hashes) -> Hashes:
    """Spread hashes evenly over 64 bits (splitmix64's finaliser)."""
    values = (values ^ (values >> np.uint64(30))) * _MIX[0]
    values = (values ^ (values >> np.uint64(27))) * _MIX[1]
    return values ^ (values >> np.uint64(31))
