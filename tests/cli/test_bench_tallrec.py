"""`fewrec bench tallrec` as a person types it."""

import json
from pathlib import Path

import pytest
from tests.evaluation.prompts import prompts, write_catalogue, write_prompts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_prompts(tmp_path / "films", prompts(40, seed=0), prompts(12, seed=1))


def test_it_writes_rows_and_comparisons(folder: Path, tmp_path: Path, fewrec) -> None:
    films = write_catalogue(tmp_path / "films.json")
    done = fewrec(
        "bench", "tallrec", "--data", folder, "--catalogue", films, "--shots", "2, 4",
        "--seeds", "2", "--json", tmp_path / "out.json",
    )  # fmt: skip
    assert done.code == 0, done.err
    told = json.loads((tmp_path / "out.json").read_text())
    aucs = [row for row in told["rows"] if row["metric"] == "auc"]
    assert {row["shots"] for row in aucs} == {2, 4}
    names = {row["ranker"] for row in aucs}
    assert {"popularity", "like-rate", "item-user-mean", "memory", "two-tower", "hybrid"} <= names
    assert all(len(row["per_seed"]) == 2 for row in aucs)
    assert {row["a"] for row in told["comparisons"]} == {"hybrid"}
    assert told["reproduce"].endswith(f"--seeds 2 --catalogue {films}")
    assert told["data"]["name"] == "tallrec-films"


def test_a_reader_more_stands_alone_and_in_hybrid_lm(folder: Path, fewrec) -> None:
    words = ("bench", "tallrec", "--data", folder, "--shots", "4", "--seeds", "1")
    done = fewrec(*words, "--with", "memory", "--ablation", "--json", "-")
    assert done.code == 0, done.err
    names = {row["ranker"] for row in done.json["rows"]}
    assert {"hybrid+lm", "hybrid without item-quality", "hybrid without memory"} <= names


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--shots", "8,no"), "shots must be numbers above 0, not '8,no'"),
        (("--shots", "0"), "shots must be numbers above 0"),
        (("--shots", "²"), "shots must be numbers above 0"),
        (("--shots", "8,41"), "41 labelled rows are wanted, the pool has 40. Ask for fewer"),
        (("--with", "memori"), "Did you mean 'memory'"),
        (("--catalogue", "nowhere.json"), "there is no such file"),
    ],
)
def test_faults_end_in_a_sentence(folder: Path, fewrec, words, said) -> None:
    done = fewrec("bench", "tallrec", "--data", folder, "--seeds", "1", *words)
    assert done.code == 2
    assert said in done.err.replace("\n", " ")
    assert "Traceback" not in done.err


def test_a_folder_without_prompts_ends_in_a_sentence(tmp_path: Path, fewrec) -> None:
    done = fewrec("bench", "tallrec", "--data", tmp_path)
    assert done.code == 2
    assert "Give the folder that holds TALLRec's prompts" in done.err.replace("\n", " ")
