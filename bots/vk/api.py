"""Calls of VK's API by one community's key: forms by POST, the key in the body, so that it stands in no address, log or
exception. It retries nothing and decides nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import aiohttp

from bots.culprits import Culprits
from bots.pace import Limits, Pace, Paused, Place, Turn

VERSION = "5.199"
SECONDS = 15.0
UPLOAD_SECONDS = 40.0
LIMITS = Limits(rate=18, most=20, each=1, burst=20)
"""VK takes 20 calls in any second of a community's key, replies among them; of messages to one person a thousand an
hour, or error 9 comes."""
TOO_MANY, PAUSE = 6, 1.0
"""Too many calls in this second: the next one is another one."""
BEFORE = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)


class VKError(Exception):
    """VK has said no; its words are its own, never ours or people's."""

    def __init__(self, code: int, message: str = "") -> None:
        super().__init__(f"VK error {code}: {message[:200]}" if message else f"VK error {code}")
        self.code = code


class Away(OSError):
    """VK does not answer as it should. The words name the error, not the request."""


class NotSent(Away):
    """Certainly nothing has been done."""


class Busy(NotSent):
    """Nothing is to be asked for so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__("a pause")
        self.seconds = seconds


class Unknown(Away):
    """The request has left, and nobody knows what became of it."""


class Broken(Unknown):
    """Something answered in VK's place: a proxy, a page about repairs."""


class Unbearable(Broken):
    """To this message alone, while others are taken; it is to wait for so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__("their servers cannot bear it")
        self.seconds = seconds


class Api:
    def __init__(self, url: str, token: str, pace: Pace) -> None:
        self._url, self._token, self._pace, self._culprits = url, token, pace, Culprits()
        self._session: aiohttp.ClientSession | None = None

    async def call(self, method: str, turn: Turn = Turn.PUSH, chat: str = "", row: int = 0, /, **params: Any) -> Any:
        """The `response` of it. VK counts every call; those that write to a `chat`, what a `row` of the outbox says,
        keep its pace too. Raises VKError, NotSent or Unknown."""
        try:
            async with self._pace.turn(turn, chat) as place:
                return await self._asked(place, turn, row, method, params)
        except Paused as paused:
            raise Busy(paused.seconds) from None

    async def _asked(self, place: Place, turn: Turn, row: int, method: str, params: Mapping[str, Any]) -> Any:
        form = {**_form(params), "v": VERSION, "access_token": self._token}
        try:
            found = _response(await self._text("POST", f"{self._url}{method}", SECONDS, data=form))
        except NotSent:
            place.counted = False
            self._pace.away()
            raise
        except Broken:
            place.counted = False
            if row and (alone := self._culprits.met(row)):
                raise Unbearable(alone) from None
            if turn is not Turn.COURTESY:  # of which one may fail for reasons of its own, and nothing hangs on it
                self._pace.away()
            raise
        except VKError as error:
            self._pace.fine()
            if error.code == TOO_MANY:
                self._pace.refused(PAUSE, place)
            raise
        self._pace.fine()
        if row:
            self._culprits.taken()
        return found

    async def upload(self, address: str, form: Mapping[str, Any]) -> str:
        """A file to an address that VK has just given."""
        return await self._text("POST", address, UPLOAD_SECONDS, data=form)

    async def poll(self, server: str, query: Mapping[str, str], seconds: float) -> Mapping[str, Any]:
        found = _parsed(await self._text("GET", server, seconds, params=query))
        if not isinstance(found, dict):
            raise Broken("no object")
        return found

    async def close(self) -> None:
        """It can be called again afterwards."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _text(self, verb: str, address: str, seconds: float, **more: Any) -> str:
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        limit = aiohttp.ClientTimeout(total=seconds, sock_connect=min(seconds, 10.0))
        try:
            async with self._session.request(
                verb, address, timeout=limit, allow_redirects=False, **more
            ) as answer:  # nobody else is to hear the key
                content = await answer.read()
        except BEFORE as error:
            raise NotSent(type(error).__name__) from None
        except (OSError, aiohttp.ClientError, TimeoutError) as error:
            raise Unknown(type(error).__name__) from None
        if answer.status != 200:
            raise Broken(f"status {answer.status}")
        return content.decode("utf-8", "replace")


def _form(params: Mapping[str, Any]) -> dict[str, str]:
    return {name: _value(value) for name, value in params.items() if value is not None}


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _response(text: str) -> Any:
    """VK answers 200 whatever has happened: dev.vk.com/ru/api/api-requests."""
    found = _parsed(text)
    error = found.get("error") if isinstance(found, dict) else None
    if isinstance(error, dict) and isinstance(error.get("error_code"), int):
        raise VKError(error["error_code"], str(error.get("error_msg", "")))
    if not isinstance(found, dict) or "response" not in found:
        raise Broken("no response")
    return found["response"]


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Broken("no JSON") from None
