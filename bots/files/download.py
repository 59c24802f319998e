"""Downloads one file from an address that a messenger's own interface has given. Goes nowhere else: not to other
addresses of our network, not where it is redirected, and not on for ever. Where the settings put the messenger's
interface into our own network, just that origin is let in."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import AsyncIterator, Mapping
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from bots.files.kinds import MOST

GONE = frozenset({404, 410})
LAST_FOUR = (ipaddress.IPv6Network("::/96"), ipaddress.IPv6Network("64:ff9b::/96"))
"""Their last four bytes are an IPv4 address: RFC 4291, 2.5.5.1, and RFC 6052."""
TRANSLATED_HERE = (ipaddress.IPv6Network("64:ff9b:1::/48"),)
"""Leads to IPv4 addresses of whatever network translates: RFC 8215."""


class TooLarge(Exception):
    """It is larger than we take, whatever was announced."""


class Gone(Exception):
    """The messenger has it no more."""


class Unreachable(OSError):
    """Not now, or not there; the reason is a word for operators."""


class Public(AbstractResolver):
    """Finds only addresses of the public network, so that no name leads into ours; but for one `host`."""

    def __init__(self, host: str = "") -> None:
        self._resolver, self._host = aiohttp.ThreadedResolver(), host

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        if host == self._host:
            return found
        if public := [one for one in found if _is_public(one["host"])]:
            return public
        raise OSError("no public address")

    async def close(self) -> None:
        await self._resolver.close()


def session(*, inside: str = "") -> aiohttp.ClientSession:
    """`inside`: the origin of an interface that runs in our own network, as the settings say."""
    connector = aiohttp.TCPConnector(resolver=Public(urlsplit(inside).hostname or ""), limit=0)
    return aiohttp.ClientSession(connector=connector, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar())


async def download(
    client: aiohttp.ClientSession, address: str, headers: Mapping[str, str], *, inside: str = ""
) -> bytes:
    """Raises TooLarge, Gone, Unreachable, or what aiohttp raises. The caller limits the time."""
    _check(address, inside)
    plain = {**headers, "Accept-Encoding": "identity"}
    async with client.get(address, headers=plain, allow_redirects=False) as answer:
        if answer.status in GONE:
            raise Gone
        if answer.status != 200:
            raise Unreachable(f"status {answer.status}")
        if (answer.content_length or 0) > MOST:
            raise TooLarge
        return await read_all(answer.content.iter_chunked(64 * 1024))


async def read_all(chunks: AsyncIterator[bytes]) -> bytes:
    """Raises TooLarge as soon as it is."""
    content = bytearray()
    async for chunk in chunks:
        content += chunk
        if len(content) > MOST:
            raise TooLarge
    return bytes(content)


def _check(address: str, inside: str) -> None:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Unreachable("no address") from None
    if inside and f"{parts.scheme}://{parts.netloc}" == inside:
        return
    if not host or port == 0 or parts.scheme != "https":
        raise Unreachable("not https")
    if _is_address(host) and not _is_public(host):
        raise Unreachable("not a public address")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_public(host: str) -> bool:
    """An address that holds another one (::ffff:127.0.0.1) is judged by that."""
    address = ipaddress.ip_address(host.partition("%")[0])
    inner = _held(address) if isinstance(address, ipaddress.IPv6Address) else address
    return bool(inner.is_global and not inner.is_multicast and not any(inner in net for net in TRANSLATED_HERE))


def _held(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    if any(address in network for network in LAST_FOUR):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
