"""What `fewrec` says when no command was chosen: the list, the version, the nearest names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fewrec.errors import nearest


def answer_without_command(words: Sequence[str], commands: Mapping[str, tuple[str, str]]) -> int:
    """Print the list of commands (of a group), the version, or what a word may have meant.

    Args:
        words: The command line after ``fewrec``, known not to begin with a command.
        commands: Name -> (module, help), as in ``fewrec.cli.COMMANDS``.

    Returns:
        The exit code: 0 where help or the version was asked for, else 2.
    """
    asked = [word for word in words if word in ("--help", "-h")]
    named = [word for word in words if not word.startswith("-")]
    if not named and "--version" in words:
        return _print_version()
    if not named and (asked or not words):
        return _print_list("", commands)
    group = {n: entry for n, entry in commands.items() if words and n.split()[0] == words[0]}
    if group and len(named) == 1:
        return _print_list(named[0], group)
    return _print_unknown(words, named, group or commands)


def _print_version() -> int:
    from importlib.metadata import version

    from rich.console import Console

    Console().print(f"fewrec {version('fewrec')}", highlight=False)
    return 0


def _print_list(group: str, commands: Mapping[str, tuple[str, str]]) -> int:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    prefix = f"fewrec {group}".strip()
    console.print(f"[bold]Usage:[/] {prefix} COMMAND [OPTIONS] ...\n")
    if not group:
        console.print("Turns a handful of clicks into recommendations with reasons.\n")
    table = Table(box=None, show_header=False, padding=(0, 2))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column()
    for name, (_, help_line) in commands.items():
        table.add_row(name, help_line)
    console.print(table)
    console.print(f"\n`{prefix} COMMAND --help` shows the options of a command.")
    return 0


def _print_unknown(
    words: Sequence[str], named: Sequence[str], commands: Mapping[str, tuple[str, str]]
) -> int:
    from rich.console import Console
    from rich.text import Text

    if named and not words[0].startswith("-"):
        typed = " ".join(named[:2])
        one_word = not any(typed.split()[0] == name.split()[0] for name in commands)
        typed = named[0] if one_word and len(named) > 1 else typed
        message = f"there is no command {typed!r}. {nearest(typed, commands, 'commands')}"
    else:
        message = f"{words[0]!r} stands before a command. Options come after the command's name."
    Console(stderr=True).print(Text.assemble(("error: ", "bold red"), message), soft_wrap=True)
    return 2
