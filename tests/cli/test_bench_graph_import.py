"""`fewrec bench graph-import`, small."""

from pathlib import Path

import pytest

R = "http://dbpedia.org/resource/"


@pytest.mark.slow
def test_time_memory_and_how_right_links_are(fewrec, tmp_path: Path):
    truth = tmp_path / "truth"
    truth.mkdir()
    (truth / "map.txt").write_text(f"1\tAlien\t{R}Alien\n2\tHeat\t{R}Heat_(1995_film)\n")
    (truth / "genre.txt").write_text(f"{R}Alien {R}Horror\n")
    done = fewrec(
        "bench", "graph-import", "--lines", 2000, "--items", 1000, "--truth", truth, "--json", "-"
    )
    assert done.code == 0, done.err
    found = {(row["task"], row["metric"]): row["mean"] for row in done.json["rows"]}
    assert found["read N-Triples", "triples"] == 1999, "one line is broken"
    assert found["import everything", "set_aside"] == 1
    assert found["import everything", "triples"] == 1999
    assert 0 < found["import 1 hop", "triples"] < 500
    assert found["link a catalogue", "precision"] == 1
    assert found["link a catalogue", "recall"] > 0.85
    assert found["link titles to addresses", "recall"] == 1
    assert found["link a catalogue", "peak_mb"] > 10


def test_a_folder_without_a_map_is_refused(fewrec, tmp_path: Path):
    done = fewrec("bench", "graph-import", "--truth", tmp_path)
    assert done.code == 2 and "there is no map.txt" in done.err
