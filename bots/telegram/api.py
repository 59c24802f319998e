"""A thin client of the Bot API for the calls that are made all the time. It says whether a request may have been taken
when no answer came; the token, which is a part of every address, gets into no word of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import aiohttp

AT_ONCE = 50
"""Requests on their way: with many more, the servers refuse all of them for a minute (Client.cpp of the Bot API)."""
CONNECT, SECONDS = 5.0, 10.0
NEVER_LEFT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
"""Errors after which nothing has been written."""
NO_ANSWER = (aiohttp.ClientError, OSError, TimeoutError)


class NotSent(Exception):
    """Certainly not taken; the reason is a word for operators."""


class Unknown(Exception):
    """The request has left, and nobody knows what became of it."""


class TokenRefused(Exception):
    """Nobody there knows this token."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`code` is that of HTTP; `description` is empty where it was not Telegram that has answered."""

    ok: bool
    code: int
    result: Any = None
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


class Api:
    """`room` limits the requests on their way, also those that others send with this token."""

    def __init__(self, base: str, token: str, at_once: int = AT_ONCE) -> None:
        self._base, self._token = base, token
        self._session: aiohttp.ClientSession | None = None
        self.room = asyncio.Semaphore(at_once)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    def file(self, path: str) -> str:
        """Where a file lies; holds the token."""
        return f"{self._base}/file/bot{self._token}/{path}"

    async def call(self, method: str, params: Mapping[str, Any], seconds: float = SECONDS) -> Answer:
        """Raises NotSent or Unknown."""
        async with self.room:
            return await self.ask(method, params, seconds)

    async def ask(self, method: str, params: Mapping[str, Any], seconds: float) -> Answer:
        """Like `call`, for what waits long and takes nobody's room. Never retries."""
        try:
            status, body = await self._post(method, params, seconds)
        except NEVER_LEFT as error:
            raise NotSent(type(error).__name__) from None
        except NO_ANSWER as error:
            raise Unknown(type(error).__name__) from None
        return _answer(status, body)

    async def _post(self, method: str, params: Mapping[str, Any], seconds: float) -> tuple[int, bytes]:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
            )
        url, limits = f"{self._base}/bot{self._token}/{method}", aiohttp.ClientTimeout(total=seconds, connect=CONNECT)
        async with self._session.post(url, json=dict(params), timeout=limits, allow_redirects=False) as response:
            return response.status, await response.read()


def _answer(status: int, body: bytes) -> Answer:
    """The standard parser is used because it lets lone surrogates through, which people do send."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict) or not isinstance(said.get("ok"), bool):
        if status < 300:
            raise Unknown("an answer that is none")
        return Answer(ok=False, code=status)
    parameters = said.get("parameters")
    return Answer(
        ok=said["ok"] and status < 300,
        code=status,
        result=said.get("result"),
        description=str(said.get("description") or ""),
        parameters=parameters if isinstance(parameters, dict) else {},
    )
