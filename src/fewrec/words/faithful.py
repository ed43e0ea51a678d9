"""Checks a sentence against the evidence: whoever wrote it, it may claim nothing else."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from fewrec.data.evidence import Evidence, Fact
from fewrec.knowledge.names import readable_relation, readable_value
from fewrec.protocols import Writer
from fewrec.words.paths import path_sentence, path_texts
from fewrec.words.reasons import TemplateWriter

_PAIR = re.compile(r"(\d[\d,.]*)\s+(?:out\s+)?of\s+(?:the\s+|all\s+)?(\d[\d,.]*)")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*%?")
_QUOTED = re.compile(r"[“\"]([^”\"]+)[”\"]")
_CAPITAL = re.compile(r"(?<![.!?“\"]\s)(?<=\s)[^\W\d_a-zà-öø-ÿ][\w'-]*")
_NOT_LIKED = re.compile(r"\b(?:did not like|didn't like|disliked|do not like)\b", re.IGNORECASE)
_LIKED = re.compile(r"\byou (?:liked|loved|enjoyed|like|love|enjoy)\b", re.IGNORECASE)
_GAP = "\x00"
_SHORT = 4


def unsupported(
    sentence: str,
    evidence: Evidence,
    titles: Mapping[str, str],
    vocabulary: Collection[str] = (),
) -> tuple[str, ...]:
    """Name what a sentence claims that the evidence does not say.

    A fact supports a sentence as a whole: its title, its values and its numbers count only
    where the item and a value it names stand in the sentence. So "45 of 120" of one group is no
    support for another, and an attribute shared with one item none for a second item. A path
    supports the sentence that walks it.

    Args:
        sentence: About the evidence's item.
        evidence: Of that item.
        titles: Title of each item id the evidence names, and of its own.
        vocabulary: Titles and attribute values of the catalogue, to recognise more of what a
            free sentence may claim by mistake.

    Returns:
        The claims without support, in words; () where all is well.
    """
    facts = [fact for fact in evidence.facts if _in_use(fact, sentence, titles)]
    own = titles.get(evidence.item, evidence.item)
    paths = [path for path in evidence.paths if path_sentence(path, titles) == sentence]
    told = [
        own,
        *(text for fact in facts for text in _texts(fact, titles)),
        *(text for path in paths for text in path_texts(path, titles)),
    ]
    rest = _without(sentence, told)
    return (
        *_pairs(rest, facts),
        *_numbers(_PAIR.sub(" ", rest), facts),
        *(f"the words “{words}”" for words in _QUOTED.findall(rest) if words.strip(_GAP + " ,")),
        *_names(rest, vocabulary),
        *([] if paths else _attitudes(sentence, facts, titles)),
    )


@dataclass(frozen=True)
class FaithfulWriter:
    """A ``Writer`` that lets through only what the evidence supports.

    Attributes:
        writer: Proposes sentences.
        fallback: Speaks where no proposed sentence is left.
        vocabulary: Titles and attribute values of the catalogue.
    """

    writer: Writer
    fallback: Writer = field(default_factory=TemplateWriter)
    vocabulary: Collection[str] = ()

    def reasons(self, evidence: Evidence, titles: dict[str, str]) -> tuple[str, ...]:
        """The proposed sentences that hold; those of the fallback where none does.

        Args:
            evidence: Of one item.
            titles: Title of each item id the evidence names.
        """
        kept = tuple(
            sentence
            for sentence in self.writer.reasons(evidence, titles)
            if not unsupported(sentence, evidence, titles, self.vocabulary)
        )
        return kept or self.fallback.reasons(evidence, titles)


def _in_use(fact: Fact, sentence: str, titles: Mapping[str, str]) -> bool:
    """Whether a sentence may speak of a fact: it names the fact's item, and one of its values."""
    item = titles.get(fact.item, fact.item)
    values = [readable_value(value) for value in fact.values]
    relation = readable_relation(fact.relation)
    named = not values or any(_holds(sentence, value) for value in values)
    return (not item or _holds(sentence, item)) and (
        named or (fact.kind == "shared_attribute" and f"({relation}" in sentence)
    )


def _texts(fact: Fact, titles: Mapping[str, str]) -> Iterable[str]:
    yield titles.get(fact.item, fact.item)
    yield from map(readable_value, fact.values)
    yield readable_relation(fact.relation)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(text)}(?!\w)", re.IGNORECASE)


def _holds(sentence: str, text: str) -> bool:
    return bool(text) and _pattern(text).search(sentence) is not None


def _without(sentence: str, texts: Iterable[str]) -> str:
    """The sentence with each supported text replaced by a gap, the longest first."""
    for text in sorted({text for text in texts if text}, key=len, reverse=True):
        sentence = _pattern(text).sub(_GAP, sentence)
    return sentence


def _pairs(rest: str, facts: Sequence[Fact]) -> Iterable[str]:
    """Pairs "n of m" that no fact counts; the facts with values speak for these alone."""
    counted = [fact for fact in facts if fact.of]
    specific = [fact for fact in counted if fact.values] or counted
    known = {(str(fact.count), str(fact.of)) for fact in specific}
    for count, of in _PAIR.findall(rest):
        if (count.replace(",", "").strip("."), of.replace(",", "").strip(".")) not in known:
            yield f"the count {count} of {of}"


def _numbers(rest: str, facts: Sequence[Fact]) -> Iterable[str]:
    known = {str(number) for fact in facts for number in (fact.count, fact.of) if number}
    for number in _NUMBER.findall(rest):
        if number.replace(",", "") not in known:
            yield f"the number {number}"


def _names(rest: str, vocabulary: Collection[str]) -> Iterable[str]:
    """Known titles and values, and capitalised words, that no fact names."""
    folded = rest.casefold()
    for name in vocabulary:
        if len(name) >= _SHORT and name.casefold() in folded and _holds(rest, name):
            yield f"the name {name!r}"
    for found in _CAPITAL.finditer(rest):
        if found.group() not in ("I", "I'm"):
            yield f"the name {found.group()!r}"


def _attitudes(sentence: str, facts: Sequence[Fact], titles: Mapping[str, str]) -> Iterable[str]:
    """Items said to be liked that were not, and the other way round."""
    liked = {fact.item for fact in facts if fact.item and fact.liked}
    not_liked = {fact.item for fact in facts if fact.item and not fact.liked} - liked
    if not_liked and _LIKED.search(_NOT_LIKED.sub(" ", sentence)):
        yield from (f"that {titles.get(item, item)!r} was liked" for item in sorted(not_liked))
    if liked and _NOT_LIKED.search(sentence):
        yield from (f"that {titles.get(item, item)!r} was not liked" for item in sorted(liked))
