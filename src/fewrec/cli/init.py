"""`fewrec init`: a stranger's files as a data folder, with the guess shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fewrec.cli.output import Run
from fewrec.errors import ConfigError

if TYPE_CHECKING:
    from fewrec.data.guess import Choices, Guess

_Column = Annotated[str, typer.Option(metavar="COLUMN", help="Column with this role, or `none`.")]


def command(
    run: Run,
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILE... DIR", help="The files, then the new folder.")
    ],
    user: _Column = "",
    item: _Column = "",
    value: _Column = "",
    event: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN|FILE=EVENT", help="Column of events, or all rows of a file."),
    ] = None,
    timestamp: _Column = "",
    session: _Column = "",
    title: _Column = "",
    text: _Column = "",
    table: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE=TABLE", help="What a file holds; `none` leaves it out."),
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN=KIND", help="What a column of items or users is."),
    ] = None,
    like: Annotated[str, typer.Option(metavar="RULE", help="Such as `value >= 4`.")] = "",
    unrated: Annotated[
        str, typer.Option(metavar="VALUE", help="Value of rows not rated; `blank`, or `none`.")
    ] = "",
    dates: Annotated[str, typer.Option(help="`day-first` or `month-first`.")] = "",
    decimal: Annotated[str, typer.Option(help="Decimal mark: `.` or `,`.")] = "",
    encoding: Annotated[str, typer.Option(help="Such as `cp1252`.")] = "",
    separator: Annotated[str, typer.Option(help="Between cells; also `tab`, `space`.")] = "",
    header: Annotated[
        bool | None, typer.Option("--header/--no-header", help="Is the first row one of names?")
    ] = None,
    skip_bad: Annotated[bool, typer.Option(help="Set any number of broken rows aside.")] = False,
    overwrite: Annotated[bool, typer.Option(help="Replace what is in the folder.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Show the guess and write nothing.")] = False,
) -> None:
    """Guess what your files hold, show the guess, and write a data folder.

    Reads CSV and its kin, JSON, JSON lines and parquet, also packed, in any encoding. Asks
    nothing: what it is unsure about is listed with the flag that changes it.
    """
    from fewrec.data.guess import guess_files

    files, folder = _places(paths)
    if not dry_run:
        _check_target(files, folder, overwrite)
    roles = {
        "user": user,
        "item": item,
        "value": value,
        "timestamp": timestamp,
        "session": session,
        "title": title,
        "text": text,
    }
    choices = _choices(
        roles,
        event or [],
        table or [],
        kind or [],
        like,
        dates,
        encoding,
        separator,
        decimal,
        header,
    )
    with run.progress("Reading", total=len(files)) as advance:
        guess = guess_files(
            files, choices, skip_bad=skip_bad, name=folder.name or "data", advance=advance
        )
    _show(run, guess)
    _tell_json(run, guess, folder)
    if dry_run:
        run.say("Nothing was written (--dry-run).")
        return
    _write(run, guess, folder, overwrite)


def _places(paths: Sequence[Path]) -> tuple[list[Path], Path]:
    """The files to read and the folder to write.

    Raises:
        ConfigError: The folder is missing, or a file is not there.
    """
    *files, folder = paths
    if not files or folder.is_file():
        raise ConfigError(
            f"{folder} is a file. Name the folder to write last: fewrec init FILE... DIR."
            if folder.is_file()
            else f"There is no file to read. Say fewrec init FILE... {folder}."
        )
    for file in files:
        if file.is_dir():
            raise ConfigError(f"{file} is a folder. Name the files in it, and last the new folder.")
        if not file.exists():
            raise ConfigError(f"{file}: there is no such file.")
    return files, folder


def _check_target(files: Sequence[Path], folder: Path, overwrite: bool) -> None:
    """Refuse a folder that is not free, before the work begins.

    Raises:
        ConfigError: It holds something and is not to be overwritten, or holds the files read.
    """
    held = folder.is_dir() and any(folder.iterdir())
    if held and not overwrite:
        raise ConfigError(f"{folder} is not empty. Give another folder, or say --overwrite.")
    inside = [file for file in files if folder.resolve() in file.resolve().parents]
    if inside and overwrite:
        raise ConfigError(
            f"{inside[0]} lies in {folder}, which would be replaced. Give another folder."
        )


def _choices(
    roles: dict[str, str],
    event: Sequence[str],
    table: Sequence[str],
    kind: Sequence[str],
    like: str,
    dates: str,
    encoding: str,
    separator: str,
    decimal: str,
    header: bool | None,
) -> Choices:
    from fewrec.data.guess import Choices, Spelling
    from fewrec.data.guess.dialect import separator_named

    if decimal not in ("", ".", ","):
        raise ConfigError(f"--decimal {decimal}: say . or ,")
    columns = [word for word in event if "=" not in word]
    if len(columns) > 1:
        raise ConfigError(f"--event names two columns: {columns[0]} and {columns[1]}.")
    given = {**roles, "event": columns[0] if columns else ""}
    return Choices(
        spelling=Spelling(encoding, separator_named(separator), header, decimal),
        roles={role: column for role, column in given.items() if column},
        tables=_pairs(table, "--table", "FILE=TABLE"),
        events=_pairs([word for word in event if "=" in word], "--event", "FILE=EVENT"),
        kinds=_pairs(kind, "--kind", "COLUMN=KIND"),
        dates=dates,
        like=like,
    )


def _pairs(words: Sequence[str], flag: str, form: str) -> dict[str, str]:
    for word in words:
        if "=" not in word:
            raise ConfigError(f"{flag} {word}: write {flag} {form}.")
    return {name: value for name, _, value in (word.rpartition("=") for word in words)}


def _show(run: Run, guess: Guess) -> None:
    """Show the guess to a person: each file, then what holds for all of them."""
    from rich.text import Text

    from fewrec.cli.guess_tables import file_table
    from fewrec.data.guess.shares import counted

    for plan in guess.files:
        run.say(file_table(plan), "")
    for note in guess.notes:
        run.say(f"- {note}")
    likes, others = guess.likes
    if "interactions" in guess.tables:
        run.say(
            Text.assemble(
                ("Liked rule: ", "bold"), f"{guess.rule} ({likes:,} likes, {others:,} not liked)"
            )
        )
    for reason, count in _reasons(guess).items():
        run.warn(f"{counted(count)} set aside: {reason}")
    if guess.doubts:
        run.say("", Text("Not sure about:", style="bold yellow"))
    for doubt in guess.doubts:
        run.say(Text.assemble(f"- {doubt.sentence}. If not: ", (doubt.flag, "bold")))


def _reasons(guess: Guess) -> dict[str, int]:
    counts: dict[str, int] = {}
    for fault in guess.faults:
        counts[fault.problem] = counts.get(fault.problem, 0) + 1
    return counts


def _tell_json(run: Run, guess: Guess, folder: Path) -> None:
    from fewrec.cli.guess_tables import file_facts

    run.extras |= {
        "folder": str(folder),
        "files": [file_facts(plan) for plan in guess.files],
        "tables": {name: frame.height for name, frame in guess.tables.items()},
        "like": guess.rule,
        "likes": guess.likes[0],
        "not_liked": guess.likes[1],
        "doubts": [{"sentence": d.sentence, "flag": d.flag} for d in guess.doubts],
        "notes": list(guess.notes),
        "set_aside": len(guess.faults),
    }


def _write(run: Run, guess: Guess, folder: Path, overwrite: bool) -> None:
    from fewrec.data.quarantine import set_aside
    from fewrec.data.writing import write_folder

    write_folder(folder, guess.tables, settings=guess.settings, overwrite=overwrite)
    told = set_aside(guess.faults, folder / "quarantine") if guess.faults else ()
    written = ", ".join(f"{name} ({frame.height:,} rows)" for name, frame in guess.tables.items())
    run.say("", f"Wrote {folder}: {written}.", *told, f"next: fewrec fit {folder} -o MODEL")
