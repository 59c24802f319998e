"""One running Otklik in this process, on a loopback port of its own, and the people who use it over HTTP."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
import secrets
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import sqlalchemy as sa
import structlog
from yarl import URL

from bots import logs
from bots.config import Settings
from bots.wiring import Parts, Process, prepare, serve
from core.appeals.tables import appeals
from core.authorities.entries import issue_entry
from core.authorities.queries import official_by_code
from core.authorities.tables import officials
from core.db import Database
from core.inbox.tables import inbox
from core.jobs import jobs
from core.outbox.tables import outbox

WORDS = "There is a deep pothole on Sadovaya street, near the school."
NOON = datetime(2026, 9, 14, 9, 0, tzinfo=UTC)
"""A Monday, noon in the demo region: no quiet hours."""
REPLY = "The pothole has been filled this morning."
PATIENCE = 10.0
"""Seconds within which anything that was said has been dealt with."""
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> str:
        """The sentence for the person, where the answer is a refusal."""
        said = self.json
        assert set(said) == {"error"}, said
        return str(said["error"])


class Log(io.StringIO):
    """All that was logged. What is not `expected` and is an error fails the test."""

    def __init__(self) -> None:
        super().__init__()
        self.expected: set[str] = set()

    def problems(self, since: int = 0) -> list[str]:
        """In what has been written after so many characters."""
        bad = re.compile(r"level=(error|critical)|event=((request|move|loop|timer|job)_failed|not_written_together)")
        return [
            line
            for line in self.getvalue()[since:].splitlines()
            if bad.search(line) and not any(word in line for word in self.expected)
        ]


@contextmanager
def logged(secret: tuple[str, ...] = ()) -> Iterator[Log]:
    """Logs as the real process writes them, into memory."""
    root, hooks, log = logging.getLogger(), (sys.excepthook, threading.excepthook), Log()
    before, level = list(root.handlers), root.level
    logs.set_up(secret, log)
    try:
        yield log
    finally:
        root.handlers[:] = before
        sys.excepthook, threading.excepthook = hooks
        root.setLevel(level)
        structlog.reset_defaults()


@dataclass
class Clock:
    """Begins at NOON and goes as fast as the real one; a test may put it on."""

    ahead: timedelta = timedelta(0)
    begun: float = field(default_factory=time.monotonic)

    def __call__(self) -> datetime:
        return NOON + timedelta(seconds=time.monotonic() - self.begun) + self.ahead


@dataclass
class Site:
    process: Process
    session: aiohttp.ClientSession
    clock: Clock
    log: Log
    stop: asyncio.Event
    woken: asyncio.Event
    running: asyncio.Task[None] = field(init=False)

    @property
    def db(self) -> Database:
        return self.process.db

    @property
    def url(self) -> str:
        return f"http://{self.process.settings.http_host}:{self.process.settings.http_port}"

    async def call(self, method: str, path: str, **options: Any) -> Answer:
        """`path` goes out as it is written."""
        options.setdefault("allow_redirects", False)
        async with self.session.request(method, URL(self.url + path, encoded=True), **options) as answer:
            return Answer(answer.status, answer.headers.copy(), await answer.read())

    async def quiet(self) -> None:
        """Everything that has been said is answered, the answers stand in the chats, and no job is in hand."""
        async with asyncio.timeout(PATIENCE):
            while True:
                self.woken.clear()
                now = self.clock()
                if not await asyncio.wrap_future(self.db.read(lambda conn: _waiting(conn, now))):  # noqa: B023
                    return
                try:
                    async with asyncio.timeout(0.2):
                        await self.woken.wait()
                except TimeoutError:
                    pass

    def rows(self, statement: sa.Select[Any]) -> list[Any]:
        return self.db.read(lambda conn: list(conn.execute(statement).all())).result()

    def citizen(self, lang: str = "en") -> Person:
        token = secrets.token_urlsafe(32)
        return Person(self, "/api/chat", {"Authorization": f"Bearer {token}", "X-Lang": lang})

    def entry(self, code: str) -> str:
        """The path of a new single-use link."""

        def issue(tx: sa.Connection) -> str:
            official = official_by_code(tx, code)
            assert official is not None, code
            return issue_entry(tx, official.id, self.clock())

        return f"/enter/{self.db.write(issue).result()}"

    def office(self, number: str) -> str:
        """The code of an official of the authority that has to answer."""
        responsible = sa.select(officials.c.code).join(appeals, appeals.c.authority_id == officials.c.authority_id)
        return str(self.rows(responsible.where(appeals.c.number == number).order_by(officials.c.id))[0].code)

    async def answered(self, number: str) -> Person:
        """The official who has taken this appeal and answered it."""
        official = await self.official(self.office(number))
        await official.command("take", number)
        await official.command("answer", number)
        await official.say(REPLY)
        await official.choose("yes")
        return official

    async def official(self, code: str, lang: str = "en") -> Person:
        answer = await self.call("POST", self.entry(code), headers={"Origin": self.url})
        assert answer.status == 303, answer
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
        return Person(self, "/desk/api", {"Cookie": cookie, "X-Lang": lang, "Origin": self.url})


def _waiting(conn: sa.Connection, now: datetime) -> bool:
    """What is put off does not count: a test that puts something off waits for it by its own means. What a day begins
    with does: it is in hand when the first browsers come."""
    unheard = sa.exists().where(inbox.c.state == "new", inbox.c.not_before <= now)
    unsent = sa.exists().where(outbox.c.state.in_(("ready", "leased", "sending")), outbox.c.not_before <= now)
    undone = sa.exists().where(jobs.c.state.in_(("ready", "leased")), jobs.c.not_before <= now)
    return bool(conn.execute(sa.select(sa.or_(unheard, unsent, undone))).scalar())


@dataclass
class Person:
    """A browser of somebody: what it sends, and what stands in its chat."""

    site: Site
    api: str
    headers: dict[str, str]

    async def call(self, method: str, path: str, **options: Any) -> Answer:
        headers = {**self.headers, **options.pop("headers", {})}
        return await self.site.call(method, self.api + path, headers=headers, **options)

    async def post(self, body: Any, path: str = "/messages", **headers: str) -> Answer:
        """A dict goes out as JSON (with an id if it has none), bytes as they are."""
        if isinstance(body, dict):
            body = json.dumps({"id": message_id(), **body}).encode()
        return await self.call("POST", path, data=body, headers={"Content-Type": "application/json", **headers})

    async def say(self, text: str, *photos: str) -> Answer:
        return await self._heard({"kind": "text", "text": text, "photos": list(photos)})

    async def command(self, name: str, args: str = "") -> Answer:
        return await self._heard({"kind": "command", "name": name, "args": args})

    async def press(self, data: str) -> Answer:
        return await self._heard({"kind": "press", "data": data})

    async def _heard(self, body: dict[str, Any]) -> Answer:
        answer = await self.post(body)
        await self.site.quiet()
        return answer

    async def choose(self, *keys: str) -> None:
        """Presses the first button of the live screen whose key begins with one of these; without keys, the first."""
        for data in await self.buttons():
            if not keys or any(key_of(data).startswith(key) for key in keys):
                await self.press(data)
                return
        raise AssertionError(f"no {keys} in {await self.screen()}")

    async def items(self, after: int | None = None) -> list[dict[str, Any]]:
        answer = await self.call("GET", "/items" if after is None else f"/items?after={after}")
        assert answer.status == 200, answer
        found: list[dict[str, Any]] = answer.json["items"]
        return found

    async def screen(self) -> dict[str, Any]:
        """What we have said last; pushes apart."""
        ours = [item for item in await self.items() if item["side"] == "them" and not item["push"]]
        assert ours, "nothing was answered"
        return ours[-1]

    async def buttons(self) -> list[str]:
        return [button["data"] for button in (await self.screen())["buttons"] if button["kind"] == "press"]

    async def step(self) -> tuple[str, tuple[str, ...]]:
        """What is asked now, whatever note stands above it."""
        screen = await self.screen()
        return screen["text"], tuple(key_of(button["data"]) for button in screen["buttons"])

    async def photo(self, content: bytes = PNG) -> str:
        answer = await self.post(content, "/photos", **{"Content-Type": "image/png"})
        assert answer.status == 201, answer
        return str(answer.json["ref"])

    async def begin(self) -> None:
        """Opens an appeal, past the consent where that is asked for first: now its words are asked for."""
        await self.command("appeal")
        if any(key_of(data).startswith("yes") for data in await self.buttons()):
            await self.choose("yes")

    async def file(self, text: str = WORDS, *photos: str) -> str:
        """The number of a new appeal."""
        await self.say(text, *photos)
        if "appeal:" in await self.buttons():  # the words might belong to one that is open
            await self.choose("appeal:")
        return await self.file_on()

    async def file_on(self) -> str:
        """Goes on with what has been begun, always by the first way that leads on; the number of the new appeal."""
        before = len(self.site.rows(sa.select(appeals.c.id)))
        for _ in range(12):
            buttons = await self.buttons()
            keys = [key_of(data) for data in buttons if data.startswith("~")]
            wanted = next((key for key in keys if key.startswith(("yes", "skip", "done"))), keys[0])
            await self.choose(wanted)
            rows = self.site.rows(sa.select(appeals.c.number).order_by(appeals.c.id))
            if len(rows) > before:
                return str(rows[-1].number)
        raise AssertionError(f"not filed: {await self.screen()}")

    async def ticket(self) -> str:
        answer = await self.call("POST", "/ticket")
        assert answer.status == 200, answer
        return str(answer.json["ticket"])


def key_of(data: str) -> str:
    """The part of a button's data that its dialog has chosen."""
    return data.split("~", 3)[3] if data.startswith("~") else data


def message_id() -> str:
    return secrets.token_urlsafe(16)


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
        return port


@asynccontextmanager
async def running(settings: Settings, log: Log) -> AsyncIterator[Site]:
    db = Database(settings.database)
    clock, stop, woken = Clock(), asyncio.Event(), asyncio.Event()
    process = replace(prepare(settings, db), clock=clock, reached=lambda hop: woken.set())
    started = asyncio.Event()
    task = asyncio.create_task(serve(process, Parts(front=True, worker=True), stop, started.set))
    waits = asyncio.create_task(started.wait())
    await asyncio.wait([task, waits], return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        await task
    timeout = aiohttp.ClientTimeout(total=PATIENCE * 2)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), timeout=timeout) as session:
        site = Site(process, session, clock, log, stop, woken)
        site.running = task
        try:
            yield site
        finally:
            stop.set()
            await task
            await asyncio.to_thread(db.close)
