"""The command line, one small file per command.

How to add a command
--------------------
1. Write ``cli/<name>.py`` (``cli/data_get.py`` for ``fewrec data get``) with one function::

       def command(
           run: Run,                                              # from fewrec.cli.output
           folder: Annotated[Path, typer.Argument(help="...")],
           seed: Annotated[int, typer.Option(help="...")] = 0,
       ) -> None:
           \"\"\"Help text of the command; the first sentence stands in `fewrec --help`.\"\"\"
           from fewrec.data.sources import read_folder            # heavy imports: in here

           with run.progress("Reading", total=3) as advance:
               advance()
           run.say("one line for a person")                       # or any rich renderable
           run.seeds, run.data = [seed], {"name": ..., "fingerprint": ...}
           run.rows.append({...})                                 # goes into --json
           run.extras["slates"] = [...]                           # further keys of --json

2. Add its line to ``COMMANDS`` below, in the order a person meets the commands.
3. Describe every flag in ``docs/cli.md``; a test compares the two.

``--json FILE`` and ``--quiet`` are added to every command by the frame (``cli/frame.py``), which
also turns a ``FewrecError`` into one red sentence and exit code 2, Ctrl-C into 130. A command
therefore never catches errors for display, never prints, and never exits by itself.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

COMMANDS: dict[str, tuple[str, str]] = {
    # words on the command line: (module in fewrec.cli, one line of help)
    "init": ("init", "Turn your own files into a data folder, and show the guess."),
    "data get": ("data_get", "Fetch a public data set as a data folder."),
    "data import": ("data_import", "Turn a downloaded data set into a data folder."),
    "data check": ("data_check", "Say what is wrong or doubtful in a data folder, row by row."),
    "labels suggest": ("labels_suggest", "Choose the rows that are most worth a label."),
    "labels check": ("labels_check", "List the labels that look wrong."),
    "graph build": ("graph_build", "Make a knowledge graph of what a data folder holds."),
    "graph link": ("graph_link", "Link items to the entities of a graph."),
    "graph import": ("graph_import", "Add a graph from elsewhere, and links of items to it."),
    "graph show": ("graph_show", "Show what the graph says about an item."),
    "graph report": ("graph_report", "Say what the graph covers and what in it looks wrong."),
    "graph rules": ("graph_rules", "Mine Horn rules from likes and from what items are."),
    "fit": ("fit", "Fit a model on a data folder."),
    "recommend": ("recommend", "Recommend items to somebody, with reasons."),
    "score": ("score", "Say how probable it is that people like items."),
    "evaluate": ("evaluate", "Say how good every ranker is on data it has not seen."),
    "tune": ("tune", "Search for better settings of a fit, and check them."),
    "rules": ("rules", "Say what each business rule costs, and how often it fires."),
    "bench curve": ("bench_curve", "Measure what a few people and a few clicks are worth."),
    "bench tallrec": ("bench_tallrec", "Measure what K labelled rows are worth."),
    "bench labels": ("bench_labels", "Measure wrong labels, chosen ones, and finding wrong ones."),
    "bench text": ("bench_text", "Measure what the words of a catalogue add."),
    "bench pairs": ("bench_pairs", "Measure P(like), with people and items warm and cold."),
    "bench warm": ("bench_warm", "Measure lists for people of whom much is known."),
    "bench retrieval": ("bench_retrieval", "Measure finding a liked item, given another one."),
    "bench sessions": ("bench_sessions", "Measure what comes next in a visit."),
    "bench funnel": ("bench_funnel", "Measure what people buy, from views and carts."),
    "bench graph": ("bench_graph", "Measure what the knowledge graph adds."),
    "bench graph-repair": (
        "bench_graph_repair",
        "Measure how many hidden links are found, and wrong ones flagged.",
    ),
    "bench graph-extraction": (
        "bench_graph_extraction",
        "Measure what titles and texts tell of an item's relations.",
    ),
    "bench graph-growth": ("bench_graph_growth", "Measure graphs as they grow."),
    "bench paths": ("bench_paths", "Measure how often the graph explains a recommendation."),
    "bench rules": ("bench_rules", "Measure what rules mined from the knowledge add."),
    "bench links": ("bench_links", "Measure which hidden triples of a graph are found."),
    "bench friends": ("bench_friends", "Measure which hidden links between people are found."),
    "bench graph-training": (
        "bench_graph_training",
        "Measure training on graphs of growing size.",
    ),
    "bench kgcn": ("bench_kgcn", "Measure pairs as KGCN's authors split them, without the leak."),
    "bench bandit": ("bench_bandit", "Measure what learning from every reaction is worth."),
    "bench loop": ("bench_loop", "Replay events from an empty store, a slate before each like."),
    "bench onboarding": (
        "bench_onboarding",
        "Measure what a few questions to somebody new are worth.",
    ),
    "bench serve": ("bench_serve", "Measure the service: slates a second, latency, memory."),
    "bench speed": ("bench_speed", "Measure seconds and memory of every step."),
    "bench speed-peers": ("bench_speed_peers", "Measure speed beside other libraries."),
    "bench growth": ("bench_growth", "Measure models as catalogues grow."),
    "bench graph-import": (
        "bench_graph_import",
        "Measure importing and linking.",
    ),
    "bench faults": ("bench_faults", "Kill the service under load and count what it lost."),
    "serve": ("serve", "Serve recommendations over HTTP; every event counts at once."),
    "report": ("report", "Make one page of a result, with figures, tables and examples."),
    "assets list": ("assets_list", "List pretrained models and public data, and which are here."),
    "doctor": (
        "doctor",
        "Show versions, threads, caches, space, and what more could be installed.",
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; importing is left to the command chosen.

    Args:
        arguments: The words after ``fewrec``; those of the process where None.

    Returns:
        0 on success, 2 on a usage or data error, 130 after Ctrl-C.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    name = _chosen(words)
    if name is None:
        from fewrec.cli.listing import answer_without_command

        return answer_without_command(words, COMMANDS)
    from fewrec.cli.frame import run_command

    return run_command(name, COMMANDS[name][0], words[len(name.split()) :])


def _chosen(words: list[str]) -> str | None:
    """Longest command that the words begin with."""
    for length in (2, 1):
        name = " ".join(words[:length])
        if len(words) >= length and name in COMMANDS:
            return name
    return None
