"""Public data sets in their own layouts, turned into data folders; one file a layout."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fewrec.data.importers.caserec import import_caserec
from fewrec.data.importers.dbpedia import import_dbpedia
from fewrec.data.importers.dkn import import_dkn
from fewrec.data.importers.filmtrust import import_filmtrust
from fewrec.data.importers.hetrec import import_hetrec
from fewrec.data.importers.kgcn import import_kgcn
from fewrec.data.importers.llmrank import import_llmrank
from fewrec.data.importers.movielens import import_movielens
from fewrec.data.importers.recbole import import_recbole
from fewrec.data.importers.report import ImportReport
from fewrec.data.importers.tallrec import import_tallrec

IMPORTERS: dict[str, Callable[[Path, Path], ImportReport]] = {
    "movielens": import_movielens,
    "recbole": import_recbole,
    "tallrec": import_tallrec,
    "hetrec": import_hetrec,
    "caserec": import_caserec,
    "amazon-llmrank": import_llmrank,
    "dkn": import_dkn,
    "kgcn": import_kgcn,
    "dbpedia": import_dbpedia,
    "filmtrust": import_filmtrust,
}
"""Name of a layout -> function (source, target folder)."""
