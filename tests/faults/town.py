"""The product as it is deployed, in processes that can be killed, with the messengers that it is connected to and the
people there. It says what has become of what they said, and judges nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.engine import Connection

from core.db import Database
from tests.builders import NOON
from tests.fakes.reached import BOT, Reached
from tests.fakes.telegram import FakeTelegram
from tests.fakes.vk import TOKEN as VK_TOKEN
from tests.fakes.vk import FakeVK
from tests.faults import crowd, history, ledger, pages
from tests.faults.balancer import Balancer, balancing
from tests.faults.browser import eventually
from tests.faults.checker import Verdict, judge
from tests.faults.child import Order
from tests.faults.crowd import Crowd, Somebody
from tests.faults.lives import Life, Nursery, free_port
from tests.faults.pages import Pages, pages_at

SECRET = "a-secret-of-at-least-16-signs"
WAYS = ("telegram polling", "telegram webhook", "vk longpoll", "vk callback", "web")
STARTS_WITHIN = 60.0
STOPS_WITHIN = 60.0
CALM_WITHIN = 120.0
LOOKS_EVERY = 0.1
NOTICED = "event=clock_set"
"""What a process writes when it has seen that its clock was set."""
T = TypeVar("T")


@dataclass
class Town(Reached):
    """`lives` by name: "run", or "front-0", "front-1", "worker-0" and so on. What is begun anew keeps its name."""

    way: str
    db: Database
    order: Order
    nursery: Nursery
    balancer: Balancer
    pages: Pages
    telegram: FakeTelegram | None = None
    vk: FakeVK | None = None
    lives: dict[str, Life] = field(default_factory=dict)
    ahead: timedelta = timedelta()
    """By how much the clocks of those who are begun from now on are put on."""
    strikes: int = 0
    in_sending: int = 0
    """Rows on their way when their process was killed, over all strikes."""
    crowd: Crowd = field(default_factory=Crowd)
    _began: float = field(default_factory=time.monotonic)
    _marks: dict[tuple[str, int], int] = field(default_factory=dict)
    _taken: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    _looked: int = 0
    _peak: float = 0.0

    # Who lives here

    def begin(self, name: str, **more: Any) -> Life:
        """A process; `more` are fields of its order. All clocks of a town show the same, unless `starts` is given."""
        kind, now = name.partition("-")[0], self.now().isoformat()
        parts = {"front": kind != "worker", "worker": kind != "front", "port": free_port(), "starts": now}
        life = self.lives[name] = Life(self.nursery, replace(self.order, **{**parts, **more}))
        if life.order.front:
            self.balancer.fronts.add(self.base(name))
        return life

    def now(self) -> datetime:
        return NOON + timedelta(seconds=time.monotonic() - self._began) + self.ahead

    def base(self, name: str) -> str:
        return f"http://127.0.0.1:{self.lives[name].order.port}"

    async def until_ready(self, name: str) -> None:
        """It serves its pages and has its database; a worker is known by its life alone."""
        life = self.lives[name]
        if life.order.front:
            await eventually(lambda: self._is_ready(name), f"{name} to be ready", patience=STARTS_WITHIN)

    async def _is_ready(self, name: str) -> bool:
        return self.base(name) in self.balancer.ready

    async def kill(self, name: str) -> int:
        """By kill -9; how many rows it had on their way."""
        life = self.lives.pop(name)
        await life.kill()
        self._left(life)
        lost = await self.read(lambda conn: ledger.sending(conn, life.pid))
        self.strikes += 1
        self.in_sending += lost
        return lost

    async def stop(self, name: str) -> int | None:
        """As an operator does; its exit code. The balancer has to find out by itself."""
        life = self.lives.pop(name)
        code = await life.stop(STOPS_WITHIN)
        self._left(life)
        return code

    def set_clocks(self, jump: timedelta) -> None:
        """All of them, at the same moment. Whoever sets them again has to see first that it was noticed."""
        (Path(self.order.var_dir) / "jump").write_text(str(jump.total_seconds()))
        for life in self.lives.values():
            os.kill(life.pid, signal.SIGUSR1)
        self.ahead += jump

    async def until_noticed(self, jump: timedelta) -> None:
        """Sets all clocks, until every process has said that it has seen it."""
        said = self.log().count(NOTICED)
        self.set_clocks(jump)

        async def seen() -> bool:
            return self.log().count(NOTICED) >= said + len(self.lives)

        await eventually(seen, f"clocks set by {jump} to be noticed", patience=CALM_WITHIN)

    def _left(self, life: Life) -> None:
        self.balancer.fronts.discard(f"http://127.0.0.1:{life.order.port}")

    # What they hear

    async def until_connected(self) -> None:
        """Updates go where they should from now on. VK tells only of what happened after somebody has asked."""
        await eventually(self._is_connected, "the messenger to be connected", patience=STARTS_WITHIN)
        if self.way == "vk callback":
            await self.group.callback(f"{self.balancer.url}/hooks/vk", SECRET).confirm()

    async def _is_connected(self) -> bool:
        match self.way:
            case "telegram polling":
                return bool(self.bot.calls("getUpdates"))
            case "telegram webhook":
                return self.bot.updates.hook is not None
            case "vk longpoll":
                return bool(self.group.longpoll.polls)
            case _:
                return bool(self.balancer.ready)

    def settle(self, lines: Sequence[history.Line]) -> Crowd:
        """People with phones who will say these lines."""
        self._marks = history.marks(list(lines))
        if self.way == "web":
            self.crowd = crowd.on_the_web(self.pages, lines)
        else:
            self.crowd = crowd.on_vk(self.group, lines) if self.vk else crowd.on_telegram(self.bot, lines)
        return self.crowd

    async def until_taken(self, one: Somebody) -> None:
        """VK's server has been told `ok` for all that they have said."""

        async def taken() -> bool:
            self._look_at_deliveries()
            return len(self._taken[one.phone.user_id]) >= one.said

        await eventually(taken, f"what {one.name} has said to be taken", patience=CALM_WITHIN)

    def _look_at_deliveries(self) -> None:
        (server,) = self.group.callbacks
        for delivery in server.deliveries[self._looked :]:
            if delivery.taken:
                self._taken[_writer(delivery.event)].add(delivery.event["event_id"])
        self._looked = len(server.deliveries)

    async def _all_is_brought(self) -> bool:
        match self.way:
            case "vk longpoll":
                longpoll = self.group.longpoll
                return bool(longpoll.polls) and longpoll.polls[-1]["ts"] == longpoll.ts
            case "vk callback":
                return all(server._idle.is_set() for server in self.group.callbacks)
            case "web":
                return True  # it is taken when its page has said it
            case _:
                return not self.bot.updates.pending

    async def _all_is_shown(self) -> bool:
        return self.way != "web" or self.pages.all_is_shown(await self.read(pages.latest))

    @property
    def sent(self) -> int:
        """Messages that the messenger has shown so far, or the open pages."""
        if self.way == "web":
            return self.pages.came
        if self.vk is not None:
            return sum(m.from_id < 0 for talk in self.group.conversations.values() for m in talk.messages)
        return len(self.bot.calls("sendMessage"))

    async def until_sent(self, more: int, patience: float = CALM_WITHIN) -> None:
        """So many more messages have gone out: a moment amid load that has nothing to do with the time."""
        wanted = self.sent + more

        async def enough() -> bool:
            return self.sent >= wanted

        await eventually(enough, f"{more} more messages to be sent; there were {self.sent}", patience=patience)

    # What has become of it

    async def read(self, fn: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self.db.read(fn))

    async def write(self, fn: Callable[[Connection], T]) -> T:
        """What an official does, who has no messenger here."""
        return await asyncio.wrap_future(self.db.write(fn))

    async def calm(self, patience: float = CALM_WITHIN) -> int:
        """Waits until everything is delivered, heard and answered, as far as that is to come; what is stuck then."""
        until = time.monotonic() + patience
        self._look_at_memory()
        while time.monotonic() < until:
            if (
                await self._all_is_brought()
                and not await self.read(lambda conn: ledger.stuck(conn, self.now()))
                and await self._all_is_shown()  # asked last: what has come to its end meanwhile is to be shown as well
            ):
                return 0
            await asyncio.sleep(LOOKS_EVERY)
        left = await self.read(lambda conn: ledger.left(conn, self.now()))
        print("left:", left, "inbox:", await self.read(lambda conn: ledger.counted(conn, "inbox")))
        return sum(left.values())

    async def verdict(self, stuck: int = 0, doors: Mapping[str, str] | None = None) -> Verdict:
        """Of what the crowd has said; `stuck` as `calm` has found. `doors`: names by the peers under which some of them
        are known in another messenger."""
        persons = {one.phone.peer: one.name for one in self.crowd.people} | dict(doors or {})
        came = await self.read(lambda conn: ledger.effects(conn, self._marks))
        read = await self.read(lambda conn: ledger.owners(conn, persons))
        return judge(
            self.crowd.said,
            came,
            seen=[*self.crowd.seen(), *read],
            shown=self.crowd.shown(),
            stuck=stuck,
            excess=await self._excess(),
        )

    async def _excess(self) -> int:
        messenger = self.way.partition(" ")[0]
        known = await self.read(lambda conn: ledger.known_to_be_sent(conn, messenger))
        if self.way == "web":
            return self.pages.excess(known)
        if self.vk is not None:
            return ledger.excess_on_vk(self.group, known)
        return ledger.excess_on_telegram(self.bot, known)

    def counts(self, verdict: Verdict) -> dict[str, float]:
        """A verdict for the table of figures, with how much it is about."""
        facts = {"said": len(self.crowd.said), "strikes": self.strikes, "in_sending": self.in_sending}
        if self.way == "web":
            facts["streams"] = self.pages.streams
        return {**asdict(verdict), **facts, **({"peak_mb": self._peak} if self._peak else {})}

    def _look_at_memory(self) -> None:
        """The most that any of those who live has had."""
        with suppress(FileNotFoundError, ProcessLookupError, IndexError):
            self._peak = float(max((life.memory(peak=True) for life in self.lives.values()), default=0))

    def log(self) -> str:
        path = Path(self.order.log)
        return path.read_text() if path.exists() else ""


def _writer(event: Any) -> int:
    return int(event["object"]["message"]["from_id"]) if event["type"] == "message_new" else 0


@asynccontextmanager
async def a_town(
    nursery: Nursery,
    url: str,
    folder: Path,
    way: str,
    *,
    names: Sequence[str] = ("run",),
    redis: str = "",
    limits: bool = False,
    **order: Any,
) -> AsyncIterator[Town]:
    """`names`: who lives there at first. `limits`: messengers refuse what is too fast, and we keep our pace."""
    async with AsyncExitStack() as stack:
        balancer = await stack.enter_async_context(balancing())
        settings: dict[str, Any] = {"demo": False, **order.pop("settings", {})}
        telegram = vk = None
        if way.startswith("telegram"):
            telegram = await stack.enter_async_context(FakeTelegram(limits=limits))
            telegram.bot(BOT, "otklik_bot")
            settings |= {"telegram_token": BOT, "telegram_api_url": telegram.url}
        elif way.startswith("vk"):
            vk = await stack.enter_async_context(FakeVK(limits=limits))
            settings |= {"vk_token": VK_TOKEN, "vk_group_id": vk.group().id, "vk_api_url": vk.url}
        if way == "telegram webhook":
            settings |= {"telegram_mode": "webhook", "telegram_secret": SECRET, "public_url": balancer.url}
        if vk is not None and way == "vk callback":
            code = vk.groups[VK_TOKEN].confirmation
            settings |= {"vk_mode": "callback", "vk_secret": SECRET, "vk_confirmation": code}
            settings |= {"public_url": balancer.url}
        first = Order(url, 8080, str(folder), str(folder / "lives.log"), NOON.isoformat(), redis_url=redis)
        first = replace(first, settings=settings, unpaced=not limits, **order)
        db = stack.enter_context(closing(Database(url, serve=False)))
        open_pages = await stack.enter_async_context(pages_at(balancer.url))
        town = Town(way, db, first, nursery, balancer, open_pages, telegram, vk)
        try:
            for name in names:
                town.begin(name)
            for name in names:
                await town.until_ready(name)
            if names:
                await town.until_connected()
            yield town
        finally:
            for life in list(town.lives.values()):
                await life.kill()
