"""Texts, true and false are no numbers."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from fewrec.data.quantities import NUMBER


@pytest.mark.parametrize("kind", [int, float])
def test_truth_values_are_refused(kind):
    number = TypeAdapter(Annotated[kind, Field(ge=1), NUMBER])
    assert number.validate_python(1) == 1 and number.json_schema()["minimum"] == 1
    for value in (True, False, "1"):
        with pytest.raises(ValidationError, match="a number is wanted"):
            number.validate_python(value)
