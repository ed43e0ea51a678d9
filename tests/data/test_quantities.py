"""True and false are no numbers."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from fewrec.data.quantities import Count, Quantity


@pytest.mark.parametrize("kind", [Count, Quantity])
def test_truth_values_are_refused(kind):
    assert TypeAdapter(kind).validate_python(1) == 1
    for value in (True, False):
        with pytest.raises(ValidationError, match="true or false"):
            TypeAdapter(kind).validate_python(value)
