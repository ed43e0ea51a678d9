"""TALLRec's prompts: ten liked and disliked titles, one title asked about, Yes or No.

Every prompt becomes a user of its own, ``train-0``, ``test-17``: rows may not learn from each
other. The ten titles are its history, with value 1 or 0 and the timestamp 0 (the prompt gives
two lists, no order between them); the title asked about has the timestamp 1 and stands in
``session`` as ``target``, everything else as ``history``. So a split in time learns from
histories and is asked about targets.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl

from fewrec.data.importers.catalogue import described
from fewrec.data.importers.report import ImportReport
from fewrec.data.writing import write_folder
from fewrec.errors import BadValue, EmptyData

_PROMPT = re.compile(
    r"User Preference:(?P<liked>.*)\nUser Unpreference:(?P<disliked>.*)\n"
    r"Whether the user will like the target \w+ (?P<target>.*)\?\s*",
    re.DOTALL,
)
_TITLE = re.compile(r'"(?P<title>.*)"(?:\s+written by\s+(?P<author>.*))?', re.DOTALL)
_BETWEEN = re.compile(r'(?:(?<="),|,\s)\s*(?=")')
"""Stands between two titles; a comma that ends a title does not."""
_ANSWERS = {"yes": 1, "yes.": 1, "no": 0, "no.": 0}
_PARTS = ("train", "valid", "test")


def import_tallrec(source: Path, target: Path, catalogue: Path | None = None) -> ImportReport:
    """Turn train, valid and test JSON files of TALLRec into a data folder.

    Nothing but these files and the catalogue is opened. A key ``user`` in a prompt is kept in
    the users table.

    Args:
        source: The folder; a part may be cut in pieces (train.part0.json).
        target: The data folder to write; must not hold anything.
        catalogue: A table with a column ``title`` (.csv, .parquet, .jsonl, or .json holding a
            list of objects); its columns describe the items whose titles it knows.

    Returns:
        What was written.

    Raises:
        EmptyData: There is no such file.
        BadValue: A file or a prompt cannot be read.
        MissingColumn: The catalogue has no titles.
    """
    rows: list[tuple[str, str, int, int, str]] = []
    people: list[tuple[str, str, str | None]] = []
    authors: dict[str, str] = {}
    for part in _PARTS:
        for number, (place, prompt) in enumerate(_prompts(source, part)):
            user = f"{part}-{number}"
            people.append((user, part, _text(prompt.get("user"))))
            rows += _rows(user, prompt, place, authors)
    if not people:
        raise EmptyData(
            "there is no train.json, valid.json or test.json",
            file=source,
            fix="Give the folder that holds TALLRec's prompts.",
        )
    columns = ["user", "item", "value", "timestamp", "session"]
    interactions = pl.DataFrame(rows, schema=columns, orient="row")
    items, notes = _items(interactions, authors), []
    if catalogue is not None:
        items, matched = described(items, catalogue)
        notes.append(f"{matched:,} of {len(items):,} titles stand in {catalogue.name}.")
    tables = {"interactions": interactions, "items": items, "users": _people(people)}
    kinds = {"title": "title"} | ({"author": "person"} if authors else {})
    skipped = {name: "skip" for name in tables["users"].columns if name != "user"}
    settings = {"like": "value == 1", "items": kinds, "users": skipped}
    written = write_folder(target, tables, settings=settings)
    note = (
        "Every prompt is a user of its own; targets have timestamp 1 and session 'target', "
        "histories timestamp 0."
    )
    return ImportReport(target, f"TALLRec, {len(people):,} prompts", written, (note, *notes))


def _prompts(source: Path, part: str) -> list[tuple[str, dict[str, object]]]:
    """Prompts of one part with the place of each, for messages."""
    found = []
    pieces = [source / f"{part}.json", *sorted(source.glob(f"{part}.part*.json"))]
    for path in pieces:
        if not path.is_file():
            continue
        try:
            prompts = json.loads(path.read_bytes())
        except ValueError as fault:
            raise BadValue(f"this is not JSON ({fault})", file=path, fix="Get it again.") from fault
        found += [(f"{path}, prompt {n}", prompt) for n, prompt in enumerate(prompts, start=1)]
    return found


def _rows(
    user: str, prompt: dict[str, object], place: str, authors: dict[str, str]
) -> list[tuple[str, str, int, int, str]]:
    found = _PROMPT.fullmatch(str(prompt.get("input", "")))
    answer = _ANSWERS.get(str(prompt.get("output", "")).strip().lower())
    if found is None or answer is None:
        problem = "the answer is not Yes or No" if found else "the prompt has another form"
        raise BadValue(
            problem,
            file=place,
            column="output" if found else "input",
            value=prompt.get("output") if found else prompt.get("input"),
            fix="It must read: User Preference: ..., User Unpreference: ..., Whether ...?",
        )
    told = [(title, 1) for title in _titles(found["liked"], place, authors)]
    told += [(title, 0) for title in _titles(found["disliked"], place, authors)]
    history = [(user, title, value, 0, "history") for title, value in told]
    asked = _titles(found["target"], place, authors)
    return [*history, *((user, title, answer, 1, "target") for title in asked)]


def _titles(text: str, place: str, authors: dict[str, str]) -> list[str]:
    """Titles of a list such as ``"Heat (1995)", "Dave (1993)"``; authors are noted aside."""
    titles = []
    for part in _BETWEEN.split(text.strip()) if text.strip() else []:
        found = _TITLE.fullmatch(part.strip())
        if found is None:
            raise BadValue(
                "a title stands without quotes", file=place, value=part, fix="Quote each title."
            )
        titles.append(found["title"])
        if found["author"]:
            authors.setdefault(found["title"], found["author"].strip())
    return titles


def _items(interactions: pl.DataFrame, authors: dict[str, str]) -> pl.DataFrame:
    titles = interactions["item"].unique(maintain_order=True)
    items = pl.DataFrame({"item": titles, "title": titles})
    if authors:
        items = items.with_columns(pl.Series("author", [authors.get(title) for title in titles]))
    return items


def _people(people: list[tuple[str, str, str | None]]) -> pl.DataFrame:
    schema = dict.fromkeys(("user", "part", "person"), pl.String)
    frame = pl.DataFrame(people, schema=schema, orient="row")
    return frame.drop("person") if frame["person"].null_count() == len(people) else frame


def _text(value: object) -> str | None:
    return None if value is None else str(value)
