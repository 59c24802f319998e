"""A word that does harm to the process that hears it: it stands for an update that our code cannot bear."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bots import moves
from core.talk import Message
from dialogs import shell

POISON = "венепорг"
SWELL = 256
"""Megabytes above what it has, which a process may take that is harmed so."""


@contextmanager
def poisoned(harms: str) -> Iterator[None]:
    """`harms` is "raise", "kill", "burn" or "swell"."""
    pure = shell.hear

    def hear(house: Any, talk: Any, event: Any, *more: Any) -> Any:
        if isinstance(event, Message) and POISON in event.text:
            _HARMS[harms]()
        return (yield from pure(house, talk, event, *more))

    with patch.object(moves, "hear", hear):
        yield


def _raise() -> None:
    raise RuntimeError("poisoned")


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _burn() -> None:
    while True:
        sum(range(1000))


def _swell() -> None:
    """Takes memory without end; the system gives it so much and no more."""
    has = int(Path("/proc/self/status").read_text().partition("VmData:")[2].split()[0]) * 1024
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (has + SWELL * 2**20, hard))
    taken = list[bytearray]()
    while True:
        taken.append(bytearray(b"x" * 2**16))


_HARMS = {"raise": _raise, "kill": _kill, "burn": _burn, "swell": _swell}
