"""What all tests share: one thread, a cache of their own, the data beside the project."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from fewrec.assets import cache_folder

ROOT = Path(__file__).parent.parent

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS"):
    os.environ[_name] = "1"  # nothing above loads a numeric library; tests do, later


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A fresh cache for this session; what is fetched or converted is shared with the user's."""
    fresh = tmp_path_factory.mktemp("cache")
    for part in ("assets", "downloads", "converted"):
        users = cache_folder(part)
        users.mkdir(parents=True, exist_ok=True)
        (fresh / part).symlink_to(users, target_is_directory=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FEWREC_CACHE", str(fresh))
        yield fresh


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder with public data sets beside the project; skips where it is not there."""
    folder = Path(os.environ.get("FEWREC_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no data sets at {folder}; name their folder in FEWREC_SHARED_DATA")
    return folder


@pytest.fixture(scope="session")
def ml100k_files() -> Path:
    """Folder with the files of MovieLens 100K in RecBole's format, from the pinned package."""
    from fewrec.assets import locate

    return locate("ml-100k", progress=False)
