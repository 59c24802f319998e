"""What is polite and not worth a retry: a press is acknowledged at once, a screen that is over loses its buttons, and a
group hears that we work elsewhere. Best effort, beside everything else; nobody waits for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from bots.errands import Errands, Lately
from bots.messenger import World
from bots.pace import Pace, Place, Turn
from bots.telegram.api import Answer, Api, NotSent, Unknown
from bots.telegram.outcomes import seconds_of
from core.lines import line

ACKNOWLEDGED_WITHIN = 2.0
"""Seconds; then the person has seen the button go grey anyway."""
STRIPPED_WITHIN = 5.0
AT_ONCE = 10
"""Connections of their own: they take no room from what people wait for."""
DECLINED_FOR = timedelta(hours=1)


class Courtesies:
    """One for each bot in a process. `username` is known as soon as we are let in."""

    def __init__(self, world: World, api: Api, pace: Pace) -> None:
        self._world, self._api, self._pace, self.username = world, api, pace, ""
        self.errands, self._declined = Errands(NotSent, Unknown, NotDone), Lately[int](DECLINED_FOR)

    def acknowledge(self, query: str) -> None:
        """It is no message: Telegram does not count it, and somebody looks at a button that has gone grey."""
        self.errands.begin("answerCallbackQuery", partial(self._acknowledge, query), ACKNOWLEDGED_WITHIN)

    def strip(self, chat: int, message: int) -> None:
        self._begin("editMessageReplyMarkup", {"chat_id": chat, "message_id": message}, STRIPPED_WITHIN)

    def decline(self, group: int, lang: str) -> None:
        """Not more than once an hour, whatever is said there."""
        if not self._declined.is_first(group, self._world.clock()):
            return
        link = f"https://t.me/{self.username}" if self.username else "https://t.me"
        words = self._world.houses.speeches[lang].say(
            line("I work in private chats only. Please write to me here: {link}", link=link)
        )
        self._begin("sendMessage", {"chat_id": group, "text": words}, STRIPPED_WITHIN, peer=str(group))

    async def close(self) -> None:
        await self.errands.close()
        await self._api.close()

    def _begin(self, method: str, params: Mapping[str, Any], within: float, *, peer: str = "") -> None:
        self.errands.begin(method, partial(self._call, method, params, within, peer), within)

    async def _acknowledge(self, query: str) -> None:
        with self._pace.aside():
            answer = await self._api.call("answerCallbackQuery", {"callback_query_id": query}, ACKNOWLEDGED_WITHIN)
        self._look_at(answer)

    async def _call(self, method: str, params: Mapping[str, Any], within: float, peer: str) -> None:
        async with self._pace.turn(Turn.COURTESY, peer) as place:
            answer = await self._api.call(method, params, within)
            place.counted = answer.ok
            self._look_at(answer, place)

    def _look_at(self, answer: Answer, place: Place | None = None) -> None:
        if answer.code == 429:
            self._pace.refused(seconds_of(answer), place)
        if not answer.ok:
            raise NotDone(answer.code)


class NotDone(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(f"status {code}")
        self.code = code
