import math

import numpy as np
import pytest

from fewrec.evaluation.experiment import Outcome
from fewrec.evaluation.rows import metric_row, select
from fewrec.evaluation.table import CHOSEN, chosen_single, comparisons, list_rows, tally


def outcome(ranker, values, seed=0, users=None, **keys):
    values = np.asarray(values, dtype=np.float64)
    names = users or tuple(f"u{n}" for n in range(len(values)))
    return Outcome(
        {"ranker": ranker, "data": "toy", **keys},
        seed,
        names,
        {"ndcg@10": values},
        {"coverage": 0.1 + seed / 10, "overlap": math.nan},
        {"overlap": "fewer than two test people"},
    )


def test_a_row_has_the_keys_of_the_contract_in_their_order():
    rows = list_rows([outcome("x", [0.2, 0.4], n=5, k=3, segment="new_users")])
    assert list(rows[0]) == [
        *("ranker", "data", "n", "k", "segment"),
        *("metric", "mean", "sd", "per_seed", "low", "high", "users"),
    ]
    assert rows[0]["mean"] == pytest.approx(0.3)
    assert rows[0]["sd"] is None
    assert rows[0]["users"] == 2


def test_seeds_are_averaged_and_people_counted_once():
    rows = list_rows(
        [outcome("x", [0.2, 0.4], 0), outcome("x", [0.8], 1, ("u0",)), outcome("y", [0.1, 0.1])]
    )
    found = select(rows, ranker="x", metric="ndcg@10")[0]
    assert found["per_seed"] == pytest.approx([0.3, 0.8])
    assert found["mean"] == pytest.approx(0.55)
    assert found["sd"] == pytest.approx(np.std([0.3, 0.8], ddof=1))
    assert found["users"] == 2
    shown = select(rows, ranker="x", metric="coverage")[0]
    assert shown["mean"] == pytest.approx(0.15)
    assert shown["low"] is None


def test_the_undefined_is_null_with_its_reason():
    row = select(list_rows([outcome("x", [0.2])]), metric="overlap")[0]
    assert row["mean"] is None
    assert row["per_seed"] == [None]
    assert row["reason"] == "fewer than two test people"
    assert metric_row({}, "auc", [math.nan])["reason"] == "undefined on this data"


def test_a_difference_that_holds_for_everybody_is_seen():
    base = np.linspace(0, 0.8, 50)
    rows = comparisons(
        [outcome("hybrid", base + 0.1), outcome("popularity", base)], ["popularity", "missing"]
    )
    assert len(rows) == 1
    row = rows[0]
    assert (row["a"], row["b"], row["metric"]) == ("hybrid", "popularity", "ndcg@10")
    assert row["difference"] == pytest.approx(0.1)
    assert row["verdict"] == row["verdict_holm"] == "a"
    assert "ranker" not in row


def test_only_the_same_seeds_are_compared():
    a = [outcome("hybrid", [0.5, 0.5], 0), outcome("hybrid", [0.9, 0.9], 1)]
    b = [outcome("popularity", [0.4, 0.4], 0)]
    assert comparisons(a + b, ["popularity"])[0]["difference"] == pytest.approx(0.1)


def test_many_cells_need_stronger_evidence(random):
    one, two = [], []
    for k in range(40):
        base = random.random(30)
        lead = 0.012 if k else 0.5
        one.append(outcome("hybrid", base + random.normal(lead, 0.03, 30), k=k))
        two.append(outcome("popularity", base, k=k))
    rows = comparisons(one + two, ["popularity"])
    raw = sum(r["verdict"] == "a" for r in rows)
    corrected = sum(r["verdict_holm"] == "a" for r in rows)
    assert 1 <= corrected < raw
    assert all(r["p_holm"] >= r["p"] for r in rows)
    counts = tally(rows)
    assert counts["won"] == corrected
    assert counts["won"] + counts["tied"] + counts["lost"] == 40


def test_the_chosen_single_ranker_is_a_row_of_its_own():
    outcomes = [outcome("ease", [0.4, 0.2], k=1), outcome("ials", [0.5, 0.1], k=1)]
    chosen = chosen_single(outcomes, "ials")
    assert [o.cell for o in chosen] == [{"ranker": CHOSEN, "data": "toy", "k": 1}]
    assert chosen[0].per_user["ndcg@10"].tolist() == [0.5, 0.1]
