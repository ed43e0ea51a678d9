"""What newcomers are asked: the route, and the questions on the page."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx
import pytest
from tests.service.conftest import FAST, titles
from tests.service.test_api import like, shown
from tests.service.test_serving import Server

HX = {"HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded"}
ROBOTS = ("great robot", "small robot", "last robot", "first robot")
SEAS = ("great sea", "small sea", "last sea", "first sea")


def asked(client, **more):
    answer = client.get("/v1/onboarding", params=more)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def visited(client):
    """Ten people who like robots and ten who like the sea; each knows both."""
    batch = [
        {"user": f"u{n}", "item": item, "event": "like" if (item in mine) else "dislike"}
        for n in range(20)
        for mine in ((ROBOTS, SEAS)[n % 2],)
        for item in (*ROBOTS[: 4 - n % 3], *SEAS[: 4 - n % 2])
    ]
    assert client.post("/v1/events/batch", json={"events": batch}).status_code == 200
    client.post("/v1/recommend", json={"user": "u0"})
    return client


def test_nothing_to_ask_about_is_an_empty_list(home, client_of):
    assert asked(client_of(home)) == {"method": "apart", "items": []}


def test_before_any_event_titles_unlike_each_other_are_asked(client):
    told = asked(client, k=6)
    topics = {titles()[one["item"]]["topic"] for one in told["items"]}
    assert told["method"] == "apart" and len(topics) >= 5


def test_known_items_are_asked_and_answers_are_not_asked_again(visited):
    told = asked(visited, k=4)
    assert told["method"] == "design"
    assert set(shown(told)) <= {*ROBOTS, *SEAS}
    assert all(0 < one["score"] <= 1 for one in told["items"])
    first = shown(told)[0]
    like(visited, "new", first)
    after = shown(asked(visited, k=8, user="new"))
    assert first not in after and len(after) == 7
    said = asked(visited, k=8, likes=[first], passed=[after[0]])
    assert not {first, after[0]} & set(shown(said))
    assert visited.get("/v1/onboarding", params={"passed": "nowhere"}).status_code == 404


def test_hidden_items_are_not_asked_about(visited):
    first = shown(asked(visited, k=1))[0]
    visited.post(f"/v1/items/{quote(first)}/hide")
    assert first not in shown(asked(visited, k=48))
    second = shown(asked(visited, k=1))[0]
    visited.put("/v1/rules", json={"hidden": [second]})
    assert second not in shown(asked(visited, k=48))


def press(client, **fields):
    return client.post("/try/slate", content=urlencode(fields, doseq=True), headers=HX).text


def test_the_page_asks_and_takes_answers(visited):
    assert "Not sure what to type?" in visited.get("/").text
    assert 'id="questions"' not in press(visited)
    page = press(visited, asking="1")
    assert page.count('name="passed"') == 6 and page.count('name="add_dislike"') >= 6
    first = shown(asked(visited, k=1))[0]
    assert f'name="passed" value="{first}"' in page
    after = press(visited, asking="1", add_like=first)
    assert f'name="like" value="{first}"' in after
    assert f'name="passed" value="{first}"' not in after
    passed = press(visited, asking="1", passed=first)
    assert f'type="hidden" name="passed" value="{first}"' in passed
    assert passed.count(f'value="{first}"') == 1 + 2 * (
        f'name="add_like" value="{first}"' in passed
    )
    assert "Not sure what to type?" in press(visited, asking="1", enough="1", passed=first)
    assert "nowhere" not in press(visited, asking="1", passed="nowhere")


@pytest.mark.slow
def test_in_a_browser(tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no chromium is installed; on Debian: apt install chromium")
    sync = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    home = tmp_path / "home"
    home.mkdir()
    (home / "fewrec.toml").write_text(FAST)
    server = Server(home)
    items = [{"item": item, "properties": said} for item, said in titles().items()]
    httpx.post(f"{server.url}/v1/items", json={"items": items})
    with sync.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 390, "height": 900})
        page.goto(server.url)
        page.click("text=Not sure what to type?")
        page.wait_for_selector("#questions li")
        assert page.locator("#questions li").count() == 6
        first = page.inner_text("#questions li >> nth=0 >> span >> nth=0")
        page.click("#questions li >> nth=0 >> text=like")
        page.wait_for_selector(f".chip:has-text('{first}')")
        page.wait_for_function(
            "title => !document.querySelector('#questions').innerText.includes(title)", arg=first
        )
        second = page.inner_text("#questions li >> nth=0 >> span >> nth=0")
        page.click("#questions li >> nth=0 >> text=don't know")
        page.wait_for_function(
            "title => !document.querySelector('#questions').innerText.includes(title)", arg=second
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.click("text=Enough")
        page.wait_for_selector("text=Not sure what to type?")
        assert page.locator(f".chip:has-text('{first}')").count() == 1
        browser.close()
    server.stop()
