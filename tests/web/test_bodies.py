"""Envelopes: whatever bytes come instead of what our page sends, a sentence goes back, and nothing is stored."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.inbox.tables import inbox
from tests.web.site import WORDS, Answer, Person, Site, message_id

ID = "an-id-as-ours-are"
PEOPLE = 8


def body(**fields: Any) -> bytes:
    return json.dumps({"id": ID, **fields}).encode()


def text(**fields: Any) -> bytes:
    return body(kind="text", **{"text": WORDS, **fields})


REFUSED = {
    "no body": b"",
    "a BOM alone": b"\xef\xbb\xbf",
    "broken JSON": b'{"kind":"text","id":',
    "no JSON": b"<xml/>",
    "bytes that are no UTF-8": b'{"kind":"text","id":"' + ID.encode() + b'","text":"\xff\xfe\x80"}',
    "NUL bytes": b"\x00" * 1000,
    "gzip that does not say so": gzip.compress(text()),
    "an array": b"[]",
    "a string": b'"text"',
    "null": b"null",
    "an enormous number": b"9" * 5000,
    "2,000 arrays": b"[" * 2000 + b"]" * 2000,
    "100,000 arrays": b"[" * 100_000,
    "2,000 objects": b'{"a":' * 2000 + b"1" + b"}" * 2000,
    "deep inside a field": b'{"kind":"text","id":"%s","text":%s}' % (ID.encode(), b"[" * 2000 + b"]" * 2000),
    "no kind": body(text=WORDS),
    "an unknown kind": body(kind="voice", text=WORDS),
    "a kind of another type": body(kind=["text"], text=WORDS),
    "a field too many": text(admin=True),
    "a field of Python": text(__class__="x"),
    "no id": json.dumps({"kind": "text", "text": WORDS}).encode(),
    "an id of a number": text(id=12345678901234567890),
    "a short id": text(id="short"),
    "a long id": text(id="x" * 65),
    "an id with odd characters": text(id="../../../etc/passwd"),
    "an id with a newline at its end": text(id=ID + "\n"),
    "an id in Cyrillic": text(id="идентификатор-сообщения"),
    "text that is a number": text(text=5),
    "text that is a list": text(text=["a"]),
    "text that is null": text(text=None),
    "11 photos": text(photos=["photo-reference"] * 11),
    "photos that are a string": text(photos="photo-reference"),
    "a photo that is a path": text(photos=["../../../../etc/passwd"]),
    "a photo that is a number": text(photos=[5]),
    "6 documents": text(documents=["document-reference"] * 6),
    "documents that are a string": text(documents="document-reference"),
    "a document that is a path": text(documents=["../../../../etc/passwd"]),
    "a document with a name": text(documents=[{"ref": "document-reference", "name": "Смета.pdf"}]),
    "a place that is NaN": b'{"kind":"place","id":"%s","lat":NaN,"lon":37.0}' % ID.encode(),
    "a place that is infinite": b'{"kind":"place","id":"%s","lat":1e400,"lon":37.0}' % ID.encode(),
    "a place of minus infinity": b'{"kind":"place","id":"%s","lat":-Infinity,"lon":37.0}' % ID.encode(),
    "a place beyond the pole": body(kind="place", lat=91, lon=0),
    "a place beyond the date line": body(kind="place", lat=0, lon=180.01),
    "a place of 2^63": body(kind="place", lat=2**63, lon=0),
    "a place of a hundred digits": body(kind="place", lat=10**100, lon=10**400),
    "a place without a longitude": body(kind="place", lat=55),
    "a command with a path": body(kind="command", name="../menu"),
    "a command in Cyrillic": body(kind="command", name="меню"),
    "a long command": body(kind="command", name="x" * 33),
    "a press on a number": body(kind="press", data=5),
    "a press on nothing": body(kind="press"),
}
TAKEN = {
    "a BOM before it": b"\xef\xbb\xbf" + text(),
    "keys twice": b'{"kind":"text","id":"%s","text":"x","text":"%s"}' % (ID.encode(), WORDS.encode()),
    "another content type": text(),
    "a place at zero": body(kind="place", lat=0, lon=0),
    "a place with many digits": body(kind="place", lat=55.7558123456789012345, lon=-0.0),
    "white space around": b" \n\t" + text() + b"\n ",
}


def polite(answer: Answer, *statuses: int) -> None:
    """A short sentence in English; nothing of Python, of the database, or of what was sent is in it."""
    assert answer.status in statuses, answer
    assert 10 < len(answer.error) < 160, answer
    assert re.fullmatch(r"[A-Z][^<>{}\\]+[.!?]", answer.error), answer


async def test_what_our_page_never_sends_is_refused_in_a_sentence_and_not_stored(site: Site) -> None:
    person = site.citizen()
    await person.say(WORDS)
    asked, stored = await person.step(), len(site.rows(sa.select(inbox.c.id)))
    for name, raw in REFUSED.items():
        answer = await person.post(raw)
        assert answer.status in (400, 413), (name, answer)
        polite(answer, 400, 413)
    await site.quiet()
    assert len(site.rows(sa.select(inbox.c.id))) == stored
    assert await person.step() == asked


async def test_the_sentence_is_in_the_language_of_the_page_or_of_the_browser(site: Site) -> None:
    person = site.citizen("ru")
    assert re.search("[а-я]", (await person.post(b"{")).error)
    assert not re.search("[а-я]", (await person.post(b"{", **{"X-Lang": "en"})).error)
    del person.headers["X-Lang"]
    for accepted, russian in (("en-GB,en;q=0.9", False), ("de, ru;q=0.1", True), (";;;,q=\xff", True), ("", True)):
        answer = await person.post(b"{", **{"Accept-Language": accepted})
        assert bool(re.search("[а-я]", answer.error)) == russian, accepted


@pytest.mark.parametrize("name", TAKEN)
async def test_what_is_odd_but_clear_is_taken(site: Site, name: str) -> None:
    person = site.citizen()
    answer = await person.post(TAKEN[name], **({"Content-Type": "text/plain"} if "type" in name else {}))
    await site.quiet()
    assert answer.status == 202
    assert (await person.screen())["text"]


async def test_a_body_that_is_too_large_is_refused_before_or_after_it_is_read(site: Site) -> None:
    person = site.citizen()

    async def in_pieces(size: int) -> AsyncIterator[bytes]:
        for _ in range(size // 50_000):
            yield b"x" * 50_000

    for size in (600_000, 10_500_000):
        polite(await person.post(io.BytesIO(b"x" * size)), 413)
        polite(await person.post(in_pieces(size)), 413)
    polite(await person.post(in_pieces(21_100_000), "/photos"), 413)


async def test_compressed_bodies_are_refused_unopened(site: Site) -> None:
    person = site.citizen()
    for raw in (gzip.compress(text()), gzip.compress(b"x" * 50_000_000)):
        polite(await person.post(raw, **{"Content-Encoding": "gzip"}), 400)
        polite(await person.post(raw, "/photos", **{"Content-Encoding": "gzip"}), 415)


async def test_acknowledgements_and_places_that_are_none_are_refused(site: Site) -> None:
    person = site.citizen()
    await person.say(WORDS)
    for raw in (
        b"",
        b"{}",
        b"[1]",
        b'{"n":-1}',
        b'{"n":"1"}',
        b'{"n":1.5}',
        b'{"n":%d}' % 2**63,
        b'{"n":1,"m":2}',
        b"[",
    ):
        polite(await person.post(raw, "/ack"), 400)
    for number in ("-1", "x", "1e3", "9" * 30, "%00", "%D9%A3", ""):
        for name in ("after", "before"):
            polite(await person.call("GET", f"/items?{name}={number}"), 400)
    assert (await person.post(b'{"n":2147483647}', "/ack")).status == 204  # of what was never shown: no harm


async def test_half_a_request_is_no_error_of_ours(site: Site) -> None:
    """The connection breaks in the middle of a body, or is no HTTP at all; the next request is served."""
    person, settings = site.citizen(), site.process.settings
    head = f"POST /api/chat/messages HTTP/1.1\r\nHost: x\r\nAuthorization: {person.headers['Authorization']}\r\n"
    for raw in (
        head + "Content-Length: 1000\r\n\r\n{",
        head + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\r\n",
        head + "Transfer-Encoding: chunked\r\n\r\nZZZ\r\n",
        head + "Content-Length: -5\r\n\r\n{}",
        "\x00\x01\x02\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nX-Odd\x00: y\r\n\r\n",
        "POST /api/chat/messages HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}",
        "GET /api/chat/items?after=\xd9\xa5 HTTP/1.1\r\nHost: x\r\n\r\n",
    ):
        reader, writer = await asyncio.open_connection(settings.http_host, settings.http_port)
        writer.write(raw.encode("latin-1"))
        writer.write_eof()
        said = await reader.read()
        assert not said or said.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4")), said
        writer.close()
        await writer.wait_closed()
    assert (await person.say(WORDS)).status == 202
    assert person.headers["Authorization"].removeprefix("Bearer ") not in site.log.getvalue()


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=50),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
FIELDS = {
    "kind": st.sampled_from(["text", "press", "place", "command"]) | JUNK,
    "id": st.builds(message_id) | JUNK,
    "text": st.text(st.characters(codec=None), max_size=300) | JUNK,
    "photos": st.lists(st.text(max_size=30), max_size=12) | JUNK,
    "documents": st.lists(st.text(max_size=30), max_size=7) | JUNK,
    "data": st.text(max_size=80)
    | st.sampled_from(["card:", "~1~1~", "rate:", "my:"]).flatmap(
        lambda start: st.text(max_size=20).map(lambda rest: start + rest)
    ),
    "name": st.sampled_from(["appeal", "menu", "my", "card", "rate", "help", "start", "language", "consent"]) | JUNK,
    "args": st.text(max_size=70) | JUNK,
    "lat": st.floats() | st.integers() | JUNK,
    "lon": st.floats(-180, 180) | JUNK,
}
OURS = {
    "text": ("id", "text", "photos", "documents"),
    "press": ("id", "data"),
    "place": ("id", "lat", "lon"),
    "command": ("id", "name", "args"),
}
BODIES = st.fixed_dictionaries({}, optional=FIELDS) | st.sampled_from(sorted(OURS)).flatmap(
    lambda kind: st.fixed_dictionaries({"kind": st.just(kind), **{name: FIELDS[name] for name in OURS[kind]}})
)


@pytest.fixture
async def persons(site: Site) -> AsyncIterator[tuple[Person, ...]]:
    """So many that none of them asks too much at once."""
    yield tuple(site.citizen(lang) for lang in ("ru", "en") * (PEOPLE // 2))
    await site.quiet()  # what was taken has been answered too


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(body=BODIES | JUNK, ascii=st.booleans(), who=st.integers(0, PEOPLE - 1))
async def test_any_json_is_taken_or_refused_and_never_breaks_anything(
    persons: tuple[Person, ...],
    body: Any,
    ascii: Any,
    who: int,
) -> None:
    raw = json.dumps(body, ensure_ascii=ascii).encode("utf-8", "surrogatepass")
    answer = await persons[who].post(raw)
    assert answer.status == 202 or answer.error
    assert answer.status in (202, 400, 413, 422)
