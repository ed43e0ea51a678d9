"""Bytes to text: which encoding makes the most plausible writing of them."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from fewrec.errors import BadValue, ConfigError

_SAMPLE = 200_000
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LETTERS = {
    "cp1252": "äöüßéèêëàáâãåçîïíìôõóòûùúñøæÿœ",
    "cp1250": "ąćęłńóśźżáčďéěíňřšťúůýžőűăâîșțäöüßô",
    "cp1254": "ğşıçöüâîäéß",
}
_SIGNS = frozenset("‘’“”„–—…€•™°§©®«»£¥¡¿ºª´·×²³½¼¾µ±\xa0")
_CONTAINS = {"cp949": ("gb18030", "big5"), "euc_jp": ("gb18030", "big5")}
"""Any text of the first is plausible in the others, but hardly any of theirs in the first."""
_COMMON = {
    "cp1251": "оеаинтсрвлкмдпуяыьгзбчй",
    "koi8-r": "оеаинтсрвлкмдпуяыьгзбчй",
    "cp1253": "αοιετσνηυρπκλμςάόίέήύώδγθ",
}
"""Letters that make up nearly all of a text in the language."""
_SCRIPTS = {"cp1251": "CYRILLIC", "koi8-r": "CYRILLIC", "cp1253": "GREEK", "cp1255": "HEBREW"}


@dataclass(frozen=True)
class Decoded:
    r"""Text of a file.

    Attributes:
        text: With ``\\n`` line ends. Bytes that could not be decoded are lone surrogates.
        encoding: By the name Python knows it.
        rivals: Encodings that give other, hardly less plausible text.
    """

    text: str
    encoding: str
    rivals: tuple[str, ...] = ()

    @property
    def readable(self) -> str:
        """The text with a replacement character for each byte that could not be decoded."""
        return self.text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def decode(raw: bytes, encoding: str = "", file: str = "") -> Decoded:
    """Decode the bytes of a text file.

    Args:
        raw: The whole file.
        encoding: Use this one; "" tries all that are common in exports.
        file: Its name, for messages.

    Returns:
        The text and how it was found.

    Raises:
        ConfigError: There is no encoding of the name given.
        BadValue: The bytes do not fit the encoding given, or are no text at all.
    """
    if encoding:
        return Decoded(_unix(_as_told(raw, encoding, file)), encoding)
    for mark, name in _MARKS:
        if raw.startswith(mark):
            errors = "surrogateescape" if name == "utf-8-sig" else "replace"
            return Decoded(_unix(raw.decode(name, errors)), name)
    if b"\x00" in raw[:1000]:
        return _wide(raw, file)
    try:
        return Decoded(_unix(raw.decode("utf-8")), "utf-8")
    except UnicodeDecodeError:
        return _among_many(raw)


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _as_told(raw: bytes, encoding: str, file: str) -> str:
    try:
        text = raw.decode(encoding)
    except LookupError as fault:
        raise ConfigError(
            f"--encoding {encoding}: there is no such encoding. "
            "Try utf-8, utf-16, cp1252, cp1251, gb18030, shift_jis or cp949."
        ) from fault
    except UnicodeDecodeError as fault:
        raise BadValue(
            f"byte 0x{raw[fault.start]:02x} does not fit the encoding {encoding}",
            file=file,
            line=raw.count(b"\n", 0, fault.start) + 1,
            fix="Give another --encoding, or leave it out to have it guessed.",
        ) from fault
    return text.removeprefix("\ufeff")


def _wide(raw: bytes, file: str) -> Decoded:
    """UTF-16 without a byte order mark: every other byte of Western text is zero."""
    even, odd = raw[:1000:2].count(0), raw[1:1000:2].count(0)
    name = "utf-16-be" if even > odd else "utf-16-le"
    try:
        return Decoded(_unix(raw.decode(name)), name)
    except UnicodeDecodeError as fault:
        raise BadValue(
            "this is not a text file",
            file=file,
            fix="Export the table as CSV, JSON lines or parquet.",
        ) from fault


def _among_many(raw: bytes) -> Decoded:
    damaged = raw.decode("utf-8", "surrogateescape")
    broken = sum("\udc80" <= c <= "\udcff" for c in damaged)
    whole = sum(c > "\x7f" for c in damaged) - broken
    if whole > 3 * broken:
        return Decoded(_unix(damaged), "utf-8")
    scores = {name: _score(raw, name) for name in _JUDGES}
    ranked = sorted(scores, key=lambda name: -scores[name])
    best = ranked[0]
    text = raw.decode(best, "surrogateescape")
    close = [n for n in ranked[1:] if scores[n] > scores[best] - 0.05 and scores[n] > 0.5]
    close = [n for n in close if n not in _CONTAINS.get(best, ())]
    return Decoded(_unix(text), best, tuple(n for n in close if _differs(raw, n, text)))


def _differs(raw: bytes, name: str, text: str) -> bool:
    return raw.decode(name, "replace") != text


def _score(raw: bytes, name: str) -> float:
    """How plausible the text is under an encoding, in [0, 1]; -1 where it does not decode."""
    try:
        text = _telling_part(raw).decode(name)
        raw.decode(name)
    except UnicodeDecodeError:
        return -1.0
    foreign = [n for n, c in enumerate(text) if c > "\x7f"]
    if not foreign:
        return 0.0
    return sum(_JUDGES[name](text, n) for n in foreign) / len(foreign)


def _telling_part(raw: bytes) -> bytes:
    """The first lines that hold anything but ASCII."""
    if len(raw) <= _SAMPLE:
        return raw
    lines = [line for line in raw[: 20 * _SAMPLE].split(b"\n") if not line.isascii()]
    return b"\n".join(lines)[:_SAMPLE].rsplit(b"\n", 1)[0]


def _around(text: str, n: int) -> tuple[str, str]:
    return text[n - 1 : n], text[n + 1 : n + 2]


def _latin(name: str) -> Callable[[str, int], float]:
    letters = frozenset(_LETTERS[name] + _LETTERS[name].upper())

    def judge(text: str, n: int) -> float:
        before, after = _around(text, n)
        if text[n] in letters:
            alone = before > "\x7f" and after > "\x7f" and before.isalpha() and after.isalpha()
            shouting = text[n].isupper() and before.islower()
            return 0.1 if alone or shouting else 1.0
        inside = before.isalpha() and after.isalpha() and text[n] not in "’´·"
        return 0.9 if text[n] in _SIGNS and not inside else 0.0

    return judge


def _script(name: str) -> Callable[[str, int], float]:
    def judge(text: str, n: int) -> float:
        if text[n] in _SIGNS or text[n] in "№ёЁ":
            return 0.9
        if not unicodedata.name(text[n], "").startswith(_SCRIPTS[name]):
            return 0.0
        before, after = _around(text, n)
        mixed = (before.isascii() and before.isalpha()) or (after.isascii() and after.isalpha())
        inside = text[n].isupper() and before.isalpha()
        if mixed or (inside and before.islower()):
            return 0.1
        common = not _COMMON.get(name) or text[n].casefold() in _COMMON[name]
        return (0.7 if inside else 1.0) * (1.0 if common else 0.7)

    return judge


def _lead(character: str, name: str) -> int:
    """First byte in an encoding of two bytes a character; 0 where it has none."""
    try:
        raw = character.encode(name)
    except UnicodeEncodeError:
        return 0
    return raw[0] if len(raw) == 2 else 0


def _chinese(text: str, n: int) -> float:
    lead = _lead(text[n], "gb2312")
    return 1.0 if 0xB0 <= lead <= 0xD7 or lead in (0xA1, 0xA3) else 0.5 if lead > 0xD7 else 0.0


def _taiwanese(text: str, n: int) -> float:
    lead = _lead(text[n], "big5")
    return 1.0 if 0xA1 <= lead <= 0xC6 else 0.4 if lead else 0.0


def _japanese(text: str, n: int) -> float:
    if "\u3041" <= text[n] <= "\u30ff":
        return 1.0
    lead = _lead(text[n], "euc_jp")
    if text[n] >= "\uff61" and text[n] <= "\uff9f":
        return 0.1
    return 0.95 if 0xB0 <= lead <= 0xCF or lead in (0xA1, 0xA3) else 0.4 if lead else 0.0


def _japanese_unix(text: str, n: int) -> float:
    return _japanese(text, n) * (1.0 if any("\u3041" <= c <= "\u30ff" for c in text) else 0.7)


def _korean(text: str, n: int) -> float:
    lead = _lead(text[n], "euc_kr")
    return 1.0 if 0xB0 <= lead <= 0xC8 or lead == 0xA1 else 0.3 if lead else 0.0


_JUDGES: dict[str, Callable[[str, int], float]] = {
    "cp949": _korean,
    "gb18030": _chinese,
    "big5": _taiwanese,
    "shift_jis": _japanese,
    "euc_jp": _japanese_unix,
    "cp1252": _latin("cp1252"),
    "cp1250": _latin("cp1250"),
    "cp1254": _latin("cp1254"),
    "cp1251": _script("cp1251"),
    "koi8-r": _script("koi8-r"),
    "cp1253": _script("cp1253"),
    "cp1255": _script("cp1255"),
}
