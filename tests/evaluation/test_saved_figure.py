"""Data saved as a picture and as a section of the report, on real and on hand-made curves."""

import json
import math
from pathlib import Path

import pytest

from fewrec.evaluation.curve_lines import apart
from fewrec.evaluation.peers.saved import clicks_with, data_saved, factor_named
from fewrec.evaluation.peers.saved_figure import arrow_words, saved_figure, saved_panels
from fewrec.evaluation.report import write_report

MEASURED = sorted((Path(__file__).parents[2] / "benchmarks").glob("peers-*.json"))


def read(file):
    return json.loads(file.read_text(encoding="utf-8"))


def curve(hybrid, peer, ks=(3,)):
    """A result whose NDCG@10 with n training users and k clicks is a function of both."""
    rows = [
        {
            "ranker": ranker, "segment": "new_users", "metric": "ndcg@10", "n": n, "k": k,
            "mean": of(1000 if n == "all" else n, k), "low": None, "high": None,
        }
        for ranker, of in (("hybrid", hybrid), ("best-peer", peer), ("implicit-ials", peer))
        for n in (5, 20, 100, "all")
        for k in ks
    ]  # fmt: skip
    return {
        "peers": [{"name": "implicit-ials"}], "rows": rows, "training_users": 1000,
        "data_saved": data_saved(rows, 1000),
    }  # fmt: skip


def drawn(document):
    """Of each panel: where its arrow begins and ends, if it has one, and all words."""
    found = []
    for axes in saved_figure(saved_panels(document)).axes:
        arrows = [t for t in axes.texts if getattr(t, "arrow_patch", None) is not None]
        ends = [(t.xyann, t.xy) for t in arrows]
        found.append((ends[0] if ends else None, " ".join(t.get_text() for t in axes.texts)))
    return found


@pytest.mark.parametrize("file", MEASURED, ids=lambda file: file.stem)
def test_arrows_say_what_the_result_says(file):
    document = read(file)
    panels = saved_panels(document)
    shown = {(p.along, str(p.n)): (p, d) for p, d in zip(panels, drawn(document), strict=True)}
    assert len(shown) == 3
    for saved in document["data_saved"]:
        along = "n" if saved["what"] == "training users" else "k"
        panel, (arrow, words) = shown[along, str(saved["n"])]
        assert factor_named(saved) in words.replace("\n", " ")
        assert ("the peer is ahead" in words) == (saved["peer_level"] > saved["level"])
        if saved["factor"] == 1:
            assert arrow is None
        else:
            (x0, y0), (x1, y1) = arrow
            assert y0 == y1 == saved["level"]
            shift = 1 if along == "k" else 0
            assert math.exp(x1) - shift == pytest.approx(saved["needs"])
            assert (math.exp(x1) - shift) / (math.exp(x0) - shift) == pytest.approx(saved["factor"])
        assert panel.saved is saved


def test_an_arrow_ends_where_the_peer_reaches_the_level():
    document = curve(lambda n, k: 0.1 * math.log(2 * n), lambda n, k: 0.1 * math.log(n))
    (((x0, _), (x1, level)), words), *_ = drawn(document)
    assert (math.exp(x0), math.exp(x1)) == pytest.approx((20, 40))
    assert level == pytest.approx(0.1 * math.log(40))
    assert "2.0 × the users" in words


def test_what_is_never_reached_is_more_than_the_most_measured():
    document = curve(lambda n, k: 0.5, lambda n, k: 0.001 * math.log(n))
    (((_, _), (x1, _)), words), *_ = drawn(document)
    assert math.exp(x1) == pytest.approx(1000)
    assert "more than\n50.0 × the users" in words


def test_a_peer_that_is_ahead_is_said_to_be():
    document = curve(lambda n, k: 0.1 + 0.001 * k, lambda n, k: 0.2 + 0.001 * k, ks=(0, 3, 10))
    found = drawn(document)
    assert len(found) == 3
    for arrow, words in found:
        assert arrow is None
        assert "the peer is ahead" in words
    even = {"what": "clicks", "level": 0.2, "peer_level": 0.2, "factor": 1.0, "reached": True}
    assert arrow_words(even) == "1.0 × the clicks"


def test_names_at_the_ends_stand_apart_and_inside_the_picture():
    assert apart([0.1, 0.5], 0.1, 1.0) == [0.1, 0.5]
    assert apart([0.5, 0.5], 0.1, 1.0) == pytest.approx([0.5, 0.6])
    assert apart([0.3, 0.95, 0.96, 0.99], 0.1, 1.0) == pytest.approx([0.3, 0.8, 0.9, 1.0])


def test_clicks_are_counted_with_100_users_and_with_the_most():
    assert clicks_with({5, 20, 100, "all"}) == [100, "all"]
    assert clicks_with({20, 2000, 100}) == [100, 2000]
    assert clicks_with({20, 5}) == [20]


@pytest.mark.parametrize("file", [f for f in MEASURED if f.stem == "peers-book_crossing"])
def test_the_report_has_a_section_on_data_saved(file, tmp_path):
    document = read(file)
    page, *figures = write_report(file, tmp_path / "r.html")
    assert {"r-data-saved.png", "r-data-saved.svg"} <= {figure.name for figure in figures}
    text = page.read_text(encoding="utf-8")
    section = text[text.index("<h2>Data saved</h2>") :]
    section = section[: section.index("</section>")]
    assert section.count("<svg") == 3
    for saved in document["data_saved"]:
        assert f"<td>{saved['level']:.3f}</td><td>{saved['peer_level']:.3f}</td>" in section
        assert f"<td>{factor_named(saved)}</td>" in section
    counts = document["against_peer"]
    assert f"{counts['won']} won, {counts['tied']} tied, {counts['lost']} lost" in section
    assert "<h3>Not the same list</h3>" in section
    for varied in document["not_the_same_list"]:
        assert f"{varied['peer_coverage']:.3f} ({varied['peer_ndcg']:.3f})" in section


def test_a_curve_without_peers_has_no_such_section():
    document = curve(lambda n, k: 0.2, lambda n, k: 0.1)
    assert saved_panels({**document, "peers": []}) == []
    assert saved_panels({"rows": document["rows"]}) == []
