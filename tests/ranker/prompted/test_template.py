"""Templates are files; what does not hold is named."""

from importlib import resources

import pytest

from fewrec.errors import ConfigError
from fewrec.ranker.prompted.template import template

GOOD = (resources.files("fewrec.ranker.prompted") / "templates" / "likes.toml").read_text()


def test_templates_of_the_library_hold():
    for file in (resources.files("fewrec.ranker.prompted") / "templates").iterdir():
        assert template(file.name.removesuffix(".toml")).version >= 1


def test_a_file_of_ones_own_is_read(tmp_path):
    file = tmp_path / "books.toml"
    file.write_text(GOOD.replace("Will they like", "Will they read"))
    own = template(str(file))
    assert own.name == "books"
    assert own.question.startswith("Will they read")
    assert own.answers == ("Yes", "No")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("version = 1", "version = 0", "the key 'version' holds 0"),
        ("version = 1", "version = ", "this is not valid TOML"),
        ("between", "betwen", "unknown key 'betwen'. Did you mean 'between'"),
        ('yes = "Yes"\n', "", "the key 'yes' is missing"),
        ('no = "No"', "no = 3", "the key 'no' holds 3"),
        ("{item}", "it", "'question' must hold {item} once"),
        ("{item}", "{item} {item}", "'question' must hold {item} once"),
        ("{item}", "{item.__class__}", "'question' must hold {item} once"),
    ],
)
def test_what_does_not_hold_is_named(tmp_path, old, new, problem):
    file = tmp_path / "own.toml"
    file.write_text(GOOD.replace(old, new))
    with pytest.raises(ConfigError) as raised:
        template(str(file))
    assert problem in str(raised.value)


def test_an_unknown_template_is_refused():
    with pytest.raises(ConfigError, match="Did you mean 'likes'"):
        template("like")
