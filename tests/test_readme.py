"""The README's lines run as they stand, on tables like a stranger's."""

import re
import shlex
from pathlib import Path

import polars as pl
import pytest

from fewrec.cli import main
from fewrec.data.toy import toy_world

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def tables(tmp_path, monkeypatch):
    """ratings.csv and films.csv of the toy world, with films the README names."""
    world = toy_world()
    rows, catalog = world.interactions, world.catalog
    pl.DataFrame(
        {
            "user": [str(u + 1) for u in rows.user],
            "item": [catalog.items.ids[i] for i in rows.item],
            "value": rows.value,
        }
    ).write_csv(tmp_path / "ratings.csv")
    titles = ["Toy Story", "Aladdin", *catalog.titles[2:]]
    films = catalog.table.with_columns(title=pl.Series(titles))
    films.insert_column(0, pl.Series("item", list(catalog.items))).write_csv(tmp_path / "films.csv")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def block(language: str) -> str:
    (text,) = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    return text


def test_the_ten_lines_of_python_run(tables, capsys):
    code = block("python")
    assert len([line for line in code.splitlines() if line.strip()]) <= 10
    exec(compile(code, "README.md", "exec"), {})
    said = capsys.readouterr().out
    assert "Aladdin" in said
    assert (tables / "mymodel" / "MODEL_CARD.md").is_file()


def test_the_three_commands_run(tables, capsys):
    for line in block("sh").strip().splitlines():
        words = shlex.split(line, comments=True)
        assert words[0] == "fewrec"
        assert main(words[1:]) == 0
    assert "Aladdin" in capsys.readouterr().out


def test_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
