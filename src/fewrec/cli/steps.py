"""A progress bar for each step of a long command, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from fewrec.cli.output import Run


@contextmanager
def step_bars(run: Run) -> Iterator[Callable[[str, float], None]]:
    """Show a bar for the step that is going on.

    Args:
        run: Of the command.

    Yields:
        A function that is told the name of a step and the share done of it, in [0, 1].
    """
    with ExitStack() as open_bar:
        now: dict[str, Callable[..., None]] = {}
        done = 0.0

        def tell(step: str, share: float) -> None:
            nonlocal done
            if step not in now:
                open_bar.close()
                now.clear()
                now[step] = open_bar.enter_context(run.progress(step, total=1.0))
                done = 0.0
            now[step](share - done)
            done = share

        yield tell
