"""Replays of the living loop as files, so that a stopped run goes on where it was."""

from __future__ import annotations

import json
from pathlib import Path

from fewrec.evaluation.cells import write_json
from fewrec.evaluation.loop_replay import Replay

SCHEMA = 1


def save_replay(file: Path, replay: Replay, key: str) -> None:
    """Write a replay, whole or not at all.

    Args:
        file: A JSON file; its folder is made where it is missing.
        replay: What came of it.
        key: Says what it depends on (data, settings).
    """
    write_json(file, {"schema": SCHEMA, "key": key, "replay": replay.to_dict()})


def load_replay(file: Path, key: str) -> Replay | None:
    """Read a replay back.

    Args:
        file: As written by ``save_replay``.
        key: What it must depend on.

    Returns:
        The replay; None where the file is not there or is about something else.
    """
    if not file.is_file():
        return None
    document = json.loads(file.read_text(encoding="utf-8"))
    if document.get("schema") != SCHEMA or document.get("key") != key:
        return None
    return Replay.from_dict(document["replay"])
