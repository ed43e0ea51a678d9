"""What one kill of a server showed, and rows of many."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Trial:
    """One kill, and what was found afterwards.

    Attributes:
        trial: Its number, from 1.
        moment: What the server did.
        seconds: From the first event to the kill.
        restart_seconds: Until the server listens again.
        orphans: Processes that went on fitting when it was gone.
        acknowledged: Events that were answered.
        found: Of all events sent, those in the store after the restart.
        lost: Acknowledged ones that are not.
        torn: Batches of which a part is there.
        counted_twice: Events beyond those sent, after all batches were sent once more.
        not_learned: Items of acknowledged events that the next slate shows as new.
        leftovers: Drafts of models that stayed.
        slates_lost: Answered slates that were not noted; the last fraction of a second may be.
        sound: Whether the database passes its own check.
    """

    trial: int
    moment: str
    seconds: float
    restart_seconds: float
    orphans: int
    acknowledged: int
    found: int
    lost: int
    torn: int
    counted_twice: int
    not_learned: int
    leftovers: int
    slates_lost: int
    sound: bool

    @property
    def kept(self) -> bool:
        """Whether everything that is promised was kept."""
        broken = self.lost, self.torn, self.counted_twice, self.not_learned
        return self.sound and not any((*broken, self.orphans, self.leftovers))


METRICS = (
    "acknowledged",
    "lost",
    "torn",
    "counted_twice",
    "not_learned",
    "orphans",
    "leftovers",
    "slates_lost",
    "restart_seconds",
)


def trial_rows(trials: list[Trial]) -> list[dict[str, object]]:
    """Flat rows: each metric of each moment, its mean and the trials' values."""
    rows: list[dict[str, object]] = []
    for moment in dict.fromkeys(trial.moment for trial in trials):
        mine = [trial for trial in trials if trial.moment == moment]
        for metric in METRICS:
            values = [float(getattr(trial, metric)) for trial in mine]
            mean = sum(values) / len(values)
            rows.append({"moment": moment, "metric": metric, "mean": mean, "per_trial": values})
    return rows
