"""The Python interface: data frames of pandas or polars in, data frames out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from fewrec.data.faults import Inspector
from fewrec.data.frames import Kind, ids_of, is_pandas, kind_of, returned, to_polars, with_column
from fewrec.data.settings import TABLES
from fewrec.data.slate import Query, Slate
from fewrec.data.sources import dataset_from_tables
from fewrec.data.tables import Table, as_ids
from fewrec.data.times import read_times
from fewrec.errors import ConfigError
from fewrec.recommender.asking import asker
from fewrec.recommender.described import Progress
from fewrec.recommender.everybody import Everybody
from fewrec.recommender.explaining import Explanation
from fewrec.recommender.friends import friend_slates
from fewrec.recommender.model import Recommender
from fewrec.recommender.onboarding import Onboarding
from fewrec.recommender.questions import answers, people, query, require, seconds
from fewrec.recommender.rules import checked_rules
from fewrec.recommender.settings import FitSettings, checked

Frame = Any
"""A data frame of pandas or polars, or a mapping of columns."""


def fit(
    interactions: Frame | None = None,
    items: Frame | None = None,
    users: Frame | None = None,
    graph: Frame | None = None,
    links: Frame | None = None,
    *,
    like: str | None = None,
    seed: int = 0,
    encoder: str | None = None,
    experts: Sequence[str] | None = None,
    parts: Mapping[str, Any] | None = None,
    name: str = "data",
    skip_bad: bool = False,
    progress: bool | Progress = False,
) -> Model:
    """Fit a model on data frames; any one of them is enough.

    Args:
        interactions: Columns ``user``, ``item``; optionally ``value``, ``event``, ``timestamp``.
        items: Column ``item``; optionally ``title`` and any further columns.
        users: Column ``user`` and any further ones; ``profile`` is free text.
        graph: Columns ``head``, ``relation``, ``tail``.
        links: Columns ``item``, ``entity``.
        like: The liked rule, such as ``value >= 4``; chosen from the columns where None.
        seed: Of all randomness. Same seed, data and versions: same model.
        encoder: Name of a text encoder; chosen by the catalogue's language where None.
        experts: Names of the rankers to weigh; all that fit the data where None.
        parts: Settings of experts, ``fusion`` and ``rehearsal`` that are to be other than by
            default, as in ``[model.NAME]`` of fewrec.toml: ``{"ease": {"regularisation": 500}}``.
            ``tuned_text`` and ``graph_network`` may be True here as there.
        name: What to call the data.
        skip_bad: Leave faulty rows out (``notes`` say how many) instead of raising.
        progress: Show bars, or tell a function each step and the share done of it.

    Returns:
        The model; it answers with frames of pandas where one of these was one.

    Raises:
        DataError: A table, row, column or cell is at fault; the message says which.
        ConfigError: A setting does not fit.
    """
    given = (interactions, items, users, graph, links)
    tables = as_tables(*given)
    settings = _settings(experts, parts)
    dataset = dataset_from_tables(*tables, like=like, name=name, skip_bad=skip_bad)
    weighed = settings.experts_on(dataset)
    with _shown(progress) as tell:
        made = Recommender.fit(
            dataset, seed=seed, encoder=encoder, experts=weighed, parts=settings, progress=tell
        )
    whole = tuple(column for column in ("user", "item") if _whole_numbers(column, tables))
    manifest = replace(made.manifest, whole_ids=whole)
    return Model(replace(made, manifest=manifest), kind_of(*given))


def load(folder: str | Path, frames: Kind = "polars") -> Model:
    """Read a model that ``Model.save`` or ``fewrec fit`` has written.

    Args:
        folder: Of the model.
        frames: Which frames it answers with.

    Raises:
        ModelError: There is none, it is half-written, or another version wrote it.
    """
    return Model(Recommender.load(Path(folder)), frames)


@dataclass(frozen=True)
class Model:
    """A fitted model: recommends, scores, explains, takes in newcomers.

    Ids that were whole numbers in all tables of the fit are whole numbers in its answers.

    Attributes:
        recommender: What does the work.
        frames: Which frames it answers with, where the question was no frame.
    """

    recommender: Recommender
    frames: Kind = "polars"

    @property
    def notes(self) -> tuple[str, ...]:
        """What was decided or left out while reading the data, sentence by sentence."""
        return self.recommender.manifest.notes

    def recommend(
        self,
        users: Any = None,  # noqa: ANN401 - an id, ids, a series or a frame
        k: int = 10,
        *,
        likes: Iterable[Any] = (),
        dislikes: Iterable[Any] = (),
        profile: str = "",
        before: Any = None,  # noqa: ANN401 - seconds, a date, or text
        include_seen: bool = False,
        diversity: float = 0.0,
        allowed: Iterable[Any] | None = None,
        excluded: Iterable[Any] = (),
    ) -> Frame:
        """Recommend items to one or many users, or to a stranger.

        Args:
            users: An id, several (list, array, series), or a frame with the column ``user``
                (and optionally ``profile``); None for a stranger. Unknown ids are strangers too.
            k: How many items for each.
            likes: Items the person likes, by id or title; for one person only.
            dislikes: Items the person does not like; for one person only.
            profile: What the person writes about themselves; for one person only.
            before: Use only interactions strictly before this time: seconds since 1970, a
                ``datetime``, or an ISO date.
            include_seen: Also items the person already has.
            diversity: From 0, the best items, to 1, the most varied slate.
            allowed: Only these items (ids) may be shown; None for all.
            excluded: These items (ids) are never shown.

        Returns:
            A frame with ``user``, ``item``, ``title``, ``rank`` (from 1) and ``score``.

        Raises:
            UnknownId: An item named is not in the catalogue.
            AmbiguousTitle: A title fits several items.
            ConfigError: The options contradict each other, or one is out of range.
        """
        asked = people(users)
        said = Query(
            likes=tuple(ids_of(likes)),
            dislikes=tuple(ids_of(dislikes)),
            profile=profile,
            k=k,
            include_seen=include_seen,
            before=seconds(before),
            diversity=diversity,
            allowed=None if allowed is None else frozenset(ids_of(allowed)),
            excluded=frozenset(ids_of(excluded)),
        )
        if len(asked) != 1 and (said.likes or said.dislikes or profile):
            raise ConfigError(
                f"likes, dislikes and profile describe one person, but {len(asked)} were asked "
                "about. Put profiles into a column of `users`, and likes into `with_data`."
            )
        queries = [replace(said, user=u, profile=profile or text) for u, text in asked]
        answer = answers(self.recommender.slates(queries))
        kind: Kind = "pandas" if is_pandas(users) else self.frames
        if isinstance(users, (pl.DataFrame, pl.Series)):
            kind = "polars"
        return returned(self._as_given(answer), kind)

    def everybody(
        self,
        k: int = 10,
        *,
        include_seen: bool = False,
        diversity: float = 0.0,
        rules: Mapping[str, Any] | None = None,
    ) -> Frame:
        """Recommend items to everybody whom the model knows, all lists at once.

        Args:
            k: How many items for each.
            include_seen: Whether items somebody has already may be shown.
            diversity: From 0 (best) to 1 (most varied).
            rules: Rules of the house, as in ``[rules]`` of fewrec.toml; none where None.

        Returns:
            A frame with ``user``, ``item``, ``title``, ``rank`` (from 1), ``score``.

        Raises:
            ConfigError: A rule does not fit the catalogue.
            UnknownId: A rule names an item that is not in the catalogue.
        """
        stated = None if rules is None else checked_rules(rules, "rules")
        asked = Everybody.of(self.recommender, include_seen=include_seen, rules=stated)
        lists = asked.lists(k, diversity=diversity)
        titles = pl.Series("title", self.recommender.known.catalog.titles, dtype=pl.String)
        answer = lists.to_frame().insert_column(2, titles.gather(lists.rows[lists.rows >= 0]))
        return returned(self._as_given(answer), self.frames)

    def slate(
        self,
        user: Any = None,  # noqa: ANN401 - an id
        *,
        likes: Iterable[Any] = (),
        dislikes: Iterable[Any] = (),
        profile: str = "",
        k: int = 10,
        explain: bool = True,
        diversity: float = 0.0,
        include_seen: bool = False,
    ) -> Slate:
        """Answer one person, with reasons; the slate shows itself in a notebook.

        Args:
            user: An id; None for a stranger.
            likes: Items the person likes, by id or title.
            dislikes: Items the person does not like.
            profile: What the person writes about themselves.
            k: How many items.
            explain: Whether to give evidence and reasons.
            diversity: From 0, the best items, to 1, the most varied slate.
            include_seen: Also items the person already has.

        Raises:
            UnknownId: An item named is not in the catalogue.
            AmbiguousTitle: A title fits several items.
        """
        asked = replace(
            query(user, likes, dislikes, profile),
            k=k,
            diversity=diversity,
            include_seen=include_seen,
        )
        return self.recommender.slate(asked, explain=explain)

    def score(self, pairs: Frame) -> Frame:
        """P(like) of (user, item) pairs.

        Args:
            pairs: Columns ``user``, ``item``, optionally ``timestamp``: then only what happened
                strictly before it is evidence. A pair's own rows never are.

        Returns:
            The same frame with one column more, ``score``, in [0, 1].

        Raises:
            MissingColumn: ``user`` or ``item`` is not there.
            BadValue: A timestamp is no time.
        """
        table = Table.of_frame("pairs", to_polars(pairs, "pairs"))
        require(table.frame, "pairs", "user", "item")
        asked = pl.DataFrame([as_ids(table, "user"), as_ids(table, "item")])
        asked = asked.with_columns(pl.all().fill_null(""))
        if "timestamp" in table.frame.columns:
            timed = read_times(table, "timestamp", Inspector())
            asked = asked.with_columns(timed.frame["timestamp"])
        return with_column(pairs, "score", self.recommender.score(asked))

    def explain(
        self,
        item: Any,  # noqa: ANN401 - an id or title
        user: Any = None,  # noqa: ANN401 - an id
        *,
        likes: Iterable[Any] = (),
        dislikes: Iterable[Any] = (),
        profile: str = "",
    ) -> Explanation:
        """Say where an item stands for a person, why, and why not higher.

        Args:
            item: Id or title of any item.
            user: An id; None for a stranger.
            likes: Items the person likes, by id or title.
            dislikes: Items the person does not like.
            profile: What the person writes about themselves.

        Raises:
            UnknownId: An item is not in the catalogue.
            AmbiguousTitle: A title fits several items.
        """
        return self.recommender.explain(query(user, likes, dislikes, profile), str(item))

    def similar(self, item: Any, k: int = 10) -> Frame:  # noqa: ANN401 - an id or title
        """Items that liking one item speaks for.

        Args:
            item: Id or title.
            k: How many.

        Returns:
            A frame with ``item``, ``title``, ``rank`` (from 1) and ``score``.

        Raises:
            UnknownId: The item is not in the catalogue.
            AmbiguousTitle: The title fits several items.
        """
        answer = answers([self.recommender.similar(str(item), k)]).drop("user")
        return returned(self._as_given(answer), self.frames)

    def friends(
        self,
        users: Any = None,  # noqa: ANN401 - an id, ids, a series or a frame
        k: int = 10,
    ) -> Frame:
        """People that somebody may want as friends, from links between people and likes.

        What links and likes weigh is learned at the first question and kept in memory.

        Args:
            users: An id, several (list, array, series), or a frame with the column ``user``;
                None for a stranger, who is told the people with most friends.
            k: How many people for each.

        Returns:
            A frame with ``user``, ``friend``, ``rank`` (from 1) and ``score``; never the person,
            nor friends they have.

        Raises:
            EmptyData: Nobody is linked to anybody.
        """
        queries = [Query(user=user, k=k) for user, _ in people(users)]
        answer = answers(friend_slates(self.recommender, queries))
        answer = answer.rename({"item": "friend"}).drop("title")
        kind: Kind = "pandas" if is_pandas(users) else self.frames
        if isinstance(users, (pl.DataFrame, pl.Series)):
            kind = "polars"
        return returned(self._as_given(answer), kind)

    def onboarding(
        self,
        k: int = 10,
        user: Any = None,  # noqa: ANN401 - an id
        *,
        likes: Iterable[Any] = (),
        dislikes: Iterable[Any] = (),
        passed: Iterable[Any] = (),
    ) -> Frame:
        """Say which items to ask somebody new about: those whose answers tell most.

        Args:
            k: How many items.
            user: An id; what they have already is not asked.
            likes: Items they answered they like, by id or title.
            dislikes: Items they answered they do not like.
            passed: Items they were asked about and did not know.

        Returns:
            A frame with ``item``, ``title``, ``rank`` (from 1) and ``known``, the probability
            that somebody knows the item; shorter where no more may be asked.

        Raises:
            UnknownId: An item named is not in the catalogue.
            AmbiguousTitle: A title fits several items.
            ConfigError: k is below 1.
        """
        model, asked = self.recommender, replace(query(user, likes, dislikes, ""), k=k)
        known = model.known
        made = Onboarding.of(known.interactions, model.fusion, model.variety.vectors)
        skipped = [known.catalog.find(name) for name in ids_of(passed)]
        rows = made.ask(asked.k, asker(asked, known).history, passed=skipped)
        answer = pl.DataFrame(
            {
                "item": [known.catalog.items.ids[row] for row in rows],
                "title": [known.catalog.titles[row] for row in rows],
                "rank": list(range(1, len(rows) + 1)),
                "known": made.known[rows],
            },
            schema_overrides={"item": pl.String, "title": pl.String, "rank": pl.Int64},
        )
        return returned(self._as_given(answer), self.frames)

    def with_data(
        self,
        interactions: Frame | None = None,
        items: Frame | None = None,
        users: Frame | None = None,
        graph: Frame | None = None,
        links: Frame | None = None,
    ) -> Model:
        """Take in what is new, without refitting: people, items, interactions of both.

        Args:
            interactions: As in ``fit``; rows the model knows already are not counted twice.
            items: Newcomers; known items keep what they were.
            users: Newcomers, or news of known users.
            graph: Of newcomers.
            links: Of newcomers.

        Returns:
            Another model; this one stays as it is.

        Raises:
            DataError: A table, row, column or cell is at fault.
        """
        tables = as_tables(interactions, items, users, graph, links)
        data = dataset_from_tables(*tables, alike=self.recommender.precedent)
        return replace(self, recommender=self.recommender.with_data(data))

    def save(self, folder: str | Path) -> None:
        """Write the model into a folder, all at once; ``fewrec`` on the command line reads it too.

        Raises:
            ModelError: The folder holds something else, or cannot be written; an older model in
                it stays as it was.
        """
        self.recommender.save(Path(folder))

    def _as_given(self, answer: pl.DataFrame) -> pl.DataFrame:
        """Ids as whole numbers where they were that in the tables of the fit."""
        whole = self.recommender.manifest.whole_ids
        for column in (*whole, *(["friend"] if "user" in whole else [])):
            if column in answer.columns:
                numbers = answer[column].cast(pl.Int64, strict=False)
                if numbers.null_count() == answer[column].null_count():
                    answer = answer.with_columns(numbers)
        return answer

    def _repr_html_(self) -> str:
        told = self.recommender.manifest
        return (
            f"<p>Model of {told.data}: {told.users:,} users, {told.items:,} items, "
            f"{told.rows:,} interactions; liked: {told.liked}</p>"
        )


def as_tables(*given: Frame | None) -> list[pl.DataFrame | None]:
    """The five tables of a data folder as polars; None for those that are not given."""
    pairs = zip(TABLES, given, strict=True)
    return [None if frame is None else to_polars(frame, name) for name, frame in pairs]


def _whole_numbers(column: str, tables: Sequence[pl.DataFrame | None]) -> bool:
    held = [f[column] for f in tables if f is not None and column in f.columns]
    return bool(held) and all(cells.dtype.is_integer() for cells in held)


def _settings(experts: Sequence[str] | None, parts: Mapping[str, Any] | None) -> FitSettings:
    """Experts and parts as settings of a fit.

    Raises:
        ConfigError: A name or value does not fit, or ``parts`` holds an argument of ``fit``.
    """
    told = {} if parts is None else parts
    if not isinstance(told, Mapping):
        raise ConfigError(
            f"fit: parts are of type {type(told).__name__}. Give a mapping of names to settings, "
            'such as {"ease": {"regularisation": 500}}.'
        )
    for name in ("seed", "encoder", "experts"):
        if name in told:
            raise ConfigError(f"fit: {name!r} is an argument of its own: fit(..., {name}=...).")
    named = {} if experts is None else {"experts": tuple(experts)}
    return FitSettings(**checked({**told, **named}, "fit"))


@contextmanager
def _shown(progress: bool | Progress) -> Iterator[Progress | None]:
    """A function that is told the progress: the given one, bars of rich, or none."""
    if callable(progress) or not progress:
        yield progress or None
        return
    from rich.progress import Progress as Bars

    with Bars(transient=True) as bars:
        tasks: dict[str, Callable[[float], None]] = {}

        def tell(step: str, share: float) -> None:
            if step not in tasks:
                number = bars.add_task(step, total=1.0)
                tasks[step] = lambda done: bars.update(number, completed=done)
            tasks[step](share)

        yield tell
