"""Checks of data folders: what is found, and where."""

import time
from pathlib import Path

import pytest

from fewrec.data.checks import CheckReport, check_folder
from fewrec.data.checks.catalogue import unknown_tokens
from fewrec.data.writing import write_toy

ROWS = "".join(f"u{n % 7},i{n % 12},{1 + (n * n) % 5}\n" for n in range(84))


def check(tmp_path: Path, skip_bad: bool = False, **files: str) -> CheckReport:
    for name, text in files.items():
        suffix = ".toml" if name == "fewrec" else ".csv"
        (tmp_path / f"{name}{suffix}").write_text(text, encoding="utf-8")
    return check_folder(tmp_path, skip_bad=skip_bad)


def problems(report: CheckReport, severity: str) -> list[str]:
    return [finding.problem for finding in report.of(severity)]


def test_a_sound_folder(tmp_path: Path) -> None:
    write_toy(tmp_path / "toy")
    report = check_folder(tmp_path / "toy")
    assert report.ok
    assert report.counts == {
        "users": 30,
        "items": 24,
        "interactions": 270,
        "likes": 150,
        "triples": 0,
        "links": 0,
    }
    assert report.rule == "value >= 1"
    assert report.language is not None
    assert report.language.code == "en"
    assert report.unknown_tokens == 0.0
    assert problems(report, "warning") == []
    assert any("3 items of 24 without interactions" in note for note in problems(report, "note"))


def test_all_faulty_rows_are_listed_with_their_place(tmp_path: Path) -> None:
    report = check(
        tmp_path,
        interactions="user,item,value,timestamp\na,x,bad,1\nb,y,3,1\n,y,3,1\nc,x,4,soon\nd,x\n",
        items="item,title\nx,X\nx,Y\n",
        users="user,age\na,1\n,2\n",
    )
    assert not report.ok
    places = {(f.file.split("/")[-1], f.line, f.column, f.value) for f in report.of("error")}
    assert places == {
        ("interactions.csv", 6, "", "d,x"),
        ("interactions.csv", 4, "user", ""),
        ("interactions.csv", 2, "value", "bad"),
        ("interactions.csv", 5, "timestamp", "soon"),
        ("items.csv", 2, "item", "x"),
        ("users.csv", 3, "user", ""),
    }
    assert all(finding.fix for finding in report.of("error"))


def test_faults_set_aside_are_warnings(tmp_path: Path) -> None:
    report = check(tmp_path, skip_bad=True, interactions="user,item\na,x\n,y\nb,x\n")
    assert report.ok
    assert report.set_aside == {"interactions": 1}
    assert "the id is empty" in problems(report, "warning")
    assert (tmp_path / "quarantine" / "interactions.csv").exists()
    assert (tmp_path / "interactions.csv").read_text() == "user,item\na,x\n,y\nb,x\n"


def test_a_table_that_cannot_be_read_does_not_hide_the_others(tmp_path: Path) -> None:
    report = check(
        tmp_path,
        interactions="user,thing\na,x\n",
        items="item,title\nx,The Sea\n,nothing\n",
        graph="",
        fewrec='lik = "value"\n',
    )
    found = problems(report, "error")
    assert any("unknown key 'lik'" in problem for problem in found)
    assert "the file is empty" in found
    assert "there is no column 'item'" in found
    assert "the id is empty" in found
    assert len(found) == 4
    assert report.counts["items"] == 1


def test_nothing_there(tmp_path: Path) -> None:
    report = check_folder(tmp_path / "nowhere")
    assert problems(report, "error") == ["there is no such folder"]
    report = check(tmp_path, interaction="user,item\n")
    assert problems(report, "error") == ["the folder holds none of the tables"]
    report = check(tmp_path, interactions="user,item\n")
    assert problems(report, "error") == ["there are no items, so nothing to recommend"]


def test_a_rule_that_does_not_fit(tmp_path: Path) -> None:
    report = check(tmp_path, interactions="user,item\na,x\n", fewrec='like = "value >= 4"\n')
    assert "needs a column 'value'" in problems(report, "error")[0]


@pytest.mark.parametrize(
    ("values", "severity", "words"),
    [
        ("5 5 4", "warning", "All rows are likes under the rule `value >= 4`"),
        ("1 2 1", "warning", "No row is a like under the rule `value >= 4`"),
    ],
)
def test_labels_that_teach_nothing(tmp_path: Path, values: str, severity: str, words: str) -> None:
    rows = "".join(f"u{n},i{n},{value}\n" for n, value in enumerate(values.split()))
    report = check(
        tmp_path, interactions=f"user,item,value\n{rows}", fewrec='like = "value >= 4"\n'
    )
    assert any(words in problem for problem in problems(report, severity))
    assert report.ok


def test_one_user_and_one_item(tmp_path: Path) -> None:
    report = check(tmp_path, interactions="user,item\na,x\n")
    assert any("one user only" in problem for problem in problems(report, "warning"))
    assert any("one item only" in problem for problem in problems(report, "warning"))
    assert any("All rows are likes" in problem for problem in problems(report, "note"))


def test_odd_times(tmp_path: Path) -> None:
    ahead = time.time() + 10 * 86400
    report = check(tmp_path, interactions=f"user,item,timestamp\na,x,{ahead}\nb,y,0\n")
    found = problems(report, "warning")
    assert "1 timestamp in the future" in found
    assert "1 timestamp before 1990" in found
    report = check(tmp_path, interactions="user,item,timestamp\na,x,1\nb,y,2\n")
    assert any("taken as an order" in problem for problem in problems(report, "note"))


def test_ids_and_titles_that_are_alike(tmp_path: Path) -> None:
    report = check(
        tmp_path,
        interactions="user,item\nAnn,x\nann ,y\nbo,X\n",
        items="item,title\nx,Heat\ny,Heat\nX,\n",
    )
    warnings = {(f.column, f.value) for f in report.of("warning")}
    assert ("user", "'Ann', 'ann '") in warnings
    assert ("item", "'X', 'x'") in warnings
    assert ("title", "Heat: x, y") in warnings
    assert any("1 item without a title" in problem for problem in problems(report, "note"))


def test_columns_that_tell_the_answers(tmp_path: Path) -> None:
    rows = [line.split(",") for line in ROWS.split()]
    mean = {}
    for item in {row[1] for row in rows}:
        values = [int(row[2]) for row in rows if row[1] == item]
        mean[item] = sum(values) / len(values)
    told = "".join(f"{i},T {i},{m},{(int(i[1:]) * 37) % 11}\n" for i, m in mean.items())
    report = check(
        tmp_path,
        interactions=f"user,item,value\n{ROWS}",
        items=f"item,title,average,price\n{told}",
    )
    leaks = [f for f in report.of("warning") if "follows" in f.problem]
    assert [f.column for f in leaks] == ["average"]
    assert "the mean value of each item (correlation 1.00)" in leaks[0].problem
    assert 'average = "skip"' in leaks[0].fix


def test_another_language(tmp_path: Path) -> None:
    titles = ["红楼梦", "西游记", "水浒传", "三国演义"]
    items = "".join(f"{n},{title}\n" for n, title in enumerate(titles))
    report = check(tmp_path, items=f"item,title\n{items}")
    assert report.language is not None
    assert (report.language.code, report.language.share) == ("zh", 1.0)
    assert report.unknown_tokens is not None
    assert any("The catalogue is in Chinese" in p for p in problems(report, "warning"))


def test_unknown_words_are_counted() -> None:
    assert unknown_tokens(["a good film", "the sea"]) == 0.0
    assert unknown_tokens(["good 🀄"]) == 0.5
    assert unknown_tokens([""]) == 0.0


def test_graph_links_and_strange_files(tmp_path: Path) -> None:
    report = check(
        tmp_path,
        items="item,title\nx,X\ny,Y\n",
        graph="head,relation,tail\nx,is,m.1\n",
        links="item,entity\ny,m.9\n",
        ratings="a,b\n",
    )
    assert "1 link of 1 to an entity that is not in the graph" in problems(report, "warning")
    assert "The graph knows 1 of 2 items" in problems(report, "warning")
    notes = {(f.file, f.problem) for f in report.of("note")}
    assert any(file == "ratings.csv" and "is not read" in problem for file, problem in notes)


def test_links_without_a_graph(tmp_path: Path) -> None:
    report = check(tmp_path, links="item,entity\ny,m.9\n")
    assert any("no graph to find them in" in p for p in problems(report, "warning"))


def test_the_report_as_json(tmp_path: Path) -> None:
    found = check(tmp_path, interactions="user,item\na,\nb,x\n").to_dict()
    assert found["ok"] is False
    assert found["findings"][0] == {
        "severity": "error",
        "table": "interactions",
        "problem": "the id is empty",
        "file": str(tmp_path / "interactions.csv"),
        "line": 2,
        "column": "item",
        "value": "",
        "fix": "Fill it in, or remove the row.",
        "skippable": True,
    }
