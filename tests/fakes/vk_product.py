"""As little of a program with a token as there can be, to try the fake VK with, and what it sends."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from PIL import Image

from tests.fakes.vk import FakeVK
from tests.fakes.vk_group import FakeGroup
from tests.fakes.vk_phone import VkPhone

Json = dict[str, Any]


@dataclass
class Product:
    vk: FakeVK
    group: FakeGroup
    session: aiohttp.ClientSession
    sent: int = 0

    async def call(self, method: str, **params: Any) -> Json:
        data = {"v": "5.199", **{name: str(value) for name, value in params.items()}}
        headers = {"Authorization": f"Bearer {self.group.token}"}
        async with self.session.post(self.vk.url + method, data=data, headers=headers) as answer:
            assert answer.status == 200
            body: Json = await answer.json()
            return body

    async def does(self, method: str, **params: Any) -> Any:
        body = await self.call(method, **params)
        assert "response" in body, body
        return body["response"]

    async def fails(self, method: str, **params: Any) -> tuple[int, str]:
        error = (await self.call(method, **params))["error"]
        return error["error_code"], error["error_msg"]

    async def send(self, phone: VkPhone, message: str = "Здравствуйте!", **params: Any) -> Any:
        self.sent += 1
        return await self.does(
            "messages.send", **{"peer_id": phone.peer, "message": message, "random_id": self.sent, **params}
        )

    async def poll(self, ts: str, **more: Any) -> Json:
        server = await self.does("groups.getLongPollServer", group_id=self.group.id)
        query = {"act": "a_check", "key": server["key"], "ts": ts, "wait": "1", **more}
        async with self.session.get(server["server"], params=query) as answer:
            body: Json = await answer.json(content_type=None)
            return body

    async def upload(self, url: str, field: str, name: str, content: bytes) -> Json:
        form = aiohttp.FormData()
        form.add_field(field, content, filename=name)
        async with self.session.post(url, data=form) as answer:
            body: Json = await answer.json(content_type=None)
            return body


@asynccontextmanager
async def with_product() -> AsyncIterator[Product]:
    async with FakeVK(limits=False) as vk, aiohttp.ClientSession() as session:
        yield Product(vk, vk.group(), session)


def keyboard(*rows: list[Json], **more: Any) -> str:
    return json.dumps({"inline": True, "buttons": rows} | more, ensure_ascii=False)


def button(kind: str = "callback", label: str = "Да", **more: Any) -> Json:
    return {"action": {"type": kind, "label": label, "payload": '{"k":"yes"}', **more}}


def picture() -> bytes:
    Image.new("RGB", (640, 480), "teal").save(content := io.BytesIO(), "PNG")
    return content.getvalue()


def event(group: FakeGroup, kind: str) -> Json:
    """The newest of this kind."""
    found: Json = next(it["object"] for it in reversed(group.events) if it["type"] == kind)
    return found
