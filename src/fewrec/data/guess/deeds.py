"""Which event the rows of a whole file are, where no column says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from fewrec.data.guess.choices import Choices
from fewrec.data.guess.headers import words
from fewrec.data.guess.opinions import deed_of
from fewrec.data.guess.plan import FilePlan
from fewrec.data.guess.raw import Doubt
from fewrec.errors import ConfigError, nearest

_NAMED = ("view", "click", "cart", "buy", "like", "dislike", "skip", "impression", "play")
_DEFAULT = "play"


def events_of_files(plans: Sequence[FilePlan], choices: Choices) -> dict[str, str]:
    """The event of each interactions file without a column of events; "" for none."""
    files = [plan for plan in plans if plan.table == "interactions"]
    found = {plan.raw.name: choices.events.get(plan.raw.name, "") or _order(plan) for plan in files}
    named = {plan.raw.name: _deed_in_name(plan) for plan in files}
    several = len(files) > 1
    mixed = several and len({bool(plan.column("value")) for plan in files}) > 1
    differ = several and len({deed for deed in named.values() if deed}) > 1
    columns = any(plan.column("event") for plan in files)
    if not (mixed or differ or any(found.values()) or (several and columns)):
        return found
    for plan in files:
        name = plan.raw.name
        if found[name] or plan.column("event"):
            continue
        rated = "rate" if plan.column("value") and not (named[name] == "play") else ""
        found[name] = rated or named[name] or (_DEFAULT if mixed or columns else "")
    return found


def check_told(plans: Sequence[FilePlan], choices: Choices) -> None:
    """Refuse events told for something that is neither a file nor a word for an event.

    Raises:
        ConfigError: There is no such file or word.
    """
    files = {plan.raw.name for plan in plans}
    columns = [cells for plan in plans if (cells := plan.cells("event")) is not None]
    here = {word for cells in columns for word in cells.drop_nulls().unique()}
    for name, event in choices.events.items():
        if name not in files | here:
            told = nearest(name, files | here, "files and words")
            raise ConfigError(f"--event {name}={event}: no file and no event is called so. {told}")


def told_event(plan: FilePlan, event: str, choices: Choices) -> FilePlan:
    """Say which event the rows of a file were taken for."""
    name = plan.raw.name
    if not event or event == "rate" or plan.column("event") or name in choices.events:
        return plan
    if event == _deed_in_name(plan) or _order(plan):
        why = "order lines" if _order(plan) else "name of the file"
        note = f"{name}: every row counts as {event!r} ({why})."
        return replace(plan, raw=plan.raw.saying(note))
    return plan.doubting(Doubt(f"{name}: every row counts as {event!r}", f"--event {name}=click"))


def _order(plan: FilePlan) -> str:
    """Order lines are purchases: they have an order and an amount, and no event of their own."""
    session = plan.column("session")
    deal = session is not None and "buy" in map(deed_of, words(session))
    roles = Counter(pick.role for pick in plan.picks.values())
    bought = roles["quantity"] and (roles["session"] or plan.profiles)
    priced = roles["session"] and any(p.meaning.of("number") > 0.5 for p in plan.profiles.values())
    plain = not roles["event"] and not roles["value"]
    return "buy" if plain and (bought or priced or deal) else ""


def _deed_in_name(plan: FilePlan) -> str:
    tokens = words(plan.raw.name.rsplit(".", 1)[0])
    phrases = [" ".join(tokens[a:b]) for a in range(len(tokens)) for b in range(len(tokens), a, -1)]
    found = [deed for phrase in phrases if (deed := deed_of(phrase))]
    return next((deed for deed in found if deed in _NAMED), "")
