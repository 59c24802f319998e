"""Asks Telegram something that it does not count, in turn with everything else that its token is used for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bots.pace import Pace, Turn
from bots.telegram.api import Answer, Api, NotSent


async def knock(api: Api, pace: Pace, method: str, params: Mapping[str, Any], seconds: float) -> Answer:
    """The pace hears whether anybody was there. Raises Paused, NotSent and Unknown."""
    async with pace.turn(Turn.COURTESY) as place:
        place.counted = False
        try:
            answer = await api.ask(method, params, seconds)
        except NotSent:
            pace.away()  # before the next one gets its turn
            raise
        if answer.ok:
            pace.fine()
        return answer
