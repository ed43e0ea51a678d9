"""Opens a saved model, with what happened since it was fitted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fewrec.cli.output import Run

if TYPE_CHECKING:
    from fewrec.recommender import Recommender


def open_model(run: Run, folder: Path, data: Path | None) -> Recommender:
    """Load a model, and take in a data folder without refitting.

    Args:
        run: Of the command; told what is new in the data.
        folder: Of the model.
        data: A data folder with more users, items, interactions; None for none.

    Returns:
        The model.

    Raises:
        ModelError: There is no model in the folder, or it cannot be read.
        DataError: The data folder cannot be read.
    """
    from fewrec.data.sources import read_folder
    from fewrec.recommender import Recommender

    with run.progress("Opening the model"):
        model = Recommender.load(folder)
        run.data = {"name": model.manifest.data, "fingerprint": model.manifest.fingerprint}
        run.seeds = [model.manifest.seed]
        if data is None:
            return model
        dataset = read_folder(data, alike=model.precedent)
        grown = model.with_data(dataset)
    run.say(f"{data}: {_new(model, grown)}")
    return grown


def _new(before: Recommender, after: Recommender) -> str:
    from fewrec.data.tables import count

    more = {
        "interaction": len(after.known.interactions) - len(before.known.interactions),
        "user": len(after.known.people.users) - len(before.known.people.users),
        "item": len(after.known.catalog) - len(before.known.catalog),
    }
    told = [count(number, f"new {what}") for what, number in more.items() if number]
    return ", ".join(told) or "nothing that the model does not know already"
