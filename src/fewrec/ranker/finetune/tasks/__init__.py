"""What a head is trained to answer: one file a task, all of them in ``TASKS``."""

from __future__ import annotations

from collections.abc import Callable

from fewrec.errors import ConfigError, nearest
from fewrec.ranker.finetune.tasks.next_item import NextItem
from fewrec.ranker.finetune.tasks.preference import Preference
from fewrec.ranker.finetune.tasks.rating import Rating
from fewrec.ranker.finetune.tasks.task import Examples, Task

__all__ = ["TASKS", "Examples", "NextItem", "Preference", "Rating", "Task", "task_named"]

TASKS: dict[str, Callable[[], Task]] = {
    "ranking": Preference,
    "rating": Rating,
    "click": lambda: Preference("bce", ("bce", "bpr")),
    "next-item": NextItem,
}
"""By the name a setting gives."""


def task_named(name: str, loss: str = "") -> Task:
    """A task by name.

    Args:
        name: One of ``TASKS``.
        loss: One of the task's losses; its first where "".

    Raises:
        ConfigError: There is no such task, or the task has no such loss.
    """
    if name not in TASKS:
        raise ConfigError(f"there is no task {name!r}. {nearest(name, TASKS, 'tasks')}")
    task = TASKS[name]()
    if not loss or loss == task.loss:
        return task
    if loss not in task.losses:
        raise ConfigError(
            f"the task {name!r} has no loss {loss!r}. {nearest(loss, task.losses, 'losses')}"
        )
    return task.with_loss(loss)
