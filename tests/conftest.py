"""What holds for every test: no network but loopback, dice that print how they fell, the fixtures of this folder."""

from __future__ import annotations

import ipaddress
import os
import signal
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.servers", "tests.databases", "tests.statements", "tests.chromium"]

settings.register_profile(
    "otklik",
    deadline=None,  # a busy machine is no bug
    suppress_health_check=[HealthCheck.too_slow],
    database=None,  # what was found becomes an @example in the test
    print_blob=True,
)
settings.load_profile("otklik")


class NetworkTouched(BaseException):
    """A test reached for something that is not on this machine. Not an Exception: no retry may swallow it."""


def _only_loopback(event: str, args: tuple[Any, ...]) -> None:
    if event in {"socket.connect", "socket.sendto"}:
        address = args[1]
        host = address[0] if isinstance(address, tuple) and len(address) >= 2 else None
    elif event == "socket.getaddrinfo":
        host = args[0]
    else:
        return
    name = host.decode() if isinstance(host, bytes) else host
    if isinstance(name, str) and name not in {"", "localhost"} and not _is_loopback(name):
        raise NetworkTouched(f"{event}: {name}")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def pytest_configure() -> None:
    sys.addaudithook(_only_loopback)
    for heard, then in ((signal.SIGINT, signal.default_int_handler), (signal.SIGQUIT, signal.SIG_DFL)):
        if signal.getsignal(heard) is signal.SIG_IGN:  # in the background of a shell; what we start would inherit it
            signal.signal(heard, then)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """What `-n auto` means: a third of their time tests wait for a disk, a server or a browser."""
    return max(2, (os.cpu_count() or 1) * 3 // 2)
