"""The extra ``lm``: whether it is there, and how to keep it quiet."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from fewrec.errors import MissingExtra

_loading = threading.Lock()


def needs_extra(purpose: str = "A language model", *more: str) -> None:
    """Raise MissingExtra where torch, transformers or another package is not installed.

    Args:
        purpose: What they are needed for.
        more: Further packages of the extra.

    Raises:
        MissingExtra: The first that is missing.
    """
    for package in ("torch", "transformers", *more):
        if importlib.util.find_spec(package) is None:
            raise MissingExtra(package, "lm", purpose)


@contextmanager
def quietly() -> Iterator[None]:
    """Without the progress bars of transformers, one thread at a time."""
    from transformers.utils import logging

    with _loading:
        shown = logging.is_progress_bar_enabled()
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            yield
        finally:
            if shown:
                logging.enable_progress_bar()  # type: ignore[no-untyped-call]
