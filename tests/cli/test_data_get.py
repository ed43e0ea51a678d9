"""`fewrec data get` on the real data sets."""

from __future__ import annotations

from pathlib import Path

import pytest

from fewrec.assets import ASSETS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from fewrec.data.public import write_public

    target = tmp_path_factory.mktemp("public") / "films"
    assert write_public("ml-100k", target, progress=False)
    return target


def test_movielens_arrives_with_its_terms(fewrec, tmp_path: Path) -> None:
    done = fewrec("data", "get", "ml-100k", tmp_path / "deep" / "films")
    assert done.code == 0
    assert "GroupLens" in done.out and "redistribution" in done.out
    files = {path.name for path in (tmp_path / "deep" / "films").iterdir()}
    assert files == {
        *("interactions.csv", "items.csv", "users.csv", "graph.csv", "links.csv"),
        *("fewrec.toml", "source.json", "TERMS.txt"),
    }
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["films"]


def test_what_arrived_reads_as_the_data_set_it_is(folder: Path) -> None:
    from fewrec.data.sources import read_folder

    dataset = read_folder(folder)
    assert dataset.name == "ml-100k"
    assert len(dataset.interactions) == 100_000
    assert (len(dataset.people.users), len(dataset.catalog)) == (943, 1682)
    assert dataset.catalog.titles[dataset.catalog.find("Toy Story")] == "Toy Story"
    assert "value >= 4" in dataset.interactions.rule
    assert dataset.triples and dataset.links


def test_a_second_time_nothing_is_done(fewrec, folder: Path) -> None:
    before = (folder / "interactions.csv").stat().st_mtime_ns
    done = fewrec("data", "get", "ml-100k", folder, "--json", "-")
    assert done.code == 0 and done.json["written"] is False
    assert (folder / "interactions.csv").stat().st_mtime_ns == before


def test_open_bandit_logs_are_laid_out(fewrec, tmp_path: Path) -> None:
    done = fewrec("data", "get", "open-bandit", tmp_path / "bandit", "--json", "-")
    assert done.code == 0 and "CC BY 4.0" in done.json["terms"]
    with (tmp_path / "bandit" / "random" / "men" / "men.csv").open() as rows:
        assert "propensity_score" in next(rows)
        assert sum(1 for _ in rows) == 10_000
    assert not list((tmp_path / "bandit").rglob(".*"))


def test_an_empty_folder_is_used(fewrec, tmp_path: Path) -> None:
    assert fewrec("data", "get", "ml-100k", tmp_path).code == 0
    assert (tmp_path / "items.csv").is_file()


def test_a_folder_that_holds_something_else_is_left_alone(fewrec, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    done = fewrec("data", "get", "ml-100k", tmp_path)
    assert done.code == 2
    assert f"{tmp_path} holds something else than ml-100k. Name a folder that is" in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_in_the_way_is_named(fewrec, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = fewrec("data", "get", "ml-100k", tmp_path / "file")
    assert done.code == 2 and "file is a file. Name a folder" in done.err


def test_a_folder_with_a_part_only_is_not_taken_for_whole(fewrec, tmp_path: Path) -> None:
    assert fewrec("data", "get", "ml-100k", tmp_path / "films").code == 0
    (tmp_path / "films" / "items.csv").unlink()
    done = fewrec("data", "get", "ml-100k", tmp_path / "films")
    assert done.code == 2 and "but without items.csv. Remove the folder" in done.err


def test_an_unknown_name_offers_the_nearest(fewrec, tmp_path: Path) -> None:
    done = fewrec("data", "get", "ml-10k", tmp_path / "x")
    assert done.code == 2 and "Did you mean 'ml-100k'?" in done.err
    assert not (tmp_path / "x").exists()


def test_nothing_is_left_where_it_is_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fewrec.data import public

    def half_way(source: Path, target: Path) -> None:
        target.mkdir()
        (target / "items.csv").write_text("item\n")
        raise KeyboardInterrupt

    monkeypatch.setitem(public.LAYOUTS, "ml-100k", half_way)
    with pytest.raises(KeyboardInterrupt):
        public.write_public("ml-100k", tmp_path / "films", progress=False)
    assert list(tmp_path.iterdir()) == []


def test_the_cache_holds_a_data_folder_for_those_who_name_the_data_only() -> None:
    from fewrec.data.public import public_folder

    folder = public_folder("ml-100k", progress=False)
    assert (folder / "interactions.csv").is_file()
    assert public_folder("ml-100k", progress=False) == folder


def test_offline_the_way_by_hand_is_shown(
    fewrec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEWREC_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    done = fewrec("data", "get", "ml-100k", tmp_path / "films")
    assert done.code == 2
    assert f"download {ASSETS['ml-100k'].wheel.filename}" in done.err
    assert str(tmp_path / "cache" / "downloads") in done.err
    assert not (tmp_path / "films").exists()
