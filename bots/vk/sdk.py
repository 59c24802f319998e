"""The only module that knows vkbottle: its uploaders put pictures and documents on VK's servers. They speak through our
own calls: vkbottle's own would carry the key in addresses and ask again by themselves after five seconds.

The calls of the set-up do not go through its typed models: those refuse an answer that lacks one of fifty fields which
nobody here reads, and a field that VK leaves out must not keep us from starting.
"""

from __future__ import annotations

import asyncio
import logging
import warnings
from typing import Any, Protocol

from bots.vk.api import Api, Broken


class Uploader(Protocol):
    """Answers with the name under which a file can be attached, like photo-1_2_key."""

    async def photo(self, content: bytes, peer: int) -> str: ...

    async def document(self, content: bytes, name: str, peer: int) -> str: ...


class VKBottle:
    """Imported at the first need or when it is asked to: that takes 1.5 to 3 seconds and 80 MB."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._uploaders: tuple[Any, Any] | None = None

    async def load(self) -> tuple[Any, Any]:
        if self._uploaders is None:
            self._uploaders = await asyncio.to_thread(_uploaders, self._api)
        return self._uploaders

    async def photo(self, content: bytes, peer: int) -> str:
        photos, _ = await self.load()
        return await _name(photos.upload(content, peer_id=peer))

    async def document(self, content: bytes, name: str, peer: int) -> str:
        _, documents = await self.load()
        return await _name(documents.upload(content, peer_id=peer, title=name))


async def _name(uploading: Any) -> str:
    """An answer of the upload server that is not as it should be."""
    try:
        return str(await uploading)
    except (ValueError, LookupError, TypeError) as error:
        raise Broken(type(error).__name__) from None


def _uploaders(api: Api) -> tuple[Any, Any]:
    shown = warnings.showwarning
    try:
        from vkbottle import API, DocMessagesUploader, PhotoMessageUploader  # noqa: PLC0415
        from vkbottle.http import AiohttpClient  # noqa: PLC0415
    finally:  # the import takes over how warnings are shown, and logs to a stream of its own
        warnings.showwarning = shown
        logging.getLogger("vkbottle").handlers.clear()

    class Uploads(AiohttpClient):
        """Of the client only this one is asked; its own session is never made."""

        def __init__(self) -> None: ...

        async def request_text(
            self, url: str, method: str = "GET", data: dict[str, Any] | None = None, **kwargs: Any
        ) -> str:
            return await api.upload(url, data or {})

    class Calls(API):
        async def request(self, method: str, data: dict[str, Any], version: str | None = None) -> dict[str, Any]:
            return {"response": await api.call(method, **await self.validate_request(data))}

    calls = Calls("-", http_client=Uploads())
    return PhotoMessageUploader(calls), DocMessagesUploader(calls)
