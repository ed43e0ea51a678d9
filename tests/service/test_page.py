"""The page to try things on, in a real browser where there is one, and its fragments."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from tests.service.conftest import FAST, titles
from tests.service.processes import Server

HOSTILE = "<script>document.title = 'owned'</script><img src=x onerror=alert(1)>"
HX = {"HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded"}


def post(client, **fields):
    return client.post("/try/slate", content=urlencode(fields, doseq=True), headers=HX)


def test_the_page_asks_nobody_else(client) -> None:
    page = client.get("/")
    assert page.status_code == 200 and "48 titles" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "http://" not in page.text and "https://" not in page.text
    for place in ("htmx-2.0.11.min.js", "page.css", "htmx.LICENSE"):
        assert client.get(f"/static/{place}").status_code == 200


def test_likes_stand_in_the_page_and_the_slate_follows(client) -> None:
    found = client.get("/try/search", params={"q": "great ro"}).text
    assert 'value="great robot"' in found
    answer = post(client, add_like="great robot").text
    assert 'name="like" value="great robot"' in answer and "The small robot" in answer
    assert "which you liked" in answer and "<rect" in answer
    less = post(client, like="great robot", remove="great robot").text
    assert 'value="great robot">' not in less.split("chips")[0]
    assert "Nothing is known of you yet" in less
    turned = post(client, like="great robot", add_dislike="great robot").text
    assert 'name="dislike" value="great robot"' in turned


def test_likes_of_a_user_are_events(client) -> None:
    post(client, user="ann", add_like="great robot")
    assert client.get("/v1/users/ann").json()["events"] == 1
    assert "The small robot" in post(client, user="ann").text


def test_only_the_page_itself_may_post(client) -> None:
    plain = client.post("/try/slate", content="user=ann&add_like=old+sea")
    assert plain.status_code == 403
    assert client.get("/v1/users/ann").status_code == 404


def test_with_keys_the_page_asks_for_one(client) -> None:
    secret = client.post("/v1/keys", json={"name": "o", "role": "admin"}).json()["secret"]
    page = client.get("/").text
    assert "needs a key" in page and "48 titles" not in page
    assert post(client).status_code == 401
    wrong = client.post("/try/key", content="key=nonsense", headers=HX)
    assert "not valid" in wrong.text
    entered = client.post("/try/key", content=urlencode({"key": secret}), headers=HX)
    assert "httponly" in entered.headers["set-cookie"].lower()
    assert "48 titles" in client.get("/").text
    assert post(client, add_like="great robot").status_code == 200


def test_hostile_titles_show_as_text(client) -> None:
    client.put("/v1/items/evil", json={"title": HOSTILE})
    found = client.get("/try/search", params={"q": "script"}).text
    assert "&lt;script&gt;" in found and "<script>" not in found
    answer = post(client, add_like="evil", user='"><script>x</script>').text
    assert "<script>" not in answer and "<img" not in answer


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("page") / "home"
    home.mkdir()
    (home / "fewrec.toml").write_text(FAST)
    server = Server(home)
    items = [{"item": item, "properties": said} for item, said in titles().items()]
    items.append({"item": "evil", "properties": {"title": HOSTILE}})
    httpx.post(f"{server.url}/v1/items", json={"items": items})
    yield server
    server.stop()


@pytest.mark.parametrize("width", [390, 1440])
def test_in_a_browser(running: Server, width: int, tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no chromium is installed; on Debian: apt install chromium")
    sync = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    faults: list[str] = []
    asked: list[str] = []
    with sync.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(running.url)
        page.wait_for_selector(".slate li")
        page.fill("#q", "great ro")
        page.click("#found button:has-text('The great robot')")
        page.wait_for_selector(".chip:has-text('The great robot')")
        assert page.locator("#found button").count() == 0
        assert "robot" in page.inner_text(".slate li >> nth=0")
        before = page.inner_text(".slate")
        page.click(".slate li >> nth=0 >> button:has-text('not for me')")
        page.wait_for_selector(".chip.dislike")
        assert page.inner_text(".slate") != before
        page.fill("#q", "script")
        page.click("#found button:has-text('document.title')")
        page.wait_for_selector(".chip:has-text('document.title')")
        assert page.title() == "fewrec: try it"
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.screenshot(path=tmp_path / f"page-{width}.png", full_page=True)
        browser.close()
    assert faults == []
    assert all(url.startswith((running.url, "data:")) for url in asked)
