"""The Python interface: frames of pandas and polars in, frames out."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

import fewrec
from fewrec.data.toy import toy_world
from fewrec.errors import ConfigError, DataError, MissingColumn, UnknownId

ENCODER = "char-ngrams-128"


def tables(**size: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Interactions and items of the toy world."""
    toy = toy_world(**size)
    rows = toy.interactions
    happened = pl.DataFrame(
        {
            "user": [rows.users.ids[u] for u in rows.user],
            "item": [rows.items.ids[i] for i in rows.item],
            "value": rows.value.astype(float),
            "timestamp": rows.timestamp,
        }
    )
    items = toy.catalog.table.with_columns(item=pl.Series(toy.catalog.items.ids))
    return happened, items


@pytest.fixture(scope="module")
def model() -> fewrec.Model:
    happened, items = tables()
    return fewrec.fit(happened, items, encoder=ENCODER)


def as_pandas(frame: pl.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(frame.to_dict(as_series=False))


def test_polars_in_polars_out(model):
    answer = model.recommend(["u0", "nobody"], k=3)
    assert isinstance(answer, pl.DataFrame)
    assert answer.columns == ["user", "item", "title", "rank", "score"]
    assert answer["user"].to_list() == ["u0"] * 3 + ["nobody"] * 3
    assert answer["rank"].to_list() == [1, 2, 3] * 2
    assert answer["item"][0].startswith("space-")


def test_everybody_at_once(model):
    answer = model.everybody(k=3)
    users = list(model.recommender.known.people.users)
    assert answer.columns == ["user", "item", "title", "rank", "score"]
    one_by_one = model.recommend(users, k=3)
    columns = ["user", "item", "title", "rank"]
    assert answer.select(columns).equals(one_by_one.select(columns))
    best = answer["item"][0]
    assert best not in model.everybody(k=3, rules={"hidden": [best]})["item"].to_list()
    with pytest.raises(ConfigError, match="unknown key 'hiden'"):
        model.everybody(rules={"hiden": []})


def test_pandas_in_pandas_out_and_the_same_answer(model):
    happened, items = tables()
    other = fewrec.fit(as_pandas(happened), as_pandas(items), encoder=ENCODER)
    answer = other.recommend(["u0"], k=5)
    assert isinstance(answer, pd.DataFrame)
    same = model.recommend(["u0"], k=5)
    assert answer["item"].tolist() == same["item"].to_list()
    assert answer["score"].tolist() == pytest.approx(same["score"].to_list(), abs=1e-5)
    fingerprints = {m.recommender.manifest.fingerprint for m in (model, other)}
    assert len(fingerprints) == 1


def test_the_question_says_which_frames_to_answer_with(model):
    assert isinstance(model.recommend(pd.DataFrame({"user": ["u0"]}), k=1), pd.DataFrame)
    assert isinstance(model.recommend(pd.Series(["u0"]), k=1), pd.DataFrame)
    assert isinstance(model.recommend(pl.Series(["u0"]), k=1), pl.DataFrame)


def test_whole_numbers_stay_whole_numbers_through_a_saved_model(tmp_path: Path):
    happened, items = tables()
    numbers = {name: n for n, name in enumerate(items["item"])}
    happened = happened.with_columns(
        pl.col("user").str.slice(1).cast(pl.Int64), pl.col("item").replace_strict(numbers)
    )
    items = items.with_columns(pl.col("item").replace_strict(numbers))
    fewrec.fit(as_pandas(happened), as_pandas(items), encoder=ENCODER).save(tmp_path / "m")
    loaded = fewrec.load(tmp_path / "m", frames="pandas")
    answer = loaded.recommend([0, 3], k=2)
    assert answer["user"].tolist() == [0, 0, 3, 3]
    assert answer["item"].dtype == np.int64
    assert answer.merge(as_pandas(items), on="item")["shelf"].tolist() == ["space"] * 4
    assert loaded.recommend(likes=[0], k=2)["item"].dtype == np.int64


def test_somebody_who_names_things_or_writes(model):
    assert (
        model.recommend(likes=["The kitchen 0", "cooking-1"], k=2)["item"]
        .str.starts_with("cooking")
        .all()
    )
    slate = model.slate(profile="a wedding and a broken heart", k=2)
    assert slate.stage == "profile"
    assert "<table>" in slate._repr_html_()
    assert any(slate.reasons)


def test_likes_of_several_people_are_refused(model):
    with pytest.raises(ConfigError, match="describe one person, but 2 were asked"):
        model.recommend(["u0", "u1"], likes=["space-0"])


def test_score_keeps_the_frame_and_adds_a_column(model):
    pairs = pd.DataFrame(
        {"note": ["a", "b"], "item": ["space-7", "new"], "user": ["u0", "nobody"]}, index=[7, 3]
    )
    scored = model.score(pairs)
    assert scored.columns.tolist() == ["note", "item", "user", "score"]
    assert scored.index.tolist() == [7, 3]
    assert "score" not in pairs.columns
    assert scored["score"].between(0, 1).all()
    polars = model.score(pl.DataFrame(pairs.to_dict("list")))
    assert polars["score"].to_list() == pytest.approx(scored["score"].tolist())


@pytest.mark.parametrize(
    "times",
    [
        pd.Series([0, 270]),
        pd.Series([0.0, np.nan]),
        pd.to_datetime(pd.Series([0, 270]), unit="s"),
        pd.to_datetime(pd.Series([0, 270]), unit="s", utc=True),
        pd.Series(["1970-01-01", "1970-01-01T00:04:30Z"]),
    ],
    ids=["seconds", "missing", "datetime", "zone", "text"],
)
def test_timestamps_of_every_kind_cut_the_evidence(model, times):
    pairs = pd.DataFrame({"user": ["u0", "u0"], "item": ["space-7", "space-7"], "timestamp": times})
    first, second = model.score(pairs)["score"]
    assert first < second


def test_score_needs_its_columns(model):
    with pytest.raises(MissingColumn, match=r"no column 'item'.*'itm'"):
        model.score(pl.DataFrame({"user": ["u0"], "itm": ["a"]}))


def test_explain_says_why_and_why_not(model):
    good = model.explain("space-7", "u0")
    others = model.recommend("u0", k=30).filter(~pl.col("item").str.starts_with("space"))
    bad = model.explain(others["title"][-1], "u0")
    assert good.rank < bad.rank <= bad.of
    assert good.reasons
    assert bad.against
    assert sum(bad.contributions.values()) == pytest.approx(bad.score, abs=1e-5)
    assert f"place {bad.rank}" in str(bad)
    assert "<ul>" in bad._repr_html_()


def test_explain_agrees_with_the_slate(model):
    slate = model.slate("u0", k=5)
    for place, item in enumerate(slate.items):
        told = model.explain(item, "u0")
        assert told.rank == place + 1
        assert told.score == pytest.approx(slate.scores[place], abs=1e-5)
        assert told.reasons == slate.reasons[place]


def test_explain_knows_what_a_person_has_already(model):
    history = model.recommender.histories(["u0"])
    have = model.recommender.known.catalog.items.ids[history.item[0]]
    told = model.explain(have, "u0")
    assert told.seen
    assert told.rank is None
    assert "already known" in str(told)


def test_similar_items_are_of_the_same_shelf(model):
    answer = model.similar("space-0", k=4)
    assert answer.columns == ["item", "title", "rank", "score"]
    assert answer["item"].str.starts_with("space").all()
    assert "space-0" not in answer["item"]


def test_with_data_takes_in_newcomers(model):
    before = model.recommend("fan", k=3)["item"].to_list()
    more = pd.DataFrame({"user": ["fan"] * 3, "item": ["romance-0", "romance-1", "x"], "value": 1})
    items = pd.DataFrame({"item": ["x"], "title": ["The wedding 99"], "shelf": ["romance"]})
    grown = model.with_data(more, items)
    after = grown.recommend("fan", k=3)["item"]
    assert after.str.starts_with("romance").all()
    assert model.recommend("fan", k=3)["item"].to_list() == before
    assert "The wedding 99" in grown.recommend(k=30)["title"]


def test_before_takes_times_as_people_have_them(model):
    seconds = model.recommend("u0", k=20, before=0)
    for same in ("1970-01-01", datetime(1970, 1, 1, tzinfo=UTC), pd.Timestamp(0)):
        assert model.recommend("u0", k=20, before=same).equals(seconds)
    with pytest.raises(ConfigError, match="before='soon' is not a time"):
        model.recommend("u0", before="soon")


def test_only_some_items_may_be_shown(model):
    allowed = ["romance-0", "romance-1", "space-7"]
    answer = model.recommend("nobody", k=9, allowed=allowed, excluded=["romance-1"])
    assert sorted(answer["item"]) == ["romance-0", "space-7"]
    with pytest.raises(UnknownId, match="romance-99"):
        model.recommend("u0", allowed=["romance-99"])


def test_odd_columns_of_pandas_are_read():
    happened = pd.DataFrame(
        {
            "user": pd.Categorical(["a", "a", "b", "b"]),
            "item": pd.array([1, 2, 2, 3], dtype="Int64"),
            "value": pd.array([1, None, 0, 1], dtype="Float64").fillna(1),
            "timestamp": pd.to_datetime(["2024-01-01", None, "2024-01-03", "2024-01-04"]),
        }
    )
    items = pd.DataFrame(
        {
            "title": ["One", None, "Three"],
            "tags": [["x", "y"], None, ["y"]],
            "price": [1.5, np.nan, 3],
            "mixed": [1, "two", None],
            "vector": [np.array([0.0, 1.0]), np.array([1.0, 0.0]), np.array([1.0, 1.0])],
        },
        index=pd.Index([1, 2, 3], name="item"),
    )
    model = fewrec.fit(happened, items, encoder=ENCODER)
    rows = model.recommender.known.interactions
    assert rows.users.ids == ("a", "b")
    assert np.isnan(rows.timestamp).tolist() == [False, True, False, False]
    catalog = model.recommender.known.catalog
    assert catalog.items.ids == ("1", "2", "3")
    assert catalog.titles == ("One", "2", "Three")
    assert catalog.kinds["vector"] == "vector"
    assert catalog.table["price"].to_list() == [1.5, None, 3.0]
    answer = model.recommend("a", k=5)
    assert answer["user"].tolist() == ["a"]
    assert answer["item"].tolist() == [3]


def test_what_is_no_table_is_refused_in_a_sentence():
    with pytest.raises(DataError, match="interactions are of type int"):
        fewrec.fit(3)
    twice = pd.DataFrame([["a", "b", "c"]], columns=["user", "item", "item"])
    with pytest.raises(DataError, match="two columns have the same name"):
        fewrec.fit(twice)


def test_lazy_frames_and_mappings_are_tables_too():
    happened = pl.LazyFrame({"user": ["a", "b", "b"], "item": ["x", "x", "y"]})
    for table in (happened, happened.collect().to_dict(as_series=False)):
        model = fewrec.fit(table, experts=["popularity"])
        assert model.recommend("a")["item"].to_list() == ["y"]


def test_users_without_an_id_are_refused(model):
    with pytest.raises(DataError, match="an id is missing"):
        model.recommend(["u0", None])
    with pytest.raises(MissingColumn, match=r"users: there is no column 'user'.*'usr'"):
        model.recommend(pd.DataFrame({"usr": ["u0"]}))


def test_unknown_experts_are_named():
    with pytest.raises(ConfigError, match=r"'easy' is no expert. Did you mean 'ease'"):
        fewrec.fit({"user": ["a"], "item": ["b"]}, experts=["easy"])


def test_parts_are_settings_as_in_the_toml():
    happened, items = tables()
    experts = ["popularity", "ease"]
    plain = fewrec.fit(happened, items, encoder=ENCODER, experts=experts)
    strict = {"ease": {"regularisation": 50000}, "rehearsal": {"folds": 2}}
    tuned = fewrec.fit(happened, items, encoder=ENCODER, experts=experts, parts=strict)
    first, second = (
        abs(m.recommender.fusion.experts["ease"].weights).max() for m in (plain, tuned)
    )
    assert second < first / 3
    assert tuned.recommender.manifest.parts == strict
    assert plain.recommender.manifest.parts == {}


def test_parts_may_ask_for_experts_besides():
    happened, items = tables()
    asked = {"experts": ["popularity"], "parts": {"tuned_text": True, "tuned-text": {"shots": 8}}}
    model = fewrec.fit(happened, items, encoder=ENCODER, **asked)
    assert {"popularity", "tuned-text"} <= set(model.recommender.fusion.experts)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"esae": {}}, r"unknown key 'esae'. Did you mean 'ease'"),
        ({"ease": {"regularisation": -1}}, r"fit: key 'ease.regularisation': .* greater than 0"),
        ({"seed": 3}, r"'seed' is an argument of its own: fit\(..., seed=...\)"),
        (["ease"], r"parts are of type list"),
    ],
)
def test_parts_that_do_not_fit_are_named(parts, said):
    with pytest.raises(ConfigError, match=said):
        fewrec.fit({"user": ["a"], "item": ["b"]}, parts=parts)


def test_progress_is_told(capsys):
    told = []
    happened, items = tables()
    fewrec.fit(
        happened, items, encoder=ENCODER, experts=["popularity"],
        progress=lambda step, share: told.append((step, share)),
    )  # fmt: skip
    assert {step for step, _ in told} >= {"Reading texts", "Rehearsing cold starts"}
    assert all(0 <= share <= 1 for _, share in told)
    fewrec.fit(happened, items, encoder=ENCODER, experts=["popularity"], progress=True)


def test_evaluate_gives_tables_and_alarms():
    happened, items = tables(per_shelf=14)
    found = fewrec.evaluate(as_pandas(happened), as_pandas(items), protocol="new-users", seeds=1)
    table = found.table
    assert isinstance(table, pd.DataFrame)
    assert {"ranker", "metric", "mean", "k"} <= set(table.columns)
    assert {"hybrid", "popularity", "like-rate", "item-user-mean", "random"} <= set(table["ranker"])
    wide = found.best("ndcg@10")
    assert wide.columns[0] == "ranker"
    assert "k = 5" in wide.columns
    assert wide.set_index("ranker").loc["hybrid", "k = 5"] > 0.6
    assert "new users" in repr(found)
    assert "<table>" in found._repr_html_()


def test_evaluate_knows_its_protocols():
    with pytest.raises(ConfigError, match="new-user"):
        fewrec.evaluate(tables()[0], protocol="new-user")


def test_a_newcomer_is_asked_about_every_shelf(model):
    asked = model.onboarding(3)
    assert asked.columns == ["item", "title", "rank", "known"]
    assert len({item.split("-")[0] for item in asked["item"]}) == 3
    assert (asked["known"] > 0).all()
    first = asked["item"][0]
    later = model.onboarding(50, likes=[first], passed=[asked["item"][1]])
    assert not {first, asked["item"][1]} & set(later["item"])
    with pytest.raises(fewrec.FewrecError, match="k must be at least 1"):
        model.onboarding(0)
