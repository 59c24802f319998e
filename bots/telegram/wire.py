"""Asks for one thing at the pace that Telegram allows, and says how it ended. It repeats nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from bots.culprits import MOST, Culprits
from bots.pace import Limits, Pace, Paused, Place, Turn
from bots.telegram.api import Answer, Api, NotSent, Unknown
from bots.telegram.outcomes import REFUSED_PAUSE, Done, Snag, read, seconds_of
from bots.telegram.render import Params
from bots.transport import Gone, Later, Moved, Outcome, Parcel, Rejected, Uncertain

LIMITS = Limits(rate=28, most=30, each=0.95, burst=3, group=17 / 60, group_burst=3, patience=2)
"""To all chats together about 30 a second, to one of them one, to a group 20 a minute: core.telegram.org/bots/faq. What
answers somebody is said not to be counted among those 30: a reply that has waited for two seconds asks whether it is.
To one chat a little slower: what left three seconds after another may arrive a little sooner than that."""

Ended = Done | Snag | Outcome
"""Of the snags, AWAY and TOKEN do not come out of here: everybody waits then."""
log = structlog.get_logger(__name__)


class Wire:
    def __init__(self, api: Api, account: str, pace: Pace) -> None:
        self._api, self._account, self._pace, self._culprits = api, account, pace, Culprits()

    async def call(self, parcel: Parcel, method: str, params: Params) -> Ended:
        return await self.ask(parcel, lambda: self._api.call(method, params))

    async def ask(self, parcel: Parcel, asking: Callable[[], Awaitable[Answer]], messages: int = 1) -> Ended:
        """An album of so many `messages` goes at once; what follows it waits for longer."""
        try:
            async with self._pace.turn(Turn.of(parcel.lane), parcel.address.peer, messages) as place:
                ended = await self._asked(asking, place, parcel.outbox_id)
                place.counted = not isinstance(ended, Gone | Moved | Rejected | Snag | Later)
                return ended
        except Paused as paused:
            return Later(paused.seconds, str(paused), whole=True, counted=False)

    async def _asked(self, asking: Callable[[], Awaitable[Answer]], place: Place, row: int) -> Ended:
        try:
            answer = await asking()
        except NotSent as error:
            return Later(self._pace.away(), str(error), whole=True, counted=False)
        except Unknown as error:
            return Uncertain(str(error))
        ended = read(answer)
        if ended is Snag.AWAY:
            return self._at_fault(row)
        self._pace.fine()
        if isinstance(ended, Done):
            self._culprits.taken()
        if answer.code == 429:
            self._pace.refused(seconds_of(answer), place)
        return self._refused() if ended is Snag.TOKEN else ended

    def _at_fault(self, row: int) -> Later:
        if alone := self._culprits.met(row):
            return Later(alone, "their servers cannot bear it", counted=alone == MOST)
        return Later(self._pace.away(), "their servers have a fault", whole=True, counted=False, behind=True)

    def _refused(self) -> Later:
        log.error(
            "token_refused",
            account=self._account,
            what_to_do="Telegram does not know the token of this bot any more: take a new one from @BotFather with "
            "/token, set it and start again.",
        )
        return Later(REFUSED_PAUSE, "the token is refused", whole=True, counted=False)
