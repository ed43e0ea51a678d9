"""A whole run of `fewrec bench serve` on a shop so small that it takes seconds."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("fastapi")


def test_a_small_shop(fewrec, tmp_path) -> None:
    size = ("--items", 60, "--events", 400, "--users", 60, "--rounds", 2, "--seconds", 0.1)
    done = fewrec("bench", "serve", *size, "--json", tmp_path / "found.json")
    assert done.code == 0, done.err
    told = json.loads((tmp_path / "found.json").read_text())
    found = {(r["task"], r.get("clients"), r["metric"]): r for r in told["rows"]}
    for clients in (1, 8):
        for task in ("hello", "returning", "first time"):
            row = found[task, clients, "per_second"]
            assert len(row["per_seed"]) == 2 and min(row["per_seed"]) > 0
            assert (
                found[task, clients, "median_ms"]["mean"] <= found[task, clients, "p99_ms"]["mean"]
            )
        rate = [
            found[task, clients, "per_second"]["per_seed"][0] for task in ("returning", "hello")
        ]
        assert found["returning", clients, "ratio_to_hello"]["per_seed"][0] == pytest.approx(
            rate[0] / rate[1]
        )
        assert found["click to slate", clients, "p99_ms"]["mean"] < 1000
    for task in ("put items", "put events"):
        assert found[task, 1, "per_second"]["mean"] > 0
    assert found["meanwhile: batch of 100 events", 10, "per_second"]["mean"] > 0
    assert found["server", None, "peak_mb"]["mean"] > 50
    assert "fewrec bench serve" in told["reproduce"]


def test_only_slates_after_a_click_must_know_of_it() -> None:
    from fewrec.service.bench.serving import late_clicks

    def slate(user: str, *items: str) -> bytes:
        return json.dumps({"user": user, "items": [{"item": item} for item in items]}).encode()

    clicked = [("ann", "a"), ("bob", "b"), ("ann", "c"), ("ann", "d")]
    fine = [slate("ann", "c"), slate("bob", "a"), slate("ann", "b", "d")]
    assert late_clicks(clicked, fine) == []
    assert late_clicks(clicked, [*fine, slate("ann", "e", "a")]) == [("ann", "a")]
