"""Many processes over one database: each conversation has one owner, each token one holder, whoever comes and goes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import Connection

from core.outbox import tokens
from tests.builders import Chat
from tests.pipe.conftest import Pipe
from tests.pipe.test_account import PATIENCE, Pigeon, serving, soon

PROCESSES = 5


async def test_of_many_fronts_one_hears_each_update_and_in_order(pipe: Pipe) -> None:
    """While people go on talking."""
    chats = [pipe.a_citizen(consent=True) for _ in range(8)]
    fronts = [pipe.front(f"front-{n}") for n in range(PROCESSES)]

    async def talk(chat: Chat) -> None:
        for n in range(6):
            await asyncio.to_thread(pipe.says, chat, f"file {chat.id}.{n}" if n % 2 else f"word {chat.id}.{n}")

    async def listen(n: int, talking: asyncio.Task[list[None]]) -> None:
        while await fronts[n].turn() or not talking.done():
            pass

    talking = asyncio.create_task(_all(talk(chat) for chat in chats))
    async with asyncio.timeout(PATIENCE * 3):
        await asyncio.gather(talking, *(listen(n, talking) for n in range(PROCESSES)))
        while await pipe.turns():
            pass
    assert set(pipe.rows("inbox", "state", "attempts")) == {("done", 1)}
    for chat in chats:
        heard = [key for key, _ in pipe.rows("outbox", "key", "id", conversation_id=chat.id)]
        order = [int(key.split(":")[1]) for key in heard]
        assert order == sorted(order) and len(set(order)) == len(order)
    assert sorted(text.split(" a deep")[0] for text in pipe.rows("appeals", "text")) == sorted(
        f"file {chat.id}.{n}" for chat in chats for n in (1, 3, 5)
    )


async def _all(many: Iterable[Awaitable[None]]) -> list[None]:
    return await asyncio.gather(*many)


@dataclass
class Roost:
    """Who listens with the token: one at a time."""

    listening: set[int] = field(default_factory=set)
    most: int = 0
    came: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Homing(Pigeon):
    roost: Roost = field(default_factory=Roost)

    async def listen(self) -> None:
        self.roost.listening.add(id(self))
        self.roost.most = max(self.roost.most, len(self.roost.listening))
        self.roost.came.set()
        try:
            await super().listen()
        finally:
            self.roost.listening.discard(id(self))
            self.roost.left.set()


async def test_of_many_processes_one_holds_a_token_and_it_goes_on_when_that_one_ends(
    pipe: Pipe, tmp_path: Path
) -> None:
    roost = Roost()
    async with AsyncExitStack() as stack:
        running = {
            id(pigeon): await stack.enter_async_context(serving(pipe, tmp_path, f"process-{n}", pigeon))
            for n, pigeon in enumerate(Homing(roost=roost) for _ in range(PROCESSES))
        }
        for _ in range(PROCESSES):
            await soon(roost.came)
            (holder,) = roost.listening
            roost.came.clear()
            await running.pop(holder).stop()
            assert holder not in roost.listening
    assert (roost.most, running) == (1, {})


async def test_who_has_lost_its_token_stops_to_listen_and_one_begins_when_it_is_free(
    pipe: Pipe, tmp_path: Path
) -> None:
    roost = Roost()

    def stolen(tx: Connection) -> bool:
        return tokens.hold(tx, "pigeon", "", "a thief", pipe.now)

    async with AsyncExitStack() as stack:
        for n in range(PROCESSES):
            await stack.enter_async_context(serving(pipe, tmp_path, f"process-{n}", Homing(roost=roost)))
        for _ in range(3):
            await soon(roost.came)
            roost.came.clear()
            roost.left.clear()
            while not pipe.write(stolen):  # who held it may have been faster
                pipe.now += tokens.LEASE * 2
            await soon(roost.left)
            assert not roost.listening
            pipe.write(lambda tx: tokens.drop(tx, "pigeon", "", "a thief"))
    assert roost.most == 1
