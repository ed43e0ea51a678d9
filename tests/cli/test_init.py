"""`fewrec init` as a person types it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.data.messy import MESSY, Messy

from fewrec.data.sources import read_folder

RATINGS = """Benutzer;Film;Note;Datum
anna;Metropolis;5;03.01.2024
anna;Nosferatu;2;04.01.2024
ben;Metropolis;4;13.01.2024
ben;Der blaue Engel;1;14.01.2024
cleo;Nosferatu;5;20.01.2024
;Metropolis;3;21.01.2024
"""


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    path = tmp_path / "noten.csv"
    path.write_bytes(RATINGS.encode("cp1252"))
    return path


def test_shows_the_guess_and_writes_a_folder(fewrec, ratings: Path, tmp_path: Path) -> None:
    done = fewrec("init", ratings, tmp_path / "data")
    assert done.code == 0
    for shown in (
        "noten.csv is taken as interactions",
        "separator ;",
        "Metropolis, Nosferatu, Der blaue Engel",
        "holds dates, day first",
        "Liked rule: value >= 4 (3 likes, 2 not liked)",
        "note: 1 row set aside: the row names no user",
        f"next: fewrec fit {tmp_path / 'data'} -o MODEL",
    ):
        assert shown in done.out
    assert "Not sure about" not in done.out
    dataset = read_folder(tmp_path / "data")
    assert len(dataset.interactions) == 5
    assert dataset.interactions.rule == "value >= 4"
    quarantine = (tmp_path / "data" / "quarantine" / "interactions.csv").read_text()
    assert "7,Benutzer: the row names no user,noten.csv,,Metropolis,3,21.01.2024" in quarantine


def test_says_what_is_doubtful_with_the_flag(fewrec, tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text(
        "user|item|on\na|x|03/04/2022\na|y|05/04/2022\nb|x|01/05/2022\n"
    )
    done = fewrec("init", tmp_path / "log.txt", tmp_path / "data")
    assert "Not sure about:" in done.out
    assert "If not: --dates month-first" in done.out
    told = fewrec(
        "init", tmp_path / "log.txt", tmp_path / "data", "--dates", "month-first", "--overwrite"
    )
    assert told.code == 0 and "Not sure about" not in told.out


def test_dry_run_writes_nothing(fewrec, ratings: Path, tmp_path: Path) -> None:
    done = fewrec("init", ratings, tmp_path / "data", "--dry-run")
    assert done.code == 0 and "Nothing was written" in done.out
    assert not (tmp_path / "data").exists()


def test_json_and_quiet(fewrec, ratings: Path, tmp_path: Path) -> None:
    told = fewrec("init", ratings, tmp_path / "data", "--json", "-").json
    assert told["tables"] == {"interactions": 5}
    assert (told["like"], told["likes"], told["not_liked"]) == ("value >= 4", 3, 2)
    assert told["set_aside"] == 1 and told["doubts"] == []
    [file] = told["files"]
    assert file["table"] == "interactions" and file["rows"] == 6
    assert [column["becomes"] for column in file["columns"]] == [
        "user",
        "item",
        "value",
        "timestamp",
    ]
    assert file["columns"][0]["samples"] == ["anna", "ben", "cleo"]
    quiet = fewrec("init", ratings, tmp_path / "more", "--quiet")
    assert (quiet.code, quiet.out) == (0, "")
    assert (tmp_path / "more" / "interactions.csv").exists()


def test_every_flag_reaches_the_guess(fewrec, tmp_path: Path) -> None:
    text = "a,b,c,d,e\n1,x,4,view,3\n2,x,0,view,2\n2,y,5,buy,1\n3,y,2,buy,9\n"
    (tmp_path / "f.csv").write_text(text)
    flags = (
        "--user b --item a --value none --timestamp none --session none --title none --text none "
        "--event d --event view=impression --table f.csv=interactions --separator , "
        "--encoding utf-8 --header --decimal . --unrated none --dates day-first --skip-bad"
    )
    done = fewrec("init", tmp_path / "f.csv", tmp_path / "data", *flags.split(), "--json", "-")
    assert done.code == 0
    events = (tmp_path / "data" / "interactions.csv").read_text().splitlines()
    assert events[:3] == ["user,item,event", "x,1,impression", "x,2,impression"]


def test_a_stated_rule_and_kind_are_written(fewrec, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("user,item,rating\na,1,5\na,2,3\nb,1,2\nb,2,4\n")
    (tmp_path / "m.csv").write_text("item,title,floor\n1,Up,3\n2,Big,4\n")
    done = fewrec(
        "init", tmp_path / "r.csv", tmp_path / "m.csv", tmp_path / "data",
        "--like", "value >= 3", "--kind", "floor=category",
    )  # fmt: skip
    assert done.code == 0
    settings = (tmp_path / "data" / "fewrec.toml").read_text()
    assert 'like = "value >= 3"' in settings and 'floor = "category"' in settings


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["{f}"], "is a file. Name the folder to write last"),
        (["{d}"], "There is no file to read"),
        (["{d}", "{d}/x"], "is a folder. Name the files in it"),
        (["{d}/no.csv", "{d}/x"], "there is no such file"),
        (["{f}", "{d}"], "is not empty. Give another folder, or say --overwrite"),
        (["{f}", "{d}", "--overwrite"], "which would be replaced"),
        (["{f}", "{d}/x", "--kind", "a"], "--kind a: write --kind COLUMN=KIND"),
        (["{f}", "{d}/x", "--table", "a"], "--table a: write --table FILE=TABLE"),
        (["{f}", "{d}/x", "--event", "a", "--event", "b"], "--event names two columns: a and b"),
        (["{f}", "{d}/x", "--decimal", ";"], "--decimal ;: say . or ,"),
        (["{f}", "{d}/x", "--user", "Benutzr"], "Did you mean 'Benutzer'?"),
        (["{f}", "{d}/x", "--encoding", "klingon"], "there is no such encoding"),
        (["{f}", "{d}/x", "--item", "none"], "no column of items can be recognised"),
    ],
)
def test_refusals(fewrec, ratings: Path, tmp_path: Path, words: list[str], message: str) -> None:
    done = fewrec("init", *(word.format(f=ratings, d=tmp_path) for word in words))
    assert done.code == 2
    assert message in " ".join(done.err.split())
    assert not (tmp_path / "x").exists()
    assert ratings.exists()


def test_nothing_is_half_written(fewrec, ratings: Path, tmp_path: Path, monkeypatch) -> None:
    target = tmp_path / "data"
    assert fewrec("init", ratings, target).code == 0
    before = {path.name: path.read_bytes() for path in target.iterdir() if path.is_file()}

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("fewrec.data.writing.to_toml", full)
    done = fewrec("init", ratings, target, "--overwrite")
    assert done.code == 2 and "no space left" in done.err
    assert {path.name: path.read_bytes() for path in target.iterdir() if path.is_file()} == before
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".data")]


@pytest.mark.parametrize("case", MESSY, ids=lambda case: case.name)
def test_what_init_writes_reads_back(fewrec, case: Messy, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    done = fewrec("init", *case.write(tmp_path / "in"), tmp_path / "data")
    assert done.code == 0
    dataset = read_folder(tmp_path / "data")
    rows = case.tables["interactions"][0] if "interactions" in case.tables else 0
    assert len(dataset.interactions) <= rows
    assert len(dataset.catalog) > 0
