"""docs/cli.md describes every command and every option, and nothing that does not exist."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
import typer

from fewrec.cli import COMMANDS
from fewrec.cli.frame import typer_app

PAGE = (Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")
COMMON = {"--json", "--quiet", "-q", "--help", "-h"}


def sections() -> dict[str, str]:
    """Text below each heading ``### `fewrec COMMAND ...` ``, by command."""
    found = {}
    for part in re.split(r"^### ", PAGE, flags=re.MULTILINE)[1:]:
        words = re.match(r"`fewrec ([a-z -]+)", part)
        assert words, f"a heading that names no command: {part.splitlines()[0]}"
        found[words.group(1).strip()] = part
    return found


def parameters(name: str) -> list:
    module = importlib.import_module(f"fewrec.cli.{COMMANDS[name][0]}")
    return typer.main.get_command(typer_app(name, module.command)).params


def flags(name: str) -> set[str]:
    options = [one for one in parameters(name) if one.param_type_name == "option"]
    return {flag for one in options for flag in (*one.opts, *one.secondary_opts)} - COMMON


def test_commands_are_described_in_their_order() -> None:
    assert list(sections()) == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_flag_of_a_command_is_described_and_no_other(name: str) -> None:
    written = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", sections().get(name, ""))) - COMMON
    assert flags(name) - written == set(), "not in docs/cli.md"
    assert {flag for flag in written if flag.startswith("--")} - flags(name) == set(), "no option"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_argument_stands_in_the_heading(name: str) -> None:
    heading = sections().get(name, "").splitlines()[0]
    for one in parameters(name):
        if one.param_type_name == "argument":
            assert (one.metavar or one.name).upper().strip("[]. ") in heading.upper()


@pytest.mark.parametrize("flag", ["--json FILE", "--quiet", "-q", "--help", "-h"])
def test_the_common_options_are_described_once(flag: str) -> None:
    head = PAGE.partition("## JSON")[0]
    assert f"`{flag}`" in head
