"""A browser without a screen: it says things like the page does, and keeps what it is shown by place."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import aiohttp

Item = dict[str, Any]
T = TypeVar("T")
LOOKS_EVERY = 0.02
PATIENCE = 10.0


async def eventually(condition: Callable[[], Awaitable[T]], what: str, patience: float = PATIENCE) -> T:
    """What the condition answers, as soon as that is true."""
    until = time.monotonic() + patience
    while not (found := await condition()):
        assert time.monotonic() < until, f"in vain: {what}"
        await asyncio.sleep(LOOKS_EVERY)
    return found


class Browser:
    """What it says has an id, and is repeated under the same id until the server has taken it."""

    def __init__(self, session: aiohttp.ClientSession, base: str, *, token: str = "") -> None:
        self._session, self.base, self._token = session, base, token
        self._api = f"{base}/api/chat" if token else f"{base}/desk/api"
        self._items: dict[int, Item] = {}
        self.n = 0
        self.said: list[str] = []

    async def enter(self, link: str) -> None:
        """Opens a desk; only a browser without a token can."""
        headers = {"Origin": self.base}
        await eventually(lambda: self._request("POST", f"{self.base}/enter/{link}", headers=headers), "enter")

    async def say(self, text: str) -> None:
        self.said.append(text)
        await self._take({"kind": "text", "text": text})

    async def press(self, data: str) -> None:
        await self._take({"kind": "press", "data": data})

    async def command(self, name: str, args: str = "") -> None:
        await self._take({"kind": "command", "name": name, "args": args})

    async def press_when(self, wanted: str) -> str:
        """A button that carries this in its data, on the newest item that has one."""
        data = await eventually(lambda: self._button(wanted), f"a button {wanted}")
        await self.press(data)
        return data

    async def until_button(self, wanted: str) -> str:
        return await eventually(lambda: self._button(wanted), f"a button {wanted}")

    async def until_text(self, wanted: str) -> None:
        """An item that says this: where a button of the screen before it would be there too early."""

        async def said() -> bool:
            return any(wanted in item["text"] for item in await self.look())

        await eventually(said, f"«{wanted}»")

    async def look(self) -> list[Item]:
        """Everything up to now, in the order of the chat; asks only for what is newer."""
        while fresh := await self._request("GET", f"{self._api}/items", params={"after": str(self.n)}):
            self._items |= {item["pos"]: item for item in fresh["items"]}
            self.n = fresh["n"]
            if not fresh["more"]:
                break
        return [self._items[pos] for pos in sorted(self._items)]

    async def page(self) -> list[Item]:
        """What somebody who opens the chat now is shown."""
        found = await eventually(lambda: self._request("GET", f"{self._api}/items"), "a page")
        items: list[Item] = found["items"]
        return items

    async def acknowledge(self) -> None:
        await self.look()
        await eventually(lambda: self._request("POST", f"{self._api}/ack", json={"n": self.n}), "ack")

    async def _button(self, wanted: str) -> str:
        for item in reversed(await self.look()):
            for button in item["buttons"] or ():
                data: str = button["data"]
                if wanted in data:
                    return data
        return ""

    async def _take(self, body: dict[str, Any]) -> None:
        body = {"id": secrets.token_urlsafe(16), **body}
        await eventually(lambda: self._request("POST", f"{self._api}/messages", json=body), "202")

    async def _request(self, method: str, url: str, *, headers: dict[str, str] | None = None, **more: Any) -> Any:
        """The answer, or None where the server is away or cannot take it now."""
        headers = {"X-Lang": "en", **(headers or {})}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            async with self._session.request(method, url, headers=headers, allow_redirects=False, **more) as answer:
                if answer.status == 503:
                    return None
                assert answer.status < 400, (answer.status, await answer.text())
                return await answer.json() if answer.content_type == "application/json" else True
        except (aiohttp.ClientError, TimeoutError):
            return None


def chat_session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True), timeout=aiohttp.ClientTimeout(total=20))
