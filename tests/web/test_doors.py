"""Entry links, tokens, cookies, origins, pages and names that are none."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

from core.authorities.entries import leave_desk, revoke_official
from core.authorities.queries import official_by_code
from tests.web.site import PNG, WORDS, Answer, Person, Site

NEVER = "x" * 43


def page(answer: Answer, *statuses: int) -> str:
    """A page with a sentence, and nothing of what was asked for in it."""
    assert answer.status in statuses, answer
    assert answer.headers["Content-Type"].startswith("text/html"), answer
    said = answer.body.decode()
    assert "Traceback" not in said
    paragraph = re.search(r"<p>([^<]+)</p>", said)
    assert paragraph, said
    return paragraph[1]


async def enter(site: Site, path: str, **headers: str) -> Answer:
    return await site.call("POST", path, headers={"Origin": site.url, "X-Lang": "en", **headers})


async def test_looking_at_a_link_spends_nothing_and_says_who_enters_where(site: Site) -> None:
    path = site.entry("petrov")
    assert (await site.call("HEAD", path)).status == 200
    answer = await site.call("GET", path)
    assert answer.status == 200
    assert "Set-Cookie" not in answer.headers
    assert "Петров Сергей Андреевич" in answer.body.decode()
    assert (await enter(site, path)).status == 303


async def test_a_used_a_late_and_an_unknown_link_say_what_to_do_and_open_nothing(site: Site) -> None:
    used, late = site.entry("petrov"), site.entry("petrov")
    assert (await enter(site, used)).status == 303
    site.clock.ahead = timedelta(hours=24, seconds=1)
    for path in (
        used,
        late,
        f"/enter/{NEVER}",
        "/enter/%00%ff",
        "/enter/..%2f..%2fetc",
        "/enter/" + "x" * 4000,
        "/enter/%ED%A0%80",
    ):
        assert page(await site.call("GET", path, headers={"X-Lang": "en"}), 410)
        answer = await enter(site, path)
        assert "administrator" in page(answer, 422, 410) or "copied" in page(answer, 422, 410)
        assert "Set-Cookie" not in answer.headers


async def test_of_two_who_press_at_once_one_enters(site: Site) -> None:
    path = site.entry("petrov")
    answers = await asyncio.gather(*(enter(site, path) for _ in range(4)))
    assert sorted(answer.status for answer in answers) == [303, 422, 422, 422]
    assert sum("Set-Cookie" in answer.headers for answer in answers) == 1


async def test_a_link_is_spent_only_from_our_own_page(site: Site) -> None:
    path = site.entry("petrov")
    for origin in ("https://evil.example", "null", "", "http://[", "http://127.0.0.1:1", "//", "file://", "\x85"):
        assert (await site.call("POST", path, headers={"Origin": origin})).status == 403, origin
    assert (await site.call("POST", path)).status == 403
    assert (await enter(site, path)).status == 303


async def test_another_site_posts_nothing_anywhere(site: Site) -> None:
    person, official = site.citizen(), await site.official("petrov")
    for origin in ("https://evil.example", "null", "http://[", "http://127.0.0.1:1"):
        for who in (person, official):
            for path in ("/messages", "/photos", "/ack", "/ticket"):
                answer = await who.call("POST", path, data=b"{}", headers={"Origin": origin})
                assert answer.status == 403, (origin, path)
                assert answer.error
    assert (await official.items()) == []


async def test_a_token_that_is_none_opens_nothing(site: Site) -> None:
    calls = (
        ("POST", "/messages"),
        ("POST", "/photos"),
        ("POST", "/ack"),
        ("POST", "/ticket"),
        ("GET", "/items"),
        ("GET", "/photos/photo-reference"),
        ("GET", "/stream"),
        ("GET", f"/stream?ticket={NEVER}"),
    )
    wrong = (
        "",
        "Bearer",
        "Bearer ",
        "Bearer short",
        "Bearer " + "x" * 42,
        "Bearer " + "x" * 44,
        "Basic eDp4",
        "Bearer " + "ж" * 43,
        "bearer " + "x" * 43,
        "Bearer " + "x" * 42 + "=",
        "Bearer  " + "x" * 43,
    )
    bodies = {"/messages": b'{"kind":"text","id":"0123456789abcdef","text":"x"}', "/ack": b'{"n":1}', "/photos": PNG}
    for method, path in calls:
        for token in wrong:
            nobody = Person(site, "/api/chat", {"Authorization": token, "X-Lang": "en"})
            answer = await nobody.call(method, path, data=bodies.get(path))
            assert answer.status == 401, (path, token)
            assert answer.error
        for cookie in (
            "",
            "otklik_desk=",
            f"otklik_desk={NEVER}",
            "otklik_desk=\xff",
            'otklik_desk="',
            "=;=;,",
            "otklik_desk=" + "x" * 7000,
        ):
            nobody = Person(site, "/desk/api", {"Cookie": cookie, "X-Lang": "en"})
            answer = await nobody.call(method, path, data=bodies.get(path))
            assert answer.status == 401, (path, cookie)


async def test_a_citizens_token_opens_no_desk_and_a_desks_cookie_no_chat(site: Site) -> None:
    person, official = site.citizen(), await site.official("petrov")
    for path in ("/items", "/photos/photo-reference"):
        assert (await site.call("GET", "/desk/api" + path, headers=person.headers)).status == 401
        assert (await site.call("GET", "/api/chat" + path, headers=official.headers)).status == 401


@pytest.mark.parametrize("end", ["revoked", "left", "idle", "old"])
async def test_a_desk_that_has_ended_opens_nothing_more(site: Site, end: str) -> None:
    number = await site.citizen().file()
    official = await site.official(site.office(number))
    assert (await site.call("GET", "/desk", headers=official.headers)).status == 200
    cookie = official.headers["Cookie"].partition("=")[2]

    def close(tx: object) -> None:
        from core.authorities.entries import desk_official

        found = desk_official(tx, cookie, site.clock())  # type: ignore[arg-type]
        assert found is not None
        if end == "revoked":
            revoke_official(tx, found[1].id, site.clock())  # type: ignore[arg-type]
        elif end == "left":
            leave_desk(tx, found[0], site.clock())  # type: ignore[arg-type]

    site.db.write(close).result()
    site.clock.ahead = {"idle": timedelta(hours=12, seconds=1), "old": timedelta(days=31)}.get(end, timedelta(0))
    for method, path in (("POST", "/messages"), ("POST", "/ack"), ("POST", "/ticket"), ("GET", "/items")):
        answer = await official.call(
            method,
            path,
            data=b'{"kind":"command","id":"0123456789abcdef","name":"desk"}' if path == "/messages" else b'{"n":1}',
        )
        assert answer.status == 401, path
        assert "link" in answer.error
    assert "link" in page(await site.call("GET", "/desk", headers=official.headers), 401)


async def test_who_was_revoked_is_answered_no_more_even_if_it_was_said_before(site: Site) -> None:
    """The message is in already when the official is revoked: it is heard as nobody's."""
    number = await site.citizen().file()
    code = site.office(number)
    official = await site.official(code)
    body = {"kind": "command", "name": "card", "args": number}

    def revoke(tx: object) -> None:
        found = official_by_code(tx, code)  # type: ignore[arg-type]
        assert found is not None
        revoke_official(tx, found.id, site.clock())  # type: ignore[arg-type]

    await asyncio.gather(official.post(body), asyncio.wrap_future(site.db.write(revoke)))
    await site.quiet()
    assert (await official.call("GET", "/items")).status == 401


async def test_pages_methods_and_names_that_are_none_get_a_sentence(site: Site) -> None:
    english = {"X-Lang": "en"}
    for path in (
        "/nothing",
        "/api",
        "/desk/",
        "/enter",
        "/enter/",
        "/static",
        "/static/x",
        "/%00",
        "/%ff",
        "//",
        "/.env",
        "/../../etc/passwd",
        "/a" * 500,
        "/{{7*7}}",
        "/<script>alert(1)</script>".replace("<", "%3C"),
    ):
        assert page(await site.call("GET", path, headers=english), 404)
    for name in (
        "nothing.js",
        "..%2fpages.py",
        "..%2f..%2f..%2fetc%2fpasswd",
        "%2e%2e%2fserver.py",
        "chat.js%00",
        ".",
        "chat.html",
    ):
        assert page(await site.call("GET", f"/static/x/{name}", headers=english), 404)
    for path in ("/api/chat/nothing", "/desk/api/nothing"):
        assert (await site.call("GET", path, headers=english)).error
    for method, path in (
        ("POST", "/"),
        ("DELETE", "/desk"),
        ("PUT", "/enter/x"),
        ("PATCH", "/static/x/chat.js"),
        ("TRACE", "/"),
        ("OPTIONS", "/"),
    ):
        answer = await site.call(method, path, headers=english)
        assert page(answer, 405)
        assert answer.headers["Allow"]
    for method, path in (
        ("GET", "/messages"),
        ("PUT", "/messages"),
        ("DELETE", "/items"),
        ("POST", "/stream"),
        ("HEAD", "/ticket"),
    ):
        answer = await site.citizen().call(method, path)
        assert answer.status == 405
    assert (await site.citizen().say(WORDS)).status == 202
