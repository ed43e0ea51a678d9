"""The page to try things on, in a real browser where there is one, and its fragments."""

from __future__ import annotations

from urllib.parse import urlencode

HOSTILE = "<script>document.title = 'owned'</script><img src=x onerror=alert(1)>"
HX = {"HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded"}


def post(client, **fields):
    return client.post("/try/slate", content=urlencode(fields, doseq=True), headers=HX)


def test_the_page_asks_nobody_else(client) -> None:
    page = client.get("/")
    assert page.status_code == 200 and "48 titles" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "http://" not in page.text and "https://" not in page.text
    for place in ("htmx-2.0.11.min.js", "page.js", "page.css", "htmx.LICENSE"):
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
