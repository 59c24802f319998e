"""The fake of VK's API over HTTP: checks each call more strictly than the real one, does it, and writes it down.

What the methods do stands in `vk_messages`, `vk_settings` and `vk_uploads`; what people see, in `vk_phone`.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Self

import aiohttp
from aiohttp import web

from tests.fakes import vk_messages, vk_schema, vk_settings, vk_uploads
from tests.fakes.faults import Faults, Kind, through
from tests.fakes.vk_errors import VkError, error_body
from tests.fakes.vk_group import PERMISSIONS, FakeGroup
from tests.fakes.vk_world import Call, World

METHODS = vk_messages.METHODS | vk_settings.METHODS | vk_uploads.METHODS
OLDEST, NEWEST = (5, 131), (5, 199)
PER_SECOND = 20
TOKEN = "vk1.a.0123456789abcdef"
LARGEST_BODY = 256 * 2**20
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
NEEDS = {"messages": "messages", "photos": "photos", "docs": "docs"}
MANAGES = ("groups.getLongPoll", "groups.setLongPoll", "groups.getCallback", "groups.setCallback", "groups.addCallback")


class FakeVK:
    """`limits` are those on how many calls a second a token has, counted in a sliding window."""

    def __init__(self, *, limits: bool = True) -> None:
        self.world = World()
        self.groups: dict[str, FakeGroup] = {}
        self._limits = limits
        self._recent: defaultdict[str, deque[float]] = defaultdict(deque)

    @property
    def url(self) -> str:
        return f"{self.world.base}/method/"

    @property
    def ledger(self) -> list[Call]:
        return self.world.ledger

    @property
    def refused(self) -> list[Call]:
        """What no right program asks for, whatever people do: a test asserts that it is empty."""
        return [call for call in self.world.ledger if call.mistake]

    @property
    def faults(self) -> Faults:
        """Methods are named as in the API; besides there are `a_check`, `upload` and `file`, never met by `*`."""
        return self.world.faults

    def group(
        self,
        token: str = TOKEN,
        id: int = 200_000_001,
        name: str = "Отклик",
        *,
        longpoll: bool = True,
        permissions: Iterable[str] = PERMISSIONS,
    ) -> FakeGroup:
        group = self.groups[token] = FakeGroup(self.world, token, id, name, longpoll=longpoll, permissions=permissions)
        return group

    def calls(self, method: str) -> list[Call]:
        return [call for call in self.ledger if call.method == method]

    def pass_time(self, seconds: float) -> None:
        """VK's own clock goes on: what is a day old can no longer be edited."""
        self.world.ahead += timedelta(seconds=seconds)

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(vk_schema.load)
        await self._listen(0)
        self.world.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.world.session = aiohttp.ClientSession()
        return self

    async def _listen(self, port: int) -> None:
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_route("*", "/method/{method}", self._api)
        app.router.add_get("/longpoll/{group}", self._poll)
        app.router.add_post("/upload/{ticket}", self._upload)
        app.router.add_get("/{way:file|doc}/{key}/{name}", self._file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()

    async def vanish(self) -> None:
        """Connections are refused from now on, and those that are open break; what has happened stays."""
        await self._runner.cleanup()

    async def appear(self) -> None:
        """Again, at the same address."""
        await self._listen(int(self.world.base.rpartition(":")[2]))

    async def __aexit__(self, *failure: object) -> None:
        self.faults.clear()
        for group in self.groups.values():
            await group.close()
        if self.world.session:
            await self.world.session.close()
        await self._runner.cleanup()

    async def _api(self, request: web.Request) -> web.StreamResponse:
        call = await _read(request)
        self.world.ledger.append(call)
        call.fault = self.faults.strike(call.method, call.params)

        async def done() -> web.Response:
            call.answer = self._answer(call)
            return web.json_response(call.answer)

        return await through(call.fault, request, done, lambda _: web.json_response(self._error(call, VkError(6))))

    def _answer(self, call: Call) -> dict[str, Any]:
        try:
            return {"response": self._done(call)}
        except VkError as error:
            return self._error(call, error)

    def _error(self, call: Call, error: VkError) -> dict[str, Any]:
        call.error, call.mistake = error.code, error.text if error.mistake else ""
        call.answer = error_body(error, call.method, call.params)
        return dict(call.answer)

    def _done(self, call: Call) -> Any:
        if call.verb != "POST":
            raise VkError(8, "only POST is taken here, lest a token or a text stand in an address")
        group = self._group(call)
        _version(call.params.get("v", ""))
        self._pace(call)
        call.typed = vk_schema.typed(call.method, call.params)
        if call.method not in METHODS:
            raise VkError(27, "method is unavailable with group auth.")
        _scope(group, call)
        return METHODS[call.method](group, call.typed)

    def _group(self, call: Call) -> FakeGroup:
        if not call.token:
            raise VkError(5, "no access_token passed.")
        if call.token not in self.groups:
            raise VkError(5, "invalid access_token (4).")
        return self.groups[call.token]

    def _pace(self, call: Call) -> None:
        """What is refused for its pace counts as well."""
        recent = self._recent[call.token]
        while recent and recent[0] <= call.at - 1:
            recent.popleft()
        recent.append(call.at)
        if self._limits and len(recent) > PER_SECOND:
            raise VkError(6)

    async def _poll(self, request: web.Request) -> web.StreamResponse:
        group = next((it for it in self.groups.values() if str(it.id) == request.match_info["group"]), None)
        if group is None:
            return web.Response(status=404)

        async def done() -> web.Response:
            try:
                return web.json_response(await group.longpoll.answer(request.query), content_type="text/javascript")
            except VkError as error:
                self._refuse("a_check", dict(request.query), group.token, error)
                return web.Response(status=400)

        return await through(self._named("a_check", request.query), request, done, _too_many)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        async def done() -> web.Response:
            try:
                return _as_a_page(await vk_uploads.upload(self.world, request))
            except VkError as error:
                ticket = self.world.tickets.get(request.match_info["ticket"])
                self._refuse("upload", dict(request.match_info), ticket.token if ticket else "", error)
                return _as_a_page(vk_uploads.nothing_uploaded(self.world, request))

        return await through(self._named("upload", request.match_info), request, done, _too_many)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        async def done() -> web.Response:
            return vk_uploads.served(self.world, request)

        return await through(self._named("file", request.match_info), request, done, _too_many)

    def _refuse(self, what: str, params: dict[str, str], token: str, error: VkError) -> None:
        """What is no call of the API comes into the ledger only when it was wrong."""
        self.world.ledger.append(
            Call(what, params, token, time.monotonic(), answer="", error=error.code, mistake=error.text)
        )

    def _named(self, method: str, params: Mapping[str, Any]) -> Kind | None:
        """Only a fault that names it: these are no calls of the API."""
        asked = any(rule.method == method for rule in self.faults.waiting)
        return self.faults.strike(method, params) if asked else None


async def _read(request: web.Request) -> Call:
    """A body that is no form is not looked at, as with the real one."""
    form = await request.post() if request.content_type in FORMS else {}
    params = {name: text for name, text in {**request.query, **form}.items() if isinstance(text, str)}
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = params.pop("access_token", "") or bearer
    in_query = "access_token" in request.query
    return Call(request.match_info["method"], params, token, time.monotonic(), request.method, in_query)


def _version(text: str) -> None:
    numbers = text.split(".")
    if len(numbers) != 2 or not all(part.isdecimal() for part in numbers):
        raise VkError(8, "v (version) is required")
    if not OLDEST <= (int(numbers[0]), int(numbers[1])) <= NEWEST:
        raise VkError(8, f"version {text} is not one of those that this product was written for")


def _scope(group: FakeGroup, call: Call) -> None:
    needed = "manage" if call.method.startswith(MANAGES) else NEEDS.get(call.method.partition(".")[0])
    if needed and needed not in group.permissions:
        raise VkError(15, "no access to call this method. It cannot be called with current scopes.")
    if needed == "manage" and call.typed.get("group_id") != group.id:
        raise VkError(15, "group_id is not the one of this token")


def _as_a_page(answer: dict[str, Any]) -> web.Response:
    """JSON all the same, but the servers for uploads do not say so."""
    return web.json_response(answer, content_type="text/html")


def _too_many(seconds: int) -> web.Response:
    return web.Response(status=429, headers={"Retry-After": str(seconds)})
