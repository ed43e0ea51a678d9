"""Take the pictures of the page to try the service on, with MovieLens 100K.

Usage: .venv/bin/python scripts/screenshots.py [FOLDER]

FOLDER is docs/images where none is named. Needs Chromium (Debian: apt install chromium).
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Page, sync_playwright

from fewrec.cli import main as fewrec
from fewrec.service.bench.server import SERVE, Server

SIZES = {"try-it.png": (1440, 900), "try-it-narrow.png": (390, 844)}


def take(page: Page, file: Path) -> None:
    """Choose two films, dislike what comes first, and keep a picture."""
    page.wait_for_selector(".slate li", timeout=120_000)
    for words, title in (("toy st", "Toy Story"), ("alad", "Aladdin")):
        page.fill("#q", words)
        page.locator("#found button").filter(has_text=title).first.click()
        page.locator(".chip").filter(has_text=title).wait_for()
    page.locator(".slate li >> nth=0 >> button:has-text('not for me')").click()
    page.locator(".chip.dislike").wait_for()
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(0, 0)
    page.screenshot(path=file)


def main(folder: Path) -> None:
    """Serve the data, and open the page in each size."""
    with tempfile.TemporaryDirectory() as passing, sync_playwright() as playwright:
        home = Path(passing) / "films"
        if fewrec(["data", "get", "ml-100k", str(home), "--quiet"]):
            sys.exit("MovieLens 100K could not be fetched")
        words = (*SERVE, str(home), "--port", "0", "--greedy")
        with Server(words, Path(passing) / "log") as server:
            url = f"http://127.0.0.1:{server.port}"
            ready(url)
            chromium = shutil.which("chromium") or shutil.which("chromium-browser")
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for name, (width, height) in SIZES.items():
                page = browser.new_page(viewport={"width": width, "height": height})
                page.goto(url)
                take(page, folder / name)
            browser.close()


def ready(url: str, patience: float = 600.0) -> None:
    """Wait for the first model."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            with urlopen(f"{url}/health/ready") as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.5)
    sys.exit("no model was made in time")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images"))
