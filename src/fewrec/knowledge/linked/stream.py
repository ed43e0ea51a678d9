"""Files read as streams, packed or not."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from fewrec.errors import BadValue

PACKED = (".gz", ".bz2", ".xz")


def bare_suffix(path: Path) -> str:
    """The suffix of a file without what packed it: ``dump.nt.gz`` is ``.nt``."""
    return Path(path.stem).suffix if path.suffix in PACKED else path.suffix


@contextmanager
def unpacked(path: Path) -> Iterator[IO[bytes]]:
    """Open a file; .gz, .bz2 and .xz are unpacked on the way.

    Raises:
        BadValue: The file is not packed as its name says, or ends too early.
    """
    with _opened(path) as stream:
        try:
            yield stream
        except (gzip.BadGzipFile, lzma.LZMAError, EOFError, OSError) as fault:
            if path.suffix not in PACKED or (isinstance(fault, OSError) and fault.errno):
                raise
            raise BadValue(
                f"the packed file is damaged ({fault})", file=path, fix="Download it again."
            ) from fault


def _opened(path: Path) -> IO[bytes]:
    if path.suffix == ".gz":
        return cast(IO[bytes], gzip.open(path, "rb"))
    if path.suffix == ".bz2":
        return cast(IO[bytes], bz2.open(path, "rb"))
    if path.suffix == ".xz":
        return cast(IO[bytes], lzma.open(path, "rb"))
    return path.open("rb")
