"""Pages of the web chat without a screen. Each says things as the real one does, again under the same id until they are
taken, and shows only what its live stream brings, from whichever front that comes. It never asks for what its stream
has kept from it, as the real one does after eight seconds: here that is to be seen."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import itertools
import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tests.fakes.people import Bubble
from tests.faults.browser import Item
from tests.faults.ledger import TABLES, Known
from tests.faults.twice import excess

PASSING = (408, 425, 429)
AGAIN = 0.5
"""Seconds before the next try of whatever did not come about; the real page waits for one, and then longer."""
ACKS_AFTER = 0.8
REQUEST = aiohttp.ClientTimeout(total=20)
FOR_EVER = aiohttp.ClientTimeout(total=None)
LINE_MOST = 2**20


@dataclass(eq=False)
class Page:
    """It opens its stream when the person first says something, and keeps it from then on."""

    session: aiohttp.ClientSession
    base: str
    lang: str
    token: str
    viewers: list[Callable[[], None]] = field(default_factory=list)
    """Called whenever something of ours has come."""
    n: int = 0
    """The last change that was shown."""
    came: int = 0
    """Items of ours that the stream has brought."""
    streams: int = 0
    """How many it has had, one after the other."""
    repeated: int = 0
    """How often it has said something again."""
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _said: dict[str, str] = field(default_factory=dict)
    """Texts by id, in their order."""
    _items: dict[int, Item] = field(default_factory=dict)
    _fresh: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def peer(self) -> str:
        return hashlib.sha256(self.token.encode()).hexdigest()

    @property
    def bubbles(self) -> list[Bubble]:
        """Of what stands there as said by the person, only that is theirs which this page has said."""
        return [
            Bubble(str(pos), item["id"] in self._said, f"{item['text']} {item['note'] or ''}")
            for pos, item in sorted(self._items.items())
        ]

    async def say(self, text: str) -> None:
        """Returns when it was taken: the next words wait in the page until then."""
        self._said[id := secrets.token_urlsafe(16)] = text
        if not self.tasks:
            self.tasks += [asyncio.create_task(self._listen()), asyncio.create_task(self._acknowledge())]
        await self._until_taken("POST", "/messages", {"id": id, "kind": "text", "text": text})

    async def again(self) -> None:
        """Everything that was said is said once more, as by a page that knows nothing of any answer."""
        for id, text in self._said.items():
            await self._until_taken("POST", "/messages", {"id": id, "kind": "text", "text": text})

    async def askew(self) -> int:
        """What stands here otherwise than on a page that is opened now, and words of the person that do not stand there
        once and in their order."""
        opened, here = await self._opened_now(), self._items
        otherwise = sum(opened.get(pos) != here.get(pos) for pos in opened.keys() | here.keys())
        mine: list[str] = [item["id"] for _, item in sorted(opened.items()) if item["side"] == "me"]
        misplaced: int = sum(one != other for one, other in itertools.zip_longest(mine, self._said))
        return otherwise + misplaced

    async def _opened_now(self) -> dict[int, Item]:
        found, more, asked = dict[int, Item](), True, "/items"
        while more:
            page = await self._until_taken("GET", asked)
            found |= {item["pos"]: item for item in page["items"]}
            more, asked = page["more"], f"/items?before={min(found, default=0)}"
        return found

    async def _listen(self) -> None:
        """A ticket opens one stream."""
        while True:
            ticket = (await self._until_taken("POST", "/ticket"))["ticket"]
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):  # the next one begins where this one was cut
                await self._follow(f"{self.base}/stream?ticket={ticket}&after={self.n}")
            await asyncio.sleep(AGAIN)

    async def _follow(self, url: str) -> None:
        async with self.session.get(url, timeout=FOR_EVER, read_bufsize=LINE_MOST) as answer:
            if answer.status != 200:
                return
            self.streams += 1
            event = ""
            while line := (await answer.content.readline()).decode():
                name, _, value = line.rstrip("\r\n").partition(": ")
                event = value if name == "event" else event
                assert event != "anew", "a page was told that its chat is another one"
                if name == "data" and event == "items":
                    self._show(json.loads(value))

    def _show(self, news: dict[str, Any]) -> None:
        self.n = news["n"]
        self._items |= {item["pos"]: item for item in news["items"]}
        self._fresh.set()
        if theirs := sum(item["side"] == "them" for item in news["items"]):
            self.came += theirs
            for view in self.viewers:
                view()

    async def _acknowledge(self) -> None:
        while True:
            await self._fresh.wait()
            await asyncio.sleep(ACKS_AFTER)
            self._fresh.clear()
            await self._until_taken("POST", "/ack", {"n": self.n})

    async def _until_taken(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        while True:
            if (answer := await self._asked(method, path, body)) is not None:
                return answer
            self.repeated += path == "/messages"
            await asyncio.sleep(AGAIN)

    async def _asked(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        """None where it is to be tried again: nobody took it, or nobody knows whether somebody did."""
        headers = {"Authorization": f"Bearer {self.token}", "X-Lang": self.lang}
        url = self.base + path
        try:
            async with self.session.request(method, url, json=body, headers=headers, timeout=REQUEST) as answer:
                if answer.status >= 500 or answer.status in PASSING:
                    return None
                assert answer.status < 400, (path, answer.status, await answer.text())
                return await answer.json() if answer.status != 204 else {}
        except (aiohttp.ClientError, TimeoutError):
            return None


@dataclass
class Pages:
    """All that are open, at one address."""

    session: aiohttp.ClientSession
    url: str
    open: list[Page] = field(default_factory=list)

    def person(self, lang: str) -> Page:
        """Known by the same token in every run."""
        token = urlsafe_b64encode(hashlib.sha256(b"%d" % len(self.open)).digest()).decode().rstrip("=")
        self.open.append(page := Page(self.session, f"{self.url}/api/chat", lang, token))
        return page

    @property
    def came(self) -> int:
        return sum(page.came for page in self.open)

    @property
    def streams(self) -> int:
        return sum(page.streams for page in self.open)

    @property
    def repeated(self) -> int:
        return sum(page.repeated for page in self.open)

    async def again(self) -> None:
        await asyncio.gather(*(page.again() for page in self.open))

    async def askew(self) -> int:
        return sum([await page.askew() for page in self.open])

    def all_is_shown(self, latest: dict[str, int]) -> bool:
        """By peer, the last change that there is."""
        return all(page.n >= latest.get(page.peer, 0) for page in self.open)

    def excess(self, known: Known) -> int:
        """What stands on these pages oftener than it was to be said."""
        return sum(
            excess([(bubble.id, bubble.text) for bubble in page.bubbles if not bubble.mine], known.get(page.peer, ()))
            for page in self.open
        )

    async def close(self) -> None:
        tasks = [task for page in self.open for task in page.tasks]
        ended = [task for task in tasks if task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for task in ended:
            task.result()


@asynccontextmanager
async def pages_at(url: str) -> AsyncIterator[Pages]:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
        pages = Pages(session, url)
        try:
            yield pages
        finally:
            await pages.close()


def latest(conn: Connection) -> dict[str, int]:
    """The last change of each chat, by peer."""
    boxes, talks = TABLES["web_boxes"].c, TABLES["conversations"].c
    rows = conn.execute(sa.select(talks.peer, boxes.n).where(talks.id == boxes.conversation_id))
    return {str(peer): int(n) for peer, n in rows}
