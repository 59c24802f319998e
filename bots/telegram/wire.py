"""Asks for one thing at the pace that Telegram allows, and says how it ended. The pace and the memory of their faults
live in the process that sends; it repeats nothing."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

import structlog

from bots.pace import Pace, Paces
from bots.telegram.api import Answer, Api, NotSent, Unknown
from bots.telegram.outcomes import REFUSED_PAUSE, Done, Snag, read
from bots.telegram.render import Params
from bots.transport import Later, Outcome, Parcel, Uncertain

OVERALL = 28.0
"""Messages a second to all chats together; the limit is about 30: core.telegram.org/bots/faq."""
EACH, BURST = 1.0, 3
"""A second to one chat, and so many at once."""
ALBUM = 5
"""Turns that an album takes at most."""
PAUSE, PAUSE_MOST = 1.0, 60.0
"""Seconds before servers that have a fault are asked again; they double."""

Ended = Done | Snag | Outcome
"""Of the snags, AWAY and TOKEN do not come out of here: everybody waits then."""
log = structlog.get_logger(__name__)


class Wire:
    def __init__(self, api: Api, account: str) -> None:
        self._api, self._account = api, account
        self._pace, self._paces = Pace(OVERALL), Paces(EACH, BURST)
        self._pause, self._away_until = PAUSE, 0.0

    async def call(self, parcel: Parcel, method: str, params: Params) -> Ended:
        return await self.ask(parcel, lambda: self._api.call(method, params))

    async def ask(self, parcel: Parcel, asking: Callable[[], Awaitable[Answer]], messages: int = 1) -> Ended:
        """An album of so many `messages` goes at once; what follows it waits for longer."""
        await self._turn(parcel)
        ended = await self._asked(asking)
        for _ in range(min(messages, ALBUM) - 1):
            await self._turn(parcel)
        return ended

    async def _asked(self, asking: Callable[[], Awaitable[Answer]]) -> Ended:
        try:
            ended = read(await asking())
        except NotSent as error:
            return self._away(str(error))
        except Unknown as error:
            return Uncertain(str(error))
        if ended is Snag.AWAY:
            return self._away("their servers have a fault")
        self._pause = PAUSE
        return self._refused() if ended is Snag.TOKEN else ended

    async def _turn(self, parcel: Parcel) -> None:
        """Whoever waits for an answer takes a place in the row without standing in it."""
        if parcel.urgent:
            self._pace.press_in(time.monotonic())
        else:
            await self._pace.wait()
        await self._paces.wait(parcel.address.peer)

    def _away(self, reason: str) -> Later:
        """Grows once for each pause, however many requests have met it."""
        now = time.monotonic()
        if now >= self._away_until:
            self._away_until = now + self._pause
            self._pause = min(self._pause * 2, PAUSE_MOST)
        return Later(self._away_until - now, reason, whole=True, counted=False)

    def _refused(self) -> Later:
        log.error(
            "token_refused",
            account=self._account,
            what_to_do="Telegram does not know the token of this bot any more: take a new one from @BotFather with "
            "/token, set it and start again.",
        )
        return Later(REFUSED_PAUSE, "the token is refused", whole=True, counted=False)
