"""`fewrec recommend`: slates for one person and for a table of them."""

import json
from pathlib import Path

import polars as pl
import pytest

from fewrec.data.writing import write_toy
from fewrec.recommender import Recommender


@pytest.fixture(scope="module")
def toy(tmp_path_factory) -> tuple[Path, Path]:
    """A data folder and a model of it."""
    place = tmp_path_factory.mktemp("toy")
    dataset = write_toy(place / "toy")
    Recommender.fit(dataset, encoder="char-ngrams-128").save(place / "model")
    return place / "toy", place / "model"


@pytest.fixture
def recommend(fewrec, toy):
    def run(*words, ok=True):
        done = fewrec("recommend", toy[1], *words)
        assert (done.code == 0) == ok, done.err
        return done

    return run


def items(done) -> list[str]:
    (slate,) = done.json["slates"]
    return [row["item"] for row in slate["items"]]


def test_a_known_user(recommend):
    done = recommend("--user", "u0", "-k", 2, "--json", "-")
    (slate,) = done.json["slates"]
    assert slate["user"] == "u0"
    assert slate["stage"] == "warm"
    assert [row["rank"] for row in slate["items"]] == [1, 2]
    assert all(row["item"].startswith("space") for row in slate["items"])
    assert set(slate["items"][0]) == {
        "item", "title", "rank", "score", "reasons", "contributions", "paths",
    }  # fmt: skip
    assert done.json["data"]["name"] == "toy"
    assert "space" in done.err
    assert "For user u0" in done.err


def test_reasons_and_contributions_are_there_where_asked_for(recommend):
    done = recommend("--user", "u0", "--explain", "--json", "-")
    for row in done.json["slates"][0]["items"]:
        assert sum(row["contributions"].values()) == pytest.approx(row["score"], abs=1e-4)
    assert done.json["slates"][0]["items"][0]["reasons"]
    shown = recommend("--user", "u0", "-k", 1, "--explain").out
    assert "Liked by" in shown
    assert "who liked what +" in shown


def test_items_are_named_by_id_title_or_loosely(recommend):
    by = [items(recommend("--likes", name, "--json", "-"))
          for name in ("space-0", "The starship 0", "the STARSHIP 0 (1990)")]  # fmt: skip
    assert by[0] == by[1] == by[2]
    assert all(item.startswith("space") for item in by[0][:5])
    assert "space-0" not in by[0]


def test_likes_and_dislikes_repeat(recommend):
    words = ("--likes", "space-0", "--likes", "cooking-1", "--dislikes", "romance-1", "-k", 24)
    found = items(recommend(*words, "--json", "-"))
    assert len(found) == 21
    assert not {"space-0", "cooking-1", "romance-1"} & set(found)
    assert {item.split("-")[0] for item in found[:4]} == {"space", "cooking"}
    said = recommend(*words).out
    assert "who likes space-0 and cooking-1 and dislikes romance-1" in said
    assert "only 21 of 24 items may be shown" in said


def test_unknown_and_ambiguous_titles_are_named(recommend, fewrec, tmp_path):
    unknown = recommend("--likes", "The starship", ok=False)
    assert unknown.code == 2
    assert "Did you mean 'The starship 4', 'The starship 0'" in unknown.err
    data = tmp_path / "twins"
    data.mkdir()
    (data / "items.csv").write_text("item,title\n7,Heat\n8,Heat\n9,Ice\n")
    assert fewrec("fit", data, "-o", tmp_path / "m").code == 0
    twins = fewrec("recommend", tmp_path / "m", "--likes", "heat")
    assert twins.code == 2
    assert "'7' (Heat), '8' (Heat)" in twins.err
    assert fewrec("recommend", tmp_path / "m", "--likes", "8", "-k", 2).code == 0


def test_somebody_who_writes_and_somebody_who_says_nothing(recommend):
    told = recommend("--profile", "a wedding, please", "-k", 3, "--json", "-").json["slates"][0]
    assert told["stage"] == "profile"
    stranger = recommend("-k", 3, "--json", "-").json["slates"][0]
    assert (stranger["user"], stranger["stage"]) == (None, "popular")
    unknown = recommend("--user", "nobody", "-k", 3)
    assert "user 'nobody' is not known; answered as somebody new." in unknown.out


def test_never_what_somebody_has_already_unless_asked_for(recommend, toy):
    seen = pl.read_csv(toy[0] / "interactions.csv").filter(pl.col("user") == "u0")
    mine = set(seen["item"])
    assert not mine & set(items(recommend("--user", "u0", "-k", 24, "--json", "-")))
    again = items(recommend("--user", "u0", "-k", 24, "--include-seen", "--json", "-"))
    assert mine <= set(again)
    liked = set(seen.filter(pl.col("value") == 1)["item"])
    assert liked <= set(again[:8])


def test_only_what_was_known_before(recommend, toy):
    when = pl.read_csv(toy[0] / "interactions.csv").filter(pl.col("user") == "u3")
    first = when["timestamp"].min()
    assert recommend("--user", "u3", "--before", first, "--json", "-").json["slates"][0][
        "stage"] == "people"  # fmt: skip
    assert recommend("--user", "u3", "--before", first + 1, "--json", "-").json["slates"][0][
        "stage"] == "few"  # fmt: skip
    late = recommend("--user", "u3", "--before", "2024-05-01T10:00:00+02:00", "--json", "-")
    assert items(late) == items(recommend("--user", "u3", "--json", "-"))


@pytest.mark.parametrize("time", ["yesterday", "1e15", "nan", "31/01/2024"])
def test_what_is_no_time_is_refused(recommend, time):
    done = recommend("--user", "u3", "--before", time, ok=False)
    assert done.code == 2
    assert f"--before {time}: this is not a time" in done.err


def test_diversity_varies_the_slate(recommend):
    plain = items(recommend("--likes", "space-0", "-k", 6, "--json", "-"))
    varied = items(recommend("--likes", "space-0", "-k", 6, "--diversity", 0.9, "--json", "-"))
    shelves = [len({item.split("-")[0] for item in found}) for found in (plain, varied)]
    assert shelves[0] < shelves[1]
    done = recommend("--diversity", 1.5, ok=False)
    assert done.code == 2
    assert "diversity" in done.err


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
def test_everybody_in_a_table(recommend, tmp_path, suffix):
    asked, out = tmp_path / f"users{suffix}", tmp_path / f"out/recs{suffix}"
    users = pl.DataFrame({"age": [3, 4, 5, 6], "user": ["u4", "nobody", "u0", "u4"]})
    write = {".csv": users.write_csv, ".parquet": users.write_parquet, ".jsonl": users.write_ndjson}
    read = {".csv": pl.read_csv, ".parquet": pl.read_parquet, ".jsonl": pl.read_ndjson}
    write[suffix](asked)
    done = recommend("--users", asked, "-k", 3, "-o", out)
    answer = read[suffix](out)
    assert answer.columns == ["user", "item", "rank", "score"]
    assert answer["user"].to_list() == ["u4"] * 3 + ["nobody"] * 3 + ["u0"] * 3
    assert answer["rank"].to_list() == [1, 2, 3] * 3
    one = items(recommend("--user", "u0", "-k", 3, "--json", "-"))
    assert answer.filter(pl.col("user") == "u0")["item"].to_list() == one
    for said in (
        "9 recommendations for 3 users",
        "1 user not known to the model",
        "each user is answered once; 1 row with users of rows above",
        "not 'age'",
    ):
        assert said in done.out


@pytest.mark.parametrize("options", [(), ("--diversity", "0.3"), ("--include-seen",)])
def test_everybody_whom_the_model_knows(recommend, toy, tmp_path, options):
    out, told = tmp_path / "recs.csv", tmp_path / "told.json"
    done = recommend("--all-users", "-k", 3, "-o", out, *options)
    answer = pl.read_csv(out)
    users = Recommender.load(toy[1]).known.people.users
    assert answer["user"].unique(maintain_order=True).to_list() == list(users)
    assert f"{3 * len(users)} recommendations for {len(users)} users, saved in" in done.out
    recommend("--all-users", "-k", 3, "--json", told, *options)
    slates = json.loads(told.read_text())["slates"]
    rows = [(slate["user"], row["item"], row["rank"]) for slate in slates for row in slate["items"]]
    assert answer.select("user", "item", "rank").rows() == rows
    scores = [row["score"] for slate in slates for row in slate["items"]]
    assert answer["score"].to_list() == pytest.approx(scores, abs=1e-5)


def test_a_table_of_profiles(recommend, tmp_path):
    (tmp_path / "u.csv").write_text("user,profile\na,I love baking\nb,\n")
    slates = recommend("--users", tmp_path / "u.csv", "--json", "-").json["slates"]
    assert [slate["stage"] for slate in slates] == ["profile", "popular"]


def test_an_empty_table_of_users_is_answered_with_an_empty_table(recommend, tmp_path):
    (tmp_path / "u.csv").write_text("user\n")
    recommend("--users", tmp_path / "u.csv", "-o", tmp_path / "r.csv")
    assert (tmp_path / "r.csv").read_text() == "user,item,rank,score\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--users", "u.csv", "--user", "u0", "-o", "r.csv"], "Use one of the two"),
        (["--users", "u.csv"], "add -o recs.csv or --json FILE"),
        (["--all-users", "--user", "u0", "-o", "r.csv"], "Use one of the two"),
        (["--all-users", "--users", "u.csv", "-o", "r.csv"], "for those in a table. Use one"),
        (["--all-users"], "--all-users needs a place for the answers"),
        (["--all-users", "-o", "r.txt"], "r.txt: the name must end in one of .csv"),
        (["-o", "r.csv"], "--out is for the answers to --users"),
        (["--users", "u.csv", "-o", "r.txt"], "r.txt: the name must end in one of .csv"),
        (["--users", "u.txt", "-o", "r.csv"], "u.txt: the name must end in one of .csv"),
        (["--users", "none.csv", "-o", "r.csv"], "none.csv: no such file"),
        (["--users", "bad.csv", "-o", "r.csv"], "bad.csv, line 1: there is no column 'user'"),
        (["--users", "gap.csv", "-o", "r.csv"], "gap.csv, line 3, column 'user': the id is empty"),
        (["-k", "0"], "-k"),
        (["--data", "nowhere"], "nowhere: there is no such folder"),
    ],
)
def test_contradictions_and_bad_files_are_named(recommend, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    Path("u.csv").write_text("user\nu0\n")
    Path("u.txt").write_text("user\nu0\n")
    Path("bad.csv").write_text("usr\nu0\n")
    Path("gap.csv").write_text("user,profile\nu0,x\n,y\n")
    done = recommend(*words, ok=False)
    assert done.code == 2
    assert said in done.err
    assert not Path("r.csv").exists()


def test_data_since_the_fit(recommend, tmp_path):
    data = tmp_path / "today"
    data.mkdir()
    rows = [f"fan,romance-{n},1" for n in (0, 1, 2)]
    (data / "interactions.csv").write_text("\n".join(["user,item,value", *rows]) + "\n")
    (data / "items.csv").write_text("item,title,shelf\nx-1,The wedding 99,romance\n")
    done = recommend("--user", "fan", "--data", data, "-k", 5)
    assert "3 new interactions, 1 new user, 1 new item" in done.out
    (slate,) = recommend("--user", "fan", "--data", data, "-k", 6, "--json", "-").json["slates"]
    assert slate["stage"] == "few"
    assert all("romance" in row["item"] or row["item"] == "x-1" for row in slate["items"][:4])
    assert "The wedding 99" in [row["title"] for row in slate["items"]]


def test_the_fitted_data_again_are_nothing_new(recommend, toy):
    done = recommend("--user", "u0", "--data", toy[0], "-k", 3, "--json", "-")
    assert items(done) == items(recommend("--user", "u0", "-k", 3, "--json", "-"))
    assert "nothing that the model does not know already" in done.err


def test_json_goes_to_a_file_beside_the_words(recommend, tmp_path):
    done = recommend("--user", "u0", "--json", tmp_path / "a" / "s.json")
    assert "For user u0" in done.out
    assert json.loads((tmp_path / "a" / "s.json").read_text())["slates"]
