"""`fewrec graph rules`: the tables say what was mined; wrong relations are named."""

import json

import pytest
from tests.knowledge.rules.test_mining import world

from fewrec.cli import main


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    home = tmp_path_factory.mktemp("films")
    likes, features = world(0, follow=True)
    rows = [
        f"{likes.users.ids[u]},{likes.items.ids[i]}"
        for u, i in zip(likes.user, likes.item, strict=True)
    ]
    (home / "interactions.csv").write_text("user,item\n" + "\n".join(rows) + "\n")
    column = features.attributes.argmax(axis=1).A1
    items = [f"{name},d{n}" for name, n in zip(likes.items.ids, column, strict=True)]
    (home / "items.csv").write_text("item,director\n" + "\n".join(items) + "\n")
    return home


def test_rules_are_told_with_what_they_held(folder, tmp_path, capsys):
    out = tmp_path / "rules.json"
    assert main(["graph", "rules", str(folder), "--json", str(out), "--top", "3"]) == 0
    said = capsys.readouterr().out
    assert "director(a, x), director(b" in said and "without it" in said
    rows = json.loads(out.read_text())["rows"]
    best = next(row for row in rows if not row["value"])
    assert best["sure"] and best["lift"] > 1.5 and best["low"] > best["base"]
    assert best["confidence"] == pytest.approx(best["support"] / best["body"])


def test_a_relation_that_is_not_there_is_named_with_the_nearest(folder, capsys):
    assert main(["graph", "rules", str(folder), "--relation", "directer"]) == 2
    assert "Did you mean 'director'?" in " ".join(capsys.readouterr().err.split())
    assert main(["graph", "rules", str(folder), "--relation", "director"]) == 0


def test_items_of_which_nothing_is_known_have_no_rules(tmp_path, capsys):
    (tmp_path / "interactions.csv").write_text("user,item\nu,a\nu,b\nv,a\n")
    assert main(["graph", "rules", str(tmp_path)]) == 2
    assert "items share no attributes" in " ".join(capsys.readouterr().err.split())
