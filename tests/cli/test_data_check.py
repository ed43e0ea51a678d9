"""`fewrec data check` and `fewrec data import` as a person types them."""

from pathlib import Path

from fewrec.data.writing import write_toy


def test_a_sound_folder_is_ready(fewrec, tmp_path: Path) -> None:
    write_toy(tmp_path / "toy")
    done = fewrec("data", "check", tmp_path / "toy")
    assert done.code == 0
    assert "toy: 30 users, 24 items, 270 interactions, 150 likes" in done.out
    assert "Liked rule: value >= 1: 150 likes, 120 not liked." in done.out
    assert "Language: English" in done.out
    assert done.out.rstrip().endswith("Ready to fit.")


def test_errors_are_listed_and_end_with_1(fewrec, tmp_path: Path) -> None:
    rows = "".join(f"u{n},x{n},wrong{n}\n" for n in range(40))
    (tmp_path / "interactions.csv").write_text(f"user,item,value\n{rows}a,b,3\n")
    done = fewrec("data", "check", tmp_path)
    assert done.code == 1
    assert "errors (40)" in done.out
    assert "interactions.csv, line 2, value" in done.out
    assert "wrong0" in done.out
    assert "and 10 more" in done.out
    assert "40 errors: correct the rows, or set them aside with --skip-bad." in done.out
    told = fewrec("data", "check", tmp_path, "--json", "-")
    assert told.code == 1
    assert told.json["check"]["ok"] is False
    assert len(told.json["check"]["findings"]) >= 40
    aside = fewrec("data", "check", tmp_path, "--skip-bad")
    assert aside.code == 0
    assert (tmp_path / "quarantine" / "interactions.csv").read_text().count("\n") == 41


def test_a_folder_that_is_not_there(fewrec, tmp_path: Path) -> None:
    done = fewrec("data", "check", tmp_path / "nowhere")
    assert done.code == 1
    assert "there is no such folder" in done.out


def test_import_then_check(fewrec, tmp_path: Path) -> None:
    source = tmp_path / "ml"
    source.mkdir()
    (source / "u.data").write_text("1\t2\t5\t881250949\n2\t3\t1\t881250950\n")
    done = fewrec("data", "import", "movielens", source, tmp_path / "out")
    assert done.code == 0
    assert "Found MovieLens 100K" in done.out
    assert "2 interactions" in done.out
    assert fewrec("data", "check", tmp_path / "out").code == 0
    again = fewrec("data", "import", "movielens", source, tmp_path / "out")
    assert again.code == 2
    assert "is not empty" in again.err


def test_wrong_names(fewrec, tmp_path: Path) -> None:
    done = fewrec("data", "import", "movielense", tmp_path, tmp_path / "out")
    assert done.code == 2
    assert "Did you mean 'movielens'" in done.err
    done = fewrec("data", "import", "movielens", tmp_path / "nowhere", tmp_path / "out")
    assert "there is no such folder" in done.err
