"""RDF as streams: what is read, what is broken, and that both readers agree."""

import bz2
import gzip
from pathlib import Path

import pytest

from fewrec.data.faults import Inspector
from fewrec.data.triples import read_nt
from fewrec.errors import BadValue, ConfigError
from fewrec.knowledge.linked import rdf
from fewrec.knowledge.linked.rdf import Broken, Statement, rdf_files, statements

GOOD = r"""# films
<http://a/Alien> <http://p/director> <http://a/Ridley_Scott> .

<http://a/Alien> <http://p/label> "Alien \"8\u1d57\u02b0\" passenger\n"@en .
<http://a/Alien> <http://p/year> "1979"^^<http://www.w3.org/2001/XMLSchema#gYear> . # known
_:b1	<http://p/of>	_:b2.
<http://a/caf\u00E9> <http://p/in> <17> .
"""

BROKEN = [
    "no triple",
    "<http://a> <http://p> <http://b>",
    '"text" <http://p> <http://b> .',
    "<http://a> _:p <http://b> .",
    '<http://a> <http://p> "open .',
    '<http://a> <http://p> "bad \\q" .',
    '<http://a> <http://p> "x"y .',
    "<http://a> <http://p> <http://b> . <http://a> <http://p> <http://c> .",
    "<http://a> <http://p> <http://b>> .",
]


def test_n_triples_are_read_with_languages(tmp_path: Path) -> None:
    file = tmp_path / "a.nt"
    file.write_text(GOOD, encoding="utf-8")
    found = list(statements([file], Broken()))
    assert found == [
        Statement("http://a/Alien", "http://p/director", "http://a/Ridley_Scott", None),
        Statement("http://a/Alien", "http://p/label", 'Alien "8ᵗʰ" passenger\n', "en"),
        Statement("http://a/Alien", "http://p/year", "1979", ""),
        Statement("_:b1", "http://p/of", "_:b2", None),
        Statement("http://a/café", "http://p/in", "17", None),
    ]


def test_packed_files_and_folders_are_read_alike(tmp_path: Path) -> None:
    (tmp_path / "a.nt.gz").write_bytes(gzip.compress(GOOD.encode()))
    (tmp_path / "b.nt.bz2").write_bytes(bz2.compress(GOOD.encode()))
    (tmp_path / "c.ttl").write_text("@prefix a: <http://a/> .\na:x a:y a:z, a:w .\n")
    (tmp_path / "notes.md").write_text("not read")
    files = rdf_files(tmp_path)
    assert [file.name for file in files] == ["a.nt.gz", "b.nt.bz2", "c.ttl"]
    found = list(statements(files, Broken()))
    assert found[:5] == found[5:10] and len(found) == 12
    with pytest.raises(ConfigError, match=r"holds no RDF.*\.nt"):
        rdf_files(tmp_path / "notes.md")


@pytest.mark.parametrize("line", BROKEN)
def test_a_broken_line_is_named_by_both_readers(tmp_path: Path, line: str) -> None:
    file = tmp_path / "graph.nt"
    file.write_text(f"{GOOD}{line}\n{GOOD}", encoding="utf-8")
    with pytest.raises(BadValue, match=r"graph\.nt, line 8: "):
        list(statements([file], Broken()))
    with pytest.raises(BadValue, match=r"graph\.nt, line 8"):
        read_nt(file, Inspector())


def test_both_readers_read_the_same(tmp_path: Path) -> None:
    file = tmp_path / "graph.nt"
    file.write_text(GOOD, encoding="utf-8")
    ours = [row[:3] for row in statements([file], Broken())]
    assert list(read_nt(file, Inspector()).frame.iter_rows()) == ours


def test_broken_lines_are_collected_once_and_lose_no_good_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rdf, "BLOCK", 200)
    file = tmp_path / "a.nt"
    mixed = "".join(f"{GOOD}{line}\n" for line in BROKEN)
    file.write_bytes(mixed.encode() + b'<http://a> <http://p> "\xff" .\n' + GOOD.encode())
    broken = Broken(collect=True)
    found = list(statements([file], broken))
    assert found == found[:5] * (len(BROKEN) + 1)
    assert [fault.line for fault in broken.faults] == [*range(8, 73, 8), 73]
    assert broken.faults[0].row == {"file": "a.nt", "row": "no triple"}
    list(statements([file], broken))
    assert len(broken.faults) == 10, "a second pass reports nothing twice"


def test_another_kind_of_file_is_refused_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rdf, "MOST_FAULTS", 20)
    (tmp_path / "a.nt").write_text("user,item\n" * 30)
    with pytest.raises(BadValue, match="more than 20 lines are no triples"):
        list(statements([tmp_path / "a.nt"], Broken(collect=True)))


def test_broken_turtle_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("@prefix a: <http://a/> .\na:x a:y a:z .\na:x a:y ;; .\n")
    with pytest.raises(BadValue, match=r"a\.ttl, line 3: this is not Turtle"):
        list(statements([tmp_path / "a.ttl"], Broken(collect=True)))


def test_a_damaged_packed_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.nt.gz").write_bytes(gzip.compress(GOOD.encode() * 100)[:-20])
    with pytest.raises(BadValue, match=r"a\.nt\.gz: the packed file is damaged"):
        list(statements([tmp_path / "a.nt.gz"], Broken()))
    (tmp_path / "b.nt.bz2").write_bytes(b"not packed at all")
    with pytest.raises(BadValue, match=r"b\.nt\.bz2: the packed file is damaged"):
        list(statements([tmp_path / "b.nt.bz2"], Broken()))
