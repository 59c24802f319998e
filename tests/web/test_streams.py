"""Live streams: who may open one, what comes through it, and how it ends."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from core.authorities.entries import DESK_IDLES, desk_official, leave_desk, revoke_official
from core.authorities.queries import official_by_code
from tests.web.site import WORDS, Person, Site

SOON = 5.0


class Stream:
    """Reads server-sent events."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def event(self) -> tuple[str, str] | None:
        """Its name and data; None at the end of the stream."""
        name, data = "message", list[str]()
        async with asyncio.timeout(SOON):
            while raw := await self._answer.content.readline():
                words = raw.decode().rstrip("\r\n")
                if not words and data:
                    return name, "\n".join(data)
                field, _, value = words.partition(": ")
                if field == "event":
                    name = value
                elif field.startswith("data"):
                    data.append(value)
        return None

    async def items(self) -> list[dict[str, Any]]:
        """The next items; empty at the end of the stream."""
        while (event := await self.event()) is not None:
            if event[0] == "items":
                found: list[dict[str, Any]] = json.loads(event[1])["items"]
                return found
        return []

    async def until(self, n: int) -> list[dict[str, Any]]:
        """All items up to change n."""
        got: list[dict[str, Any]] = []
        while not got or got[-1]["n"] < n:
            more = await self.items()
            assert more, "the stream has ended"
            got += more
        return got


@asynccontextmanager
async def opened(person: Person, after: int = 0, ticket: str = "") -> AsyncIterator[Stream]:
    ticket = ticket or await person.ticket()
    url = f"{person.site.url}{person.api}/stream?ticket={ticket}&after={after}"
    async with person.site.session.get(url) as answer:
        assert answer.status == 200
        yield Stream(answer)


async def tried(site: Site, ticket: str, api: str = "/api/chat") -> int:
    """The status with which a stream is refused."""
    async with site.session.get(f"{site.url}{api}/stream?ticket={ticket}") as answer:
        return answer.status


async def last(person: Person) -> int:
    return max(int(item["n"]) for item in await person.items())


async def test_a_ticket_opens_one_stream_once(site: Site) -> None:
    person = site.citizen()
    ticket = await person.ticket()
    async with opened(person, ticket=ticket):
        assert await tried(site, ticket) == 401
    assert await tried(site, ticket) == 401


async def test_of_many_who_come_with_one_ticket_at_once_one_is_let_in(site: Site) -> None:
    ticket = await site.citizen().ticket()
    assert sorted(await asyncio.gather(*(tried(site, ticket) for _ in range(4)))) == [200, 401, 401, 401]


async def test_a_ticket_lasts_a_minute(site: Site) -> None:
    early, late = await site.citizen().ticket(), await site.citizen().ticket()
    site.clock.ahead = timedelta(seconds=55)
    assert await tried(site, early) == 200
    site.clock.ahead = timedelta(seconds=61)
    assert await tried(site, late) == 401


@pytest.mark.parametrize("ticket", ["", "x", "%00", "%ff", "x" * 5000, "'--", "%D1%84", "%ED%A0%80"])
async def test_a_ticket_that_is_none_opens_nothing(site: Site, ticket: str) -> None:
    assert await tried(site, ticket) == 401
    assert await tried(site, ticket, "/desk/api") == 401


async def test_asking_for_the_headers_of_a_stream_ends_at_once(site: Site) -> None:
    ticket = await site.citizen().ticket()
    answer = await site.call("HEAD", f"/api/chat/stream?ticket={ticket}")
    assert answer.status == 405


async def test_a_stream_carries_its_own_persons_words_and_nobody_elses(site: Site) -> None:
    person, other = site.citizen(), site.citizen()
    async with opened(person) as mine, opened(other) as theirs:
        await asyncio.gather(person.say(WORDS), other.command("help"))
        ours = await mine.until(await last(person))
        others = await theirs.until(await last(other))
    assert WORDS in [item["text"] for item in ours]
    assert WORDS not in [item["text"] for item in others]


async def test_a_stream_opened_before_the_first_message_brings_the_conversation(site: Site) -> None:
    person = site.citizen()
    async with opened(person) as stream:
        first = await stream.event()
        assert first is not None  # it lives, though there is nothing to tell
        assert first[0] == "ping"
        await person.say(WORDS)
        got = await stream.until(await last(person))
    assert [item["side"] for item in got][:2] == ["me", "them"]


async def test_every_reconnect_goes_on_where_the_last_one_broke_off(site: Site) -> None:
    """Each change once and in order, whatever was cut in between."""
    person, seen, after = site.citizen(), list[dict[str, Any]](), 0
    for round_ in range(5):
        await person.say(f"{WORDS} {round_}")
        async with opened(person, after) as stream:
            got = await stream.until(await last(person))
            await person.command("menu" if round_ % 2 else "help")
            if round_ != 2:
                got += await stream.until(await last(person))
        seen += got
        after = got[-1]["n"]
    assert [item["n"] for item in seen] == sorted({item["n"] for item in seen})
    final = {item["pos"]: item for item in seen}
    assert [final[pos] for pos in sorted(final)] == [item for item in await person.items() if item["n"] <= after]


async def test_all_of_a_long_history_comes(site: Site) -> None:
    person = site.citizen()
    for n in range(60):
        assert (await person.post({"kind": "text", "text": f"{WORDS} {n}"})).status == 202
    await site.quiet()
    async with opened(person) as stream:
        got = await stream.until(await last(person))
    mine = [item["text"] for item in got if item["side"] == "me"]
    assert mine == [f"{WORDS} {n}" for n in range(60)]


async def test_a_page_that_goes_away_leaves_nothing_behind(site: Site) -> None:
    person = site.citizen()
    await person.say(WORDS)
    for _ in range(3):
        async with opened(person) as stream:
            await stream.items()
        await person.command("help")
    assert not site.log.problems()


async def test_a_stop_ends_every_stream_within_a_second(site: Site) -> None:
    person, waiting = site.citizen(), site.citizen()
    await person.say(WORDS)
    async with opened(person) as busy, opened(waiting) as idle:
        await busy.until(await last(person))
        begun = time.monotonic()
        site.stop.set()
        assert await busy.items() == []
        assert await idle.items() == []
        assert time.monotonic() - begun < 1
        await site.running
        assert time.monotonic() - begun < 3


async def test_a_revoked_officials_stream_brings_nothing_more(site: Site) -> None:
    """Neither the one that is open, nor the one for which there is a ticket."""
    number = await site.citizen().file()
    code = site.office(number)
    official = await site.official(code)
    await official.command("card", number)
    ticket = await official.ticket()
    async with opened(official, await last(official)) as stream:

        def revoke(tx: Any) -> None:
            found = official_by_code(tx, code)
            assert found is not None
            revoke_official(tx, found.id, site.clock())

        site.db.write(revoke).result()
        assert await stream.items() == []
    async with opened(official, ticket=ticket) as stream:
        assert await stream.items() == []
    assert (await official.call("POST", "/ticket")).status == 401


async def test_a_desk_that_is_left_ends_its_own_stream_and_an_idle_one_too(site: Site) -> None:
    code = site.office(await site.citizen().file())
    left, used = await site.official(code), await site.official(code)
    await left.command("desk")
    n = await last(left)
    async with opened(left, n) as one, opened(used, n) as other:

        def leave(tx: Any) -> None:
            found = desk_official(tx, left.headers["Cookie"].partition("=")[2], site.clock())
            assert found is not None
            leave_desk(tx, found[0], site.clock())

        site.db.write(leave).result()
        assert await one.items() == []
        await used.command("queue")
        assert await other.items() != []
        site.clock.ahead = DESK_IDLES + timedelta(seconds=1)
        assert await other.items() == []
