"""Horn rules on what people like, mined from likes and from what items are."""

from fewrec.knowledge.rules.mining import Mined as Mined
from fewrec.knowledge.rules.mining import mine as mine
from fewrec.knowledge.rules.patterns import Rule as Rule
