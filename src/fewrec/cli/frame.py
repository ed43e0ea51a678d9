"""Makes a typer command of a command module, and runs it with one way of treating errors."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

from fewrec.cli.output import Run, check_json_target, show_error
from fewrec.errors import FewrecError

JsonFile = Annotated[
    str | None,
    typer.Option(
        "--json",
        metavar="FILE",
        help="Write the results as JSON; `-` is standard output, and nothing else goes there.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]


def run_command(name: str, module: str, words: Sequence[str]) -> int:
    """Run one command.

    Args:
        name: Its words, for example ``data get``.
        module: Its module in ``fewrec.cli``.
        words: The command line after its name.

    Returns:
        The exit code.
    """
    try:
        app = typer_app(name, importlib.import_module(f"fewrec.cli.{module}").command)
        app(args=list(words), prog_name=f"fewrec {name}")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except (FewrecError, KeyboardInterrupt) as error:
        return show_error(error) or 1
    return 0


def typer_app(name: str, function: Callable[..., None]) -> typer.Typer:
    """Wrap a command function, whose first parameter is a ``Run``, as a typer application.

    Args:
        name: The command's words.
        function: The ``command`` of a command module.

    Returns:
        An application with the function's own parameters plus ``--json`` and ``--quiet``.
    """
    app = typer.Typer(
        add_completion=False,
        rich_markup_mode="markdown",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    app.command(name.split()[-1])(_framed(name, function))
    return app


def _framed(name: str, function: Callable[..., None]) -> Callable[..., None]:
    def framed(*, json_file: str | None, quiet: bool, **arguments: Any) -> None:  # noqa: ANN401
        try:
            check_json_target(json_file)
            run = Run(name, arguments=arguments, json_file=json_file, quiet=quiet)
            function(run, **arguments)
            run.finish()
        except (Exception, KeyboardInterrupt) as error:
            if isinstance(error, BrokenPipeError) or type(error).__module__.startswith("typer"):
                raise
            code = show_error(error)
            if code is None:
                raise
            raise typer.Exit(code) from error

    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        *own,
        inspect.Parameter("json_file", keyword, annotation=JsonFile, default=None),
        inspect.Parameter("quiet", keyword, annotation=Quiet, default=False),
    ]
    setattr(framed, "__signature__", inspect.Signature(parameters))  # noqa: B010 (mypy refuses the plain form)
    framed.__annotations__ = {p.name: p.annotation for p in parameters}
    framed.__doc__ = inspect.getdoc(function)
    return framed
