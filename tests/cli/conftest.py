"""Runs commands in this process, as a person would type them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from fewrec.cli import main


@dataclass(frozen=True)
class Finished:
    """A command that has run: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Standard output as the one JSON object it must be."""
        document = json.loads(self.out)
        assert document["schema"] == 1
        return document


@pytest.fixture
def fewrec(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Finished]:
    """``fewrec("data", "get", ...)`` runs that command line."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: object) -> Finished:
        code = main([str(word) for word in words])
        captured = capsys.readouterr()
        return Finished(code, captured.out, captured.err)

    return run
