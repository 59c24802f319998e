"""Sends pictures and files: by the name under which Telegram has them already, or else by their bytes. One that they
will never take is left out and counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import structlog

from bots import uploads
from bots.fit import Part
from bots.messenger import World
from bots.telegram.api import Answer
from bots.telegram.outcomes import Done, Snag
from bots.telegram.receive import MESSENGER
from bots.telegram.wire import Ended, Wire
from bots.transport import Later, Outcome, Parcel, Rejected
from bots.uploads import Loaded

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Item:
    """A picture (`photo`) or a file: its bytes, or Telegram's own name for it; neither where it is not there."""

    ref: str
    photo: bool
    name: str
    held: str | Loaded | None


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A message that shows a file, and the name that the file has now."""

    message: str
    handle: str


class Uploads(Protocol):
    async def send(self, chat: int, items: Sequence[Item]) -> Answer:
        """One message, or an album; the result is a list of Uploaded, in order. Raises NotSent or Unknown."""


@dataclass(slots=True)
class Shared:
    ids: list[str] = field(default_factory=list)
    handles: dict[str, str] = field(default_factory=dict)
    missed: int = 0


class Media:
    """`sdk` is there as soon as we are let in."""

    def __init__(self, world: World, account: str, wire: Wire) -> None:
        self._world, self._account, self._wire = world, account, wire
        self.sdk: Uploads | None = None

    async def send(self, parcel: Parcel, part: Part) -> Shared | Outcome:
        named = [(ref, True, "") for ref in part.pictures] + [(file.ref, False, file.name) for file in part.files]
        late = await self._world.read(lambda conn: uploads.waiting(conn, [ref for ref, *_ in named]))
        items = [await self._held(Item(*one, held=None)) for one in named]
        there = [item for item in items if item.held]
        shared = Shared(missed=len([item for item in items if not item.held and item.ref not in late]))
        problem = await self._share(parcel, there, shared) if there else None
        return shared if problem is None else problem

    async def _share(self, parcel: Parcel, items: Sequence[Item], shared: Shared) -> Outcome | None:
        """All in one album; each by itself if Telegram refuses the album."""
        ended = await self._asked(parcel, items)
        if ended is Snag.FILE:
            there = [item for one in items if (item := await self._anew(one)).held]
            shared.missed += len(items) - len(there)
            items = there
            ended = await self._asked(parcel, items) if items else Done([])
        if isinstance(ended, Done):
            for item, one in zip(items, ended.result, strict=True):
                shared.ids.append(one.message)
                shared.handles[item.ref] = one.handle
            return None
        if not isinstance(ended, Rejected | Snag):
            return ended
        if len(items) == 1:
            log.warning("file_not_shown", file=items[0].ref, why=getattr(ended, "reason", "its name does not hold"))
            shared.missed += 1
            return None
        for item in items:
            if (problem := await self._share(parcel, [item], shared)) is not None:
                return problem
        return None

    async def _asked(self, parcel: Parcel, items: Sequence[Item]) -> Ended:
        sdk = self.sdk
        if sdk is None:
            return Later(5, "we are not let in yet", whole=True, counted=False)
        chat = int(parcel.address.peer)
        return await self._wire.ask(parcel, lambda: sdk.send(chat, items), messages=len(items))

    async def _held(self, item: Item) -> Item:
        known = await self._world.read(lambda conn: uploads.handle(conn, item.ref, MESSENGER, self._account))
        return replace(item, held=known) if known else await self._loaded(item)

    async def _anew(self, item: Item) -> Item:
        if isinstance(item.held, Loaded):
            return item
        await self._world.write(lambda tx: uploads.forget(tx, item.ref, MESSENGER, self._account))
        return await self._loaded(item)

    async def _loaded(self, item: Item) -> Item:
        files = self._world.files
        found = await self._world.read(lambda conn: uploads.load(conn, files, item.ref))
        return replace(item, held=found if found is not None and found.content else None)
