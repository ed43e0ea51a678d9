"""What all commands share: help, JSON, quiet, errors, exit codes, speed."""

from __future__ import annotations

import errno
import importlib
import inspect
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Annotated

import numpy as np
import pytest
import typer

from fewrec.cli import COMMANDS
from fewrec.cli.frame import run_command, typer_app
from fewrec.cli.output import Run, peak_mb, plain, progress_bar
from fewrec.errors import BadValue

FEWREC = Path(sys.executable).with_name("fewrec")


def probe(
    run: Run,
    thing: Annotated[str, typer.Argument(help="What to do.")] = "nothing",
    steps: Annotated[int, typer.Option(help="How often.")] = 1,
) -> None:
    """Do one of the things a command may do."""
    run.say(f"doing [red]{thing}[/] {steps} times")
    run.seeds, run.data = [7], {"name": "toy", "fingerprint": "f"}
    run.rows.append({"metric": "auc", "mean": np.float32("nan"), "per_seed": np.array([0.5])})
    if thing == "bad":
        raise BadValue("no number", file="a.csv", line=3, column="value", value="[x]", fix="Mend.")
    if thing == "interrupt":
        raise KeyboardInterrupt
    if thing == "full":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "model.bin")
    if thing == "bug":
        raise ZeroDivisionError("a bug")
    if thing == "warn":
        run.warn("recall is 1.0")


@pytest.fixture
def run_probe(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    module = ModuleType("fewrec.cli.probe")
    module.command = probe
    monkeypatch.setitem(sys.modules, "fewrec.cli.probe", module)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str) -> tuple[int, str, str]:
        code = run_command("probe", "probe", words)
        return code, *capsys.readouterr()

    return run


def test_words_for_a_person_go_to_standard_output_untouched(run_probe) -> None:
    assert run_probe() == (0, "doing [red]nothing[/] 1 times\n", "")


def test_json_on_standard_output_stands_there_alone(run_probe) -> None:
    code, out, err = run_probe("nothing", "--steps", "3", "--json", "-")
    said = json.loads(out)
    assert code == 0 and "3 times" in err
    assert list(said)[:11] == [
        *("schema", "command", "arguments", "versions", "data", "seeds", "seconds", "peak_mb"),
        *("rows", "comparisons", "alarms"),
    ]
    assert said["command"] == "probe"
    assert said["arguments"] == {"thing": "nothing", "steps": 3}
    assert said["data"] == {"name": "toy", "fingerprint": "f"}
    assert said["rows"][0]["mean"] is None and said["rows"][0]["reason"]
    assert said["rows"][0]["per_seed"] == [0.5]
    assert said["versions"]["fewrec"] and 0 < said["peak_mb"] < 1e5


def test_json_file_is_written_whole_and_parents_made(run_probe, tmp_path: Path) -> None:
    target = tmp_path / "new" / "out.json"
    assert run_probe("warn", "--json", str(target))[0] == 0
    assert json.loads(target.read_text())["alarms"] == ["recall is 1.0"]
    assert [path.name for path in target.parent.iterdir()] == ["out.json"]


def test_json_into_a_folder_is_refused_before_the_work(run_probe, tmp_path: Path) -> None:
    code, out, err = run_probe("--json", str(tmp_path))
    assert code == 2 and out == "" and "this is a folder. Name a file in it" in err


def test_a_failed_run_leaves_the_old_json(run_probe, tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    target.write_text("old")
    assert run_probe("bad", "--json", str(target))[0] == 2
    assert target.read_text() == "old"


def test_quiet_says_nothing_but_errors(run_probe) -> None:
    assert run_probe("warn", "--quiet") == (0, "", "")
    code, out, err = run_probe("bad", "-q")
    assert (code, out) == (2, "") and err.startswith("error: ")


@pytest.mark.parametrize(
    ("thing", "code", "sentence"),
    [
        ("bad", 2, "error: a.csv, line 3, column 'value': no number (value: '[x]'). Mend.\n"),
        ("interrupt", 130, "error: interrupted; the last complete state stands\n"),
        (
            "full",
            2,
            "error: model.bin: no space left on device. Free some space and run the command "
            "again.\n",
        ),
    ],
)
def test_a_foreseen_error_is_one_sentence(run_probe, thing: str, code: int, sentence: str) -> None:
    found, _, err = run_probe(thing)
    assert (found, err) == (code, sentence)


def test_a_bug_shows_its_traceback(run_probe) -> None:
    with pytest.raises(ZeroDivisionError, match="a bug"):
        run_probe("bug")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--step", "2"), "--steps"),
        (("--steps", "two"), "Invalid value for '--steps'"),
        (("a", "b"), "b"),
    ],
)
def test_wrong_usage_names_what_is_wrong(run_probe, words, expected: str) -> None:
    code, _, err = run_probe(*words)
    assert code == 2 and expected in err


def test_help_of_a_command_shows_its_options_and_those_of_all(run_probe) -> None:
    code, out, _ = run_probe("--help")
    assert code == 0
    for expected in ("Do one of the things", "--steps", "How often.", "--json", "--quiet"):
        assert expected in out


@pytest.mark.parametrize("words", [(), ("--help",), ("-h",)])
def test_the_list_of_commands(fewrec, words) -> None:
    done = fewrec(*words)
    assert done.code == 0
    assert all(name in done.out for name in COMMANDS)


def test_the_version(fewrec) -> None:
    done = fewrec("--version")
    assert (done.code, done.out) == (0, f"fewrec {importlib.import_module('fewrec').__version__}\n")


def test_a_group_lists_its_commands(fewrec) -> None:
    done = fewrec("data", "--help")
    assert done.code == 0 and "data get" in done.out and "doctor" not in done.out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("docter",), "there is no command 'docter'. Did you mean 'doctor'?"),
        (("data", "gte"), "there is no command 'data gte'. Did you mean 'data get'"),
        (("asset", "list"), "Did you mean 'assets list'?"),
        (("gates", "home"), "there is no command 'gates'"),
        (("--quiet", "doctor"), "Options come after the command's name"),
    ],
)
def test_an_unknown_command_offers_the_nearest(fewrec, words, expected: str) -> None:
    done = fewrec(*words)
    assert done.code == 2 and expected in done.err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_fits_the_frame(name: str) -> None:
    module, line = COMMANDS[name]
    function = importlib.import_module(f"fewrec.cli.{module}").command
    assert inspect.getdoc(function)
    assert line[0].isupper() and line.endswith(".") and len(line) <= 80
    command = typer.main.get_command(typer_app(name, function))
    for parameter in command.params:
        assert parameter.name == "help" or getattr(parameter, "help", None), parameter.name


def test_numbers_that_are_none_and_things_json_does_not_know() -> None:
    made = plain({"a": {"mean": float("inf")}, "b": (Path("x"), np.int64(3), {1}), 4: Run("c")})
    assert made["a"] == {
        "mean": None,
        "reason": "undefined: the result is not a finite number",
    }
    assert made["b"] == ["x", 3, [1]]
    assert made["4"]["command"] == "c"


def test_a_given_reason_is_kept() -> None:
    assert plain({"mean": None, "reason": "one class only"})["reason"] == "one class only"


def test_the_peak_of_memory_grows_with_what_is_held() -> None:
    before = peak_mb()
    held = np.ones(int(before + 64) * 2**17)
    assert peak_mb() >= held.nbytes / 2**20


def test_progress_is_silent_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("Working", 3) as advance:
        advance()
        advance(2)
    assert capsys.readouterr() == ("", "")


def processor_seconds(*words: str) -> float:
    """Least processor time of three runs: what a run takes on a machine with nothing else to do."""

    def once() -> float:
        before = os.times()
        subprocess.run([FEWREC, *words], check=True, capture_output=True)
        after = os.times()
        return after.children_user + after.children_system - sum(before[2:4])

    return min(once() for _ in range(3))


def test_help_is_shown_within_half_a_second() -> None:
    assert 0 < processor_seconds("--help") < 0.5


def test_a_pipe_that_closes_early_is_no_traceback() -> None:
    done = subprocess.run(
        f"'{FEWREC}' assets list | head -1", shell=True, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr and done.stdout.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent differently there")
def test_control_c_ends_with_130() -> None:
    code = (
        "import sys, time, fewrec.cli.doctor as d; from fewrec.cli import main;"
        "d.examination = lambda: (print('ready', flush=True), time.sleep(60));"
        "sys.exit(main(['doctor']))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None and child.stderr is not None
        child.stdout.readline()
        child.send_signal(signal.SIGINT)
        said = child.stderr.read()
        assert child.wait(20) == 130
    assert said == "error: interrupted; the last complete state stands\n"
