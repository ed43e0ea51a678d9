"""`fewrec score`: the same rows, and how probable each like is."""

from pathlib import Path

import polars as pl
import pytest

from fewrec.data.writing import write_toy
from fewrec.recommender import Recommender


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("toy")
    dataset = write_toy(place / "toy")
    Recommender.fit(dataset, encoder="char-ngrams-128").save(place / "model")
    return place / "model"


@pytest.fixture
def score(fewrec, model, tmp_path):
    def run(text: str, *words, name="pairs.csv", ok=True):
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        out = tmp_path / "scores.csv"
        done = fewrec("score", model, file, "-o", out, *words)
        assert (done.code == 0) == ok, done.err
        return pl.read_csv(out, infer_schema=False) if ok else done

    return run


def test_rows_order_and_other_columns_stay(score):
    text = 'note,item,user\n"a, ""b""",space-1,u0\n,romance-1,u0\n007,space-1,🎉 x\n'
    table = score(text)
    assert table.columns == ["note", "item", "user", "score"]
    assert table["note"].to_list() == ['a, "b"', None, "007"]
    assert table["user"].to_list() == ["u0", "u0", "🎉 x"]
    scores = table["score"].cast(pl.Float64).to_list()
    assert all(0 <= s <= 1 for s in scores)
    assert scores[0] > scores[2] > scores[1]


def test_what_is_said_about_strangers_and_calibration(fewrec, model, tmp_path):
    (tmp_path / "p.csv").write_text("user,item\nu0,space-7\nnobody,space-7\nu0,nothing\n")
    out = tmp_path / "s.csv"
    done = fewrec("score", model, tmp_path / "p.csv", "-o", out, "--json", tmp_path / "s.json")
    for said in (
        "3 pairs scored",
        "1 pair of users the model does not know",
        "1 pair of items the model does not know",
        "Scores are P(like): calibrated",
    ):
        assert said in done.out
    told = fewrec("score", model, tmp_path / "p.csv", "-o", out, "--json", "-").json["scores"]
    assert told == {
        "file": str(out),
        "pairs": 3,
        "unknown_users": 1,
        "unknown_items": 1,
        "mean": pytest.approx(pl.read_csv(out)["score"].mean()),
        "calibrated": True,
    }


def test_uncalibrated_scores_are_said_to_be(fewrec, tmp_path):
    data = tmp_path / "likes"
    data.mkdir()
    rows = [f"u{u},i{i}" for u in range(8) for i in range(u % 3, u % 3 + 4)]
    (data / "interactions.csv").write_text("\n".join(["user,item", *rows]) + "\n")
    assert fewrec("fit", data, "-o", tmp_path / "m").code == 0
    (tmp_path / "p.csv").write_text("user,item\nu0,i5\n")
    done = fewrec("score", tmp_path / "m", tmp_path / "p.csv", "-o", tmp_path / "s.csv")
    assert "are not calibrated and must not be read as probabilities" in done.out


def test_timestamps_cut_the_evidence_in_any_form(score):
    rows = [("", 1), ("0", 0), ("1970-01-01", 0), ("2024-01-31T12:00:00Z", 1)]
    found = {}
    for text, late in rows:
        table = score(f"user,item,timestamp\nu0,space-7,{text}\n")
        assert table["timestamp"].to_list() == [text or None]
        found.setdefault(late, []).append(float(table["score"][0]))
    assert found[1] == pytest.approx([found[1][0]] * 2)
    assert found[0] == pytest.approx([found[0][0]] * 2)
    assert found[0][0] < found[1][0]


def test_data_since_the_fit_are_evidence(score, tmp_path):
    data = tmp_path / "today"
    data.mkdir()
    rows = [f"fan,romance-{n},1,{2e9 + n:.0f}" for n in range(4)]
    (data / "interactions.csv").write_text("\n".join(["user,item,value,timestamp", *rows]) + "\n")
    (data / "items.csv").write_text("item,title,shelf\nx-1,The wedding 99,romance\n")
    pairs = "user,item\nfan,romance-5\nfan,x-1\nfan,space-1\nfan,romance-0\n"
    before = score(pairs)["score"].cast(pl.Float64)
    after = score(pairs, "--data", data)["score"].cast(pl.Float64)
    assert after[0] > before[0] + 0.1
    assert after[1] > before[1]
    assert after[2] < after[0] - 0.3


def test_no_pairs_are_a_table_without_rows(score):
    assert score("user,item,note\n").columns == ["user", "item", "note", "score"]


@pytest.mark.parametrize("suffix", [".parquet", ".jsonl"])
def test_other_formats(fewrec, model, tmp_path, suffix):
    pairs = pl.DataFrame({"user": ["u0", "u1"], "item": ["space-7"] * 2, "extra": [[1, 2], [3]]})
    file, out = tmp_path / f"p{suffix}", tmp_path / f"s{suffix}"
    pairs.write_parquet(file) if suffix == ".parquet" else pairs.write_ndjson(file)
    assert fewrec("score", model, file, "-o", out).code == 0
    table = pl.read_parquet(out) if suffix == ".parquet" else pl.read_ndjson(out)
    assert table.drop("score").equals(pairs)
    refused = fewrec("score", model, file, "-o", tmp_path / "s.csv")
    assert refused.code == 2
    assert "column 'extra' holds lists, which CSV cannot" in refused.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("usr,item\nu0,a\n", "pairs.csv, line 1: there is no column 'user'. Did you mean 'usr'?"),
        ("user,item\nu0,a\n,b\n", "pairs.csv, line 3, column 'user': the id is empty"),
        ("user,item\nu0,\n", "pairs.csv, line 2, column 'item': the id is empty"),
        (
            "user,item,timestamp\nu0,a,5\nu0,a,soon\nu0,a,6\nu0,b,7\n",
            "pairs.csv, line 3, column 'timestamp': this is not a time (value: 'soon')",
        ),
        ("user,item\nu0,a,b\n", "pairs.csv, line 2"),
        ("user,item,score\nu0,a,1\n", "there is a column 'score' already"),
        ("", "pairs.csv: the file is empty"),
    ],
)
def test_what_is_wrong_with_the_pairs_is_named(score, text, said):
    done = score(text, ok=False)
    assert done.code == 2
    assert said in done.err
    assert "--skip-bad" not in done.err
    assert "data check" not in done.err


def test_a_place_that_is_no_table_is_refused_first(fewrec, model, tmp_path):
    done = fewrec("score", model, tmp_path / "none.csv", "-o", tmp_path / "s.txt")
    assert done.code == 2
    assert "s.txt: the name must end in" in done.err
