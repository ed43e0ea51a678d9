"""The page in a real browser: what is typed and pressed, and that hostile titles stay text."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.service.conftest import FAST, titles
from tests.service.processes import Server

HOSTILE = (
    "<script>window.owned = 1</script><img src=x onerror='window.owned = 1'>",
    "\"><svg onload='window.owned = 1'> {{ 7 * 7 }} ${7 * 7}",
    "javascript:window.owned=1 ' onmouseover='window.owned=1",
    "</b></li></ol><form action='//evil.example'><button>♥ like</button></form>",
    "x" * 300,
    "\u202egnp.evil 🦄 \u0301\u0301\u0301",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("page") / "home"
    home.mkdir()
    (home / "fewrec.toml").write_text(FAST)
    running = Server(home)
    items = [{"item": item, "properties": said} for item, said in titles().items()]
    items += [
        {"item": f"evil {n}", "properties": {"title": title, "topic": HOSTILE[0]}}
        for n, title in enumerate(HOSTILE)
    ]
    httpx.post(f"{running.url}/v1/items", json={"items": items}, timeout=30)
    httpx.post(f"{running.url}/v1/recommend", json={}, timeout=60)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium; skips where it is not installed."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no chromium is installed; on Debian: apt install chromium")
    sync = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(params=[390, 1440])
def page(request, browser: Any, server: Server) -> Iterator[Any]:
    """The page at a width; afterwards: no errors, nobody else was asked, nothing reloaded."""
    faults, asked = [], []
    opened = browser.new_page(viewport={"width": request.param, "height": 900})
    opened.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda fault: faults.append(str(fault)))
    opened.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))
    opened.on("request", lambda sent: asked.append(sent.url))
    opened.goto(server.url)
    opened.wait_for_selector(".slate li")
    opened.evaluate("window.never_reloaded = true")
    yield opened
    assert opened.evaluate("window.never_reloaded") is True
    assert opened.evaluate("window.owned") is None
    assert opened.title() == "fewrec: try it"
    assert opened.evaluate("document.documentElement.scrollWidth") <= request.param
    assert faults == []
    assert [url for url in asked if not url.startswith((f"{server.url}/", "data:"))] == []
    opened.close()


def shown(page: Any) -> list[str]:
    return page.locator(".slate b").all_inner_texts()


def choose(page: Any, words: str, title: str) -> None:
    page.fill("#q", words)
    page.locator("#found button").filter(has_text=title).first.click()
    page.locator(".chip").filter(has_text=title).wait_for()


def test_typing_choosing_and_changing(page: Any) -> None:
    choose(page, "great ro", "The great robot")
    assert page.locator("#found button").count() == 0 and page.input_value("#q") == ""
    assert page.evaluate("document.activeElement.id") == "q"
    assert "robot" in shown(page)[0]
    assert page.locator(".slate li >> nth=0").locator(".reason, .parts tr").count() >= 2
    for press in ("not for me", "like"):
        before, first = shown(page), shown(page)[0]
        begun = time.perf_counter()
        page.click(f".slate li >> nth=0 >> button:has-text('{press}')")
        page.wait_for_function(
            "old => document.querySelector('.slate b').innerText !== old", arg=first
        )
        seconds = time.perf_counter() - begun
        assert shown(page) != before and first not in shown(page)
        assert seconds < 1.0
    assert page.locator(".chip.dislike").count() == 1 and page.locator(".chip.like").count() == 2
    page.locator(".chip.dislike button").click()
    page.wait_for_function("() => !document.querySelector('.chip.dislike')")


def test_a_sentence_and_a_user(page: Any, server: Server) -> None:
    page.fill("#profile", "a story about a cook book")
    page.locator(".stage").filter(has_text="your sentence").wait_for()
    page.fill("#profile", "")
    user = f"wide {page.viewport_size['width']}"
    page.fill("#user", user)
    page.locator(".stage").filter(has_text="is not known").wait_for()
    first = shown(page)[0]
    page.click(".slate li >> nth=0 >> button:has-text('like')")
    page.wait_for_function("old => document.querySelector('.slate b').innerText !== old", arg=first)
    assert httpx.get(f"{server.url}/v1/users/{user}").json()["events"] == 1


def test_hostile_titles_are_text(page: Any) -> None:
    for words, title in (("script", HOSTILE[0]), ("svg", HOSTILE[1]), ("onmouseover", HOSTILE[2])):
        choose(page, words, title)
    choose(page, "evil.example", "evil.example")
    choose(page, "x" * 20, HOSTILE[4])
    page.locator(".slate b").filter(has_text="gnp.evil").wait_for()
    reasons = " ".join(page.locator(".reason").all_inner_texts())
    assert "<svg onload=" in reasons and "{{ 7 * 7 }} ${7 * 7}" in reasons
    assert page.locator("form").count() == 1 and page.locator("main img, main script").count() == 0
    page.fill("#user", "<img src=x onerror='window.owned = 1'>")
    page.locator(".stage").filter(has_text="<img src=x").wait_for()
