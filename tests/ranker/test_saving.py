"""Fitted parts taken apart and put together again."""

import json
from dataclasses import dataclass, field

import numpy as np
import pytest
from safetensors.numpy import load, save
from scipy import sparse

from fewrec.errors import ModelError
from fewrec.ranker.saving import pack, unpack


@dataclass(frozen=True)
class Inner:
    level: np.ndarray
    names: tuple[str, ...]


@dataclass(frozen=True)
class Outer:
    matrix: sparse.csr_matrix
    inner: Inner
    table: dict[str, dict[str, float]]
    pairs: tuple[tuple[str, int], ...]
    rate: float
    nothing: None = None
    younger: bool = field(default=True, metadata={"younger": True})
    tool: object = field(default="a new one", metadata={"saved": False})


def outer(**changes):
    matrix = sparse.csr_matrix(np.array([[0, 1.5, 0], [0, 0, 0]], dtype=np.float32))
    values = {
        "matrix": matrix,
        "inner": Inner(np.arange(6).reshape(2, 3)[:, ::2], ("ä", "007")),
        "table": {"0": {"ease": 0.25}},
        "pairs": (("genre", 1),),
        "rate": 0.5,
        "tool": "an old one",
    }
    return Outer(**{**values, **changes})


def through_a_file(part):
    arrays, plain = pack(part)
    return unpack(type(part), load(save(arrays)), json.loads(json.dumps(plain)))


def test_everything_comes_back_as_it_was():
    before, after = outer(), through_a_file(outer())
    assert after.matrix.shape == (2, 3)
    np.testing.assert_array_equal(after.matrix.toarray(), before.matrix.toarray())
    np.testing.assert_array_equal(after.inner.level, before.inner.level)
    assert after.inner.names == ("ä", "007")
    assert after.table == before.table
    assert after.pairs == (("genre", 1),)
    assert after.nothing is None


def test_fields_that_are_not_saved_get_their_default():
    assert through_a_file(outer()).tool == "a new one"
    assert not any("tool" in name for name in pack(outer())[1])


def test_a_field_younger_than_the_file_gets_its_default():
    arrays, plain = pack(outer(younger=False))
    assert unpack(Outer, arrays, plain).younger is False
    del plain["younger"]
    assert unpack(Outer, arrays, plain).younger is True


def test_what_cannot_be_stored_is_named():
    with pytest.raises(ModelError, match=r"Outer\.rate \(set\) cannot be saved"):
        pack(outer(rate={1, 2}))


def test_a_missing_field_is_named():
    arrays, plain = pack(outer())
    del plain["rate"]
    with pytest.raises(ModelError, match=r"the saved model has no Outer\.rate; fit it again"):
        unpack(Outer, arrays, plain)
    del arrays["inner.level"]
    with pytest.raises(ModelError, match=r"no Inner\.level"):
        unpack(Outer, arrays, {**plain, "rate": 0.5})
