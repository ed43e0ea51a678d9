"""Which language texts are in, by script and by the little words every language is full of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

UNKNOWN = "und"
"""Code where nothing tells: no letters, or Latin letters without a word that is known."""

MOST_TEXTS = 2000
"""Of longer lists, this many texts are looked at, evenly spread."""

NAMES = {
    "ar": "Arabic", "bn": "Bengali", "cs": "Czech", "da": "Danish", "de": "German",
    "el": "Greek", "en": "English", "es": "Spanish", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian", "hy": "Armenian",
    "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ka": "Georgian", "ko": "Korean",
    "nl": "Dutch", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian",
    "sv": "Swedish", "ta": "Tamil", "te": "Telugu", "th": "Thai", "tr": "Turkish",
    "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese", UNKNOWN: "unknown",
}  # fmt: skip
"""Languages that are told apart."""

_SCRIPTS = {
    "latin": (r"[a-zà-öø-ÿāăąćčďđēęěğģīıķļłńňőœřśşšťũūůűźżžơưạ-ỹ]", 1),
    "han": (r"[\u3400-\u9fff\uf900-\ufaff]", 3),
    "kana": (r"[\u3040-\u30ff]", 3),
    "ko": (r"[\uac00-\ud7af\u1100-\u11ff]", 3),
    "cyrillic": (r"[\u0400-\u04ff]", 1),
    "arabic": (r"[\u0600-\u06ff]", 1),
    "he": (r"[\u0590-\u05ff]", 1),
    "el": (r"[\u0370-\u03ff]", 1),
    "th": (r"[\u0e00-\u0e7f]", 1),
    "hi": (r"[\u0900-\u097f]", 1),
    "bn": (r"[\u0980-\u09ff]", 1),
    "ta": (r"[\u0b80-\u0bff]", 1),
    "te": (r"[\u0c00-\u0c7f]", 1),
    "ka": (r"[\u10a0-\u10ff]", 1),
    "hy": (r"[\u0530-\u058f]", 1),
}
"""Letters of each script, and how much one of them says (a Han character is half a word)."""

_WORDS = {
    "en": "the of and to in is for with on from by his her a an at it they this that what how "
    "you are who about when your new one story life",
    "de": "der die das und von im in den mit ein eine einer des dem zu für auf ist nicht sich "
    "wie auch aus bei nach über ihre seine vom zum zur als",
    "fr": "le la les de des du et en un une dans pour sur par avec est au aux que qui son sa "
    "ses ne pas plus ce cette",
    "es": "el la los las de del y en un una para con por su sus es que al se lo como más sin "
    "sobre entre desde",
    "it": "il lo la i gli le di del della dei delle e in un una per con che è da dal sul nel "
    "nella alla non come più suo sua",
    "pt": "o a os as de do da dos das e em um uma para com por que não no na nos nas ao se "
    "mais seu sua como pelo pela",
    "nl": "de het een en van in op met voor is zijn aan te dat die niet naar bij uit door over "
    "om ook deze hun wordt",
    "sv": "och en ett i på av för med som är till den det att från om inte hans sin efter de "
    "men vid",
    "da": "og en et i på af for med som er til den det at fra om ikke hans sin efter de men "
    "ved hvor",
    "pl": "i w z na do o się nie to jest dla od po przez jak oraz jego jej ze który która",
    "cs": "a v na se o je z do s pro za jeho který která od po při není jako jsou své",
    "ro": "și în de la cu un o pe pentru din este care nu sau al ale despre lui mai",
    "hu": "a az és egy hogy nem is van meg ez azt mint csak aki egyik szerint után között",
    "fi": "ja on ei että se joka hän oli ovat mutta kun myös sekä kuin hänen ovat tai",
    "tr": "ve bir bu için ile da de çok gibi olan olarak daha en kadar sonra onun ne",
    "id": "dan yang di untuk dengan dari ini itu pada ke adalah tidak dalam sebuah akan oleh",
    "vi": "và của là các một cho trong với không được những người có này từ khi đã",
}  # fmt: skip
"""Frequent little words of languages in Latin letters."""

_LETTERS = {
    "de": "ß", "es": "ñ¿¡", "pt": "ãõ", "sv": "å", "da": "ø", "pl": "łąęśżźń", "cs": "řěů",
    "ro": "țșă", "hu": "őű", "tr": "ğışİ", "fr": "œ", "vi": "đơưạảấầẩậắằặẹẻếềểệỉịọỏốồổộớờởợụủứừửự",
}  # fmt: skip
"""Letters that one language has and its neighbours have not."""

_OF_CYRILLIC = {"uk": "іїєґ"}
_OF_ARABIC = {"fa": "پچژگ", "ur": "ٹڈےں"}


@dataclass(frozen=True)
class Language:
    """The language most texts are in.

    Attributes:
        code: ISO 639-1, or ``und`` where nothing tells.
        share: Of the texts that tell a language, the share in this one; 0 where none tells.
        told: How many texts tell a language.
    """

    code: str
    share: float
    told: int

    @property
    def name(self) -> str:
        """In English, such as ``Chinese``."""
        return NAMES[self.code]


def dominant_language(texts: Sequence[str]) -> Language:
    """The language most of some texts are in.

    Short texts (a title of two words) often tell nothing and are left out of the count.

    Args:
        texts: Titles, descriptions, profiles; of long lists a spread sample is read.
    """
    votes = Counter(language_of(text) for text in _spread(texts))
    told = sum(count for code, count in votes.items() if code != UNKNOWN)
    if not told:
        return Language(UNKNOWN, 0.0, 0)
    code = max((c for c in votes if c != UNKNOWN), key=lambda c: (votes[c], c == "en", c))
    return Language(code, votes[code] / told, told)


def _spread(texts: Sequence[str]) -> Sequence[str]:
    if len(texts) <= MOST_TEXTS:
        return texts
    return [texts[n * len(texts) // MOST_TEXTS] for n in range(MOST_TEXTS)]


def language_of(text: str) -> str:
    """Code of one text's language; ``und`` where it does not tell."""
    low = text[:2000].lower()
    weights = {
        script: says * len(pattern.findall(low)) for script, (pattern, says) in _scripts().items()
    }
    script = max(weights, key=lambda name: weights[name])
    if not weights[script]:
        return UNKNOWN
    if script in ("han", "kana"):
        return "ja" if weights["kana"] * 20 > weights["han"] else "zh"
    if script == "latin":
        return _latin(low)
    if script == "cyrillic":
        return _by_letters(low, _OF_CYRILLIC, "ru")
    return _by_letters(low, _OF_ARABIC, "ar") if script == "arabic" else script


@cache
def _scripts() -> dict[str, tuple[re.Pattern[str], int]]:
    return {name: (re.compile(letters), says) for name, (letters, says) in _SCRIPTS.items()}


def _by_letters(text: str, letters: dict[str, str], otherwise: str) -> str:
    for code, own in letters.items():
        if any(letter in text for letter in own):
            return code
    return otherwise


@cache
def _evidence() -> dict[str, dict[str, float]]:
    """Word or letter -> how much it says for each language; less where several share it."""
    found: dict[str, list[str]] = {}
    for code, words in _WORDS.items():
        for word in set(words.split()):
            found.setdefault(word, []).append(code)
    for code, letters in _LETTERS.items():
        for letter in letters:
            found.setdefault(f"letter {letter}", []).append(code)
    return {mark: dict.fromkeys(codes, 1 / len(codes)) for mark, codes in found.items()}


def _latin(text: str) -> str:
    marks = re.findall(r"\w+", text) + [f"letter {c}" for c in set(text) if c > "\x7f"]
    votes: Counter[str] = Counter()
    for mark in marks:
        votes.update(_evidence().get(mark, {}))
    ranked = votes.most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return UNKNOWN
    return ranked[0][0]
