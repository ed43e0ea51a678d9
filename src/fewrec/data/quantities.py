"""Numbers in what somebody sends or writes: neither texts, nor true and false."""

from __future__ import annotations

from typing import Any

from pydantic import BeforeValidator


def number(given: Any) -> Any:  # noqa: ANN401 (whatever somebody sent)
    """What was given, unless it is a text, or true or false, which would pass for 1 and 0.

    Raises:
        ValueError: It is one of these.
    """
    if isinstance(given, str):
        raise ValueError("a number is wanted, not a text")
    return moment(given)


def moment(given: Any) -> Any:  # noqa: ANN401 (whatever somebody sent)
    """What was given, unless it is true or false: seconds and texts may be times.

    Raises:
        ValueError: It is true or false.
    """
    if isinstance(given, bool):
        raise ValueError("a number is wanted, not true or false")
    return given


NUMBER = BeforeValidator(number)
"""Stands last in an annotation: bounds after it would be missing in the JSON schema."""

MOMENT = BeforeValidator(moment)
"""The same for times."""
