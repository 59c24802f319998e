"""Where we go by ourselves: nothing that anybody types or sends is an address to which we go, and what a messenger
names leads neither into our own network nor on to another place."""

from __future__ import annotations

import re
import socket

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import ResolveResult

from bots.config import ROOT
from bots.files.download import Public, Unreachable, download, session
from bots.pace import Pace
from bots.telegram.api import Api
from bots.vk import api as vk

INSIDE = (
    "127.0.0.1",
    "127.1.2.3",
    "0.0.0.0",  # noqa: S104 - nothing is bound
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "::127.0.0.1",
    "::a9fe:a9fe",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "64:ff9b::7f00:1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::a00:1",
    "2001:0:7f00:1::",
)
PUBLIC = ("149.154.167.220", "2a00:1450:4010:c05::8a", "64:ff9b::959a:a7dc")


class Says(aiohttp.ThreadedResolver):
    """A name server that answers anything."""

    def __init__(self, *addresses: str) -> None:
        super().__init__()
        self.answers = list(addresses)

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        kind = {True: socket.AF_INET6, False: socket.AF_INET}
        return [
            ResolveResult(hostname=host, host=one, port=port, family=kind[":" in one], proto=0, flags=0)
            for one in self.answers
        ]


@pytest.mark.parametrize("address", INSIDE)
async def test_no_address_of_a_network_of_ours_is_gone_to_by_number_or_by_name(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    async with session() as client:
        with pytest.raises(Unreachable):
            await download(client, f"https://{host}/x", {})
    names = Public()
    names._resolver = Says(address)
    with pytest.raises(OSError, match="no public address"):
        await names.resolve("rebound.example", 443)


async def test_of_the_addresses_of_a_name_only_public_ones_are_left_and_just_these_are_gone_to() -> None:
    """The connection is made to what was looked at: there is no second question to a name server in between."""
    names = Public()
    names._resolver = Says("127.0.0.1", *PUBLIC, "10.0.0.1")
    assert [found["host"] for found in await names.resolve("mixed.example", 443)] == list(PUBLIC)


@pytest.mark.parametrize(
    "address",
    [
        "http://149.154.167.220/x",
        "file:///etc/passwd",
        "gopher://149.154.167.220/x",
        "ftp://example.org/x",
        "https://user:word@127.0.0.1/x",
        "https://localhost/x",  # and whatever a resolver takes for it: 127.1, 0x7f000001
        "//169.254.169.254/x",
        "",
    ],
)
async def test_odd_ways_to_write_an_address_lead_nowhere(address: str) -> None:
    async with session() as client:
        with pytest.raises((Unreachable, OSError, aiohttp.InvalidURL)):
            await download(client, address, {})


async def test_nobody_sends_us_on_to_another_place() -> None:
    """A 30x of a messenger, or of whoever has taken its place, is no reason to go there, least of all with a token."""
    visited: list[str] = []

    async def elsewhere(request: web.Request) -> web.Response:
        visited.append(request.path)
        return web.Response(status=302, headers={"Location": f"http://127.0.0.1:{port}/taken{request.path}"})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", elsewhere)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    origin = f"http://127.0.0.1:{port}"
    telegram = Api(origin, "7000001:AAtest_token_of_the_citizens_bot_123")
    community = vk.Api(f"{origin}/method/", "key", Pace(vk.LIMITS))
    try:
        async with session(inside=origin) as client:
            with pytest.raises(Unreachable):
                await download(client, f"{origin}/file", {}, inside=origin)
        assert not (await telegram.call("getMe", {})).ok
        for calling in (
            community.call("users.get"),
            community.upload(f"{origin}/up", {}),
            community.poll(f"{origin}/lp", {}, 1),
        ):
            with pytest.raises(vk.Away):
                await calling
    finally:
        await telegram.close()
        await community.close()
        await runner.cleanup()
    assert len(visited) == 5 and not [path for path in visited if path.startswith("/taken")]


def test_only_these_modules_open_connections() -> None:
    """Whoever adds one has to say here where it goes, and who names the place."""
    goes: dict[str, str] = {
        "files/download.py": "files: the address that a messenger's interface has given, checked here",
        "telegram/api.py": "TELEGRAM_API_URL of the settings",
        "vk/api.py": "VK_API_URL of the settings; what that answers, for uploads and Long Poll",
    }
    opens = re.compile(r"ClientSession\(|open_connection\(|urlopen\(|requests\.|httpx")
    found = {
        str(path.relative_to(ROOT / "bots")): None
        for layer in ("bots", "dialogs", "core")
        for path in (ROOT / layer).rglob("*.py")
        if opens.search(path.read_text(encoding="utf-8"))
    }
    assert set(found) == set(goes), "where does it go, and who names the place?"
