"""A word that does harm to the process that hears it: it stands for an update that our code cannot bear."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from bots import moves
from core.talk import Message
from dialogs import shell

POISON = "венепорг"


@contextmanager
def poisoned(harms: str) -> Iterator[None]:
    """`harms` is "raise", "kill" or "burn"."""
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


_HARMS = {"raise": _raise, "kill": _kill, "burn": _burn}
