"""The recommender: fitted once, it answers queries, scores pairs, and takes in newcomers."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.dataset import Dataset
from fewrec.data.evidence import Evidence
from fewrec.data.features import ItemFeatures
from fewrec.data.histories import Histories
from fewrec.data.precedent import Precedent
from fewrec.data.slate import Query, Slate
from fewrec.errors import EmptyData
from fewrec.knowledge.features import FeatureSpec
from fewrec.knowledge.gnn import FittedNetwork
from fewrec.knowledge.paths import PathFinder
from fewrec.knowledge.text import text_encoder
from fewrec.protocols import TextEncoder, Writer
from fewrec.ranker.friends import FittedFriends, Friends
from fewrec.ranker.fusion import FittedFusion, Fusion
from fewrec.ranker.timing import Stopwatch
from fewrec.recommender.asking import Asker, asker, stacked
from fewrec.recommender.card import card_of, model_card
from fewrec.recommender.described import Described, Progress
from fewrec.recommender.explaining import Explanation, against
from fewrec.recommender.knowledge import Known
from fewrec.recommender.manifest import Manifest
from fewrec.recommender.pairs import score_pairs
from fewrec.recommender.parts import PartSettings
from fewrec.recommender.rankers import GRAPH, experts_for, hybrid
from fewrec.recommender.storage import read_model, write_model
from fewrec.recommender.variety import Variety, item_vectors
from fewrec.words.faithful import FaithfulWriter
from fewrec.words.reasons import TemplateWriter

CELLS = 4_000_000
"""People are scored in blocks of so many (person, expert, item) cells, to bound memory."""

FOR_EVERYBODY = ("popularity", "reach", "item-prior", "groups", "circle", "profile")
"""Experts that do not look at what a person liked."""


@dataclass(frozen=True)
class Recommender:
    """A fitted model.

    Attributes:
        known: Data and features.
        fusion: The ranker.
        variety: The diversity knob.
        spec: How features of newcomers are made.
        encoder: Of texts and profiles; None without text.
        manifest: What was fitted on what, with which settings.
        writer: Puts evidence into words.
        paths: Finds paths of the graph from what a person likes; None without a graph.
        network: Gives newcomers a place among the graph's vectors; None where not asked for.
    """

    known: Known
    fusion: FittedFusion
    variety: Variety
    spec: FeatureSpec
    encoder: TextEncoder | None
    manifest: Manifest
    writer: Writer
    paths: PathFinder | None = None
    network: FittedNetwork | None = None

    @classmethod
    def fit(
        cls,
        dataset: Dataset,
        *,
        seed: int = 0,
        encoder: str | None = None,
        experts: Sequence[str] | None = None,
        parts: PartSettings | None = None,
        progress: Progress | None = None,
        watch: Stopwatch | None = None,
    ) -> Recommender:
        """Fit everything on a data set.

        Args:
            dataset: What happened and what is known; a catalogue alone is enough.
            seed: Of all randomness. Same seed, data and versions: same model.
            encoder: Name of a text encoder; chosen by the catalogue's language where None.
            experts: Names of the rankers to weigh; all that fit the data where None.
            parts: Settings of the experts and of the fusion; all defaults where None.
            progress: Told a step's name and the share done of it.
            watch: Told how long every expert takes.

        Returns:
            The model.
        """
        _import_quietly()
        with threadpool_limits(limits=1):
            tell = progress or (lambda step, share: None)
            told = parts or PartSettings()
            return cls._fit(dataset, seed, encoder, experts, told, tell, watch)

    @classmethod
    def _fit(
        cls,
        dataset: Dataset,
        seed: int,
        encoder: str | None,
        experts: Sequence[str] | None,
        parts: PartSettings,
        tell: Progress,
        watch: Stopwatch | None,
    ) -> Recommender:
        names = tuple(experts) if experts is not None else experts_for(dataset, visits=True)
        described = Described.of(
            dataset, encoder, parts.network if GRAPH in names else None, seed, tell
        )
        ranker = hybrid(names, parts)
        if watch is not None:
            ranker = replace(ranker, experts=watch.over(ranker.experts))
        model = cls._ranked(described, ranker, seed, tell)
        return replace(model, manifest=replace(model.manifest, parts=parts.tables()))

    @classmethod
    def of_features(
        cls, dataset: Dataset, spec: FeatureSpec, features: ItemFeatures, *, seed: int = 0
    ) -> Recommender:
        """Fit on items that are described already.

        Args:
            dataset: What happened and what is known.
            spec: How features of newcomers are made.
            features: Of the I items, in the order of the catalogue; vectors may be anybody's.
            seed: Of all randomness.
        """
        _import_quietly()
        with threadpool_limits(limits=1):
            ranker = hybrid(experts_for(dataset, visits=True))
            described = Described(dataset, spec, features)
            return cls._ranked(described, ranker, seed, lambda step, share: None)

    @classmethod
    def _ranked(
        cls, described: Described, ranker: Fusion, seed: int, tell: Progress
    ) -> Recommender:
        """Fit a ranker on what is described."""
        dataset, spec, chosen = described.dataset, described.spec, described.encoder
        known = Known.of(dataset, described.features)
        training = known.training(chosen, seed)
        fusion = ranker.fit(training, lambda share: tell("Rehearsing cold starts", share))
        variety = Variety.of(fusion, training, lambda share: tell("Learning levels", share))
        manifest = Manifest.of(dataset, seed, described.named, spec, fusion, described.note)
        writer = FaithfulWriter(TemplateWriter())
        paths, network = PathFinder.of(dataset), described.network
        return cls(known, fusion, variety, spec, chosen, manifest, writer, paths, network)

    def slate(self, query: Query, *, explain: bool = False) -> Slate:
        """Answer one query.

        Args:
            query: Who asks for what.
            explain: Whether to give evidence and reasons.

        Returns:
            The slate; shorter than ``query.k`` where fewer items may be shown.

        Raises:
            UnknownId: An item named in the query is not in the catalogue.
            AmbiguousTitle: A title named in the query fits several items.
        """
        return self.slates([query], explain=explain)[0]

    def slates(self, queries: Iterable[Query], *, explain: bool = False) -> list[Slate]:
        """Answer many queries, in order; arguments and errors as in ``slate``."""
        asked = list(queries)
        found: dict[int, Slate] = {}
        for before, places in _grouped(asked, lambda query: query.before):
            model = self if before is None else self.as_of(before)
            size = _at_once(model.fusion, len(model.known.catalog))
            for start in range(0, len(places), size):
                block = places[start : start + size]
                some = model._answer([asked[n] for n in block], explain)
                found |= dict(zip(block, some, strict=True))
        return [found[n] for n in range(len(asked))]

    def _answer(self, queries: list[Query], explain: bool) -> list[Slate]:
        """Slates of one block of queries at one time."""
        who = [asker(query, self.known) for query in queries]
        slates: dict[int, Slate] = {}
        for _, places in _grouped(who, lambda one: type(one.history)):
            scores = self.fusion.scores(stacked([who[n].history for n in places]))
            for row, n in enumerate(places):
                slates[n] = self._chosen(queries[n], who[n], scores[row : row + 1], explain)
        return [slates[n] for n in range(len(queries))]

    def _chosen(self, query: Query, who: Asker, scores: Floats, explain: bool) -> Slate:
        rows = self.variety.pick(scores, who.usable[None, :], query.diversity, query.k)[0]
        return self.answered(query, who, rows[rows >= 0], scores, explain)

    def answered(
        self, query: Query, who: Asker, rows: Ints, scores: Floats, explain: bool
    ) -> Slate:
        """The slate of chosen items, with titles, notes and, on demand, reasons.

        Args:
            query: What was asked for.
            who: Who asked.
            rows: Item rows, first place first. Shape [K].
            scores: Of all items. Shape [1, I].
            explain: Whether to give evidence and reasons.
        """
        titles = self.known.catalog.titles
        ids = self.known.catalog.items.ids
        evidence: tuple[Evidence, ...] = ()
        reasons: tuple[tuple[str, ...], ...] = ()
        if explain:
            evidence = self._evidence(who.history, rows)
            named = [self._titles(piece) for piece in evidence]
            reasons = tuple(
                self.writer.reasons(piece, names)
                for piece, names in zip(evidence, named, strict=True)
            )
        return Slate(
            query=query,
            items=tuple(ids[r] for r in rows),
            titles=tuple(titles[r] for r in rows),
            scores=tuple(float(scores[0, r]) for r in rows),
            stage=who.stage,
            evidence=evidence,
            reasons=reasons,
            notes=self._notes(query, len(rows)),
        )

    def _evidence(self, history: Histories, rows: Ints) -> tuple[Evidence, ...]:
        """What the scores of some items rest on, and how the graph connects them with likes."""
        found = self.fusion.evidence(history, rows, self.known.catalog.items.ids)
        if self.paths is None:
            return tuple(found)
        liked = history.item[history.label > 0][::-1]
        chains = self.paths.paths(liked, rows)
        return tuple(replace(one, paths=told) for one, told in zip(found, chains, strict=True))

    def _titles(self, evidence: Evidence) -> dict[str, str]:
        titles, items = self.known.catalog.titles, self.known.catalog.items
        walked = (item for path in evidence.paths for item in path.items)
        named = {evidence.item, *(fact.item for fact in evidence.facts), *walked} - {""}
        return {name: titles[row] for name in named if (row := items.row(name)) is not None}

    def _notes(self, query: Query, found: int) -> tuple[str, ...]:
        notes = []
        if query.user is not None and query.user not in self.known.people.users:
            notes.append(f"user {query.user!r} is not known; answered as somebody new.")
        if found < query.k:
            notes.append(f"only {found} of {query.k} items may be shown.")
        if query.profile and self.encoder is None:
            notes.append("the catalogue has no text, so the profile was not used.")
        return tuple(notes)

    def explain(self, query: Query, item: str) -> Explanation:
        """Say where one item stands for a person, why, and what holds it back.

        Args:
            query: Who asks, and what may be shown.
            item: Id or title of any item, also of one the person has already.

        Raises:
            UnknownId: The item, or one named in the query, is not in the catalogue.
            AmbiguousTitle: A title fits several items.
        """
        model = self if query.before is None else self.as_of(query.before)
        who, row = asker(query, model.known), model.known.catalog.find(item)
        history = who.history
        seen = bool((history.item == row).any())
        if seen:  # what may not be shown has no score; ask as if it might
            history = asker(replace(query, include_seen=True), model.known).history
        scores = model.fusion.scores(history)[0]
        ids = model.known.catalog.items.ids
        (evidence,) = model._evidence(history, np.array([row]))
        shown = bool(who.usable[row])
        ahead = (scores > scores[row]) | ((scores == scores[row]) & (np.arange(len(ids)) < row))
        return Explanation(
            item=ids[row],
            title=model.known.catalog.titles[row],
            score=evidence.score,
            rank=int((ahead & who.usable).sum()) + 1 if shown else None,
            of=int(who.usable.sum()),
            stage=who.stage,
            seen=seen,
            reasons=model.writer.reasons(evidence, model._titles(evidence)),
            against=against(evidence.contributions),
            evidence=evidence,
        )

    def similar(self, item: str, k: int = 10) -> Slate:
        """Items that liking one item speaks for.

        The scores are what the item adds for somebody who likes nothing else; what is the same
        for everybody (popularity, prior) stays out.

        Args:
            item: Id or title.
            k: How many, at least 1.

        Raises:
            UnknownId: The item is not in the catalogue.
            AmbiguousTitle: The title fits several items.
        """
        query = Query(likes=(item,), k=k)
        who = asker(query, self.known)
        terms = self.fusion.contributions(who.history)
        personal = [e for e, name in enumerate(self.fusion.experts) if name not in FOR_EVERYBODY]
        scores: Floats = terms[:, personal].sum(axis=1, dtype=np.float32)
        return self._chosen(query, who, scores, explain=False)

    def score(self, pairs: pl.DataFrame) -> Doubles:
        """P(like) of (user, item) pairs, in [0, 1], in their order.

        Args:
            pairs: Columns ``user``, ``item`` and optionally ``timestamp`` (seconds since 1970).
                Users and items nobody heard of are ordinary. With a timestamp only events
                strictly before it are evidence; a pair's own rows never are. What the experts
                learned from the rows they were fitted on stays learned.

        Returns:
            Shape [N]; never NaN.
        """
        return score_pairs(self.known, self._counts_of_fit, pairs)

    @cached_property
    def friends(self) -> FittedFriends:
        """Who may want whom as a friend, learned from links and likes at the first question.

        Raises:
            EmptyData: Nobody is linked to anybody.
        """
        with threadpool_limits(limits=1):
            return Friends().fit(self.known.training(self.encoder, self.manifest.seed))

    @cached_property
    def _counts_of_fit(self) -> FittedFusion:
        """The ranker over all items, whose counts hold no row that came after the fit."""
        if not self.known.grown:
            return self.fusion
        return self.fusion.extended(self.known.at_fit().training(self.encoder, self.manifest.seed))

    @property
    def precedent(self) -> Precedent:
        """How the model's data were read: newcomers' tables must be read alike."""
        known = self.known
        return Precedent(self.manifest.liked, known.catalog.kinds, known.people.bins)

    def with_data(self, data: Dataset) -> Recommender:
        """Take in more interactions, items and people without refitting.

        Args:
            data: What is new, read with ``precedent``; rows the model knows already are not
                counted twice.

        Returns:
            A model in which newcomers can be asked about and recommended.
        """
        known = self.known.joined(data, self.spec, self.encoder, self.network)
        model = self._knowing(known)
        if self.paths is None or known.catalog.items is self.known.catalog.items:
            return model
        return replace(model, paths=self.paths.extended(known.catalog.items.ids, data.links, data))

    def without(self, users: Collection[str]) -> Recommender:
        """Forget some people: their ids, columns, profiles, and rows, in every count.

        What the experts learned from these rows together with all others stays until the next
        fit.
        """
        return self._knowing(self.known.without(users))

    def as_of(self, time: float) -> Recommender:
        """The model with only the evidence strictly before a time (seconds since 1970)."""
        return self._knowing(self.known.as_of(time))

    def _knowing(self, known: Known) -> Recommender:
        training = known.training(self.encoder, self.manifest.seed)
        fusion = self.fusion.extended(training)
        more = len(known.catalog) - len(self.known.catalog)
        variety = self.variety
        if more:
            levels = np.pad(variety.level, (0, more))
            variety = Variety(item_vectors(known.features), levels)
        return replace(self, known=known, fusion=fusion, variety=variety)

    def save(self, folder: Path) -> None:
        """Write the model as safetensors, parquet, JSON and a card; the folder changes all at once.

        Raises:
            ModelError: The disk is full or the folder cannot be written; an older model in it
                stays as it was.
        """
        card = {"MODEL_CARD.md": model_card(card_of(self.manifest))}
        parts = (self.known, self.fusion, self.variety, self.spec, self.paths, self.network)
        write_model(Path(folder), self.manifest, *parts, extra_files=card)

    @classmethod
    def load(cls, folder: Path) -> Recommender:
        """Read a model.

        Raises:
            ModelError: There is none, it is half-written, or another version wrote it.
        """
        manifest, known, fusion, variety, spec, paths, network = read_model(Path(folder))
        encoder = text_encoder(manifest.encoder or spec.encoder) if spec.encoder else None
        profile = fusion.experts.get("profile")
        if profile is not None:
            fusion.experts["profile"] = replace(profile, encoder=encoder)  # type: ignore[type-var]
        writer = FaithfulWriter(TemplateWriter())
        return cls(known, fusion, variety, spec, encoder, manifest, writer, paths, network)

    def histories(self, users: Sequence[str]) -> Histories:
        """What is known of some users; strangers have nothing. B = number of users.

        Raises:
            EmptyData: No users were given.
        """
        if not users:
            raise EmptyData("no users were given")
        return stacked([asker(Query(user=user), self.known).history for user in users])

    def describe(self) -> dict[str, Any]:
        """The manifest as JSON values."""
        return self.manifest.to_dict()


Thing = TypeVar("Thing")
Key = TypeVar("Key")


def _grouped(
    things: Sequence[Thing], key: Callable[[Thing], Key]
) -> Iterable[tuple[Key, list[int]]]:
    """Places of the things that share a key, key by key in order of first appearance."""
    places: dict[Key, list[int]] = {}
    for place, thing in enumerate(things):
        places.setdefault(key(thing), []).append(place)
    return places.items()


def _import_quietly() -> None:
    """Load the factor models without the note on progress bars that they give in notebooks."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="IProgress not found")
        import implicit.cpu.als  # noqa: F401 (loaded for its effect on later imports)


def _at_once(fusion: FittedFusion, items: int) -> int:
    """People who are scored together, so that memory stays bounded."""
    return max(1, CELLS // max(items * len(fusion.experts), 1))
