"""Wires the stages: a query becomes candidates, scores, a chosen slate, reasons, an answer."""

from fewrec.recommender.model import Recommender
from fewrec.recommender.rankers import RANKERS, hybrid
from fewrec.recommender.variety import Variety

__all__ = ["RANKERS", "Recommender", "Variety", "hybrid"]
