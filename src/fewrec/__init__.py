"""fewrec turns a handful of clicks into recommendations one can serve, explain and trust."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fewrec.data.dataset import Dataset as Dataset
    from fewrec.data.evidence import Evidence as Evidence
    from fewrec.data.evidence import Fact as Fact
    from fewrec.data.slate import Query as Query
    from fewrec.data.slate import Slate as Slate
    from fewrec.data.sources import read_folder as read_folder
    from fewrec.errors import FewrecError as FewrecError
    from fewrec.evaluation.tabular import Evaluation as Evaluation
    from fewrec.evaluation.tabular import evaluate as evaluate
    from fewrec.recommender.explaining import Explanation as Explanation
    from fewrec.recommender.model import Recommender as Recommender
    from fewrec.recommender.tabular import Model as Model
    from fewrec.recommender.tabular import fit as fit
    from fewrec.recommender.tabular import load as load

__version__ = "0.1.0"

_HOMES = {
    "Dataset": "fewrec.data.dataset",
    "Evaluation": "fewrec.evaluation.tabular",
    "Evidence": "fewrec.data.evidence",
    "Explanation": "fewrec.recommender.explaining",
    "Fact": "fewrec.data.evidence",
    "FewrecError": "fewrec.errors",
    "Model": "fewrec.recommender.tabular",
    "Query": "fewrec.data.slate",
    "Recommender": "fewrec.recommender.model",
    "Slate": "fewrec.data.slate",
    "evaluate": "fewrec.evaluation.tabular",
    "fit": "fewrec.recommender.tabular",
    "load": "fewrec.recommender.tabular",
    "read_folder": "fewrec.data.sources",
}
"""Public name -> the module it lives in, loaded when the name is first used."""

__all__ = [
    "Dataset",
    "Evaluation",
    "Evidence",
    "Explanation",
    "Fact",
    "FewrecError",
    "Model",
    "Query",
    "Recommender",
    "Slate",
    "__version__",
    "evaluate",
    "fit",
    "load",
    "read_folder",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any public thing
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
