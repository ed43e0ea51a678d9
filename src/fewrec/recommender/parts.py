"""Settings of the fusion's parts: what a table such as ``[model.ease]`` may hold."""

from __future__ import annotations

from dataclasses import is_dataclass, replace
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from fewrec.knowledge.gnn.settings import GraphNetwork
from fewrec.protocols import Ranker
from fewrec.ranker.rehearsal import Rehearsal
from fewrec.ranker.weights import TrustFit

Count = Annotated[int, Field(strict=True, ge=1)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Shrinkage = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
Power = Annotated[float, Field(ge=1, le=20)]

Part = TypeVar("Part")


class PartTable(BaseModel):
    """One table; None stands for the part's own default, which is written there alone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def told(self) -> dict[str, Any]:
        """What was said, by name."""
        return self.model_dump(exclude_none=True)


class EaseTable(PartTable):
    """Of ``EASE``."""

    regularisation: Positive | None = None
    max_items: Count | None = None
    kept: Count | None = None
    described: Shrinkage | None = None


class NeighbourTable(PartTable):
    """Of ``ItemKNN`` and ``ResidualKNN``."""

    shrink: Shrinkage | None = None
    neighbours: Count | None = None


class IalsTable(PartTable):
    """Of ``IALS``."""

    factors: Annotated[int, Field(strict=True, ge=1, le=1024)] | None = None
    regularisation: Positive | None = None
    least: Annotated[float, Field(gt=0, le=1)] | None = None
    alpha: Positive | None = None
    iterations: Count | None = None


class LikenessTable(PartTable):
    """Of ``TextKNN``."""

    power: Power | None = None
    dislike: Share | None = None


class FeatureMapTable(PartTable):
    """Of ``FeatureMap``."""

    factors: Annotated[int, Field(strict=True, ge=1, le=1024)] | None = None


class TunedTextTable(PartTable):
    """Of ``TextMetric``."""

    shots: Count | None = None
    directions: Count | None = None
    power: Power | None = None


class GraphTable(PartTable):
    """Of ``GraphKNN`` and the network that it reads: ``layers`` is how far that one looks."""

    power: Power | None = None
    dislike: Share | None = None
    layers: Annotated[int, Field(strict=True, ge=1, le=4)] | None = None
    epochs: Count | None = None
    rate: Positive | None = None


class TrustTable(PartTable):
    """Of ``TrustFit``: how the fusion's weights are fitted."""

    prior_strength: Positive | None = None
    smoothness: Shrinkage | None = None
    passes: Annotated[int, Field(strict=True, ge=0, le=20)] | None = None


class RehearsalTable(PartTable):
    """Of ``Rehearsal``: how coldness is simulated."""

    folds: Annotated[int, Field(strict=True, ge=2, le=20)] | None = None
    people: Annotated[int, Field(strict=True, ge=2)] | None = None
    hidden: Annotated[float, Field(gt=0, lt=1)] | None = None
    kappa: Positive | None = None


class PartSettings(BaseModel):
    """Settings of all parts; a table's name is that of the expert, or ``fusion``, ``rehearsal``."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=False)

    ease: EaseTable = EaseTable()
    exposure_ease: EaseTable = Field(default=EaseTable(), alias="exposure-ease")
    item_knn: NeighbourTable = Field(default=NeighbourTable(), alias="item-knn")
    exposure_knn: NeighbourTable = Field(default=NeighbourTable(), alias="exposure-knn")
    residual_knn: NeighbourTable = Field(default=NeighbourTable(), alias="residual-knn")
    ials: IalsTable = IalsTable()
    feature_map: FeatureMapTable = Field(default=FeatureMapTable(), alias="feature-map")
    text_knn: LikenessTable = Field(default=LikenessTable(), alias="text-knn")
    tuned_text_knn: TunedTextTable = Field(default=TunedTextTable(), alias="tuned-text")
    graph_knn: GraphTable = Field(default=GraphTable(), alias="graph-knn")
    fusion: TrustTable = TrustTable()
    rehearsal: RehearsalTable = RehearsalTable()

    def tables(self) -> dict[str, dict[str, Any]]:
        """What was said, by the names of tables and of keys; empty tables are left out."""
        named = {field.alias or name: name for name, field in PartSettings.model_fields.items()}
        told = {alias: getattr(self, name).told() for alias, name in named.items()}
        return {alias: table for alias, table in told.items() if table}

    def of(self, name: str, ranker: Ranker) -> Ranker:
        """An expert with what was said about it.

        Args:
            name: Of the expert.
            ranker: With its defaults.
        """
        told = self.tables().get(name, {})
        if name == "graph-knn":
            told = {key: told[key] for key in told if key in ("power", "dislike")}
        return _with(ranker, told)

    @property
    def trust_fit(self) -> TrustFit:
        """How the fusion's weights are fitted."""
        return _with(TrustFit(), self.fusion.told())

    @property
    def rehearsing(self) -> Rehearsal:
        """How coldness is simulated."""
        return _with(Rehearsal(), self.rehearsal.told())

    @property
    def network(self) -> GraphNetwork:
        """The graph network: each layer beyond the default ones draws as the last of these."""
        told = self.graph_knn.told()
        settings = _with(GraphNetwork(), {key: told[key] for key in told if key in _OF_NETWORK})
        layers = self.graph_knn.layers
        if layers is None:
            return settings
        fans = settings.fan_out
        return replace(settings, fan_out=(fans + fans[-1:] * layers)[:layers])


_OF_NETWORK = ("epochs", "rate")


def _with(part: Part, told: dict[str, Any]) -> Part:
    """A part (a frozen dataclass) with some attributes changed."""
    if not told:
        return part
    if not is_dataclass(part) or isinstance(part, type):
        raise TypeError(f"{type(part).__name__} has no settings")
    return replace(part, **told)
