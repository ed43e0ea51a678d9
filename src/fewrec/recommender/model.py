"""The recommender: fitted once, it answers queries, scores pairs, and takes in newcomers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.dataset import Dataset
from fewrec.data.evidence import Evidence
from fewrec.data.histories import Histories
from fewrec.data.slate import Query, Slate
from fewrec.errors import EmptyData
from fewrec.knowledge.features import FeatureSpec
from fewrec.knowledge.text import encoder_for, text_encoder
from fewrec.protocols import TextEncoder, Writer
from fewrec.ranker.fusion import FittedFusion
from fewrec.recommender.asking import Asker, asker
from fewrec.recommender.knowledge import Known
from fewrec.recommender.pairs import score_pairs
from fewrec.recommender.rankers import experts_for, hybrid
from fewrec.recommender.storage import Manifest, read_model, write_model
from fewrec.recommender.variety import Variety
from fewrec.words.faithful import FaithfulWriter
from fewrec.words.reasons import TemplateWriter

EXPOSURE_PEOPLE = 1000
"""At most so many training people tell which items stand at everybody's top."""

Progress = Callable[[str, float], None]


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
    """

    known: Known
    fusion: FittedFusion
    variety: Variety
    spec: FeatureSpec
    encoder: TextEncoder | None
    manifest: Manifest
    writer: Writer

    @classmethod
    def fit(
        cls,
        dataset: Dataset,
        *,
        seed: int = 0,
        encoder: str | None = None,
        experts: Sequence[str] | None = None,
        progress: Progress | None = None,
    ) -> Recommender:
        """Fit everything on a data set.

        Args:
            dataset: What happened and what is known; a catalogue alone is enough.
            seed: Of all randomness. Same seed, data and versions: same model.
            encoder: Name of a text encoder; chosen by the catalogue's language where None.
            experts: Names of the rankers to weigh; all that fit the data where None.
            progress: Told a step's name and the share done of it.

        Returns:
            The model.
        """
        tell = progress or (lambda step, share: None)
        chosen, note = _encoder(dataset, encoder)
        spec = FeatureSpec.of(dataset, chosen)
        features = spec.features(
            dataset, chosen, progress=lambda done, total: tell("Reading texts", done / total)
        )
        known = Known.of(dataset, features)
        training = known.training(chosen, seed)
        names = tuple(experts) if experts is not None else experts_for(dataset)
        fusion = hybrid(names).fit(training, lambda share: tell("Rehearsing cold starts", share))
        tell("Learning exposure", 0.0)
        variety = _variety(fusion, known, seed)
        tell("Learning exposure", 1.0)
        manifest = Manifest.of(dataset, seed, encoder or "", spec, fusion, note)
        return cls(known, fusion, variety, spec, chosen, manifest, FaithfulWriter(TemplateWriter()))

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
        model = self if query.before is None else self.as_of(query.before)
        who = asker(query, model.known)
        scores = model.fusion.scores(who.history)
        return model._chosen(query, who, scores, explain)

    def slates(self, queries: Iterable[Query], *, explain: bool = False) -> list[Slate]:
        """Answer many queries, in order."""
        return [self.slate(query, explain=explain) for query in queries]

    def _chosen(self, query: Query, who: Asker, scores: Floats, explain: bool) -> Slate:
        rows = self.variety.pick(scores, who.usable[None, :], query.diversity, query.k)[0]
        rows = rows[rows >= 0]
        titles = self.known.catalog.titles
        ids = self.known.catalog.items.ids
        evidence: tuple[Evidence, ...] = ()
        reasons: tuple[tuple[str, ...], ...] = ()
        if explain:
            evidence = tuple(self.fusion.evidence(who.history, rows, ids))
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

    def _titles(self, evidence: Evidence) -> dict[str, str]:
        titles, items = self.known.catalog.titles, self.known.catalog.items
        named = {evidence.item, *(fact.item for fact in evidence.facts if fact.item)}
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

    def score(self, pairs: pl.DataFrame) -> Doubles:
        """P(like) of (user, item) pairs, in [0, 1], in their order.

        Args:
            pairs: Columns ``user``, ``item`` and optionally ``timestamp`` (seconds since 1970).
                Users and items nobody heard of are ordinary. With a timestamp only events
                strictly before it are evidence; a pair's own rows never are.

        Returns:
            Shape [N]; never NaN.
        """
        return score_pairs(self.known, self.fusion, self.spec, self.encoder, pairs)

    def with_data(self, data: Dataset) -> Recommender:
        """Take in more interactions, items and people without refitting.

        Args:
            data: What is new; rows the model knows already are not counted twice.

        Returns:
            A model in which newcomers can be asked about and recommended.
        """
        known = self.known.joined(data, self.spec, self.encoder)
        return self._knowing(known)

    def as_of(self, time: float) -> Recommender:
        """The model with only the evidence strictly before a time (seconds since 1970)."""
        rows = self.known.interactions
        kept = ~(rows.timestamp >= time)
        fitted = int(kept[: self.known.fitted_rows].sum())
        return self._knowing(replace(self.known, interactions=rows.where(kept), fitted_rows=fitted))

    def _knowing(self, known: Known) -> Recommender:
        training = known.training(self.encoder, self.manifest.seed)
        exposure = np.zeros(len(known.catalog), dtype=np.float32)
        exposure[: len(self.variety.exposure)] = self.variety.exposure
        fusion = self.fusion.extended(training)
        none = np.zeros((0, len(exposure)), dtype=np.float32)
        described = Variety.of(known.features, none, none > 0).vectors
        return replace(self, known=known, fusion=fusion, variety=Variety(described, exposure))

    def save(self, folder: Path) -> None:
        """Write the model as safetensors, parquet and JSON; the folder changes all at once.

        Raises:
            ModelError: The disk is full or the folder cannot be written; an older model in it
                stays as it was.
        """
        write_model(Path(folder), self.manifest, self.known, self.fusion, self.variety, self.spec)

    @classmethod
    def load(cls, folder: Path) -> Recommender:
        """Read a model.

        Raises:
            ModelError: There is none, it is half-written, or another version wrote it.
        """
        manifest, known, fusion, variety, spec = read_model(Path(folder))
        encoder = text_encoder(manifest.encoder or spec.encoder) if spec.encoder else None
        profile = fusion.experts.get("profile")
        if profile is not None:
            fusion.experts["profile"] = replace(profile, encoder=encoder)  # type: ignore[type-var]
        return cls(
            known, fusion, variety, spec, encoder, manifest, FaithfulWriter(TemplateWriter())
        )

    def histories(self, users: Sequence[str]) -> Histories:
        """What is known of some users; strangers have nothing. B = number of users."""
        return _stacked([asker(Query(user=user), self.known).history for user in users])

    def describe(self) -> dict[str, Any]:
        """The manifest as JSON values."""
        return self.manifest.to_dict()


def _stacked(histories: list[Histories]) -> Histories:
    if not histories:
        raise EmptyData("no users were given")
    return Histories(
        start=np.concatenate([[0], np.cumsum([len(h.item) for h in histories])]).astype(np.int64),
        item=np.concatenate([h.item for h in histories]),
        label=np.concatenate([h.label for h in histories]),
        weight=np.concatenate([h.weight for h in histories]),
        attributes=tuple(h.attributes[0] for h in histories),
        profile=tuple(h.profile[0] for h in histories),
    )


def _encoder(dataset: Dataset, name: str | None) -> tuple[TextEncoder | None, str]:
    if name is None:
        return encoder_for(dataset.catalog)
    return text_encoder(name), ""


def _variety(fusion: FittedFusion, known: Known, seed: int) -> Variety:
    """The diversity knob, with exposures of a sample of the training people."""
    rows = known.interactions
    active = np.unique(rows.user)
    some: Ints = np.random.default_rng(seed).permutation(active)[:EXPOSURE_PEOPLE]
    people = rows.histories(some).knowing([known.people.attributes[u] for u in some])
    size = len(known.catalog)
    scores = np.zeros((len(some), size), dtype=np.float32)
    for at in range(0, len(some), 100):
        block = np.arange(at, min(at + 100, len(some)))
        scores[block] = fusion.scores(people.take(block))
    return Variety.of(known.features, scores, people.seen(size).toarray() > 0)
