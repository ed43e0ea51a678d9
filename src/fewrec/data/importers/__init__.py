"""Public data sets in their own layouts, turned into data folders; one file a layout."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fewrec.data.importers.recbole import import_recbole
from fewrec.data.importers.report import ImportReport

IMPORTERS: dict[str, Callable[[Path, Path], ImportReport]] = {
    "recbole": import_recbole,
}
"""Name of a layout -> function (source, target folder)."""
