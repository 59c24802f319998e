"""Pictures and documents of VK, both ways: where people's files are at this moment, and by which names ours are known
there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urljoin, urlsplit

import structlog

from bots import uploads
from bots.addresses import inside
from bots.files.download import GONE, Gone, Unreachable, session
from bots.files.lane import Fetched, Source
from bots.fit import Part
from bots.messenger import World
from bots.uploads import Loaded
from bots.vk.api import Api, VKError
from bots.vk.attached import address_of, name_of, things
from bots.vk.errors import DENIES
from bots.vk.receive import NAME
from bots.vk.sdk import Uploader

RUN_OUT = GONE | {400, 401, 403}
HOPS = 3
_VK = re.compile(r"(?:.+\.)?(?:vk\.com|vk\.ru|vk\.me|userapi\.com)")
"""Where a document's address leads on from."""

log = structlog.get_logger(__name__)


class VKSource:
    """Addresses of VK run out: one that has is asked for again by the message that it came with."""

    def __init__(self, api: Api, url: str) -> None:
        self._api, self.inside = api, inside(url)

    async def open(self, source: Mapping[str, Any]) -> Fetched:
        if address := await self._alive(str(source.get("url", ""))):
            return Fetched(address)
        if address := await self._alive(await self._fresh(source)):
            return Fetched(address)
        raise Gone

    async def _alive(self, address: str) -> str:
        """The last address that this one leads to; empty where it has run out."""
        async with session(inside=self.inside) as client:
            for _ in range(HOPS):
                if not self._is_theirs(address):
                    return address  # not ours to look at; whoever downloads it checks it
                async with client.get(address, allow_redirects=False) as answer:
                    if answer.status in RUN_OUT or answer.content_type == "text/html":
                        return ""
                    if answer.status not in (301, 302, 303, 307, 308):
                        return address
                    address = urljoin(address, answer.headers.get("Location", ""))
        raise Unreachable("it leads on and on")

    def _is_theirs(self, address: str) -> bool:
        try:
            parts = urlsplit(address)
            host = parts.hostname or ""
        except ValueError:
            return False
        ours = bool(self.inside) and f"{parts.scheme}://{parts.netloc}" == self.inside
        return ours or (parts.scheme == "https" and bool(_VK.fullmatch(host)))

    async def _fresh(self, source: Mapping[str, Any]) -> str:
        try:
            found = await self._api.call(
                "messages.getByConversationMessageId",
                peer_id=source["peer"],
                conversation_message_ids=[source["cmid"]],
            )
        except VKError as error:
            if error.code in DENIES | {100, 901, 917}:
                raise Gone from None
            raise Unreachable(str(error)) from None
        for message in found.get("items", ()) if isinstance(found, dict) else ():
            for kind, thing in things(message) if isinstance(message, dict) else ():
                if f"{kind}{name_of(thing)}" == source.get("id"):
                    return address_of(kind, thing)
        return ""


class Files:
    """Ours, on their way there: each is uploaded once."""

    def __init__(self, world: World, account: str, uploader: Uploader) -> None:
        self._world, self._account, self._uploader = world, account, uploader

    async def handles(self, part: Part, peer: int) -> tuple[str, ...]:
        """What is not there any more is left out: the words go on."""
        found = [await self._handle(ref, peer, name="") for ref in part.pictures]
        found += [await self._handle(document.ref, peer, name=document.name) for document in part.files]
        return tuple(handle for handle in found if handle)

    async def forget(self, part: Part) -> bool:
        """Whether there was anything to forget."""
        refs = [*part.pictures, *(document.ref for document in part.files)]
        for ref in refs:
            await self._world.write(partial(uploads.forget, ref=ref, messenger=NAME, account=self._account))
        return bool(refs)

    async def _handle(self, ref: str, peer: int, name: str) -> str:
        world, account = self._world, self._account
        if known := await world.read(lambda conn: uploads.handle(conn, ref, NAME, account)):
            return known
        if await world.read(lambda conn: uploads.waiting(conn, [ref])):
            return ""  # on its way to us: no failure
        loaded = await world.read(lambda conn: uploads.load(conn, world.files, ref))
        if loaded is None:
            log.warning("file_missing", messenger=NAME)
            return ""
        handle = await self._upload(loaded, peer, name)
        await world.write(lambda tx: uploads.remember(tx, ref, NAME, account, handle))
        return handle

    async def _upload(self, loaded: Loaded, peer: int, name: str) -> str:
        if name:
            return await self._uploader.document(loaded.content, name, peer)
        return await self._uploader.photo(loaded.content, peer)


def _conforms(source: VKSource) -> Source:
    return source
