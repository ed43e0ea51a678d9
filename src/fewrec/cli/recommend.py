"""`fewrec recommend`: slates for somebody, or for everybody in a table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fewrec.cli.output import Run
from fewrec.errors import ConfigError

if TYPE_CHECKING:
    from fewrec.data.slate import Query, Slate
    from fewrec.recommender import Recommender

BATCH = 200
"""So many people are answered between two moves of the progress bar."""


def command(
    run: Run,
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="Folder of a fitted model.")],
    user: Annotated[str | None, typer.Option(metavar="U", help="A user's id.")] = None,
    likes: Annotated[
        list[str] | None,
        typer.Option(metavar="T", help="An item they like, by id or title; repeatable."),
    ] = None,
    dislikes: Annotated[
        list[str] | None,
        typer.Option(metavar="T", help="An item they do not like; repeatable."),
    ] = None,
    profile: Annotated[
        str, typer.Option(metavar="TEXT", help="What they write about themselves.")
    ] = "",
    k: Annotated[int, typer.Option("-k", min=1, help="How many items.")] = 10,
    explain: Annotated[bool, typer.Option("--explain", help="Say why.")] = False,
    users: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A table of users (.csv, .parquet, .jsonl).")
    ] = None,
    all_users: Annotated[
        bool, typer.Option("--all-users", help="Everybody whom the model knows.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="Table for the answers to many users."),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="A data folder with what is new since the fit."),
    ] = None,
    before: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Use only what was known before: ISO time or seconds."),
    ] = None,
    include_seen: Annotated[
        bool, typer.Option("--include-seen", help="Also items the person has already.")
    ] = False,
    diversity: Annotated[
        float,
        typer.Option(metavar="D", min=0.0, max=1.0, help="From 0 (best) to 1 (most varied)."),
    ] = 0.0,
    friends: Annotated[
        bool, typer.Option("--friends", help="People to befriend instead of items.")
    ] = False,
) -> None:
    """Recommend items to a user, to somebody who likes a few things, or to a whole table.

    A stranger of whom nothing is known is an ordinary question too.
    """
    from fewrec.cli.asked import check_suffix, read_moment
    from fewrec.cli.opening import open_model
    from fewrec.data.slate import Query

    one = bool(user is not None or likes or dislikes or profile)
    _check(run, users is not None, all_users, out, one)
    if friends and (likes or dislikes or profile or include_seen or diversity):
        raise ConfigError(
            "--friends reads --user, --users or --all-users, and what the model knows of them. "
            "Leave out --likes, --dislikes, --profile, --include-seen and --diversity."
        )
    moment = None if before is None else read_moment(before)
    shared: dict[str, Any] = {"k": k, "include_seen": include_seen, "diversity": diversity}
    if out is not None:
        check_suffix(out)
    if users is None:
        asked = [Query(user, tuple(likes or ()), tuple(dislikes or ()), profile, **shared)]
    else:
        asked = [Query(user=n, profile=said, **shared) for n, said in _people(run, users)]
    recommender = open_model(run, model, data)
    if moment is not None:
        _warn_untimed(run, recommender)
        recommender = recommender.as_of(moment)
    if all_users and out is not None and not (friends or explain or run.json_file):
        _save_everybody(run, recommender, out, shared)
        return
    if all_users:
        asked = [Query(user=name, **shared) for name in recommender.known.people.users]
    if friends:
        from fewrec.recommender.friends import friend_slates

        slates = friend_slates(recommender, asked, explain=explain)
    else:
        slates = _answered(run, recommender, asked, explain)
    run.extras["slates"] = [slate.to_dict() for slate in slates]
    if users is None and not all_users:
        _show(run, slates[0])
    else:
        _save(run, slates, out)


def _check(run: Run, users: bool, all_users: bool, out: Path | None, one: bool) -> None:
    """Refuse options that contradict each other, before the work begins."""
    many = "--all-users" if all_users else "--users"
    if users and all_users:
        raise ConfigError("--all-users asks for everybody, --users for those in a table. Use one.")
    if (users or all_users) and one:
        whom = "in a table" if users else "whom the model knows"
        raise ConfigError(
            f"{many} asks for everybody {whom}; --user, --likes, --dislikes and --profile ask "
            "for one person. Use one of the two."
        )
    if not (users or all_users) and out is not None:
        raise ConfigError("--out is for the answers to --users. Of one person, --json FILE.")
    if (users or all_users) and out is None and run.json_file is None:
        raise ConfigError(f"{many} needs a place for the answers: add -o recs.csv or --json FILE.")


def _save_everybody(run: Run, model: Recommender, out: Path, shared: dict[str, Any]) -> None:
    """Lists for everybody in one call, as one table."""
    from fewrec.cli.asked import write_table
    from fewrec.data.tables import count
    from fewrec.recommender.everybody import Everybody

    asked = Everybody.of(model, include_seen=shared["include_seen"])
    lists = asked.lists(shared["k"], diversity=shared["diversity"])
    write_table(lists.to_frame(), out)
    given = (lists.rows >= 0).sum(axis=1)
    run.say(
        f"{count(int(given.sum()), 'recommendation')} for {count(len(lists), 'user')}, "
        f"saved in {out}."
    )
    _say_short(run, int((given < shared["k"]).sum()))


def _say_short(run: Run, short: int) -> None:
    from fewrec.data.tables import count

    if short:
        run.warn(f"{count(short, 'user')} got fewer items than asked for: there are no more.")


def _people(run: Run, users: Path) -> list[tuple[str, str]]:
    from fewrec.cli.asked import read_users

    people, notes = read_users(users)
    for note in notes:
        run.warn(note)
    return people


def _warn_untimed(run: Run, model: Recommender) -> None:
    import numpy as np

    untimed = int(np.isnan(model.known.interactions.timestamp).sum())
    if untimed:
        run.warn(
            f"{untimed:,} interactions have no timestamp; they count as older than any --before."
        )


def _answered(run: Run, model: Recommender, asked: Sequence[Query], explain: bool) -> list[Slate]:
    slates: list[Slate] = []
    with run.progress("Recommending", total=len(asked)) as advance:
        for at in range(0, len(asked), BATCH):
            part = model.slates(asked[at : at + BATCH], explain=explain)
            slates += part
            advance(len(part))
    return slates


def _show(run: Run, slate: Slate) -> None:
    from fewrec.cli.slate_table import slate_views

    run.say(*slate_views(slate, coloured=run.console.color_system is not None))
    run.alarms += slate.notes


def _save(run: Run, slates: Sequence[Slate], out: Path | None) -> None:
    """Write all slates as one table, and say who got less than was asked for."""
    import polars as pl

    from fewrec.cli.asked import write_table
    from fewrec.data.tables import count

    if out is not None:
        empty = pl.DataFrame(
            schema={"user": pl.String, "item": pl.String, "rank": pl.Int64, "score": pl.Float64}
        )
        write_table(pl.concat([empty, *(slate.to_frame() for slate in slates)]), out)
    rows = sum(len(slate) for slate in slates)
    place = f", saved in {out}" if out else ""
    run.say(f"{count(rows, 'recommendation')} for {count(len(slates), 'user')}{place}.")
    strangers = sum(any("is not known" in note for note in slate.notes) for slate in slates)
    if strangers:
        run.warn(f"{count(strangers, 'user')} not known to the model, answered as strangers.")
    _say_short(run, sum(len(slate) < slate.query.k for slate in slates))
