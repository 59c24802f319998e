"""The Bots Long Poll server of one group: it keeps every event and gives them again to whoever asks with an old ts."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from tests.fakes.vk_errors import VkError, invalid

LONGEST_WAIT = 90
FIRST_TS = 100  # nobody shall take it for an index


class LongPoll:
    def __init__(self, *, enabled: bool, events: Iterable[str], known: Iterable[str]) -> None:
        self.settings: dict[str, Any] = {
            "is_enabled": enabled,
            "api_version": "5.199",
            "events": dict.fromkeys(known, 0) | dict.fromkeys(events, 1),
        }
        self.key = secrets.token_hex(20)
        self.polls: list[dict[str, str]] = []  # every request, as it asked
        self._log: list[Any] = []
        self._oldest = FIRST_TS
        self._failures: list[int] = []
        self._woken = asyncio.Event()
        self._closed = False

    @property
    def ts(self) -> str:
        return str(FIRST_TS + len(self._log))

    def arrive(self, event: Any) -> None:
        self._log.append(event)
        self._wake()

    def fail(self, *how: int) -> None:
        """The next polls end so: 1 history is lost, 2 the key is old, 3 all of it is lost, 4 a wrong version."""
        self._failures += how
        self._wake()

    def server(self, address: str) -> dict[str, str]:
        if not self.settings["is_enabled"]:
            raise VkError(100, "longpoll for this group is not enabled", mistake=False)
        return {"key": self.key, "server": address, "ts": self.ts}

    async def answer(self, query: Mapping[str, str]) -> dict[str, Any]:
        self.polls.append(dict(query))
        ts, wait = _asked(query)
        if query.get("key") != self.key:
            return {"failed": 2}
        with suppress(TimeoutError):
            async with asyncio.timeout(wait):
                while not (self._closed or self._failures or ts != FIRST_TS + len(self._log)):
                    await self._woken.wait()
        if self._failures:
            return self._failed(self._failures.pop(0))
        if not self._oldest <= ts <= FIRST_TS + len(self._log):
            return self._failed(1)
        return {"ts": self.ts, "updates": self._log[ts - FIRST_TS :]}

    def close(self) -> None:
        self._closed = True
        self._wake()

    def lose_history(self) -> None:
        """What has not been fetched till now never will be."""
        self._oldest = FIRST_TS + len(self._log)

    def _failed(self, how: int) -> dict[str, Any]:
        match how:
            case 1:
                return {"failed": 1, "ts": FIRST_TS + len(self._log)}
            case 4:
                return {"failed": 4, "min_version": 0, "max_version": 3}
            case _:
                self.key = secrets.token_hex(20)
                if how == 3:
                    self.lose_history()
                return {"failed": how}

    def _wake(self) -> None:
        self._woken.set()
        self._woken = asyncio.Event()


def _asked(query: Mapping[str, str]) -> tuple[int, int]:
    if query.keys() - {"act", "key", "ts", "wait"} or query.get("act") != "a_check":
        raise invalid("act=a_check, key, ts and wait make a poll")
    ts, wait = query.get("ts", ""), query.get("wait", "25")
    if not (ts.isdecimal() and wait.isdecimal() and int(wait) <= LONGEST_WAIT):
        raise invalid("ts or wait is not a number")
    return int(ts), int(wait)
