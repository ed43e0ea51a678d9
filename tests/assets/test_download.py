"""Downloads over HTTP: whole, resumed, cut, corrupt, impossible."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.assets.local_index import LocalIndex, digest

from fewrec.assets.download import download, open_url, public
from fewrec.errors import AssetError

BODY = bytes(range(256)) * 4000
PATH = "/big.bin"


@pytest.fixture
def served(index: LocalIndex) -> LocalIndex:
    index.pages[PATH] = ("application/octet-stream", BODY)
    return index


def fetch(served: LocalIndex, target: Path, checksum: str = digest(BODY)) -> None:
    url = served.address + PATH
    download(url, target, size=len(BODY), checksum=checksum, progress=False)


def test_a_file_arrives_whole(served: LocalIndex, tmp_path: Path) -> None:
    fetch(served, tmp_path / "new" / "big.bin")
    assert (tmp_path / "new" / "big.bin").read_bytes() == BODY
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["big.bin"]


def test_a_partial_file_is_resumed(served: LocalIndex, tmp_path: Path) -> None:
    (tmp_path / "big.bin.part").write_bytes(BODY[:700_000])
    fetch(served, tmp_path / "big.bin")
    assert (tmp_path / "big.bin").read_bytes() == BODY
    assert served.asked(PATH) == ["bytes=700000-"]


def test_a_cut_connection_is_taken_up_again(served: LocalIndex, tmp_path: Path) -> None:
    served.break_after = [300_000, 300_000]
    fetch(served, tmp_path / "big.bin")
    assert (tmp_path / "big.bin").read_bytes() == BODY
    assert served.asked(PATH) == [None, "bytes=300000-", "bytes=600000-"]


def test_a_server_without_ranges_sends_all_again(served: LocalIndex, tmp_path: Path) -> None:
    served.ranges = False
    (tmp_path / "big.bin.part").write_bytes(BODY[:1000])
    fetch(served, tmp_path / "big.bin")
    assert (tmp_path / "big.bin").read_bytes() == BODY
    assert served.asked(PATH) == ["bytes=1000-"]


@pytest.mark.parametrize("left_over", [b"x" * 1000, b"x" * len(BODY), b"x" * (len(BODY) + 9)])
def test_a_left_over_of_something_else_is_replaced(
    served: LocalIndex, tmp_path: Path, left_over: bytes
) -> None:
    (tmp_path / "big.bin.part").write_bytes(left_over)
    fetch(served, tmp_path / "big.bin")
    assert (tmp_path / "big.bin").read_bytes() == BODY


def test_wrong_content_is_refused_and_removed(served: LocalIndex, tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="not what was published: its checksum differs"):
        fetch(served, tmp_path / "big.bin", checksum=digest(b"other"))
    assert list(tmp_path.glob("big*")) == []


def test_a_file_that_ends_too_early_is_refused(served: LocalIndex, tmp_path: Path) -> None:
    served.pages[PATH] = ("application/octet-stream", BODY[:-1])
    with pytest.raises(AssetError, match="it ends too early"):
        fetch(served, tmp_path / "big.bin")


def test_a_missing_file_names_the_status(served: LocalIndex, tmp_path: Path) -> None:
    del served.pages[PATH]
    with pytest.raises(AssetError, match=r"/big\.bin answers 404 Not Found"):
        fetch(served, tmp_path / "big.bin")


def test_a_closed_port_is_said(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match=r"127\.0\.0\.1:9/x cannot be read: .*refused"):
        download(
            "http://127.0.0.1:9/x", tmp_path / "x", size=1, checksum=digest(b""), progress=False
        )


def test_a_password_is_sent_but_not_shown(served: LocalIndex) -> None:
    served.credentials = "Basic YW5uOnNlY3JldA=="
    url = served.address.replace("//", "//ann:secret@") + PATH
    with open_url(url) as response:
        assert response.read(4) == BODY[:4]
    assert "secret" not in public(url + "?token=secret")


def test_other_schemes_are_refused() -> None:
    with pytest.raises(AssetError, match="only http and https"):
        open_url("file:///etc/hosts")
