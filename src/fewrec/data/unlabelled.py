"""A data folder to label: rows with a value or an event are labelled, rows with neither are not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from fewrec.data.arrays import Bools, Ints
from fewrec.data.dataset import Dataset
from fewrec.data.faults import Inspector, identified
from fewrec.data.interactions import read_events
from fewrec.data.readers import read_table
from fewrec.data.settings import DataSettings, read_settings
from fewrec.data.shots import Shots
from fewrec.data.sources import assemble, load_tables
from fewrec.data.tables import Table
from fewrec.errors import MissingColumn

REMEMBERED = 20
"""So many labelled rows of a person are looked at beside the row in question, the last ones."""

_ANSWERS = ("value", "event")


@dataclass(frozen=True)
class LabelFolder:
    """R rows, the labelled ones first.

    Attributes:
        dataset: Its ``interactions`` are the R rows; labels of unlabelled ones mean nothing.
        cells: Columns user, item, and value, event, timestamp where there are any. R rows.
        lines: Where each row stands in its file. Shape [R].
        labelled: How many rows have a label.
        answers: Which labelled rows come from the file of answers. Shape [labelled].
        rule: What is a like.
        unanswered: Rows of the file of answers that are still empty.
    """

    dataset: Dataset
    cells: pl.DataFrame
    lines: Ints
    labelled: int
    answers: Bools
    rule: str
    unanswered: int

    @property
    def pool(self) -> Ints:
        """Numbers of the rows without a label."""
        return np.arange(self.labelled, len(self.dataset.interactions))

    def shots(self, rows: Ints) -> Shots:
        """Rows, each with the last ``REMEMBERED`` other labelled rows of its person.

        Rows on the very item asked about are never among them. ``rows``: shape [N].
        """
        whole = self.dataset.interactions
        order = np.arange(self.labelled)[::-1]
        rank = pl.DataFrame({"u": whole.user[order]}).select(pl.int_range(pl.len()).over("u"))
        near = np.sort(order[rank.to_series().to_numpy() <= REMEMBERED])
        known = whole.where(near)
        told = known.histories(whole.user[rows])
        told = told.rows(told.item != whole.item[rows][told.person]).latest(REMEMBERED)
        people = self.dataset.people
        told = told.knowing(
            [people.attributes[u] for u in whole.user[rows]],
            [people.profile[u] for u in whole.user[rows]],
        )
        return Shots(told, whole.item[rows], whole.label[rows])


def read_labels(folder: Path, have: Path | None = None) -> LabelFolder:
    """Read a data folder whose interactions are partly labelled, or not at all.

    Args:
        folder: The data folder.
        have: A table of answers with the same columns; where it answers a (user, item) of the
            folder's unlabelled rows, these leave the pool.

    Raises:
        MissingColumn: There are no interactions, or they have neither value nor event.
        DataError: A table cannot be read.
    """
    settings, inspector = read_settings(folder / "fewrec.toml"), Inspector()
    tables = load_tables(folder, settings, inspector)
    if "interactions" not in tables:
        raise MissingColumn(
            "there is no interactions table, so nothing to label",
            file=folder,
            fix="Give interactions.csv with user, item, value; leave value empty where unknown.",
        )
    given, open_rows = _apart(tables["interactions"])
    answers, unanswered = None, 0
    if have is not None:
        table = read_table(have, "interactions", inspector).renamed(settings.names("interactions"))
        answers, empty = _apart(table)
        unanswered = len(empty)
    open_rows = identified(identified(open_rows, "user", inspector), "item", inspector)
    known, label, rule, source = _labelled(given, answers, settings, inspector)
    if answers is not None and len(answers):
        pairs = answers.frame.select("user", "item").cast(pl.String).unique()
        answered = pairs.with_columns(answered=pl.lit(True))
        joined = open_rows.frame.join(
            answered, on=["user", "item"], how="left", maintain_order="left"
        )
        open_rows = open_rows.where(joined["answered"].is_null().to_numpy())
    cells = pl.concat([known.frame, open_rows.frame.cast(pl.String)], how="diagonal")
    asked = cells.select("user", "item").with_columns(
        value=pl.Series(np.concatenate([label, np.zeros(len(open_rows))])),
        position=pl.int_range(cells.height),  # no row repeats another one
    )
    plain = settings.model_copy(update={"like": "value >= 0.5", "events": {}})
    tables["interactions"] = Table.of_frame("interactions", asked, "interactions")
    dataset = assemble(tables, plain, Inspector(), name=settings.name or folder.absolute().name)
    lines = np.concatenate([known.lines, open_rows.lines])
    return LabelFolder(dataset, cells, lines, len(known), source, rule, unanswered)


def _apart(table: Table) -> tuple[Table, Table]:
    """Rows that say something, and rows that do not; cells as text.

    Raises:
        MissingColumn: No column could say anything.
    """
    table.require("user", "item")
    wanted = [name for name in _ANSWERS if name in table.frame.columns]
    if not wanted:
        raise MissingColumn(
            "there is neither a value nor an event, so every row is a like and nothing to label",
            file=table.file,
            line=1,
            fix="Add a column `value`, empty where the answer is not known.",
        )
    kept = [name for name in ("user", "item", *wanted, "timestamp") if name in table.frame.columns]
    frame = table.frame.select(kept).with_columns(pl.col(wanted).cast(pl.String))
    table = Table(table.name, frame, table.file, table.lines)
    blank = pl.all_horizontal(pl.col(n).fill_null("").str.strip_chars() == "" for n in wanted)
    empty = frame.select(blank).to_series().to_numpy()
    return table.where(~empty), table.where(empty)


def _labelled(
    given: Table, answers: Table | None, settings: DataSettings, inspector: Inspector
) -> tuple[Table, np.ndarray, str, Bools]:
    """Labelled rows of both tables under one rule: cells, label, rule, which are answers."""
    parts = [given] if answers is None else [given, answers]
    frame = pl.concat([part.frame.cast(pl.String) for part in parts], how="diagonal")
    lines = np.concatenate([part.lines for part in parts])
    mark = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    if not len(frame):
        return Table("interactions", frame, given.file, lines), np.zeros(0), "", mark == 1
    place = pl.Series("position", np.arange(len(frame)).astype(str))
    whole = Table("interactions", frame.with_columns(place), given.file, lines)
    found, _ = read_events(whole, inspector, settings)
    rows = found.table.frame["position"].cast(pl.Int64).to_numpy()
    cells = Table("interactions", frame[rows], given.file, lines[rows])
    return cells, found.label.astype(np.float64), found.rule, mark[rows] == 1
