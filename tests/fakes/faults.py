"""What goes wrong between a bot and a messenger when a test asks for it: calls that fail, updates that come oddly.

It knows no messenger: how «too many» is said there is given by the fake that uses this.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar, assert_never

from aiohttp import web

T = TypeVar("T")


@dataclass(frozen=True)
class Refuse:
    """Not done, and answered so: a mapping goes as JSON."""

    status: int
    body: Mapping[str, Any] | str = ""


@dataclass(frozen=True)
class TooMany:
    retry_after: int = 1


@dataclass(frozen=True)
class ServerError:
    status: int = 502


@dataclass(frozen=True)
class DropBefore:
    """The connection is closed, and nothing was done."""


@dataclass(frozen=True)
class DropAfter:
    """It was done, but nobody hears of it."""


@dataclass(frozen=True)
class CutOff:
    """It was done, and only the beginning of the answer has come."""


@dataclass(frozen=True)
class Slow:
    """Done as usual, but only after `release`."""

    released: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        self.released.set()


@dataclass(frozen=True)
class NotJson:
    """It was not done, and what came back is a page of some proxy."""

    status: int = 200
    text: str = "<html><body>Under maintenance</body></html>"


Kind: TypeAlias = Refuse | TooMany | ServerError | DropBefore | DropAfter | CutOff | Slow | NotJson


@dataclass
class Fault:
    """One rule in the queue. `struck` is set when it first met a call, `left` says how many it still waits for."""

    kind: Kind
    method: str
    left: int
    where: Callable[[Mapping[str, Any]], bool]
    struck: asyncio.Event = field(default_factory=asyncio.Event)

    def meets(self, method: str, params: Mapping[str, Any]) -> bool:
        return self.left > 0 and self.method in {"*", method} and self.where(params)


class Faults:
    def __init__(self) -> None:
        self._rules: list[Fault] = []
        self._twice = 0
        self._to_turn = 0
        self._held: list[Any] = []

    def add(
        self,
        kind: Kind,
        method: str = "*",
        times: int = 1,
        where: Callable[[Mapping[str, Any]], bool] = lambda params: True,
    ) -> Fault:
        """The next `times` calls of this method (and with such parameters) meet it; earlier rules go first."""
        fault = Fault(kind, method, times, where)
        self._rules.append(fault)
        return fault

    def clear(self) -> None:
        """All is well from now on; what is slow is let go, what was held back to be turned round stays held."""
        for fault in self._rules:
            fault.left = 0
            if isinstance(fault.kind, Slow):
                fault.kind.release()
        self._rules = []

    @property
    def waiting(self) -> list[Fault]:
        """What did not strike as often as it should: a test that needs its faults asserts that this is empty."""
        return [fault for fault in self._rules if fault.left]

    def strike(self, method: str, params: Mapping[str, Any]) -> Kind | None:
        for fault in self._rules:
            if fault.meets(method, params):
                fault.left -= 1
                fault.struck.set()
                return fault.kind
        return None

    def duplicate(self, updates: int = 1) -> None:
        """Each of the next updates comes twice."""
        self._twice += updates

    def reorder(self, updates: int = 2) -> None:
        """The next updates come when the last of them is there, the last one first."""
        self._to_turn = updates

    def arriving(self, update: T) -> Iterable[T]:
        """What to queue now that this happened."""
        if self._twice:
            self._twice -= 1
            return [update, update]
        if not self._to_turn:
            return [update]
        self._held.append(update)
        if len(self._held) < self._to_turn:
            return []
        turned, self._held, self._to_turn = self._held[::-1], [], 0
        return turned


async def through(
    kind: Kind | None,
    request: web.Request,
    done: Callable[[], Awaitable[web.StreamResponse]],
    too_many: Callable[[int], web.Response],
) -> web.StreamResponse:
    """The answer to this call, with this fault (None: as it should be)."""
    match kind:
        case None:
            return await done()
        case Refuse(status, body):
            text, content_type = (
                (body, "text/plain") if isinstance(body, str) else (json.dumps(body), "application/json")
            )
            return web.Response(status=status, text=text, content_type=content_type)
        case TooMany(retry_after):
            return too_many(retry_after)
        case ServerError(status):
            return web.Response(status=status, text=f"<html><h1>{status}</h1></html>", content_type="text/html")
        case DropBefore():
            return _hung_up(request)
        case DropAfter():
            await done()
            return _hung_up(request)
        case CutOff():
            await done()
            return web.Response(text='{"ok":true,"result":{"mess', content_type="application/json")
        case Slow(released):
            await released.wait()
            return await done()
        case NotJson(status, text):
            return web.Response(status=status, text=text, content_type="text/html")
        case _:
            assert_never(kind)


def _hung_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()  # it has nowhere to go
