"""The whole way on MovieLens 100K: fetch, check, build, fit, evaluate, recommend, report.

Every step is a command that you could type yourself; each is shown before it runs.

    python examples/demo.py --out runs/demo
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from shlex import join

from rich.console import Console
from rich.text import Text

from fewrec.cli import main as fewrec
from fewrec.evaluation.cells import write_json

PEOPLE = (
    ("known-user", ["--user", "196"]),
    ("two-likes", ["--likes", "Toy Story", "--likes", "Babe", "--diversity", "0.7"]),
    ("one-sentence", ["--profile", "I love slow science fiction and hate slapstick"]),
)
"""Somebody who is known, somebody who names two films, somebody who writes one sentence."""

console = Console(highlight=False)


def run(*words: object) -> None:
    """Show one command and run it; a failure ends the demo with the command's exit code."""
    told = [str(word) for word in words]
    shown = told[: told.index("--json")] if "--json" in told else told
    console.print(Text(f"\n$ fewrec {join(shown)}", style="bold green"), soft_wrap=True)
    code = fewrec(told)
    if code:
        sys.exit(code)


def read(file: Path) -> dict:
    """A result as a command wrote it."""
    return json.loads(file.read_text(encoding="utf-8"))


def main() -> None:
    """Run all steps and write summary.json and report.html."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--out", type=Path, default=Path("runs/demo"))
    arguments.add_argument("--seeds", type=int, default=3, help="of the evaluation")
    asked = arguments.parse_args()
    out: Path = asked.out
    data, model = out / "ml-100k", out / "model"

    run("data", "get", "ml-100k", data)
    started = time.perf_counter()
    run("data", "check", data)
    run("graph", "build", data)
    run("fit", data, "-o", model, "--json", out / "fit.json")
    run(
        "evaluate", data, "--protocol", "new-users", "--seeds", asked.seeds,
        "--out", out / "evaluation", "--json", out / "evaluation.json",
    )  # fmt: skip
    for name, words in PEOPLE:
        run("recommend", model, *words, "-k", 8, "--explain", "--json", out / f"{name}.json")

    slates = [slate for name, _ in PEOPLE for slate in read(out / f"{name}.json")["slates"]]
    said = [f"user {PEOPLE[0][1][1]}", "likes Toy Story and Babe", PEOPLE[2][1][1]]
    slates = [{**slate, "name": name} for slate, name in zip(slates, said, strict=True)]
    evaluation = read(out / "evaluation.json")
    summary = {
        **evaluation,
        "command": "demo",
        "arguments": {"out": str(out), "seeds": asked.seeds},
        "seconds": round(time.perf_counter() - started, 1),
        "peak_mb": max(read(out / f"{name}.json")["peak_mb"] for name in ("fit", "evaluation")),
        "slates": slates,
        "reproduce": f"python examples/demo.py --out {out} --seeds {asked.seeds}",
    }
    write_json(out / "summary.json", summary)
    run("report", out / "summary.json", "-o", out / "report.html")
    console.print(
        f"\nDone in {time.perf_counter() - started:.0f} s. In {out}: report.html to look at, "
        "summary.json for scripts, model/ to ask more of, ml-100k/ with the data and their terms. "
        "With your own tables:\n",
        soft_wrap=True,
    )
    for line in ("init yours.csv mydata", "fit mydata -o mymodel", "recommend mymodel --explain"):
        console.print(Text(f"$ fewrec {line}", style="bold green"))


if __name__ == "__main__":
    main()
