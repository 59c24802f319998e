"""Polls for updates. The offset is never stored: what has been committed is confirmed by the next request, and what the
servers send again after a crash is known by its key."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from bots.intake import Unstored
from bots.messenger import Refused
from bots.pace import Pace, Paused
from bots.telegram.api import Answer, Api, NotSent, Unknown
from bots.telegram.intake import Intake
from bots.telegram.knock import knock
from bots.telegram.receive import KINDS

LONGEST = 25
"""Seconds that the servers wait for something to tell."""
BESIDE = 10.0
"""Seconds that an answer may take besides."""
AT_ONCE = 100
PAUSE, PAUSE_MOST = 1.0, 60.0
CONFLICT_PAUSE = 5.0

log = structlog.get_logger(__name__)


class Listener:
    """`refused` is what an operator is told when the token is not good any more."""

    def __init__(
        self, api: Api, intake: Intake, pace: Pace, refused: str, longest: int = LONGEST, pause: float = PAUSE
    ) -> None:
        self._api, self._intake, self._pace, self._refused = api, intake, pace, refused
        self._longest, self._first = longest, pause
        self._pause, self._in_conflict = pause, False

    async def run(self) -> None:
        """Until it is cancelled. Raises Refused."""
        offset: int | None = None
        while True:
            updates = await self._updates(offset)
            if updates is None:
                await self._wait()
                continue
            try:
                await self._intake.take([(update, json.dumps(update).encode()) for update in updates])
            except Unstored:  # nothing of it is confirmed; an operator is told by bots.outage
                await asyncio.sleep(self._first)
                continue
            before, offset = offset, _after(updates, offset)
            if updates and offset == before:
                await self._wait()  # they would come again at once
                continue
            self._pause = self._first

    async def _updates(self, offset: int | None) -> list[dict[str, Any]] | None:
        """None: none could be had."""
        params: dict[str, Any] = {"timeout": self._longest, "limit": AT_ONCE, "allowed_updates": KINDS}
        if offset is not None:
            params["offset"] = offset
        try:
            answer = await self._asked(params)
        except Paused as paused:
            self._pause = paused.seconds
            return None
        except (NotSent, Unknown) as error:
            if isinstance(error, NotSent):
                self._pause = self._pace.away()
            log.warning("polling_failed", problem=str(error))
            return None
        if not answer.ok or not isinstance(answer.result, list):
            self._complain(answer)
            return None
        if self._in_conflict:
            log.info("polling_again")
        self._in_conflict = False
        return [update for update in answer.result if isinstance(update, dict)]

    async def _asked(self, params: Mapping[str, Any]) -> Answer:
        """Where nobody was there for whatever this token was used for, we knock in turn with everything else, and do
        not stay: once a minute for all of it, not once a minute for each."""
        if not self._pace.is_away:
            return await self._api.ask("getUpdates", params, self._longest + BESIDE)
        return await knock(self._api, self._pace, "getUpdates", {**params, "timeout": 0}, BESIDE)

    def _complain(self, answer: Answer) -> None:
        """Raises Refused."""
        if answer.code in (401, 404) and answer.description:
            raise Refused(self._refused)
        seconds = answer.parameters.get("retry_after")
        if answer.code == 429 and isinstance(seconds, int):
            self._pause = max(self._pause, float(seconds))
            self._pace.pause(self._pause)  # of the whole token
        if answer.code == 409:
            self._pause = max(self._pause, CONFLICT_PAUSE * self._first / PAUSE)
        if answer.code != 409:
            log.warning("polling_failed", code=answer.code, why=answer.description)
        elif not self._in_conflict:
            self._in_conflict = True
            log.error(
                "polling_conflict",
                what_to_do="Somebody else asks for the updates of this bot, or has set a webhook: stop the other "
                "program, or, if you know of none, take a new token from @BotFather with /revoke.",
            )

    async def _wait(self) -> None:
        await asyncio.sleep(self._pause)
        self._pause = min(self._pause * 2, max(PAUSE_MOST, self._pause))


def _after(updates: Sequence[dict[str, Any]], offset: int | None) -> int | None:
    """One that has no number cannot be confirmed; the next one confirms it."""
    numbers = [it["update_id"] for it in updates if type(it.get("update_id")) is int and 0 <= it["update_id"] < 2**62]
    return max(numbers) + 1 if numbers else offset
