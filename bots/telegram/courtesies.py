"""What is polite and not worth a retry: a press is acknowledged at once, a screen that is over loses its buttons, and a
group hears that we work elsewhere. Best effort, beside everything else; nobody waits for it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from bots.telegram.api import Answer, Api, NotSent, Unknown
from core.clock import Clock
from core.lines import line
from core.speech import Speeches

ACKNOWLEDGED_WITHIN = 2.0
"""Seconds; then the person has seen the button go grey anyway."""
STRIPPED_WITHIN = 5.0
WAITING_MOST = 500
"""What is more is not done."""
AT_ONCE = 10
LINGER = 20.0
"""Seconds that the connections are kept for the next one."""
GROUP_EVERY = 3600.0
GROUPS_MOST = 1000

Courtesy = Callable[[Api], Coroutine[Any, Any, Answer]]

log = structlog.get_logger(__name__)


class Courtesies:
    """One for each bot in a process. The connections belong to a task of its own, which ends with the loop, so that
    whoever takes webhooks need not close anything."""

    def __init__(self, api: Callable[[], Api], speeches: Speeches, clock: Clock, username: str = "") -> None:
        self._api, self._speeches, self._clock, self.username = api, speeches, clock, username
        self._waiting: deque[Courtesy] = deque()
        self._more = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._told: OrderedDict[int, float] = OrderedDict()

    def acknowledge(self, query: str) -> None:
        self._do(lambda api: api.call("answerCallbackQuery", {"callback_query_id": query}, ACKNOWLEDGED_WITHIN))

    def strip(self, chat: int, message: int) -> None:
        bare = {"chat_id": chat, "message_id": message}
        self._do(lambda api: api.call("editMessageReplyMarkup", bare, STRIPPED_WITHIN))

    def decline(self, group: int, lang: str) -> None:
        """Not more than once an hour, whatever is said there."""
        now = self._clock().timestamp()
        if now - self._told.get(group, -GROUP_EVERY) < GROUP_EVERY:
            return
        self._told[group] = now
        self._told.move_to_end(group)
        while len(self._told) > GROUPS_MOST:
            self._told.popitem(last=False)
        self._do(lambda api: self._elsewhere(api, group, lang))

    async def close(self) -> None:
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait([self._running])
            self._running = None

    def _do(self, courtesy: Courtesy) -> None:
        if len(self._waiting) >= WAITING_MOST:
            return
        self._waiting.append(courtesy)
        self._more.set()
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())

    async def _run(self) -> None:
        async with self._api() as api, asyncio.TaskGroup() as group:
            while True:
                self._more.clear()
                while self._waiting:
                    group.create_task(_done(self._waiting.popleft(), api))
                try:
                    async with asyncio.timeout(LINGER):
                        await self._more.wait()
                except TimeoutError:
                    if not self._waiting:
                        self._running = None  # whoever comes now begins anew
                        return

    async def _elsewhere(self, api: Api, group: int, lang: str) -> Answer:
        if not self.username:
            found = (await api.call("getMe", {}, STRIPPED_WITHIN)).result
            self.username = str(found.get("username") or "") if isinstance(found, dict) else ""
        link = f"https://t.me/{self.username}" if self.username else "https://t.me"
        words = self._speeches[lang].say(
            line("I work in private chats only. Please write to me here: {link}", link=link)
        )
        return await api.call("sendMessage", {"chat_id": group, "text": words}, STRIPPED_WITHIN)


async def _done(courtesy: Courtesy, api: Api) -> None:
    try:
        answer = await courtesy(api)
    except (NotSent, Unknown) as error:
        log.debug("courtesy_failed", why=type(error).__name__)
        return
    if not answer.ok:
        log.debug("courtesy_failed", code=answer.code, why=answer.description)
