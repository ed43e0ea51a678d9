"""The search: Optuna proposes settings, folds judge them, weak ones are given up early.

Source: tree-structured Parzen estimators, Bergstra et al. (2011), "Algorithms for Hyper-Parameter
Optimization"; early stopping below the median, Golovin et al. (2017), "Google Vizier", 3.2.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fewrec import __version__
from fewrec.errors import ConfigError, EmptyData, MissingExtra
from fewrec.evaluation.tuning.space import Knob, Space, Value
from fewrec.seeding import generator

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial, Trial

STUDY = "study.db"
"""File of the search in its folder."""

NAME = "tune"

FIRST_DRAWN = 8
"""So many trials are drawn at random before what they showed guides the others."""

TURNED = 0.3
"""Chance of each setting to leave its default in a trial drawn at random: all at once would hide
what one of them does, and the default is a good place to start from."""

TELLING = 8
"""Importance is told of at least so many trials that were judged to the end."""

JUDGED_BEFORE = 4
"""A trial is given up below the median only after so many were judged to the end."""

Judged = Callable[[dict[str, Value], int], float]
"""The value of some settings on a fold of that number."""


@dataclass(frozen=True)
class Attempt:
    """One trial.

    Attributes:
        number: Place in the search, from 0, which is the default.
        state: ``complete``, ``pruned`` (given up) or ``stopped`` (interrupted, tried again later).
        value: Mean over the folds that were judged; None without any.
        folds: How many were.
        values: What was tried, by name of the knob.
        seconds: How long it took; None where that is not known.
    """

    number: int
    state: str
    value: float | None
    folds: int
    values: dict[str, Value]
    seconds: float | None


@dataclass(frozen=True)
class Search:
    """A search that may be stopped and taken up again.

    Attributes:
        space: What is searched.
        folds: Number of folds of a trial.
        study: Optuna's record of it.
        seed: Of all proposals.
    """

    space: Space
    folds: int
    study: Study
    seed: int

    @classmethod
    def open(cls, folder: Path, space: Space, folds: int, seed: int, **facts: object) -> Search:
        """Begin a search in a folder, or take up the one that is there.

        Args:
            folder: Where its file is.
            space: What is searched.
            folds: Number of folds of a trial.
            seed: Of all proposals.
            **facts: What else values depend on: data, protocol.

        Raises:
            ConfigError: The folder holds a search over something else, or a broken file.
            MissingExtra: Optuna is not installed.
        """
        needs_optuna()
        import optuna
        from sqlalchemy.exc import SQLAlchemyError

        file = folder / STUDY
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        try:
            study = optuna.create_study(
                storage=f"sqlite:///{file.absolute()}",
                study_name=NAME,
                direction="maximize",
                load_if_exists=True,
                pruner=optuna.pruners.MedianPruner(n_startup_trials=JUDGED_BEFORE),
            )
        except (SQLAlchemyError, RuntimeError) as fault:
            raise ConfigError(
                f"{file}: this is no search that can be taken up. Move it away, or name another "
                "folder with --out."
            ) from fault
        key = _key(space, seed=seed, folds=folds, version=__version__, **facts)
        if study.user_attrs.setdefault("key", key) != key:
            raise ConfigError(
                f"{folder} holds a search over other data, settings or parts, or by another "
                "version. Name another folder with --out, or move that one away."
            )
        study.set_user_attr("key", key)
        return cls(space, folds, study, seed)

    def run(
        self,
        judged: Judged,
        *,
        seconds: float,
        trials: int | None = None,
        tell: Callable[[Sequence[Attempt], float], None] = lambda attempts, share: None,
    ) -> list[Attempt]:
        """Try settings until time or trials are used up; the default is always tried to its end.

        Args:
            judged: Judges.
            seconds: Time for all of it; a trial that exceeds it is left to the next run.
            trials: Number of trials that are judged or given up, earlier runs included.
            tell: Told all attempts and the share of time that is over, after each fold.

        Returns:
            All attempts, earlier runs included.
        """
        from optuna.trial import TrialState

        began = time.monotonic()
        self._take_up()
        while trials is None or len(self._finished()) < trials:
            spent = time.monotonic() - began
            finished = self._finished()
            if finished and spent >= seconds:
                break
            self._propose(len(finished))
            trial = self.study.ask()
            values = _suggested(trial, self.space.knobs)
            found: list[float] = []
            for fold in range(self.folds):
                if finished and time.monotonic() - began >= seconds:
                    return self.attempts()
                found.append(_number(judged(values, fold)))
                trial.report(sum(found) / len(found), fold)
                tell(self.attempts(), min(1.0, (time.monotonic() - began) / max(seconds, 1e-9)))
                if fold + 1 < self.folds and trial.should_prune():
                    self.study.tell(trial, state=TrialState.PRUNED)
                    break
            else:
                self.study.tell(trial, sum(found) / len(found))
        return self.attempts()

    def attempts(self) -> list[Attempt]:
        """All trials so far that were begun."""
        return [_attempt(one) for one in self.study.get_trials(deepcopy=False) if one.params]

    def best(self) -> Attempt | None:
        """The best that was judged to the end; the earliest of several."""
        complete = [one for one in self.attempts() if one.state == "complete"]
        return max(complete, key=lambda one: one.value or 0.0, default=None)

    def importance(self) -> dict[str, float]:
        """How much of what separates good trials from others each knob explains; sums to 1.

        Source: Watanabe, Bansal, Hutter (2023), "PED-ANOVA". Empty with too few trials.
        """
        import optuna

        complete = [one for one in self.attempts() if one.state == "complete"]
        if len(complete) < TELLING or len({one.value for one in complete}) < 2:
            return {}
        with _quiet():
            found = optuna.importance.get_param_importances(
                self.study, evaluator=optuna.importance.PedAnovaImportanceEvaluator()
            )
        return {name: float(share) for name, share in found.items() if math.isfinite(share)}

    def _take_up(self) -> None:
        """Queue the default, and again what was interrupted."""
        from optuna.trial import TrialState

        for one in self.study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
            self.study.tell(one.number, state=TrialState.FAIL)
            if len(one.params) == len(self.space.knobs) and one.params != self.space.defaults:
                self.study.enqueue_trial(one.params)
        queued = self.study.get_trials(deepcopy=False, states=(TrialState.WAITING,))
        if not self._finished() and not queued:
            self.study.enqueue_trial(self.space.defaults)

    def _finished(self) -> list[FrozenTrial]:
        from optuna.trial import TrialState

        states = (TrialState.COMPLETE, TrialState.PRUNED)
        return self.study.get_trials(deepcopy=False, states=states)

    def _propose(self, finished: int) -> None:
        """Queue a trial drawn around the default, or have the next one guided by the others."""
        from optuna.trial import TrialState

        self.study.sampler = self._sampler(finished)
        waiting = self.study.get_trials(deepcopy=False, states=(TrialState.WAITING,))
        if finished <= FIRST_DRAWN and not waiting:
            random = generator(self.seed, "tune", "drawn", finished)
            self.study.enqueue_trial(_drawn(self.space.knobs, random))

    def _sampler(self, finished: int) -> Any:  # noqa: ANN401 (Optuna's own type loads late)
        """Proposes the next trial; the same one however often the search was taken up."""
        import optuna

        seed = int(generator(self.seed, "tune", finished).integers(2**31))
        with _quiet():
            return optuna.samplers.TPESampler(
                seed=seed, n_startup_trials=0, multivariate=True, constant_liar=False
            )


def needs_optuna() -> None:
    """Refuse to begin where Optuna is not installed.

    Raises:
        MissingExtra: It is not.
    """
    try:
        import optuna  # noqa: F401
    except ImportError as fault:
        raise MissingExtra("optuna", "tune", "Searching for settings") from fault


def _key(space: Space, **facts: object) -> str:
    """Changes with everything that values depend on, as far as it can be known."""
    base = space.base.model_dump(mode="json", exclude_unset=True)
    told = {**facts, "knobs": [repr(knob) for knob in space.knobs], "base": base}
    told["experts"] = space.names
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _drawn(knobs: Sequence[Knob], random: np.random.Generator) -> dict[str, Value]:
    """The default with some settings drawn anew over their ranges; at least one."""
    turned = random.random(len(knobs)) < TURNED
    turned[random.integers(len(knobs))] = True
    values: dict[str, Value] = {}
    for knob, other, u in zip(knobs, turned, random.random(len(knobs)), strict=True):
        if not other:
            values[knob.name] = knob.default
        elif knob.switch:
            values[knob.name] = not knob.default
        else:
            low, high = (
                (math.log(knob.low), math.log(knob.high)) if knob.log else (knob.low, knob.high)
            )
            at = low + u * (high - low)
            drawn = min(max(math.exp(at) if knob.log else at, knob.low), knob.high)
            values[knob.name] = round(drawn) if knob.whole else float(drawn)
    return values


def _suggested(trial: Trial, knobs: Sequence[Knob]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for knob in knobs:
        if knob.switch:
            values[knob.name] = trial.suggest_categorical(knob.name, [True, False])
        elif knob.whole:
            low, high = int(knob.low), int(knob.high)
            values[knob.name] = trial.suggest_int(knob.name, low, high, log=knob.log)
        else:
            values[knob.name] = trial.suggest_float(knob.name, knob.low, knob.high, log=knob.log)
    return values


def _number(value: float) -> float:
    if math.isnan(value):
        raise EmptyData(
            "nobody whom the search asks about likes anything in the part that is held out",
            fix="Bring more interactions, or search by the other protocol (time, new-users).",
        )
    return value


def _attempt(one: FrozenTrial) -> Attempt:
    known = {"COMPLETE": "complete", "PRUNED": "pruned"}
    reported = one.intermediate_values
    value = one.value if one.value is not None else reported[max(reported)] if reported else None
    seconds = one.duration.total_seconds() if one.duration else None
    state = known.get(one.state.name, "stopped")
    return Attempt(one.number, state, value, len(reported), dict(one.params), seconds)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without Optuna's warnings that something may change in later versions."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
