"""The list of edges that a person should look at, and what the person decided."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from fewrec.data.dataset import Triple
from fewrec.errors import BadValue, DataError, MissingColumn

Kind = Literal["missing", "doubtful"]
FIELDS = ("kind", "score", "item", "title", "head", "relation", "tail", "decision")
DECISIONS = ("", "yes", "no")


@dataclass(frozen=True)
class Case:
    """An edge to look at.

    Attributes:
        kind: ``missing``: it may be true and is not in the graph. ``doubtful``: it is in the
            graph and may be untrue.
        score: Probability of being true.
        item: Id of the item it is about.
        title: The item's title.
        triple: The edge.
        decision: What a person wrote: ``yes`` (true), ``no`` (untrue) or nothing.
    """

    kind: Kind
    score: float
    item: str
    title: str
    triple: Triple
    decision: str = ""


def write_review(cases: Sequence[Case], file: Path) -> None:
    """Write the list as csv, whole or not at all; the last column is for decisions."""
    rows = [
        (c.kind, f"{c.score:.3f}", c.item, c.title, *c.triple, c.decision or None) for c in cases
    ]
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        frame = pl.DataFrame(rows, schema=dict.fromkeys(FIELDS, pl.String), orient="row")
        frame.write_csv(draft)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def read_review(file: Path) -> list[Case]:
    """Rows with a decision of an earlier list; none where the file is not there.

    Raises:
        DataError: The file cannot be read as csv.
        MissingColumn: It is no such list.
        BadValue: A decision is neither ``yes`` nor ``no``.
    """
    if not file.exists():
        return []
    try:
        frame = pl.read_csv(file, infer_schema=False)
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise DataError(f"the review list cannot be read ({error})", file=file) from error
    lacking = [name for name in FIELDS if name not in frame.columns]
    if lacking:
        raise MissingColumn(
            f"the review list lacks {', '.join(lacking)}",
            file=file,
            fix="Name another file, or remove this one to have it written anew.",
        )
    frame = frame.with_columns(pl.col(FIELDS).fill_null(""))
    told = frame["decision"].str.strip_chars().str.to_lowercase()
    odd = (~told.is_in(DECISIONS)).arg_true()
    if len(odd):
        raise BadValue(
            "a decision is 'yes', 'no' or nothing",
            file=file,
            line=odd[0] + 2,
            column="decision",
            value=told[odd[0]],
        )
    decided = frame.with_columns(decision=told).filter(pl.col("decision") != "")
    return [_case(row) for row in decided.iter_rows(named=True)]


def _case(row: dict[str, str]) -> Case:
    kind: Kind = "doubtful" if row["kind"] == "doubtful" else "missing"
    triple = (row["head"], row["relation"], row["tail"])
    try:
        score = float(row["score"])
    except ValueError:
        score = 0.0
    return Case(kind, score, row["item"], row["title"], triple, row["decision"])
