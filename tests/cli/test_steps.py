"""Bars of steps: one after the other, each moved to where its step is."""

from contextlib import contextmanager

from fewrec.cli.output import Run
from fewrec.cli.steps import step_bars


class Watched(Run):
    """A run that notes its bars instead of drawing them."""

    @contextmanager
    def progress(self, what, total=None):
        moves = []
        self.extras.setdefault("bars", []).append((what, total, moves))
        yield lambda steps=1: moves.append(steps)
        moves.append("closed")


def test_each_step_has_a_bar_of_its_own_that_ends_before_the_next():
    run = Watched("fit")
    with step_bars(run) as tell:
        for step, share in (("Read", 0.0), ("Read", 0.5), ("Read", 1.0), ("Fit", 0.25)):
            tell(step, share)
        assert run.extras["bars"][0] == ("Read", 1.0, [0.0, 0.5, 0.5, "closed"])
        assert run.extras["bars"][1] == ("Fit", 1.0, [0.25])
    assert run.extras["bars"][1][2][-1] == "closed"


def test_no_step_has_no_bar():
    run = Watched("fit")
    with step_bars(run):
        pass
    assert "bars" not in run.extras
