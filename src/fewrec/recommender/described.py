"""What a model is fitted on: data, and what is known of the items before anybody meets them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from fewrec.data.dataset import Dataset
from fewrec.data.features import ItemFeatures
from fewrec.knowledge.features import FeatureSpec
from fewrec.knowledge.gnn import FittedNetwork, GraphNetwork
from fewrec.knowledge.gnn.items import graph_vectors, item_network
from fewrec.knowledge.text import encoder_for, text_encoder
from fewrec.protocols import TextEncoder

Progress = Callable[[str, float], None]
"""Told a step's name and the share done of it."""


@dataclass(frozen=True)
class Described:
    """Data and what is known of its items.

    Attributes:
        dataset: What happened.
        spec: How features are made.
        features: Of the items.
        encoder: Of texts and profiles; None without text.
        named: The encoder that was asked for by name, or "".
        note: Why this encoder, where that needs saying.
        network: Of the graph; None where none was asked for.
    """

    dataset: Dataset
    spec: FeatureSpec
    features: ItemFeatures
    encoder: TextEncoder | None = None
    named: str = ""
    note: str = ""
    network: FittedNetwork | None = None

    @classmethod
    def of(
        cls,
        dataset: Dataset,
        encoder: str | None,
        network: GraphNetwork | None,
        seed: int,
        tell: Progress,
    ) -> Described:
        """Read texts and, where it is asked for, learn the graph.

        Args:
            dataset: What happened and what is known.
            encoder: Name of a text encoder; chosen by the catalogue's language where None.
            network: How to train a graph neural network; None trains none.
            seed: Of all randomness.
            tell: Told what is done.
        """
        chosen, note = (
            encoder_for(dataset.catalog) if encoder is None else (text_encoder(encoder), "")
        )
        spec = FeatureSpec.of(dataset, chosen)
        features = spec.features(
            dataset, chosen, progress=lambda done, total: tell("Reading texts", done / total)
        )
        described = cls(dataset, spec, features, chosen, encoder or "", note)
        return described if network is None else described._with_network(network, seed, tell)

    def _with_network(self, settings: GraphNetwork, seed: int, tell: Progress) -> Described:
        network = item_network(
            self.dataset,
            self.features.vectors,
            settings=settings,
            seed=seed,
            tell=lambda epoch, loss, held_out: tell("Learning the graph", epoch / settings.epochs),
        )
        entities = graph_vectors(network, self.dataset, self.features.vectors)
        return replace(self, features=replace(self.features, entities=entities), network=network)
