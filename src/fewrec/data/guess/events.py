"""An interactions file under standard columns: ids, marks, events and times in clean form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from fewrec.data.faults import Fault
from fewrec.data.guess.choices import Choices
from fewrec.data.guess.describing import clean_cells
from fewrec.data.guess.grid import CLOSING
from fewrec.data.guess.layouts import strange_marks
from fewrec.data.guess.numbers import is_unknown
from fewrec.data.guess.opinions import read_deeds, read_opinions
from fewrec.data.guess.plan import FilePlan
from fewrec.data.guess.profile import Profile
from fewrec.data.guess.raw import Doubt
from fewrec.data.guess.shares import counted, share
from fewrec.data.liked import EVENT_WEIGHTS
from fewrec.errors import BadValue

_NUMBERS = ("dwell", "position", "propensity")
_MET = "play"
"""The event of rows that have no value where others have one."""
_MANY_BLANK, _MANY_ZEROS, _FEW_LEVELS = 0.1, 0.3, 4
_MOST_BROKEN = 0.05
"""With a larger share of broken rows (and more than one), the file was read in a wrong way."""


@dataclass(frozen=True)
class Events:
    """Rows of one file.

    Attributes:
        frame: Standard columns.
        rows: Number of each row in the file's cells, from 0. Shape [R].
        faults: Rows set aside.
        silent: Words for events that nobody knows; they get weight 0.
        notes: What was decided.
        doubts: What could be otherwise.
    """

    frame: pl.DataFrame
    rows: np.ndarray
    faults: tuple[Fault, ...] = ()
    silent: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()


@dataclass
class _Draft:
    """Columns under construction, and which rows turned out to be unusable."""

    plan: FilePlan
    columns: dict[str, pl.Series] = field(default_factory=dict)
    good: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=bool))
    faults: list[Fault] = field(default_factory=list)
    broken: int = 0
    silent: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    def doubt(self, sentence: str, flag: str) -> None:
        """Say what could be otherwise."""
        self.doubts.append(Doubt(f"{self.plan.raw.name}: {sentence}", flag))

    def reject(self, bad: pl.Series, column: str, problem: str, fix: str, *, broken: bool) -> None:
        """Set rows aside that were still good."""
        fresh = bad.fill_null(False).to_numpy() & self.good
        self.good &= ~fresh
        self.broken += int(fresh.sum()) if broken else 0
        raw = self.plan.raw
        for n in np.flatnonzero(fresh):
            cells = {"file": raw.name, **raw.frame.row(int(n), named=True)}
            value = cells.get(column)
            self.faults.append(
                Fault(
                    "interactions",
                    str(raw.path),
                    int(raw.lines[n]),
                    column,
                    value,
                    problem,
                    fix,
                    cells,
                )
            )


def standard_events(plan: FilePlan, choices: Choices, *, event: str, skip_bad: bool) -> Events:
    """Turn the cells of an interactions file into standard columns.

    Args:
        plan: The file with the roles of its columns.
        choices: What is not to be guessed.
        event: The event of all rows, where the file has no column for it; "" for none.
        skip_bad: Accept any number of broken rows.

    Returns:
        The rows that can be used, and what happened to the others.

    Raises:
        BadValue: More than 5 % of the rows are broken, and these are not to be skipped.
    """
    draft = _Draft(plan, good=np.ones(len(plan.raw), dtype=bool))
    _ids(draft)
    _returns(draft)
    _times(draft, choices)
    _marks(draft, choices)
    _deeds(draft, event, choices.events)
    for role in _NUMBERS:
        _amounts(draft, role)
    for role in ("session", "text"):
        cells = plan.cells(role)
        if cells is not None:
            draft.columns[role] = as_whole(cells)
    _fill_by_session(draft)
    _blank_ids(draft)
    _refuse_wreck(draft, skip_bad)
    frame = pl.DataFrame({name: cells.alias(name) for name, cells in draft.columns.items()})
    rows = np.flatnonzero(draft.good)
    return Events(
        frame.filter(pl.Series(draft.good)),
        rows,
        (*plan.raw.faults, *draft.faults),
        tuple(draft.silent),
        tuple(draft.notes),
        tuple(draft.doubts),
    )


def as_whole(cells: pl.Series) -> pl.Series:
    """Ids that were once numbers with gaps lose their ``.0``: ``17850.0`` becomes ``17850``."""
    known = cells.drop_nulls()
    if len(known) and bool(known.str.contains(r"^-?\d+\.0+$").all()):
        return cells.str.replace(r"\.0+$", "")
    return cells


def _ids(draft: _Draft) -> None:
    for role in ("user", "item"):
        cells = draft.plan.cells(role)
        if cells is not None:
            draft.columns[role] = as_whole(cells)


def _blank_ids(draft: _Draft) -> None:
    for role in ("user", "item"):
        bad = draft.columns[role].is_null()
        column = draft.plan.column(role) or role
        draft.reject(bad, column, f"the row names no {role}", f"Fill in the {role}.", broken=False)


def _returns(draft: _Draft) -> None:
    """Goods that were sent back are no likes."""
    for name, pick in draft.plan.picks.items():
        profile = draft.plan.profiles[name]
        if pick.role != "quantity" or profile.numbers is None:
            continue
        bad = profile.numbers.parse(profile.cells) < 0
        draft.reject(bad, name, "goods sent back", "Leave the row out.", broken=False)


def _times(draft: _Draft, choices: Choices) -> None:
    name = draft.plan.column("timestamp")
    if name is None:
        return
    profile = draft.plan.profiles[name]
    form = profile.times
    if form is None:
        bad = profile.cells.is_not_null()
        draft.reject(bad, name, "this is not a time", "Name another --timestamp.", broken=True)
        return
    if choices.dates:
        form = replace(form, month_first=choices.dates == "month-first", unsure=False)
    if form.unsure:
        said = "month" if form.month_first else "day"
        other = "day-first" if form.month_first else "month-first"
        draft.doubt(
            f"in {name!r} the first number is taken as the {said} ({profile.known[0]})",
            f"--dates {other}",
        )
    if not form.zoned and form.form != "unix":
        draft.notes.append(f"{draft.plan.raw.name}: times of {name!r} are taken as UTC.")
    seconds = form.parse(profile.cells)
    bad = seconds.is_null() & ~is_unknown(profile.cells)
    draft.reject(bad, name, "this is not a time", "Correct it, or leave it empty.", broken=True)
    draft.columns["timestamp"] = _plain(seconds)


def _plain(numbers: pl.Series) -> pl.Series:
    whole = bool((numbers.drop_nulls() % 1 == 0).all())
    return numbers.cast(pl.Int64) if whole else numbers.round(6)


def _marks(draft: _Draft, choices: Choices) -> None:
    name = draft.plan.column("value")
    if name is None:
        return
    profile = draft.plan.profiles[name]
    if profile.numbers is not None:
        values = profile.numbers.parse(profile.cells)
        if not profile.numbers.sure:
            said = f"{profile.samples[0]!r} in {name!r} is read as {values.drop_nulls()[0]:g}"
            draft.doubt(said, f"--decimal '{'.' if profile.numbers.decimal == ',' else ','}'")
    else:
        values = _of_words(draft, profile)
    bad = values.is_null() & ~is_unknown(profile.cells)
    draft.reject(bad, name, "this is neither a number nor a known mark", "Correct it.", broken=True)
    values, met = _unrated(draft, name, values, choices.unrated)
    if draft.plan.column("event") is None and choices.unrated != "blank":
        blank = values.is_null() & ~met
        draft.reject(blank, name, "the row has no value", "Fill it in.", broken=False)
        if share(blank) > _MANY_BLANK:
            draft.doubt(f"rows without a {name!r} are set aside", "--unrated blank")
    draft.columns["value"] = _plain(values)


def _unrated(draft: _Draft, name: str, values: pl.Series, told: str) -> tuple[pl.Series, pl.Series]:
    """Values without those that mean "met, but not rated", and where these stood."""
    strange = [float(told)] if _is_number(told) else [] if told else strange_marks(values)
    met = values.is_in(strange).fill_null(False)
    if not told and share(values == 0) > _MANY_ZEROS and len(values.unique()) > _FEW_LEVELS:
        draft.doubt(f"0 in {name!r} counts as the worst mark", "--unrated 0")
    if met.any() and draft.plan.column("event") is None:
        shown = ", ".join(f"{mark:g}" for mark in strange)
        note = f"{shown} in {name!r} means met, but not rated; such rows count as {_MET!r}."
        draft.notes.append(f"{draft.plan.raw.name}: {note}")
    return values.set(met, None), met


def _is_number(text: str) -> bool:
    return text.replace("-", "", 1).replace(".", "", 1).isdigit()


def _of_words(draft: _Draft, profile: Profile) -> pl.Series:
    """Marks for opinions in words; what the words were taken for is said."""
    opinions = read_opinions(profile.cells)
    if opinions is None:
        return profile.cells.cast(pl.Float64, strict=False)
    shown = sorted(opinions.marks.items(), key=lambda pair: (-pair[1], pair[0]))
    words = ", ".join(f"{word} = {mark:g}" for word, mark in shown[:12])
    draft.notes.append(f"{draft.plan.raw.name}: {profile.name!r} in words: {words}.")
    if opinions.unknown:
        words = ", ".join(map(repr, opinions.unknown[:5]))
        draft.doubt(f"{words} in {profile.name!r} stand for no mark", "--value none")
    return profile.cells.replace_strict(opinions.marks, default=None, return_dtype=pl.Float64)


def _deeds(draft: _Draft, event: str, told: Mapping[str, str]) -> None:
    name = draft.plan.column("event")
    raw = draft.plan.raw
    if name is None:
        _whole_file(draft, event)
        return
    cells = draft.plan.profiles[name].cells
    deeds = read_deeds(cells)
    events = {**(deeds.events if deeds else {}), **told}
    unknown = [w for w in cells.drop_nulls().unique(maintain_order=True) if w not in events]
    draft.columns["event"] = cells.replace(events)
    here = set(cells.drop_nulls().unique())
    renamed = [f"{w} = {deed}" for w, deed in events.items() if w != deed and w in here]
    if renamed:
        draft.notes.append(f"{raw.name}: events: {', '.join(renamed)}.")
    silent = [word for word in unknown if word not in EVENT_WEIGHTS]
    if silent:
        draft.silent += silent
        known = ", ".join(map(repr, silent[:5]))
        draft.doubt(
            f"nobody knows the events {known}: they count for nothing", f"--event {silent[0]}=EVENT"
        )


def _whole_file(draft: _Draft, event: str) -> None:
    """One event for all rows; where only some are rated, the others were met."""
    values = draft.columns.get("value")
    if values is not None and draft.good[values.is_null().to_numpy()].any():
        rated = pl.DataFrame({"value": values}).select(
            pl.when(pl.col("value").is_null()).then(pl.lit(event or _MET)).otherwise(pl.lit("rate"))
        )
        draft.columns["event"] = rated.to_series()
    elif event:
        draft.columns["event"] = pl.Series([event] * len(draft.plan.raw))


def _amounts(draft: _Draft, role: str) -> None:
    name = draft.plan.column(role)
    if name is None:
        return
    profile = draft.plan.profiles[name]
    if profile.numbers is None:
        draft.notes.append(f"{draft.plan.raw.name}: {name!r} is left out: these are no numbers.")
        return
    values = clean_cells(profile, "number").cast(pl.Float64)
    draft.columns[role] = _plain(values.set((values < 0).fill_null(False), None))


def _fill_by_session(draft: _Draft) -> None:
    """Orders of several lines often name customer and time on the first line only."""
    session = draft.columns.get("session")
    if session is None:
        return
    for name in ("user", "timestamp"):
        cells = draft.columns.get(name)
        if cells is None or not cells.null_count():
            continue
        frame = pl.DataFrame({"session": session, name: cells})
        first = pl.col(name).drop_nulls().first().over("session")
        filled = frame.with_columns(
            pl.when(pl.col("session").is_null())
            .then(pl.col(name))
            .otherwise(pl.col(name).fill_null(first))
        )[name]
        gained = cells.null_count() - filled.null_count()
        if gained:
            took = f"{counted(gained)} took the {name} from the same order"
            draft.notes.append(f"{draft.plan.raw.name}: {took}.")
            draft.columns[name] = filled


def _refuse_wreck(draft: _Draft, skip_bad: bool) -> None:
    raw = draft.plan.raw
    torn = [fault for fault in raw.faults if fault.problem != CLOSING]
    broken = draft.broken + len(torn)
    if skip_bad or broken <= max(1, _MOST_BROKEN * (len(raw) + len(torn))):
        return
    first = (torn + [f for f in draft.faults if "no " not in f.problem.split()[:4]])[0]
    whole = counted(len(raw) + len(torn))
    raise BadValue(
        f"{first.problem}; {broken:,} of {whole} cannot be read",
        file=raw.path,
        line=first.line,
        column=first.column or None,
        value=first.value,
        fix="If the file is read in a wrong way, say how: --separator, --encoding, --value, "
        "--timestamp. Else --skip-bad sets these rows aside.",
    )
