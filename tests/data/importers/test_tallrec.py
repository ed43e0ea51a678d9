"""TALLRec's prompts."""

import json
from pathlib import Path

import numpy as np
import pytest

from fewrec.data.importers import IMPORTERS
from fewrec.data.sources import read_folder
from fewrec.data.splits import time_split
from fewrec.errors import BadValue, EmptyData


def prompt(liked: str, disliked: str, target: str, answer: str, **more: object):
    return {
        "instruction": "...",
        "input": f"User Preference: {liked}\nUser Unpreference: {disliked}\n"
        f"Whether the user will like the target movie {target}?",
        "output": answer,
        **more,
    }


def import_tallrec(tmp_path: Path, **parts: object):
    source = tmp_path / "in"
    source.mkdir(exist_ok=True)
    for name, prompts in parts.items():
        text = prompts if isinstance(prompts, str) else json.dumps(prompts)
        (source / f"{name.replace('__', '.')}.json").write_text(text)
    return IMPORTERS["tallrec"](source, tmp_path / "out")


def test_a_prompt_is_a_user_with_a_history_and_a_target(tmp_path: Path) -> None:
    first = prompt('"Heat (1995)", "Paris, Texas (1984)"', '"Dave (1993)"', '"Jaws"', "Yes.")
    report = import_tallrec(
        tmp_path, train__part0=[first], test=[prompt("", '"Jaws"', '"Heat (1995)"', "No.", user=7)]
    )
    assert report.rows == {"interactions": 6, "items": 4, "users": 2}
    data = read_folder(tmp_path / "out")
    rows = data.interactions
    assert data.people.users.ids == ("train-0", "test-0")
    titles = [data.catalog.titles[item] for item in rows.item[:4]]
    assert titles == ["Heat (1995)", "Paris, Texas (1984)", "Dave (1993)", "Jaws"]
    assert rows.label.tolist() == [1, 1, 0, 1, 0, 0]
    assert rows.timestamp.tolist() == [0, 0, 0, 1, 0, 1]
    assert data.people.attributes == ((), ())
    assert "person" in (tmp_path / "out" / "users.csv").read_text()


def test_books_have_authors(tmp_path: Path) -> None:
    book = prompt(
        '"It" written by Stephen King, "Emma" written by Jane Austen', "", '"Ulysses"', "No."
    )
    book["input"] = book["input"].replace("movie", "book")
    import_tallrec(tmp_path, train=[book])
    table = read_folder(tmp_path / "out").catalog.table
    assert table["author"].to_list() == [["Stephen King"], ["Jane Austen"], None]


def test_a_comma_that_ends_a_title_parts_nothing(tmp_path: Path) -> None:
    book = prompt('"How to Live," written by A, B, "Emma","x, y"', "", '"It,"', "No.")
    import_tallrec(tmp_path, train=[book])
    titles = list(read_folder(tmp_path / "out").catalog.titles)
    assert titles == ["How to Live,", "Emma", "x, y", "It,"]


def test_the_published_prompts(shared_data: Path, tmp_path: Path) -> None:
    report = IMPORTERS["tallrec"](shared_data / "tallrec-movie-ml100k", tmp_path / "out")
    assert report.rows["users"] == 10_000
    assert report.rows["interactions"] == 110_000
    data = read_folder(tmp_path / "out")
    test = [n for n, user in enumerate(data.people.users) if user.startswith("test-")]
    targets = data.interactions.where(data.interactions.timestamp == 1)
    asked = targets.where(np.isin(targets.user, test))
    assert len(asked) == 1000
    rows = json.loads((shared_data / "tallrec-movie-ml100k" / "test.json").read_text())
    assert asked.label.tolist() == [float(row["output"] == "Yes.") for row in rows]
    split = time_split(data.interactions, 0.09)
    assert len(split.test) == len(targets)
    assert set(split.train.timestamp) == {0.0}


def test_faults(tmp_path: Path) -> None:
    with pytest.raises(EmptyData, match=r"there is no train\.json"):
        import_tallrec(tmp_path)
    good = prompt('"A"', '"B"', '"C"', "Yes.")
    with pytest.raises(BadValue, match=r"train\.json, prompt 2, column 'output': the answer"):
        import_tallrec(tmp_path, train=[good, good | {"output": "Maybe"}])
    with pytest.raises(BadValue, match=r"prompt 1, column 'input': the prompt has another form"):
        import_tallrec(tmp_path, train=[good | {"input": "Hello"}])
    with pytest.raises(BadValue, match="a title stands without quotes"):
        import_tallrec(tmp_path, train=[prompt("A", "", '"C"', "Yes.")])
    with pytest.raises(BadValue, match="this is not JSON"):
        import_tallrec(tmp_path, train="{")
