"""Sends screens to VK. Every message has a random_id of its own that is the same at a repetition, so that VK itself
shows it once: whatever became of a call, it can be made again."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import sqlalchemy.exc
import structlog
from sqlalchemy.engine import Connection

from bots import uploads
from bots.culprits import MOST
from bots.fit import Part
from bots.gather import Gathering
from bots.live import Live, put, read, to_edit
from bots.messenger import World
from bots.pace import Pace, Turn
from bots.transport import Gone, Later, Outcome, Parcel, Rejected, Sent, Transport
from bots.vk.api import Api, Away, Broken, Busy, NotSent, Unbearable, Unknown, VKError
from bots.vk.courtesies import Courtesies
from bots.vk.errors import BAD_FILE, Ending, meaning
from bots.vk.files import Files
from bots.vk.render import content, parts_of, whole_of
from core.conversations.tables import conversations

WITHIN = 50.0
"""Seconds for a screen with all its files; less than a row may be on its way."""
AWAY = 5.0
"""Seconds at least, where VK does not answer as it should."""
UPLOAD_AGAIN = 60.0
"""Seconds before a file is tried again that its server did not take."""
NO_RIGHT = frozenset({7, 15})

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _There:
    """What has to be known of a conversation, and what is to be shown in it. `salt` tells it from one of an earlier
    database."""

    parcel: Parcel
    live: Live | None
    salt: str


class NotUploaded(Away):
    """One of its files: other messages need not wait for that."""


class VKTransport:
    def __init__(self, world: World, api: Api, pace: Pace, files: Files, courtesies: Courtesies) -> None:
        self._world, self._api, self._pace, self._files, self._courtesies = world, api, pace, files, courtesies
        self._looking = Gathering[Parcel, _There](self._look)

    async def send(self, parcel: Parcel) -> Outcome:
        try:
            async with asyncio.timeout(WITHIN):
                there = await self._looking.add(parcel)
                return await self._shown(there.parcel, there)
        except VKError as error:
            return _refused(parcel, error)
        except Away as error:
            return away(error, self._pace.paused)
        except TimeoutError:
            return Later(5, "too slow")
        except sqlalchemy.exc.DBAPIError as error:
            return Later(5, type(error).__name__)

    async def _look(self, parcels: Sequence[Parcel]) -> list[_There]:
        return await self._world.read(lambda conn: [_there(conn, parcel) for parcel in parcels])

    async def _shown(self, parcel: Parcel, there: _There) -> Outcome:
        parts, live, now = parts_of(parcel.shown), there.live, self._world.clock()
        plain = _is_plain(parts)
        if parcel.message:
            buttons = live is not None and live.ids[-1:] == (parcel.message,)
            try:
                await self._edit(parcel, parcel.message, whole_of(parcel.shown), buttons=buttons)
            except VKError as error:
                if not _stands(error):
                    raise
                return Rejected(f"it cannot be edited any more: {error.code}")
            return Sent((parcel.message,), confirmed=True)
        if plain and (target := to_edit(parcel, live, now)):
            try:
                await self._edit(parcel, target, parts[0])
            except VKError as error:  # a message that is too old or gone stays as it is, and a new one follows
                if not _stands(error):
                    raise
                log.info("not_edited", outbox=parcel.outbox_id, code=error.code)
            else:
                return self._sent(parcel, (target,), parts, now)
        ids = tuple([await self._send(parcel, place, part, there) for place, part in enumerate(parts)])
        if live is not None and live.buttons and live.ids and not parcel.push:
            self._courtesies.strip(parcel, live)
        return self._sent(parcel, tuple(id for id in ids if id), parts, now)

    async def _send(self, parcel: Parcel, place: int, part: Part, there: _There) -> str:
        peer, attachments = int(parcel.address.peer), await self._attachments(parcel, part)
        random_id, said = random_id_of(there.salt, parcel.outbox_id, place), content(part, attachments)
        try:
            answer = await self._write("messages.send", parcel, peer_ids=[peer], random_id=random_id, **said)
        except VKError as error:
            if error.code in BAD_FILE and await self._files.forget(part):
                raise VKError(129, "one of the files is not known any more") from None
            raise
        return _id_of(answer, peer)

    async def _attachments(self, parcel: Parcel, part: Part) -> tuple[str, ...]:
        try:
            return tuple(await self._files.handles(part, int(parcel.address.peer)))
        except Busy:
            raise
        except Away as error:
            raise NotUploaded(str(error)) from None

    async def _edit(self, parcel: Parcel, message: str, part: Part, *, buttons: bool = True) -> None:
        """What it has attached goes unless it is named again."""
        peer, attachments = int(parcel.address.peer), await self._attachments(parcel, part)
        said = content(part, attachments, buttons=buttons)
        await self._write("messages.edit", parcel, peer_id=peer, cmid=int(message), **said)

    async def _write(self, method: str, parcel: Parcel, **params: Any) -> Any:
        return await self._api.call(method, Turn.of(parcel.lane), parcel.address.peer, parcel.outbox_id, **params)

    @staticmethod
    def _sent(parcel: Parcel, ids: tuple[str, ...], parts: Sequence[Part], now: datetime) -> Sent:
        if parcel.push:
            return Sent(ids, confirmed=True, divided=len(parts) > 1)
        keep, plain = parcel.shown.keep, _is_plain(parts) and len(ids) == 1
        on_show = Live((), now, plain=False) if keep else Live(ids, now, plain, buttons=bool(parts[-1].rows))
        sent = Sent(ids, confirmed=True, divided=len(parts) > 1)
        return replace(sent, record=lambda tx: put(tx, parcel.conversation_id, on_show))


def random_id_of(salt: str, outbox_id: int, place: int) -> int:
    """Positive, of 31 bits, never 0."""
    digest = hashlib.blake2b(f"{salt}/{outbox_id}/{place}".encode(), digest_size=4).digest()
    return int.from_bytes(digest) & 0x7FFF_FFFF or 1


def away(error: Away, pause: float = 0.0) -> Later:
    """A call that hangs is no reason to hold up everybody, nor a file, nor what VK cannot bear; VK itself being away
    is."""
    if isinstance(error, NotUploaded):
        return Later(UPLOAD_AGAIN, str(error), counted=False)
    if isinstance(error, Unbearable):
        return Later(error.seconds, str(error), counted=error.seconds == MOST)
    whole = isinstance(error, NotSent) or type(error) is not Unknown
    seconds = error.seconds if isinstance(error, Busy) else max(AWAY, pause)
    return Later(seconds, str(error), whole=whole, counted=False, behind=isinstance(error, Broken))


def _there(conn: Connection, parcel: Parcel) -> _There:
    c, id = conversations.c, parcel.conversation_id
    since: datetime = conn.execute(sa.select(c.created_at).where(c.id == id)).scalar_one()
    return _There(uploads.unsent(conn, parcel), read(conn, id), since.isoformat())


def _is_plain(parts: Sequence[Part]) -> bool:
    return len(parts) == 1 and not parts[0].pictures and not parts[0].files


def _stands(error: VKError) -> bool:
    """The message stays as it is, and a new one may well be sent. Of one that cannot be edited any more VK also says
    that we have no right to it."""
    return error.code in NO_RIGHT or isinstance(meaning(error).ending, Rejected)


def _refused(parcel: Parcel, error: VKError) -> Ending:
    meant = meaning(error)
    if meant.alarm:
        log.error("vk_refuses", outbox=parcel.outbox_id, code=error.code, what_to_do=meant.alarm)
    if isinstance(meant.ending, Gone):
        log.info("vk_gone", conversation=parcel.conversation_id, code=error.code)
    return meant.ending


def _id_of(answer: Any, peer: int) -> str:
    """Of the message; VK says for each peer by itself how it went, within one answer that is all right. Empty where it
    was sent and its name is not known."""
    for one in answer if isinstance(answer, list) else ():
        if not isinstance(one, dict) or one.get("peer_id") != peer:
            continue
        if isinstance(error := one.get("error"), dict):
            code = error.get("code", error.get("error_code"))
            raise VKError(code if isinstance(code, int) else 1, str(error.get("description", "")))
        id = one.get("conversation_message_id")
        return str(id) if isinstance(id, int) and id > 0 else ""
    if isinstance(answer, int):
        return ""
    raise Unknown("no result for this peer")


def _conforms(transport: VKTransport) -> Transport:
    return transport
