"""How updates reach a bot: it asks for them and confirms by the next offset, or they are pushed, one at a time a chat.

What an update says is not looked at, but for the chat that it belongs to.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.fakes.people import Changes
from tests.fakes.telegram_chats import Json
from tests.fakes.telegram_params import Refused

_ASKED_FOR_BY_NAME = {"chat_member", "message_reaction", "message_reaction_count"}
_MOST_WAIT = 600.0  # seconds between two tries, before they are scaled


@dataclass(eq=False)
class _Entry:
    update: Json
    odd: bool  # it comes again or out of turn: an offset that was moved before it came does not confirm it
    given: bool = False


@dataclass(eq=False)
class Hook:
    url: str
    secret: str
    gate: asyncio.Semaphore
    connections: int
    failed_at: int = 0
    failure: str = ""


@dataclass
class Updates:
    session: aiohttp.ClientSession
    scale: float  # of the seconds between two tries of a push
    allowed: list[str] = field(default_factory=list)
    hook: Hook | None = None
    _entries: list[_Entry] = field(default_factory=list)
    _lanes: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _changes: Changes = field(default_factory=Changes)
    _asked: int = 0
    _closed: bool = False

    @property
    def pending(self) -> list[Json]:
        """What the bot has not confirmed."""
        return [entry.update for entry in self._entries]

    def wanted(self, kind: str) -> bool:
        return kind in self.allowed or not self.allowed and kind not in _ASKED_FOR_BY_NAME

    def add(self, update: Json, *, odd: bool = False) -> None:
        self._entries.append(_Entry(update, odd))
        self._push()
        self._changes.happened()

    async def poll(self, offset: int, limit: int, seconds: float) -> list[Json]:
        if self.hook:
            raise _conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        self._asked += 1
        mine = self._asked
        self._confirm(offset)
        self._changes.happened()  # an earlier poller that still waits is sent away
        try:
            async with asyncio.timeout(seconds):
                while not self._entries and not self._closed:
                    await self._changes.next()
                    self._check_turn(mine)
        except TimeoutError:
            return []
        batch = self._entries[:limit]
        for entry in batch:
            entry.given = True
        return [entry.update for entry in batch]

    async def delivered(self, seconds: float = 10) -> None:
        """Until the bot has taken all there is."""
        await self._changes.until(lambda: not self._entries, seconds, lambda: str(self.pending))

    def _check_turn(self, mine: int) -> None:
        if self.hook:
            raise _conflict("terminated by setWebhook request")
        if mine != self._asked:
            raise _conflict("terminated by other getUpdates request; make sure that only one bot instance is running")

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            self._entries = self._entries[offset:]
        self._entries = [it for it in self._entries if it.update["update_id"] >= offset or it.odd and not it.given]

    def set_hook(self, hook: Hook | None) -> None:
        for task in self._lanes.values():
            task.cancel()
        self._lanes = {}
        self.hook = hook
        self._changes.happened()
        self._push()

    def forget(self) -> None:
        self._entries = []

    def info(self) -> Json:
        hook = self.hook
        said: Json = {"url": hook.url if hook else "", "has_custom_certificate": False}
        said["pending_update_count"] = len(self._entries)
        said |= {"allowed_updates": self.allowed} if self.allowed else {}
        said |= {"max_connections": hook.connections} if hook else {}
        if hook and hook.failed_at:
            said |= {"last_error_date": hook.failed_at, "last_error_message": hook.failure}
        return said

    def close(self) -> None:
        self._closed = True
        self.set_hook(None)

    def _push(self) -> None:
        if not self.hook:
            return
        for lane in {_lane(entry.update) for entry in self._entries} - self._lanes.keys():
            self._lanes[lane] = asyncio.create_task(self._drive(lane, self.hook))

    async def _drive(self, lane: str, hook: Hook) -> None:
        failures = 0
        while entry := next((it for it in self._entries if _lane(it.update) == lane), None):
            async with hook.gate:
                wait = await self._post(hook, entry.update)
            if wait is None:
                self._entries = [it for it in self._entries if it is not entry]
                self._changes.happened()
                failures = 0
                continue
            failures += 1
            hook.failed_at = int(time.time())
            await asyncio.sleep(min(wait or 2.0**failures, _MOST_WAIT) * self.scale)
        del self._lanes[lane]

    async def _post(self, hook: Hook, update: Json) -> float | None:
        """None: it was taken. Otherwise the seconds to wait, 0 when nothing is said about them."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
        try:
            async with self.session.post(hook.url, json=update, headers=headers, allow_redirects=False) as response:
                if 200 <= response.status < 300:
                    return None
                hook.failure = f"Wrong response from the webhook: {response.status} {response.reason}"
                said = response.headers.get("Retry-After", "")
                return float(said) if said.isdecimal() else 0
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            hook.failure = f"Connection failed: {type(error).__name__}"
            return 0


def _lane(update: Mapping[str, Any]) -> str:
    """What goes one by one: a chat's updates, or those of a person where there is no chat. Raw ones may be anything."""
    body = _part(update, *(update.keys() - {"update_id"}))
    chat = _part(body, "chat") or _part(_part(body, "message"), "chat") or _part(body, "from")
    return str(chat.get("id", update["update_id"]))


def _part(of: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    return next((of[name] for name in names if isinstance(of.get(name), dict)), {})


def _conflict(why: str) -> Refused:
    return Refused(f"Conflict: {why}", 409)
