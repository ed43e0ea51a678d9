"""What a value that comes from outside may be: text that can be written, numbers that count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from fewrec.data.quantities import NUMBER

MOST_NUMBER = 1e15
"""Beyond it a number measures nothing here; whole numbers up to it are exact as floats."""

WANTED = "wanted is text, a number, true or false"


def plain(value: Any) -> Any:  # noqa: ANN401 (whatever somebody sent)
    """The value, if it is a scalar that can be kept and computed with.

    Raises:
        ValueError: It is no scalar, half a character, not finite, or too large.
    """
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise ValueError("the text holds half of a surrogate pair") from error
    elif isinstance(value, int | float):
        if not abs(value) <= MOST_NUMBER:
            raise ValueError(f"numbers must lie between -{MOST_NUMBER:g} and {MOST_NUMBER:g}")
    else:
        raise ValueError(f"{WANTED}, not {type(value).__name__}")
    return value


def plain_list(value: Any) -> Any:  # noqa: ANN401 (whatever somebody sent)
    """The value, if it is a scalar, a list of scalars, or nothing.

    Raises:
        ValueError: It is something else.
    """
    if isinstance(value, list):
        if len({type(one) in (int, float) for one in value}) > 1 or bool in map(type, value):
            raise ValueError("a list holds texts, or it holds numbers")
        return [plain(one) for one in value]
    if isinstance(value, dict):
        raise ValueError(f"{WANTED}, or a list of texts or of numbers, not an object")
    return value if value is None else plain(value)


def said(fault: Mapping[str, Any]) -> str:
    """What pydantic found wrong with a value, in words."""
    if fault["type"] == "string_pattern_mismatch":
        return "control characters are not allowed"
    if fault["type"] == "string_unicode":
        return "the text holds half of a surrogate pair"
    return str(fault["msg"]).removeprefix("Value error, ")


Text = Annotated[str, BeforeValidator(plain)]
Name = Annotated[str, Field(min_length=1)]
Key = Annotated[str, Field(min_length=1, max_length=256)]
Whole = Annotated[int, Field(ge=-MOST_NUMBER, le=MOST_NUMBER), NUMBER]
Number = Annotated[float, Field(ge=-MOST_NUMBER, le=MOST_NUMBER), NUMBER]
Scalar = Annotated[str | Whole | Number | bool, BeforeValidator(plain)]
Value = Annotated[
    str | Whole | Number | bool | list[str] | list[Number] | None, BeforeValidator(plain_list)
]
