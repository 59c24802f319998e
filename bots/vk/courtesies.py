"""What is done beside the answers themselves: presses are acknowledged, old buttons taken away, chats of several people
declined. At once, best effort, never retried; nothing waits for it and nothing depends on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bots import uploads
from bots.errands import Errands, Lately
from bots.fit import Part
from bots.live import EDITABLE, Live
from bots.messenger import World
from bots.pace import Turn
from bots.transport import Parcel
from bots.vk.api import Api, Away, VKError
from bots.vk.receive import NAME, Ack, Crowd
from bots.vk.render import content, parts_of
from core.lines import Line, line
from core.outbox import standing
from core.shown import from_json

SECONDS = 10.0
DECLINED_FOR = timedelta(hours=1)
ANSWERABLE = timedelta(minutes=1)
"""Later, VK does not know a press any more."""


class Courtesies:
    def __init__(self, world: World, api: Api) -> None:
        self._world, self._api = world, api
        self.errands, self._declined = Errands(VKError, Away, sa.exc.SQLAlchemyError), Lately[int](DECLINED_FOR)
        self._acknowledged = Lately[str](ANSWERABLE)

    def acknowledge(self, ack: Ack) -> None:
        """The waiting sign on the button ends. A press that VK brings again has been answered, and may not be twice."""
        if not self._acknowledged.is_first(ack.event_id, self._world.clock()):
            return
        names = {"event_id": ack.event_id, "user_id": ack.user_id, "peer_id": ack.peer_id}
        call = partial(self._api.call, "messages.sendMessageEventAnswer", Turn.COURTESY, **names)
        self.errands.begin("acknowledged", call, SECONDS)

    def decline(self, crowd: Crowd, group_id: int) -> None:
        """Once an hour in each chat."""
        if not self._declined.is_first(crowd.peer_id, self._world.clock()):
            return
        said = self._world.houses.speeches[crowd.lang].say(_privately(f"https://vk.me/club{group_id}"))
        named = {"peer_ids": [crowd.peer_id], "random_id": (crowd.peer_id * 1009 + crowd.cmid) % 0x7FFF_FFFF or 1}
        call = partial(self._api.call, "messages.send", Turn.COURTESY, **named, message=said, disable_mentions=True)
        self.errands.begin("declined", call, SECONDS)

    def strip(self, parcel: Parcel, live: Live) -> None:
        """A new screen stands below: the one before loses its buttons. VK changes a message only as a whole, so its
        words are taken from the outbox."""
        if self._world.clock() - live.sent_at < EDITABLE:
            self.errands.begin("stripped", partial(self._strip, parcel, live), SECONDS)

    async def close(self) -> None:
        await self.errands.close()

    async def _strip(self, parcel: Parcel, live: Live) -> None:
        stood = await self._world.read(lambda conn: _stood(conn, parcel, live.ids))
        if stood is None:
            return
        part, attachments = stood
        where = {"peer_id": int(parcel.address.peer), "cmid": int(live.ids[-1])}
        await self._api.call("messages.edit", Turn.COURTESY, **where, **content(part, attachments, buttons=False))


def _privately(address: str) -> Line:
    return line("I answer only in private messages, where nobody else reads what you write: {address}", address=address)


def _stood(conn: Connection, parcel: Parcel, ids: tuple[str, ...]) -> tuple[Part, tuple[str, ...]] | None:
    """The last message of the screen, and VK's names of the files that hang on it."""
    body = standing(conn, parcel.conversation_id, ids)
    if body is None:
        return None
    part = parts_of(uploads.unsent(conn, replace(parcel, shown=from_json(body))).shown)[-1]
    refs, account = (*part.pictures, *(file.ref for file in part.files)), parcel.address.account
    handles = (uploads.handle(conn, ref, NAME, account) for ref in refs)
    return part, tuple(handle for handle in handles if handle)
