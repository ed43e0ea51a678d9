"""What may be odd about links."""

from pathlib import Path

from fewrec.data.checks import check_folder
from fewrec.data.links import chains, shared_entities


def test_entities_of_several_items() -> None:
    links = {"a": "x", "b": "y", "c": "x"}
    assert shared_entities(links) == {"x": ["a", "c"]}


def test_chains_and_cycles_are_told_once() -> None:
    assert chains({"a": "x", "b": "b"}) == []
    assert chains({"a": "b", "b": "c"}) == [["a", "b", "c"]]
    assert chains({"a": "b", "b": "a"}) == [["a", "b", "a"]]
    assert chains({"a": "b", "b": "c", "c": "b"}) == [["a", "b", "c", "b"]]
    joining = {"a": "c", "b": "c", "c": "d"}
    assert chains(joining) == [["a", "c", "d"], ["b", "c", "d"]]


def test_the_check_of_a_folder_tells_both(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("item,title\na,Alien\nb,Brazil\nc,Casablanca\n")
    (tmp_path / "links.csv").write_text("item,entity\na,b\nb,x\nc,x\n")
    (tmp_path / "graph.csv").write_text("head,relation,tail\nx,of,y\nb,of,y\n")
    said = {finding.problem: finding for finding in check_folder(tmp_path).findings}
    chain = said["1 link leads on to another item that is linked itself"]
    assert chain.severity == "warning" and chain.value == "a -> b -> x"
    assert said["1 entity is linked to several items"].value == "x: b, c"
