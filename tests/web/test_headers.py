"""What every answer says beside its body."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.conftest import settings_for
from tests.web.site import PNG, WORDS, Answer, Log, Site, running

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors "
)
FRAMERS = ("https://www.example.ru", "https://example.org:8443")


@pytest.fixture
async def framed(demo_url: str, tmp_path: Path, log: Log) -> AsyncIterator[Site]:
    """A site whose chat others may frame, behind a proxy that speaks TLS."""
    settings = settings_for(demo_url, tmp_path, web_origins=", ".join(FRAMERS), public_url="https://chat.example.ru/")
    async with running(settings, log) as site:
        yield site


async def answers(site: Site) -> dict[str, Answer]:
    """One of every kind."""
    person, official = site.citizen(), await site.official("petrov")
    chat = await site.call("GET", "/")
    static = chat.body.decode().partition('<link rel="stylesheet" href="')[2].partition('"')[0]
    return {
        "chat": chat,
        "desk": await site.call("GET", "/desk", headers=official.headers),
        "no desk": await site.call("GET", "/desk"),
        "door": await site.call("GET", site.entry("petrov")),
        "no page": await site.call("GET", "/nothing"),
        "no method": await site.call("POST", "/"),
        "static": await site.call("GET", static),
        "another static": await site.call("GET", "/static/older/chat.css"),
        "said": await person.say(WORDS),
        "items": await person.call("GET", "/items"),
        "ticket": await person.call("POST", "/ticket"),
        "acknowledged": await person.call("POST", "/ack", data=b'{"n":1}'),
        "uploaded": (uploaded := await person.post(PNG, "/photos")),
        "photo": await person.call("GET", f"/photos/{uploaded.json['ref']}"),
        "refused": await person.post(b"{"),
        "a stranger": await site.call("GET", "/api/chat/items"),
        "of the desk": await official.call("GET", "/items"),
    }


async def test_every_answer_carries_the_policy_and_names_no_software(site: Site) -> None:
    for name, answer in (await answers(site)).items():
        assert answer.headers["Content-Security-Policy"] == POLICY + "'none'", name
        assert answer.headers["X-Content-Type-Options"] == "nosniff", name
        assert answer.headers["X-Frame-Options"] == "DENY", name
        assert answer.headers["Referrer-Policy"] in ("no-referrer", "same-origin"), name
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", name
        assert "camera=()" in answer.headers["Permissions-Policy"], name
        assert "Server" not in answer.headers, name
        assert "aiohttp" not in str(answer.headers), name
        assert "Access-Control-Allow-Origin" not in answer.headers, name


async def test_only_the_chat_may_be_framed_and_only_by_those_in_the_settings(framed: Site) -> None:
    for name, answer in (await answers(framed)).items():
        framers = " ".join(FRAMERS) if name in ("chat", "no method") else "'none'"
        assert answer.headers["Content-Security-Policy"] == POLICY + framers, name
        assert ("X-Frame-Options" in answer.headers) == (framers == "'none'"), name


async def test_citizens_get_no_cookie_from_anything(site: Site) -> None:
    for name, answer in (await answers(site)).items():
        assert "Set-Cookie" not in answer.headers, name


async def cookie(site: Site) -> set[str]:
    answer = await site.call("POST", site.entry("petrov"), headers={"Origin": site.url})
    return {part.strip().lower() for part in answer.headers["Set-Cookie"].split(";")}


async def test_a_desks_cookie_is_for_http_and_for_our_own_pages_alone(site: Site) -> None:
    parts = await cookie(site)
    assert {"httponly", "samesite=strict", "path=/"} <= parts
    assert not any(part.startswith("domain") for part in parts)


async def test_where_people_come_by_tls_a_desks_cookie_goes_by_tls_alone(framed: Site) -> None:
    assert {"httponly", "samesite=strict", "path=/", "secure"} <= await cookie(framed)


async def test_behind_a_proxy_our_own_address_is_that_of_the_settings(framed: Site) -> None:
    path = framed.entry("kim")
    assert (await framed.call("POST", path, headers={"Origin": "https://chat.example.ru.evil.example"})).status == 403
    assert (await framed.call("POST", path, headers={"Origin": "https://chat.example.ru"})).status == 303


async def test_only_what_never_changes_is_kept_by_browsers(site: Site) -> None:
    every = await answers(site)
    keep = {name: answer.headers.get("Cache-Control", "") for name, answer in every.items()}
    assert keep["static"] == "public, max-age=31536000, immutable"
    assert keep["another static"] == "no-cache"
    assert keep["photo"].startswith("private,")
    for name in ("chat", "desk", "no desk", "door", "no page"):
        assert keep[name] == "no-store", name
    for name in ("said", "items", "ticket", "uploaded", "refused", "a stranger", "of the desk"):
        assert keep[name] in ("no-store", "private, no-store"), name


async def test_a_stream_is_never_kept_and_never_sniffed(site: Site) -> None:
    ticket = await site.citizen().ticket()
    async with site.session.get(f"{site.url}/api/chat/stream?ticket={ticket}") as stream:
        assert stream.status == 200
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert "no-" in stream.headers["Cache-Control"]
        assert stream.headers["X-Content-Type-Options"] == "nosniff"
        assert stream.headers["Content-Security-Policy"] == POLICY + "'none'"
        assert "Server" not in stream.headers
