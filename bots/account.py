"""One account of a messenger in this process: let in, served as long as the process lives, and given back. Where
several processes serve it, one of them holds its token: that one listens and sends what is not a reply."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, MutableMapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import aiohttp
import structlog

from bots.deliver import Deliver
from bots.files.lane import Source
from bots.messenger import Messenger, Refused, World
from bots.pace import Pace
from bots.served import Served
from bots.signals import rung
from bots.turns import take_turns
from core.db import is_outage
from core.outbox import tokens
from core.outbox.types import Lane

REPLIES = (Lane.REPLY,)
AT_ONCE = 100
"""Rows in hand, on their way and in the row for it: how many requests are open is a matter of the pace."""
EVERY = tokens.LEASE.total_seconds() / 3
"""Seconds between two looks at the token."""
CANCEL_AGAIN = 0.5
PAUSE, PAUSE_MOST = 1.0, 60.0
"""Seconds before a messenger that does not answer is asked again."""
AWAY = (OSError, TimeoutError, aiohttp.ClientError)

log = structlog.get_logger(__name__)


class Account:
    """`deliver` makes what sends for it; `holding` says whether this process may hold the token at all; `let_in` is
    called when the messenger has let us in."""

    def __init__(
        self,
        world: World,
        messenger: Messenger,
        deliver: Callable[[Served], Deliver],
        owner: str,
        sources: MutableMapping[str, Source],
        *,
        holding: bool,
        let_in: Callable[[Messenger], Coroutine[Any, Any, None]],
        every: float = EVERY,
        pause: float = PAUSE,
    ) -> None:
        self._world, self._messenger, self._owner = world, messenger, owner
        served = Served(messenger.name, messenger.transport, self._lanes, messenger.account, AT_ONCE, messenger.pace)
        self._deliver, self._sources = deliver(served), sources
        self._holding, self._let_in, self._every, self._pause = holding, let_in, every, pause
        self._held_until: datetime | None = None
        self.up, self.refusal = False, ""
        """Whether the messenger has let us in; and if not, what an operator has to do."""
        world.metrics.connected(self.name, self.account, up=False)

    @property
    def name(self) -> str:
        return self._messenger.name

    @property
    def account(self) -> str:
        return self._messenger.account

    @property
    def pace(self) -> Pace:
        return self._messenger.pace

    @property
    def holds(self) -> bool:
        """Whether this process fetches for it, and sends what is not a reply."""
        return self._held_until is not None and self._world.clock() < self._held_until

    def _lanes(self) -> Sequence[Lane]:
        return tuple(Lane) if self.holds else REPLIES

    async def run(self, stopping: asyncio.Event) -> None:
        """Until `stopping` is set; what is on its way lands first. What is cut off is still `sending` in its table, as
        after a crash: it must not end in doubt because we have closed the connection."""
        messenger, holding = self._messenger, None
        try:
            if not await self._opened(stopping):
                return
            log.info("messenger_connected", messenger=messenger.what)
            holding = asyncio.create_task(self._hold(stopping)) if self._holding else None
            await take_turns(self._deliver.start, self._world.signals, "outbox", stopping)
            await self._deliver.landed()
            if holding is not None:
                await holding  # it gives the token back
        finally:
            if holding is not None:
                await _ended(holding)
            await self._deliver.let_go()
            await messenger.close()

    async def _opened(self, stopping: asyncio.Event) -> bool:
        """Tried until it is done; the rest of the product goes on meanwhile. What a person has to put right is said
        once, and looked at again every minute."""
        pause, said = self._pause, ""
        while not stopping.is_set():
            try:
                await self._messenger.open()
                await self._let_in(self._messenger)
            except Refused as refused:
                if str(refused) != said:
                    self._say_refused(refused)
                said, pause = str(refused), PAUSE_MOST * self._pause
            except AWAY as error:
                log.warning("messenger_away", messenger=self._messenger.what, problem=type(error).__name__)
            except Exception:
                log.exception("messenger_not_connected", messenger=self._messenger.what)
            else:
                self._stands(up=True)
                if self._messenger.source is not None:
                    self._sources[self._messenger.name] = self._messenger.source
                return True
            await rung(stopping, pause)
            pause = min(pause * 2, PAUSE_MOST)
        return False

    def _stands(self, *, up: bool, refusal: str = "") -> None:
        self.up, self.refusal = up, refusal
        self._world.metrics.connected(self.name, self.account, up=up)

    def _say_refused(self, refused: Refused) -> None:
        """A sentence for an operator, without a traceback: it is no fault of ours."""
        self._stands(up=False, refusal=str(refused))
        log.critical("messenger_refused", messenger=self._messenger.what, what_to_do=str(refused))

    async def _hold(self, stopping: asyncio.Event) -> None:
        """Takes the token when it is free; as long as it is ours, the messenger is listened to."""
        world, name, account = self._world, self._messenger.name, self._messenger.account
        serving: asyncio.Task[None] | None = None
        try:
            while not stopping.is_set():
                ours = await self._ours()
                if ours and (serving is None or serving.done()):
                    world.signals.ring("outbox")  # pushes may go now
                    serving = asyncio.create_task(self._serve())
                elif not ours and serving is not None:
                    await _ended(serving)
                    serving = None
                await rung(stopping, self._every)
        finally:
            if serving is not None:
                await _ended(serving)
            self._held_until = None
            with suppress(Exception):  # without it the next process waits until the lease has run out
                await world.write(lambda tx: tokens.drop(tx, name, account, self._owner))

    async def _ours(self) -> bool:
        """By our clock the lease ends when it ends in the table, however long the database takes to answer."""
        world, name, account, now = self._world, self._messenger.name, self._messenger.account, self._world.clock()
        try:
            ours = await world.write(lambda tx: tokens.hold(tx, name, account, self._owner, now))
        except Exception as error:
            if not is_outage(error):  # of which an operator is told by bots.outage
                log.exception("token_not_held", messenger=self._messenger.what)
            ours = False
        self._held_until = now + tokens.LEASE if ours else None
        return ours

    async def _serve(self) -> None:
        pause, clock = PAUSE, asyncio.get_running_loop().time
        while True:
            began = clock()
            try:
                await self._messenger.set_up()
                self._stands(up=True)
                await self._messenger.listen()
            except Refused as refused:
                self._say_refused(refused)
            except AWAY as error:
                log.warning("messenger_away", messenger=self._messenger.what, problem=type(error).__name__)
            except Exception:
                log.exception("listening_failed", messenger=self._messenger.what)
            else:
                await asyncio.Event().wait()  # its updates are brought to us
            pause = PAUSE if clock() - began > PAUSE_MOST else pause
            await asyncio.sleep(pause)
            pause = min(pause * 2, PAUSE_MOST)


async def _ended(task: asyncio.Task[None]) -> None:
    """More than once: a cancellation that meets a timeout in the same moment is lost in it."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=CANCEL_AGAIN)
