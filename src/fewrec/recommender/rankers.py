"""Every ranker by name, and which of them the fusion weighs."""

from __future__ import annotations

from collections.abc import Callable

from fewrec.data.dataset import Dataset
from fewrec.data.people import friends_of, without_friends
from fewrec.data.visits import ordered
from fewrec.protocols import Ranker
from fewrec.ranker.baselines import Chance, ItemUserMean, LikeRate, Popularity
from fewrec.ranker.circle import Circle
from fewrec.ranker.content import AttributeKNN, TextKNN
from fewrec.ranker.feature_map import FeatureMap
from fewrec.ranker.following import Following
from fewrec.ranker.funnel.from_steps import StepsIALS, StepsKNN, StepsPopularity
from fewrec.ranker.funnel.own_steps import OwnSteps
from fewrec.ranker.fusion import Fusion
from fewrec.ranker.graphs import GraphKNN
from fewrec.ranker.groups import Groups
from fewrec.ranker.ials import IALS
from fewrec.ranker.item_item import EASE, ItemKNN
from fewrec.ranker.prior import ItemPrior
from fewrec.ranker.profile import Profile
from fewrec.ranker.residuals import ResidualKNN
from fewrec.ranker.rule_expert import RuleExpert
from fewrec.ranker.sequence.chain import VisitChain
from fewrec.ranker.sequence.company import Company
from fewrec.ranker.sequence.moment import Moment
from fewrec.ranker.text_metric import TextMetric
from fewrec.recommender.parts import PartSettings

EXPERTS: dict[str, Callable[[], Ranker]] = {
    "popularity": Popularity,
    "reach": lambda: Popularity(weighed=False),
    "item-prior": ItemPrior,
    "groups": Groups,
    "circle": Circle,
    "text-knn": TextKNN,
    "attribute-knn": AttributeKNN,
    "item-knn": ItemKNN,
    "exposure-knn": lambda: ItemKNN(exposure=0.5),
    "ease": EASE,
    "exposure-ease": lambda: EASE(exposure=0.5),
    "residual-knn": ResidualKNN,
    "ials": IALS,
    "feature-map": FeatureMap,
    "profile": Profile,
}
"""What ``hybrid`` weighs."""

LIVING: dict[str, Callable[[], Ranker]] = {"next-item": Following}
"""What it weighs besides where events come in one after the other: experts of their order.

Rehearsals show rows in random order, so only a stream can teach how far to trust these.
"""

STEPS: dict[str, Callable[[], Ranker]] = {
    "own-steps": OwnSteps,
    "steps-knn": StepsKNN,
    "steps-ials": StepsIALS,
    "steps-popularity": StepsPopularity,
}
"""What it weighs where other events lead to the one that is ranked for."""

VISIT: dict[str, Callable[[], Ranker]] = {
    "visit-chain": VisitChain,
    "visit-knn": Company,
    "visit-taste": lambda: Company(over="people", shrink=30.0),
    "moment": Moment,
}
"""What it weighs on visits rehearsed in their order, for whoever is in one."""

TUNED_TEXT = "tuned-text"
GRAPH = "graph-knn"

ON_DEMAND: dict[str, Callable[[], Ranker]] = {
    TUNED_TEXT: lambda: TextMetric(shots=256, silent=True),
    GRAPH: GraphKNN,
    "rules": RuleExpert,
}
"""What it weighs only where it is asked to (``tuned_text``, ``graph_network``, or by name): these
cost more than they give."""

KNOWN: dict[str, Callable[[], Ranker]] = {**EXPERTS, **ON_DEMAND, **LIVING, **STEPS, **VISIT}
"""Everything that may be weighed."""

CONTENT = ("item-prior", "text-knn", TUNED_TEXT, GRAPH, "attribute-knn", "feature-map", "rules")
"""Experts that read what an item is, and are trusted otherwise where that is all there is."""

OF_DISLIKES = ("exposure-knn", "exposure-ease", "residual-knn")
"""Experts that need rows which are not likes; left out where there are none."""


def hybrid(experts: tuple[str, ...] = tuple(EXPERTS), parts: PartSettings | None = None) -> Fusion:
    """The fusion of some experts.

    Args:
        experts: Their names; ``item-prior`` is always among them.
        parts: Settings of the experts and of the fusion; all defaults where None.
    """
    told = parts or PartSettings()
    names = [name for name in KNOWN if name in experts or name == "item-prior"]
    return Fusion(
        {name: told.of(name, KNOWN[name]()) for name in names if name not in VISIT},
        CONTENT,
        rehearsal=told.rehearsing,
        fit_trust=told.trust_fit,
        visit={name: VISIT[name]() for name in names if name in VISIT},
    )


def experts_for(dataset: Dataset, living: bool = False, visits: bool = False) -> tuple[str, ...]:
    """The experts that can say anything about this kind of data.

    Args:
        dataset: The data.
        living: Whether events come in one after the other, so that their order can be learned
            from; only where all of them have a time.
        visits: Whether questions come within visits; only where the order of rows is known.
    """
    left_out: set[str] = set()
    if not dataset.interactions.has_negatives:
        left_out.update(OF_DISLIKES)
    if not dataset.interactions.likes_differ:
        left_out.add("reach")
    if not any(without_friends(said) for said in dataset.people.attributes):
        left_out.add("groups")
    if not any(friends_of(said) for said in dataset.people.attributes):
        left_out.add("circle")
    order = tuple(LIVING) if living and dataset.interactions.timed else ()
    steps = tuple(STEPS) if dataset.interactions.steps is not None else ()
    visit = tuple(VISIT) if visits and ordered(dataset.interactions) else ()
    return (*(name for name in EXPERTS if name not in left_out), *order, *steps, *visit)


RANKERS: dict[str, Callable[[], Ranker]] = {
    "random": Chance,
    "like-rate": LikeRate,
    "item-user-mean": ItemUserMean,
    **KNOWN,
    "hybrid": hybrid,
}
"""All rankers by name."""
