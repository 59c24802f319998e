"""An account of a messenger: let in sooner or later, listened to by one process at a time, given back at the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from bots.account import Account
from bots.config import ROOT, Settings
from bots.deliver import Deliver
from bots.files.lane import Source
from bots.files.store import in_folder
from bots.messenger import Refused, World
from bots.pace import Pace
from bots.signals import Signals
from bots.transport import Outcome, Parcel
from core.outbox import tokens
from core.outbox.types import Lane
from core.region.file import load_region
from tests.builders import Chat
from tests.messengers.hurry import FAST
from tests.pipe.conftest import Pipe, Postbox
from tests.pipe.test_deliver import an_appeal_in_work, moved_to
from tests.web.site import Log, logged

PATIENCE = 10.0


class Door(Postbox):
    """Tells when the first parcel has come."""

    def __init__(self) -> None:
        super().__init__()
        self.come = asyncio.Event()

    async def send(self, parcel: Parcel) -> Outcome:
        self.come.set()
        return await super().send(parcel)


@dataclass
class Pigeon:
    """A messenger that answers as it is told."""

    answers: list[Exception] = field(default_factory=list)
    name: str = "pigeon"
    account: str = ""
    what: str = "Pigeon"
    link: str = ""
    source: Source | None = None
    pace: Pace = field(default_factory=lambda: Pace(FAST))
    transport: Door = field(default_factory=Door)
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    listening: asyncio.Event = field(default_factory=asyncio.Event)
    done: list[str] = field(default_factory=list)

    def routes(self) -> list[web.RouteDef]:
        return []

    async def open(self) -> None:
        self.done.append("open")
        if self.answers:
            raise self.answers.pop(0)
        self.opened.set()

    async def set_up(self) -> None:
        self.done.append("set up")

    async def listen(self) -> None:
        self.listening.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.listening.clear()

    async def close(self) -> None:
        self.done.append("close")


@dataclass
class Running:
    pigeon: Pigeon
    stopping: asyncio.Event
    task: asyncio.Task[None]

    async def stop(self) -> None:
        self.stopping.set()
        async with asyncio.timeout(PATIENCE):
            await self.task


async def soon(event: asyncio.Event) -> None:
    async with asyncio.timeout(PATIENCE):
        await event.wait()


@asynccontextmanager
async def serving(
    pipe: Pipe, folder: Path, owner: str, pigeon: Pigeon, *, holding: bool = True, pause: float = 1.0
) -> AsyncIterator[Running]:
    signals = Signals()
    demo = ROOT / "deploy" / "demo" / "region.yaml"
    settings = Settings(_env_file=None, var_dir=folder)  # type: ignore[call-arg]
    now = lambda: pipe.now
    world = World(settings, pipe.db, pipe.houses, load_region(demo), signals, now, in_folder(folder))

    async def nothing(messenger: Any) -> None: ...

    def deliver(served: Any) -> Deliver:
        return Deliver(pipe.db, pipe.houses, served, signals, now, owner)

    account = Account(world, pigeon, deliver, owner, {}, holding=holding, let_in=nothing, every=0.05, pause=pause)
    stopping = asyncio.Event()
    run = Running(pigeon, stopping, asyncio.create_task(account.run(stopping)))
    try:
        yield run
    finally:
        await run.stop()


async def test_a_messenger_that_is_away_is_asked_again(pipe: Pipe, tmp_path: Path) -> None:
    pigeon = Pigeon([ConnectionRefusedError()])
    async with serving(pipe, tmp_path, "one", pigeon):
        await soon(pigeon.listening)
    assert pigeon.done == ["open", "open", "set up", "close"]


async def test_a_token_that_is_refused_is_said_once_in_one_sentence(pipe: Pipe, tmp_path: Path) -> None:
    pigeon = Pigeon([Refused("PIGEON_TOKEN is refused: please take a new one.")] * 2)
    with logged() as log:
        async with serving(pipe, tmp_path, "one", pigeon, pause=0.01):
            await soon(pigeon.listening)
    assert pigeon.done == ["open"] * 3 + ["set up", "close"]
    assert _said(log) == 1 and "Traceback" not in log.getvalue()


async def test_a_fault_on_the_way_in_is_tried_again(pipe: Pipe, tmp_path: Path) -> None:
    pigeon = Pigeon([ValueError("a fault of ours")])
    with logged() as log:
        async with serving(pipe, tmp_path, "one", pigeon, pause=0.01):
            await soon(pigeon.listening)
    assert "messenger_not_connected" in log.getvalue()


def _said(log: Log) -> int:
    return log.getvalue().count("PIGEON_TOKEN is refused: please take a new one.")


async def test_one_process_listens_and_another_goes_on_when_it_ends(pipe: Pipe, tmp_path: Path) -> None:
    one, two = Pigeon(), Pigeon()
    async with serving(pipe, tmp_path, "one", one) as first:
        await soon(one.listening)
        async with serving(pipe, tmp_path, "two", two):
            await soon(two.opened)
            assert not pipe.write(lambda tx: tokens.hold(tx, "pigeon", "", "two", pipe.now))
            await first.stop()
            assert one.done[-1] == "close" and not one.listening.is_set()
            await soon(two.listening)


async def test_who_does_not_hold_the_token_sends_only_replies(pipe: Pipe, tmp_path: Path) -> None:
    chat, number = an_appeal_in_work(pipe)
    moved_to(pipe, chat, "pigeon")
    pipe.enqueues(chat, "a reply")
    pigeon = Pigeon()
    async with serving(pipe, tmp_path, "front", pigeon, holding=False):
        await soon(pigeon.transport.come)
    assert pigeon.transport.texts == ["a reply"] and not pigeon.listening.is_set()
    assert _unsent(pipe, chat, Lane.PUSH)
    holder = Pigeon()
    async with serving(pipe, tmp_path, "worker", holder):
        await soon(holder.transport.come)
    assert not _unsent(pipe, chat, Lane.PUSH) and number


def _unsent(pipe: Pipe, chat: Chat, lane: Lane) -> list[Any]:
    return pipe.rows("outbox", "id", conversation_id=chat.id, lane=lane, state="ready")


class Slow(Door):
    def __init__(self) -> None:
        super().__init__()
        self.answered = asyncio.Event()

    async def send(self, parcel: Parcel) -> Outcome:
        self.come.set()
        await self.answered.wait()
        return await super().send(parcel)


async def test_what_is_on_its_way_lands_before_the_end(pipe: Pipe, tmp_path: Path) -> None:
    chat, slow = pipe.a_citizen(), Slow()
    moved_to(pipe, chat, "pigeon")
    pipe.enqueues(chat, "a reply")
    async with serving(pipe, tmp_path, "one", Pigeon(transport=slow)) as run:
        await soon(slow.come)
        run.stopping.set()
        slow.answered.set()
        await run.stop()
    assert pipe.rows("outbox", "state") == ["delivered"]
