"""fewrec.toml: what it may say, and how wrong keys are told."""

from pathlib import Path

import pytest

from fewrec.data.liked import EVENT_WEIGHTS
from fewrec.data.settings import DataSettings, read_settings
from fewrec.errors import ConfigError


def read(tmp_path: Path, text: str) -> DataSettings:
    path = tmp_path / "fewrec.toml"
    path.write_text(text, encoding="utf-8")
    return read_settings(path)


def test_everything_at_once(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """
        name = "shop"
        like = "value >= 4"
        separator = ";"
        [columns]
        user = "customer"
        item = "sku"
        [columns.items]
        item = "id"
        title = "name"
        [events]
        share = 2.5
        [items]
        price = "number"
        [users]
        about = "profile"
        [model]
        anything = 1
        """,
    )
    assert found.names("interactions") == {"user": "customer", "item": "sku"}
    assert found.names("items") == {"item": "id", "title": "name"}
    assert found.events == {"share": 2.5}
    assert found.model == {"anything": 1}


def test_no_file_is_the_default(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "fewrec.toml") == DataSettings()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('lik = "value >= 4"', r"fewrec\.toml: unknown key 'lik'. Did you mean 'like'"),
        ("like = 4", r"fewrec\.toml: key 'like': Input should be a valid string"),
        ('[items]\ntags = "lists"', r"key 'items\.tags' cannot be 'lists'. Did you mean 'list'"),
        ('[columns]\nusr = "x"', r"key 'columns': 'usr' is not known. Did you mean 'user'"),
        ('[columns.itms]\nitem = "x"', r"'itms' is not known. Did you mean 'items'"),
        ('[columns.links]\nuser = "x"', r"'user' is not known. Known standard columns of links"),
        ('[users]\nage = "numbr"', r"key 'users': 'numbr' is not known. Did you mean 'number'"),
        ('[events]\nbuy = "much"', r"key 'events\.buy': Input should be a valid number"),
        ("like = \n", r"fewrec\.toml: this is not valid TOML: .*line 1"),
    ],
)
def test_wrong_settings_name_file_and_key(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read(tmp_path, text)


def test_another_encoding(tmp_path: Path) -> None:
    (tmp_path / "fewrec.toml").write_bytes('name = "café"'.encode("latin-1"))
    with pytest.raises(ConfigError, match="the file is not UTF-8"):
        read_settings(tmp_path / "fewrec.toml")


def test_the_settings_shown_in_the_documentation(tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "data-folder.md"
    shown = page.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    found = read(tmp_path, shown)
    assert set(found.model_dump(exclude_defaults=True)) == set(DataSettings.model_fields) - {
        "rules",
        "model",
        "service",
    }


def test_the_weights_shown_in_the_documentation() -> None:
    page = Path(__file__).parents[2] / "docs" / "data-folder.md"
    lines = page.read_text(encoding="utf-8").splitlines()
    head = next(n for n, line in enumerate(lines) if "| buy |" in line)
    names, weights = ([c.strip() for c in lines[n].split("|")[1:-1]] for n in (head, head + 2))
    shown = {
        n: float(w.split(",")[0].replace("−", "-")) for n, w in zip(names, weights, strict=True)
    }
    assert shown == EVENT_WEIGHTS
