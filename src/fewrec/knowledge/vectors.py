"""Text vectors kept on disk, so that no text is encoded twice by the same model."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from fewrec.data.arrays import Floats
from fewrec.protocols import TextEncoder

CHUNK = 256
KEYS_A_LOOKUP = 500
WAIT_SECONDS = 30.0
WORTH_KEEPING = 8
"""Fewer new texts than this (a query's profile) take longer to write than to encode again."""

Progress = Callable[[int, int], None]
"""Called with (texts done, texts in all)."""

_log = logging.getLogger(__name__)


class VectorStore:
    """One SQLite file of text hash -> vector; several processes may use it at once.

    The write-ahead log keeps the file whole when a process dies. A store that cannot be
    opened or written (read-only folder, full disk, damaged file) costs time, never an answer:
    a warning is logged and texts are encoded again.

    Args:
        file: The SQLite file; folders are made.
        dimension: D of the vectors inside.
    """

    def __init__(self, file: Path, dimension: int) -> None:
        self.file, self.dimension = file, dimension

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Floats]:
        """The vectors that are there. Each of shape [D]."""
        found: dict[bytes, Floats] = {}
        with self._guarded("read"), contextlib.closing(self._connect()) as store:
            for at in range(0, len(keys), KEYS_A_LOOKUP):
                some = keys[at : at + KEYS_A_LOOKUP]
                marks = ",".join("?" * len(some))
                rows = store.execute(
                    f"SELECT key, vector FROM vectors WHERE key IN ({marks})", some
                )
                for key, blob in rows:
                    found[key] = np.frombuffer(blob, dtype="<f4")
        return {key: vector for key, vector in found.items() if len(vector) == self.dimension}

    def put(self, keys: Sequence[bytes], vectors: Floats) -> None:
        """Keep vectors [N, D] under N keys; what is there already stays."""
        rows = [(key, row.astype("<f4").tobytes()) for key, row in zip(keys, vectors, strict=True)]
        with self._guarded("written"), contextlib.closing(self._connect()) as store, store:
            store.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)

    def _connect(self) -> sqlite3.Connection:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        store = sqlite3.connect(self.file, timeout=WAIT_SECONDS)
        try:
            store.execute("PRAGMA journal_mode=WAL")
            store.execute("PRAGMA synchronous=NORMAL")
            store.execute(
                "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL)"
                " WITHOUT ROWID"
            )
        except BaseException:
            store.close()
            raise
        return store

    @contextlib.contextmanager
    def _guarded(self, verb: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            _log.warning("The vector cache %s cannot be %s (%s).", self.file, verb, error)
            if isinstance(error, sqlite3.DatabaseError) and "not a database" in str(error):
                self.file.unlink(missing_ok=True)


class CachedEncoder:
    """An encoder that looks each text up before it encodes it.

    Args:
        encoder: Makes the vectors.
        folder: Where the stores of all models lie.
    """

    def __init__(self, encoder: TextEncoder, folder: Path) -> None:
        self.encoder = encoder
        safe = re.sub(r"[^A-Za-z0-9._-]+", "-", encoder.name)
        self._store = VectorStore(folder / f"{safe}.sqlite", encoder.dimension)

    @property
    def name(self) -> str:
        """Name of the encoder underneath."""
        return self.encoder.name

    @property
    def dimension(self) -> int:
        """D, the length of a vector."""
        return self.encoder.dimension

    def encode(self, texts: Sequence[str]) -> Floats:
        """Encode N texts, from the cache where it has them. Shape [N, D]."""
        keys = [_key(text) for text in texts]
        wanted = dict(zip(keys, texts, strict=True))
        found = self._store.get(list(wanted))
        missing = [key for key in wanted if key not in found]
        if missing:
            fresh = self.encoder.encode([wanted[key] for key in missing])
            if len(missing) >= WORTH_KEEPING:
                self._store.put(missing, fresh)
            found.update(zip(missing, fresh, strict=True))
        vectors = [found[key] for key in keys]
        return np.stack(vectors) if vectors else np.zeros((0, self.dimension), dtype=np.float32)


def encode_all(
    encoder: TextEncoder, texts: Sequence[str], progress: Progress | None = None
) -> Floats:
    """Encode many texts, chunk by chunk, each distinct text once.

    Args:
        encoder: Makes the vectors. With a cache, an interrupted run goes on where it stopped.
        texts: N texts.
        progress: Told after each chunk.

    Returns:
        Vectors of length 1, zeros for empty texts. Shape [N, D].
    """
    distinct = sorted(dict.fromkeys(texts), key=lambda text: (len(text), text))
    vectors = np.zeros((len(distinct), encoder.dimension), dtype=np.float32)
    for at in range(0, len(distinct), CHUNK):
        vectors[at : at + CHUNK] = encoder.encode(distinct[at : at + CHUNK])
        if progress is not None:
            progress(min(at + CHUNK, len(distinct)), len(distinct))
    rows = {text: row for row, text in enumerate(distinct)}
    every: Floats = vectors[[rows[text] for text in texts]] if texts else vectors
    return every


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]
