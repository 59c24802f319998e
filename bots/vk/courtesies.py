"""What is done beside the answers themselves: presses are acknowledged, old buttons taken away, chats of several people
declined. At once, best effort, never retried; nothing waits for it and nothing depends on it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Connection

from bots import uploads
from bots.fit import Part
from bots.live import EDITABLE, Live
from bots.messenger import World
from bots.transport import Parcel
from bots.vk.api import Api, Away, VKError
from bots.vk.receive import NAME, Ack, Crowd
from bots.vk.render import content, parts_of
from core.lines import Line, line
from core.outbox.tables import outbox
from core.outbox.types import Kind, State
from core.shown import Shown, from_json

SECONDS = 10.0
MOST = 100
"""At the same time; what comes on top is left out."""
DECLINED_FOR = timedelta(hours=1)
CROWDS_MOST = 1000
LOOKED_THROUGH = 20

log = structlog.get_logger(__name__)


class Courtesies:
    """`brief`: whoever has made it cannot close it, so its connections are closed whenever nothing is under way."""

    def __init__(self, world: World, api: Api, *, brief: bool = False) -> None:
        self._world, self._api, self._brief = world, api, brief
        self._tasks: set[asyncio.Task[None]] = set()
        self._declined: OrderedDict[int, datetime] = OrderedDict()

    def acknowledge(self, ack: Ack) -> None:
        """The waiting sign on the button ends."""
        names = {"event_id": ack.event_id, "user_id": ack.user_id, "peer_id": ack.peer_id}
        self._begin("acknowledged", partial(self._api.call, "messages.sendMessageEventAnswer", **names))

    def decline(self, crowd: Crowd, group_id: int) -> None:
        """Once an hour in each chat."""
        now = self._world.clock()
        if now - self._declined.get(crowd.peer_id, now - DECLINED_FOR) < DECLINED_FOR:
            return
        self._declined[crowd.peer_id] = now
        self._declined.move_to_end(crowd.peer_id)
        while len(self._declined) > CROWDS_MOST:
            self._declined.popitem(last=False)
        said = self._world.houses.speeches[crowd.lang].say(_privately(f"https://vk.me/club{group_id}"))
        named = {"peer_ids": [crowd.peer_id], "random_id": (crowd.peer_id * 1009 + crowd.cmid) % 0x7FFF_FFFF or 1}
        self._begin("declined", partial(self._api.call, "messages.send", **named, message=said, disable_mentions=True))

    def strip(self, parcel: Parcel, live: Live) -> None:
        """A new screen stands below: the one before loses its buttons. VK changes a message only as a whole, so its
        words are taken from the outbox."""
        if self._world.clock() - live.sent_at < EDITABLE:
            self._begin("stripped", partial(self._strip, parcel, live))

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _strip(self, parcel: Parcel, live: Live) -> None:
        stood = await self._world.read(lambda conn: _stood(conn, parcel, live.ids))
        if stood is None:
            return
        part, attachments = stood
        where = {"peer_id": int(parcel.address.peer), "cmid": int(live.ids[-1])}
        await self._api.call("messages.edit", **where, **content(part, attachments, buttons=False))

    def _begin(self, what: str, doing: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        if len(self._tasks) >= MOST:
            return
        task = asyncio.create_task(self._do(what, doing))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _do(self, what: str, doing: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        try:
            async with asyncio.timeout(SECONDS):
                await doing()
        except (VKError, Away, TimeoutError, sa.exc.SQLAlchemyError) as error:
            log.info("courtesy_failed", what=what, problem=type(error).__name__, code=getattr(error, "code", None))
        finally:
            if self._brief and len(self._tasks) <= 1:
                await self._api.close()


def _privately(address: str) -> Line:
    return line("I answer only in private messages, where nobody else reads what you write: {address}", address=address)


def _stood(conn: Connection, parcel: Parcel, ids: tuple[str, ...]) -> tuple[Part, tuple[str, ...]] | None:
    """The last message of the screen, and VK's names of the files that hang on it."""
    shown = _standing(conn, parcel.conversation_id, ids)
    if shown is None:
        return None
    part = parts_of(uploads.unsent(conn, replace(parcel, shown=shown)).shown)[-1]
    refs, account = (*part.pictures, *(file.ref for file in part.files)), parcel.address.account
    handles = (uploads.handle(conn, ref, NAME, account) for ref in refs)
    return part, tuple(handle for handle in handles if handle)


def _standing(conn: Connection, conversation_id: int, ids: tuple[str, ...]) -> Shown | None:
    """What stands in these messages now; None where that is not known any more, or was renewed meanwhile."""
    o = outbox.c
    here = sa.select(o.kind, o.body, o.sent_ids).where(o.conversation_id == conversation_id)
    sent = here.where(o.state.in_((State.HANDED, State.DELIVERED)), o.sent_ids.is_not(None))
    for row in conn.execute(sent.order_by(o.settled_at.desc(), o.id.desc()).limit(LOOKED_THROUGH)):
        if tuple(row.sent_ids) == ids:
            return from_json(row.body) if row.kind == Kind.SCREEN and row.body else None
    return None
