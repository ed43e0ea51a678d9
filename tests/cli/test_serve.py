"""What `fewrec serve` says when it cannot serve; that it serves stands in tests/service."""

from __future__ import annotations

import sys


def test_without_the_extra_the_way_to_it_is_named(fewrec, monkeypatch, tmp_path) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    done = fewrec("serve", tmp_path / "home", "--port", 0)
    assert done.code == 2
    assert "pip install 'fewrec[serve]'" in done.err
    assert not (tmp_path / "home").exists()


def test_a_home_that_is_a_file(fewrec, tmp_path) -> None:
    (tmp_path / "home").write_text("")
    done = fewrec("serve", tmp_path / "home", "--port", 0)
    assert done.code == 2 and "cannot be made" in done.err


def test_settings_at_fault_are_said_before_anything_is_made(fewrec, tmp_path) -> None:
    (tmp_path / "fewrec.toml").write_text("[service]\nrat = 1\n")
    done = fewrec("serve", tmp_path, "--port", 0)
    assert done.code == 2 and "unknown key 'rat'" in done.err
    assert not (tmp_path / "fewrec.db").exists()
