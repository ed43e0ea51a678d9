"""The guess about one file: as a table for a person, as plain facts for a script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

    from fewrec.data.guess.plan import FilePlan
    from fewrec.data.guess.roles import Pick

_SURE = ((0.75, "sure"), (0.5, "likely"), (0.0, "unsure"))
_LEFT_OUT = "left out"


def file_table(plan: FilePlan) -> Table:
    """A table of the columns of a file: what each becomes, how sure, and why."""
    from rich.table import Table
    from rich.text import Text

    raw = plan.raw
    title = Text.assemble(
        (raw.name, "bold"),
        f" is taken as {plan.table or 'nothing'}: {plan.verdict.why}\n",
        f"{len(raw):,} rows; {', '.join(raw.form)}",
    )
    table = Table(title=title, title_justify="left", title_style="", box=None, padding=(0, 1))
    for name in ("column", "becomes", "for example", "", "why"):
        table.add_column(name, header_style="dim", overflow="fold")
    for name in plan.profiles:
        pick = plan.picks.get(name)
        table.add_row(
            Text(name),
            Text(becomes(plan, pick), style="dim" if pick is None or not pick.role else "green"),
            Text(_samples(plan, name)),
            Text(how_sure(pick)),
            Text(pick.why if pick else ""),
        )
    return table


def becomes(plan: FilePlan, pick: Pick | None) -> str:
    """What a column becomes, in a few words."""
    if pick is None or not pick.role or pick.role == "quantity":
        return _LEFT_OUT
    if pick.role in ("items", "users"):
        return f"a column of {pick.role}"
    if plan.table in ("items", "users") and pick.role == "skip":
        return "kept, not used"
    return pick.role


def how_sure(pick: Pick | None) -> str:
    """Sure, likely or unsure."""
    if pick is None:
        return ""
    return next(word for least, word in _SURE if pick.sure >= least)


def _samples(plan: FilePlan, name: str, longest: int = 24) -> str:
    cells = [" ".join(cell.split()) for cell in plan.profiles[name].samples]
    return ", ".join(c if len(c) <= longest else c[: longest - 1] + "…" for c in cells)


def file_facts(plan: FilePlan) -> dict[str, Any]:
    """The guess about a file as it stands in ``--json``."""
    picks = {name: plan.picks.get(name) for name in plan.profiles}
    return {
        "file": plan.raw.name,
        "table": plan.table or None,
        "sure": plan.verdict.sure,
        "why": plan.verdict.why,
        "form": list(plan.raw.form),
        "rows": len(plan.raw),
        "columns": [
            {
                "column": name,
                "becomes": becomes(plan, pick),
                "sure": pick.sure if pick else None,
                "why": pick.why if pick else "",
                "samples": list(plan.profiles[name].samples),
            }
            for name, pick in picks.items()
        ],
    }
