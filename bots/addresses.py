"""What an address in the settings may look like, and how near it is. Looks nothing up and connects to nothing."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

_BASE = re.compile(r"(https?)://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?", re.ASCII)


def has_good_port(url: str) -> bool:
    """The port is a number that a port may have, or is left out."""
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def origin(value: str) -> str:
    """As browsers write it. It goes into headers: nothing else may be in it. Raises ValueError."""
    match = _BASE.fullmatch(value.lower())
    if match is None or not has_good_port(value) or (match[4] or "/") != "/":
        raise ValueError("it should be like https://chat.example.ru, without a path, and in Latin letters (xn--...)")
    return f"{match[1]}://{match[2]}{match[3] or ''}"


def base(value: str) -> str:
    """Of an interface that a token is sent to: a path is fine; without TLS it must be in our own network. Raises
    ValueError."""
    head, slashes, rest = value.partition("://")
    host, slash, path = rest.partition("/")
    url = f"{head.lower()}{slashes}{host.lower()}{slash}{path}"
    if _BASE.fullmatch(url) is None or not has_good_port(url):
        raise ValueError("it should be an address like https://example.ru/path, without a name, a password or a query")
    if url.startswith("http:") and not is_inside(url):
        raise ValueError("it should begin with https:// unless it is in your own network: a token is sent there")
    return url


def at(host: str, port: int) -> str:
    """Where a server of ours listens."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_loopback(url: str) -> bool:
    """On this machine."""
    host = urlsplit(url).hostname or ""
    address = _address(host)
    return host == "localhost" if address is None else address.is_loopback


def is_inside(url: str) -> bool:
    """On this machine, or in a network of one's own: a private address, or a name without a dot."""
    host = urlsplit(url).hostname or ""
    address = _address(host)
    return "." not in host if address is None else address.is_private


def port_of(url: str) -> int:
    parts = urlsplit(url)
    return parts.port or (443 if parts.scheme == "https" else 80)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def inside(url: str) -> str:
    """The origin, where it is in a network of one's own; empty where it is not."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if is_inside(url) else ""
