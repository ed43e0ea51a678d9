"""`fewrec rules` as a person types it."""

import json
from pathlib import Path

import pytest

from fewrec.cli import main
from fewrec.data.writing import write_toy


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("rules") / "toy"
    write_toy(made)
    rows = (made / "interactions.csv").read_text().splitlines()
    items = [row.split(",")[1] for row in rows[1:]]
    often = max(set(items), key=items.count)
    with (made / "fewrec.toml").open("a") as settings:
        settings.write(
            f'\n[rules]\nhidden = ["{often}"]\n[rules.at_most]\nshelf = 1\n'
            "[rules.weigh]\nyear = 0.0\n"
            '[model]\nencoder = "char-ngrams-128"\nexperts = ["popularity", "item-knn"]\n'
        )
    return made


def test_every_rule_has_a_cost(folder: Path, tmp_path: Path, capsys) -> None:
    assert main(["rules", str(folder), "--json", str(tmp_path / "r.json")]) == 0
    assert "at_most shelf" in capsys.readouterr().out
    told = json.loads((tmp_path / "r.json").read_text())
    rows = {row["rule"]: row for row in told["rows"]}
    assert set(rows) == {"hidden", "at_most shelf", "weigh year"}
    assert rows["weigh year"]["cost"] == 0.0 and rows["weigh year"]["fired"] is None
    assert rows["at_most shelf"]["cost"] > 0 and rows["at_most shelf"]["fired"] > 0
    for row, gap in zip(told["rows"], told["comparisons"], strict=True):
        assert row["without"] - row["mean"] == pytest.approx(row["cost"])
        assert gap["a"] == f"without {row['rule']}" and gap["difference"] == row["cost"]
    assert told["rules"]["at_most"] == {"shelf": 1}


def test_a_model_that_knows_the_answers_is_said(folder: Path, tmp_path: Path, capsys) -> None:
    assert main(["fit", str(folder), "-o", str(tmp_path / "m"), "--quiet"]) == 0
    words = ["rules", str(folder), "--model", str(tmp_path / "m"), "--json", "-", "-k", "5"]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert "fitted on some of the likes" in told["alarms"][0]
    assert told["rows"][0]["metric"] == "ndcg@5"


def test_a_rule_that_names_nothing_ends_in_a_sentence(folder: Path, tmp_path: Path, capsys) -> None:
    bad = tmp_path / "bad"
    write_toy(bad)
    with (bad / "fewrec.toml").open("a") as settings:
        settings.write('\n[rules.at_most]\nshelv = 1\n[model]\nexperts = ["popularity"]\n')
    assert main(["rules", str(bad)]) == 2
    assert "Did you mean 'shelf'" in capsys.readouterr().err


def test_a_served_home_is_read_with_the_rules_of_its_api(folder: Path, tmp_path, capsys) -> None:
    pytest.importorskip("sqlalchemy", reason="the extra serve is not installed")
    from fewrec.recommender.rules import Rules
    from fewrec.service.exchange import import_folder
    from fewrec.service.house import give_rules
    from fewrec.service.store import Store

    home = tmp_path / "home"
    home.mkdir()
    (home / "fewrec.toml").write_text((folder / "fewrec.toml").read_text())
    store = Store(home / "fewrec.db")
    import_folder(store, folder)
    give_rules(store, Rules(at_most={"shelf": 2}))
    store.close()
    assert main(["rules", str(home), "--json", "-"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [row["rule"] for row in told["rows"]] == ["at_most shelf"]


@pytest.mark.slow
def test_costs_on_real_data(tmp_path: Path, capsys) -> None:
    """MovieLens 100K: hiding what most people like costs much, a light cap on genres little."""
    import shutil
    from collections import Counter

    from fewrec.data.public import public_folder

    made = tmp_path / "ml"
    shutil.copytree(public_folder("ml-100k", progress=False), made)
    rows = [line.split(",") for line in (made / "interactions.csv").read_text().splitlines()]
    place = rows[0].index("item")
    best = [item for item, _ in Counter(row[place] for row in rows[1:]).most_common(30)]
    with (made / "fewrec.toml").open("a") as settings:
        settings.write(
            f"\n[rules]\nhidden = {json.dumps(best)}\nat_most = {{genre = 5}}\n"
            '[model]\nexperts = ["popularity", "item-knn", "ease"]\n'
        )
    assert main(["rules", str(made), "--json", "-", "--people", "200"]) == 0
    found = {row["rule"]: row for row in json.loads(capsys.readouterr().out)["rows"]}
    assert found["hidden"]["cost_low"] > 0 and found["hidden"]["fired"] > 200
    assert abs(found["at_most genre"]["cost"]) < found["hidden"]["cost"]
