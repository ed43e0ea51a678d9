import json
import re
from html.parser import HTMLParser

import pytest

from fewrec.cli.output import plain
from fewrec.errors import DataError, EmptyData
from fewrec.evaluation.curve import Curve, run_curve
from fewrec.evaluation.evaluate import evaluate
from fewrec.evaluation.headline import headline
from fewrec.evaluation.report import load_document, write_report

SLATE = {
    "user": None,
    "name": 'Likes <"Babe">',
    "stage": "few",
    "items": [{"item": "1", "title": "Aladdin & co", "rank": 1, "reasons": ["Like <b>Babe</b>"]}],
}


def document(result, command):
    return plain(
        {
            "schema": 1, "command": command, "versions": {"fewrec": "0.1.0"},
            "data": {"name": "toy", "fingerprint": "f00"}, "seeds": [0], "seconds": 3.0,
            "peak_mb": 200.0, "rows": result.rows, "comparisons": result.comparisons,
            "alarms": result.alarms, "calibration": result.calibration,
            "reproduce": "fewrec evaluate toy", "slates": [SLATE],
        }
    )  # fmt: skip


class Page(HTMLParser):
    """Checks that elements are closed in order, and collects what is written where."""

    VOID = frozenset({"meta", "line", "circle", "path", "use", "rect", "br", "link", "image"})

    def __init__(self):
        super().__init__()
        self.open, self.words, self.headings = [], [], []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in self.VOID:
            return
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)
        if self.open and self.open[-1] == "h2":
            self.headings.append(data)


def read(file):
    page = Page()
    page.feed(file.read_text(encoding="utf-8"))
    assert page.open == []
    return page


@pytest.fixture(scope="module")
def evaluated(with_hybrid):
    return document(evaluate(with_hybrid, "random", [0]), "evaluate")


@pytest.fixture(scope="module")
def curve(with_hybrid, tmp_path_factory):
    folder = tmp_path_factory.mktemp("curve")
    curve = Curve((0, 1), (5, 20, "all"), folder)
    return document(run_curve(with_hybrid, curve, lambda cell: None), "bench curve")


@pytest.fixture
def made(evaluated, tmp_path):
    (tmp_path / "result.json").write_text(json.dumps(evaluated))
    return write_report(tmp_path, tmp_path / "out" / "report.html")


def test_the_page_is_well_formed_and_asks_nothing_of_others(made):
    read(made[0])
    text = made[0].read_text()
    assert not re.search(r'(src|href)="(?!#)', text.replace('xlink:href="#', ""))
    assert "@import" not in text
    assert "url(http" not in text
    assert "<script" not in text


def test_the_page_has_its_sections_in_order(made):
    assert read(made[0]).headings[-7:] == [
        "Lists", "Single pairs", "Do probabilities mean what they say?",
        "Accuracy against variety", "Examples",
        "How to read the figures", "Do it again",
    ]  # fmt: skip


def test_every_ranker_and_metric_stands_in_the_tables(made, evaluated):
    words = " ".join(read(made[0]).words)
    for row in evaluated["rows"]:
        shown = {"random": "random (expected)", "best-single": "best single"}
        assert shown.get(row["ranker"], row["ranker"]) in words
        if row["mean"] is not None:
            assert f"{row['mean']:.3f}" in words


def test_what_users_wrote_cannot_become_markup(made):
    text = made[0].read_text()
    assert "Like &lt;b&gt;Babe&lt;/b&gt;" in text
    assert "Aladdin &amp; co" in text
    assert "<b>" not in text


def test_the_command_the_versions_and_the_seeds_are_there(made):
    words = " ".join(read(made[0]).words)
    for said in ("fewrec evaluate toy", "fewrec 0.1.0", "fingerprint f00", "200 MB"):
        assert said in words


def test_alarms_stand_above_the_figures(evaluated, tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({**evaluated, "alarms": ["Look out <here>."]}))
    page = read(write_report(tmp_path / "a.json", tmp_path / "a.html")[0])
    assert page.headings[0] == "Read this first"
    assert "Look out <here>." in page.words


def test_the_learning_curve_has_a_picture_for_each_n(curve, tmp_path):
    (tmp_path / "c.json").write_text(json.dumps(curve))
    files = write_report(tmp_path / "c.json", tmp_path / "c.html")
    names = {f.name for f in files}
    assert {"c-curve-new_users.png", "c-curve-new_users.svg", "c-curve-new_items.png"} <= names
    assert all(f.stat().st_size > 2000 for f in files)
    text = files[0].read_text()
    for title in ("NDCG@10 · 5 training users", "coverage@10 · all training users"):
        assert f'aria-label="{title}"' in text
    assert "hybrid minus the best single ranker" in text


def test_the_same_result_makes_the_same_files(evaluated, tmp_path):
    (tmp_path / "r.json").write_text(json.dumps(evaluated))
    first = [f.read_bytes() for f in write_report(tmp_path / "r.json", tmp_path / "r.html")]
    again = [f.read_bytes() for f in write_report(tmp_path / "r.json", tmp_path / "r.html")]
    assert first == again


def test_without_matplotlib_the_page_says_what_is_missing(evaluated, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    (tmp_path / "r.json").write_text(json.dumps(evaluated))
    files = write_report(tmp_path / "r.json", tmp_path / "r.html")
    assert len(files) == 1
    assert "pip install 'fewrec[plots]'" in " ".join(read(files[0]).words)


def test_headlines_say_what_was_found(evaluated, curve):
    said = headline(evaluated)
    assert said.startswith("hybrid reaches NDCG@10")
    assert "of the catalogue" in said and "AUC" in said
    told = headline(curve)
    assert told.startswith("With 20 training users and 3 clicks of a new person, hybrid reaches")
    assert "Over 15 cells it wins" in told
    assert headline({"rows": [], "command": "x"}) == "Results of x."


def test_what_is_no_result_is_refused(tmp_path):
    with pytest.raises(DataError, match="there is no result here"):
        load_document(tmp_path)
    (tmp_path / "x.json").write_text("nonsense")
    with pytest.raises(DataError, match="this is no JSON"):
        load_document(tmp_path / "x.json")
    (tmp_path / "x.json").write_text("[1]")
    with pytest.raises(DataError, match="no result of a fewrec command"):
        load_document(tmp_path / "x.json")
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(EmptyData, match="no rows and no slates"):
        load_document(tmp_path / "x.json")
