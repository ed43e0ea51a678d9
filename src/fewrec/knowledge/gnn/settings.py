"""How a graph neural network is built and trained."""

from __future__ import annotations

from dataclasses import dataclass, fields

from fewrec.errors import ConfigError

COMPOSITIONS = ("multiply", "subtract", "basis")
DECODERS = ("distmult", "complex")


@dataclass(frozen=True)
class GraphNetwork:
    """Relational message passing, and what it learns from.

    Attributes:
        dimension: D, numbers of a vector; even, so that a decoder may read complex ones.
        fan_out: Neighbours drawn of each node, layer by layer, the last layer first; their
            number is the number of layers.
        composition: How a neighbour and its relation become a message: ``multiply`` and
            ``subtract`` as in CompGCN, ``basis`` as in R-GCN.
        attention: True weighs neighbours as KGAT does, False takes their mean.
        bases: Matrices that relations share under ``basis``.
        decoder: ``distmult`` or ``complex``: how a link is scored from two vectors.
        epochs: At most so many.
        patience: Epochs without a better held-out loss after which training ends.
        links: Triples of a step.
        people: People of a step; 0 leaves likes out of the loss.
        liked: At most so many likes of each of them.
        negatives: Entities, and items, drawn to compare with in a step.
        weight: Of the recommendation loss against that of links.
        hidden: Share of nodes that lose their learned vector in a step, so that the network
            learns to answer about newcomers, in [0, 1).
        cold: Share of items of which no likes are known in a step, for the same reason, in [0, 1).
        dropout: Of the numbers of vectors between layers, in [0, 1).
        rate: Learning rate of Adam.
        held_out: Share of triples and of people kept for early stopping, in (0, 0.5].
        steps: Most steps of an epoch; None for all.
        device: As torch names it.
    """

    dimension: int = 64
    fan_out: tuple[int, ...] = (10, 5)
    composition: str = "multiply"
    attention: bool = False
    bases: int = 4
    decoder: str = "distmult"
    epochs: int = 12
    patience: int = 2
    links: int = 512
    people: int = 32
    liked: int = 16
    negatives: int = 256
    weight: float = 1.0
    hidden: float = 0.3
    cold: float = 0.3
    dropout: float = 0.1
    rate: float = 0.003
    held_out: float = 0.05
    steps: int | None = None
    device: str = "cpu"

    def __post_init__(self) -> None:
        _among("composition", self.composition, COMPOSITIONS)
        _among("decoder", self.decoder, DECODERS)
        if self.dimension < 2 or self.dimension % 2:
            raise ConfigError(f"dimension must be even and at least 2, not {self.dimension}.")
        if not self.fan_out or min(self.fan_out) < 1:
            raise ConfigError(f"fan_out needs a number above 0 a layer, not {self.fan_out}.")
        for name in ("hidden", "cold", "dropout"):
            if not 0 <= getattr(self, name) < 1:
                raise ConfigError(f"{name} must lie in [0, 1), not {getattr(self, name)}.")
        for name in ("epochs", "patience", "links", "liked", "negatives", "bases"):
            if getattr(self, name) < 1:
                raise ConfigError(f"{name} must be at least 1, not {getattr(self, name)}.")
        if not 0 < self.held_out <= 0.5:
            raise ConfigError(f"held_out must lie in (0, 0.5], not {self.held_out}.")

    def to_dict(self) -> dict[str, object]:
        """As JSON holds it."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def _among(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ConfigError(f"there is no {name} {value!r}. Known: {', '.join(known)}.")
