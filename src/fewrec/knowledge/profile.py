"""Splits what people write about themselves into what they like and what they do not.

English only: a text in another language has none of the cues and is liked as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

LONGEST = 4_000


@dataclass(frozen=True)
class Clauses:
    """The parts of a profile in the order they were written, without the "I love" around them.

    Attributes:
        positive: What the person likes.
        negative: What the person does not like.
    """

    positive: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()


_ADVERBS = (
    r"(?:really|very|much|so|too|particularly|especially|usually|generally|always|ever|even|"
    r"actually|exactly|that|quite|necessarily|also|any|many|longer|more|at all|all that)"
)
_NOT = (
    r"(?:\b\w+n't|\b(?:cannot|can not|not|never|no|nothing|hardly|neither|nor|without|"
    r"dont|cant|doesnt|didnt|isnt|arent)(?![\w-]))"
)
_WATCH = r"(?:watch|see|read|listen to|play|eat|buy|have|get|feel like|look|go|be|been|am|are|is)"
_WANT = (
    r"(?:lik(?:e[sd]?|ing)|lov(?:e[sd]?|ing)|enjoy(?:s|ed|ing)?|want(?:s|ed)?|need|"
    r"appreciate|adore|prefer|care (?:for|about|much for)|(?:a )?(?:big |huge |great )?fan of|"
    r"into|interested in|fond of|keen on|crazy about|looking for|in the mood for|get|understand|"
    r"stand|bear|tolerate|take|handle|for me)"
)
_LOATHE = (
    r"(?:hat(?:e[sd]?|ing)|dislik(?:e[sd]?|ing)|detest(?:s|ed)?|loathe[sd]?|despise[sd]?|"
    r"abhor|avoid(?:s|ed|ing)?|skip|mind|(?:sick|tired|fed up|bored) (?:of|by|with)|"
    r"allergic to|(?:annoyed|bored|put off|turned off|scared) by|steer clear of|"
    r"stay away from|spare me|used to (?:love|like|enjoy|watch|read|play|be))"
)
_ENJOY = (
    r"(?:enjoy(?:s|ed|ing)?|adore[sd]?|prefer(?:s|red)?|appreciate|want|need|fond of|keen on|"
    r"(?:a )?(?:big |huge |great )?fan of|interested in|crazy about|looking for|look for|"
    r"in the mood for|feel like|give me|show me|recommend me|obsessed with|"
    r"my (?:all[- ]time |absolute )?favou?rites?(?: \w+)? (?:is|are|include|includes|was|were)|"
    r"my taste is|and with)"
)
_TITLE = (
    r"(?:(?:is|are|was|were) (?:one of )?my (?:all[- ]time )?favou?rites?|"
    r"never (?:disappoints?|fails?|gets? old|lets? me down))"
)


_CONTRACTED = re.compile(r"\b(i|we|they|you|he|she|it|that|what)'(m|re|ve|d|ll)\b", re.IGNORECASE)
_FULL = {"m": "am", "re": "are", "ve": "have", "d": "would", "ll": "will"}

# The first pattern that fits a place wins; what fits none is a word of the clause.
_KINDS = {
    "quoted": r"""\"[^\"]+\"|“[^”]+”|(?<!\w)'[^']+'(?!\w)""",
    "nothing": rf"\bno (?:matter|problem|doubt|wonder)\b|{_TITLE}\b",
    "spoiled": (
        r"\b(?:(?:is|are|was|were)(?:n't| not) (?:really )?"
        r"(?:for me|my (?:thing|cup of tea|taste|style|favou?rites?))"
        r"|(?:bore|annoy|irritate|disgust|scare|upset)s? me(?: to \w+)?"
        r"|puts? me (?:off|to sleep)|turns? me off|leaves? me cold"
        r"|(?:is|are) (?:boring|awful|terrible|horrible|overrated|the worst|too \w+)"
        r"|do(?:es)?(?:n't| not) (?:interest|appeal to|work for|do it for) me)\b"
    ),
    "enough": (
        r"\b(?:can(?:'t|not| not)|never) (?:get enough of|get tired of|tire of)\b"
        r"|\bnothing beats\b|\bnot (?:only|just|merely)\b|\bbut also\b"
        rf"|{_NOT} (?:{_ADVERBS} )*{_LOATHE}\b"
    ),
    "against": (
        rf"\b{_LOATHE}\b|\b(?:anything|everything|all) but\b"
        r"|\b(?:except(?:ing)?|apart|aside)(?: (?:for|from))?\b"
        r"|\b(?:rather than|instead of|other than|as opposed to)\b"
        rf"|{_NOT} (?:{_ADVERBS} )*(?:{_WATCH} )?(?:{_ADVERBS} )*{_WANT}\b"
    ),
    "without": (
        rf"{_NOT}\b(?: (?:a|an|the)\b)?(?: {_ADVERBS}\b)*(?: {_WATCH}\b)?(?: {_ADVERBS}\b)*"
    ),
    "like": (
        r"\b(?:lov(?:e[sd]?|ing)|lik(?:e[sd]?|ing))\b"
        r"(?! (?:stor|triangle|affair|song|interest))"
    ),
    "into": r"\b(?:am|are|is|really|very|also|been) into\b",
    "for": rf"\b{_ENJOY}\b",
    "stop": r"[.!?;\n]+(?=\s|$)",
    "contrast": r"\b(?:but|although|though|however|yet|whereas|while)\b",
    "comma": r",",
    "word": r"[^\s,;]+?(?=[.!?,;]*(?:\s|$))|\S",
}
_SCAN = re.compile("|".join(f"(?P<{k}>{p})" for k, p in _KINDS.items()), re.IGNORECASE)

_BEFORE_A_VERB = frozenset(
    "i we also really and just always do usually absolutely still would 'd truly mostly only "
    "but or who to mainly generally definitely both especially".split()
)
_LEADING = re.compile(
    r"^(?:(?:i|we|am|to|and|or|but|also|just|really|very|please|my|it|is|are|be|"
    r"watch|see|read|watching|reading|seeing|with|of|for|that|who|do|would|have|had|so|much|"
    r"usually|always|still|mostly|absolutely|something|anything|everything|all|mainly|"
    r"personally|generally|on|in|the most|most|like|when|if|hi|hello|hey|now|what|used)\b[\s:]*)+",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"(?:^|\s+)(?:and|or|please|a lot|very much|so much|too much|the most|at all|as well|too|"
    r"though|i|we|am|is|are|really|also|thanks|thank you|anything|everything|all|who|that|which|"
    r"to|with|now)"
    r"[\s:.!?]*$",
    re.IGNORECASE,
)
_LIST_GOES_ON = re.compile(r"[^.!?;]*?\b(?:or|nor)\b", re.IGNORECASE)


def split_profile(text: str) -> Clauses:
    """Split a profile into likes and dislikes by its cues.

    A cue ("hate", "don't like", "not into", "avoid", "except") makes what follows negative
    until a cue of liking, a "but" or the end of the sentence; the short ones ("no", "not",
    "without", "never") only until the next comma, unless an "or" carries the list on. Names
    in quotes, and capital letters inside a sentence ("No Country for Old Men"), are no cues.

    Args:
        text: What somebody wrote, in English; its first ``LONGEST`` characters are read.

    Returns:
        Its clauses; the whole text as one positive clause where it has no words beside cues.
    """
    said = _Reading()
    straight = re.sub(r"[ \t]+", " ", text[:LONGEST]).replace("’", "'").replace("‘", "'")
    plain = _CONTRACTED.sub(lambda m: f"{m[1]} {_FULL[m[2].lower()]}", straight)
    for kind, word, rest in _tokens(plain):
        said.take(kind, word, rest)
    said.flush()
    if not said.positive and not said.negative and not said.denied and text.strip():
        return Clauses((text.strip(),))
    return Clauses(tuple(said.positive), tuple(said.negative))


def _tokens(text: str) -> Iterator[tuple[str, str, str]]:
    """(kind, words, what follows), with cues inside titles turned into words."""
    fresh = True
    for found in _SCAN.finditer(text):
        kind, word = str(found.lastgroup), found.group().strip()
        capital = word[:1].isupper() and not word.isupper() and word[:1] != "I"
        if capital and not fresh and kind not in ("quoted", "word"):
            yield "word", word, text[found.end() :]
        else:
            yield kind, word, text[found.end() :]
        fresh = kind in ("stop", "comma", "contrast")


@dataclass
class _Reading:
    """What was understood so far of one profile."""

    positive: list[str] = field(default_factory=list)
    negative: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    against: bool = False
    briefly: bool = False
    preferring: bool = False
    after_cue: bool = False
    denied: bool = False

    def take(self, kind: str, word: str, rest: str) -> None:
        """Read one token."""
        if kind in ("quoted", "word") or (kind == "like" and not self._is_verb()):
            self._word(word.strip("\"'“”") if kind == "quoted" else word)
        elif kind in ("for", "like", "into", "enough"):
            self._turn(against=False, cue=True)
            self.preferring = word.lower().startswith("prefer")
        elif kind in ("against", "without"):
            self._turn(against=True, cue=True)
            self.briefly = kind == "without"
        elif kind == "spoiled":
            self.against = True
            self._turn(against=False)
        elif kind in ("stop", "contrast"):
            self._turn(against=False)
        elif kind == "comma":
            ends = self.briefly and not _LIST_GOES_ON.match(rest)
            self._turn(against=self.against and not ends)

    def flush(self) -> None:
        """Close the clause at hand."""
        clause = _trimmed(" ".join(self.words))
        if clause:
            (self.negative if self.against else self.positive).append(clause)
        self.words.clear()

    def _turn(self, *, against: bool, cue: bool = False) -> None:
        self.flush()
        self.denied |= against
        self.briefly &= against
        self.against, self.after_cue, self.preferring = against, cue, False

    def _word(self, word: str) -> None:
        if self.preferring and self.words and word.lower() in ("to", "over", "than"):
            self._turn(against=True, cue=True)
        else:
            self.words.append(word)

    def _is_verb(self) -> bool:
        """Whether "like" or "love" is what a person does, not a word of comparison or a noun."""
        if not self.words:
            return not self.after_cue
        last = self.words[-1].lower()
        return last in _BEFORE_A_VERB or last.endswith("'d") or last.endswith("ly")


def _trimmed(clause: str) -> str:
    """A clause without the words around it that say nothing about taste."""
    before = ""
    while clause != before:
        before = clause
        clause = _TRAILING.sub("", _LEADING.sub("", clause.strip(" :-,"))).strip(" :-,")
    return clause
