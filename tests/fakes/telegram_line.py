"""A bot's end of the line to the fake Telegram, for the tests of the fake itself: calls as JSON and as forms."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any

import aiohttp
from PIL import Image

from tests.fakes.telegram import FakeBot, FakeTelegram, TelegramPhone

Json = dict[str, Any]


@dataclass
class Line:
    """One bot, one person and a way to call the API as a bot would."""

    telegram: FakeTelegram
    bot: FakeBot
    session: aiohttp.ClientSession
    person: TelegramPhone

    async def call(self, method: str, **params: Any) -> Json:
        async with self.session.post(f"{self.telegram.url}/bot{self.bot.token}/{method}", json=params) as response:
            answer: Json = await response.json()
        assert answer["ok"] is (response.status == 200) and answer.get("error_code", 200) == response.status
        return answer

    async def form(self, method: str, parts: Json, **files: bytes) -> Json:
        form = aiohttp.FormData({name: it if isinstance(it, str) else json.dumps(it) for name, it in parts.items()})
        for name, content in files.items():
            form.add_field(name, io.BytesIO(content), filename=f"{name}.png")
        async with self.session.post(f"{self.telegram.url}/bot{self.bot.token}/{method}", data=form) as response:
            answer: Json = await response.json()
        return answer

    async def send(self, text: str, **more: Any) -> Json:
        return await self.call("sendMessage", chat_id=self.person.id, text=text, **more)

    async def updates(self, **params: Any) -> list[Json]:
        updates: list[Json] = (await self.call("getUpdates", **params))["result"]
        return updates


def inline(*rows: list[Json]) -> Json:
    return {"inline_keyboard": list(rows)}


def button(text: str = "Да", **does: Any) -> Json:
    return {"text": text, **(does or {"callback_data": "yes"})}


def png(wide: int = 40, high: int = 30) -> bytes:
    Image.new("RGB", (wide, high), "red").save(made := io.BytesIO(), "PNG")
    return made.getvalue()
