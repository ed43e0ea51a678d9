"""RDF files as streams of triples: N-Triples line by line, Turtle by its grammar."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from fewrec.data.faults import Fault
from fewrec.errors import BadValue, ConfigError, MissingExtra
from fewrec.knowledge.linked.stream import bare_suffix, unpacked

BLOCK = 1 << 20
"""Bytes of a file parsed at a time."""

MOST_FAULTS = 10_000
"""So many broken lines and this is no N-Triples file with faults, but another kind of file."""

_FIX = "Correct the line, or set broken lines aside with --skip-bad."


class Statement(NamedTuple):
    """One triple.

    Attributes:
        head: Address, or ``_:`` and the label of a blank node.
        relation: Address.
        tail: Like the head; or the text of a literal.
        language: None where the tail is an entity; of a literal its language, "" without one.
    """

    head: str
    relation: str
    tail: str
    language: str | None


@dataclass
class Broken:
    """What happens to lines that are no triples.

    Attributes:
        collect: Keep them in ``faults`` and go on; else the first one is raised.
        faults: The broken lines so far, each line of a file once.
    """

    collect: bool = False
    faults: list[Fault] = field(default_factory=list)
    seen: set[tuple[str, int]] = field(default_factory=set, repr=False)

    def line(self, path: Path, number: int, text: bytes, problem: str) -> None:
        """Report a line.

        Raises:
            BadValue: Broken lines are not collected, or there are far too many.
        """
        if (str(path), number) in self.seen:
            return
        shown = text.decode(errors="replace").rstrip("\n")
        fault = Fault(
            "graph", str(path), number, "", shown, problem, _FIX, {"file": path.name, "row": shown}
        )
        if not self.collect:
            raise fault.error()
        self.seen.add((str(path), number))
        self.faults.append(fault)
        if len(self.faults) > MOST_FAULTS:
            raise BadValue(
                f"more than {MOST_FAULTS:,} lines are no triples",
                file=path,
                fix="Check that the file is N-Triples (one `<head> <relation> <tail> .` a line).",
            )


def rdf_files(source: Path) -> list[Path]:
    """The RDF files of a folder in the order of their names, or the one file given.

    Raises:
        ConfigError: There is none, or the file is of another kind.
    """
    files = [source] if source.is_file() else sorted(source.glob("*"))
    found = [file for file in files if bare_suffix(file) in READERS]
    if not found:
        raise ConfigError(
            f"{source} holds no RDF. Give a file, or a folder with files, that end in "
            f"{', '.join(READERS)} (or these with .gz, .bz2, .xz)."
        )
    return found


def statements(files: Sequence[Path], broken: Broken) -> Iterator[Statement]:
    """All triples of some files, one after the other.

    Memory does not grow with the files.

    Args:
        files: .nt and .ttl, packed or not.
        broken: What to do with lines that are no triples.

    Raises:
        MissingExtra: pyoxigraph is not installed.
        BadValue: A line is broken and broken lines are not collected; a Turtle file is broken
            anywhere, because what follows in it cannot be trusted.
    """
    for file in files:
        yield from READERS[bare_suffix(file)](file, broken)


def _n_triples(path: Path, broken: Broken) -> Iterator[Statement]:
    """Block by block; only a block with a broken line is read again line by line.

    (The parser can go on after an error, but passes over good lines then.)
    """
    parse = _parser("N_TRIPLES")
    number = 1
    with unpacked(path) as stream:
        while block := stream.read(BLOCK):
            block += stream.readline()
            try:
                yield from list(parse(block))
            except SyntaxError:
                for offset, line in enumerate(block.split(b"\n")):
                    try:
                        yield from list(parse(line))
                    except SyntaxError as fault:
                        broken.line(path, number + offset, line, _problem(fault))
            number += block.count(b"\n")


def _turtle(path: Path, broken: Broken) -> Iterator[Statement]:
    del broken  # a broken Turtle file cannot be mended line by line
    parse = _parser("TURTLE")
    with unpacked(path) as stream:
        try:
            yield from parse(stream)
        except SyntaxError as fault:
            raise BadValue(
                f"this is not Turtle: {_problem(fault)}",
                file=path,
                line=fault.lineno,
                fix="Correct the file: what follows a fault in Turtle cannot be trusted.",
            ) from fault


def _problem(fault: SyntaxError) -> str:
    """What the parser says, without the place."""
    said = str(fault.msg)
    _, _, rest = said.partition(": ")
    return rest[:1].lower() + rest[1:] if rest else said


class _Parser:
    """pyoxigraph's parser of one format, giving plain text."""

    def __init__(self, module: ModuleType, form: str) -> None:
        self.module, self.form = module, getattr(module.RdfFormat, form)

    def __call__(self, source: object) -> Iterator[Statement]:
        literal, blank = self.module.Literal, self.module.BlankNode
        lenient = self.form == self.module.RdfFormat.N_TRIPLES
        for head, relation, tail, _ in self.module.parse(source, self.form, lenient=lenient):
            start = f"_:{head.value}" if type(head) is blank else head.value
            if type(tail) is literal:
                yield Statement(start, relation.value, tail.value, tail.language or "")
            elif type(tail) is blank:
                yield Statement(start, relation.value, f"_:{tail.value}", None)
            else:
                yield Statement(start, relation.value, tail.value, None)


def _parser(form: str) -> _Parser:
    try:
        import pyoxigraph
    except ImportError as fault:
        raise MissingExtra("pyoxigraph", "graph", "reading RDF") from fault
    return _Parser(pyoxigraph, form)


READERS = {".nt": _n_triples, ".ttl": _turtle}
"""Suffix of a file -> how it is read."""
