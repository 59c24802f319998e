"""Asks now and then whether updates are still brought to us: whoever has stolen the token can lead them elsewhere with
setWebhook, or take the webhook away and fetch them, and nothing else would tell us (core.telegram.org/bots/api,
getWebhookInfo and setWebhook). What was changed is said in one line, and set anew once for each look: two deployments
that share a token on purpose quarrel no faster than that."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import structlog

from bots.messenger import Refused, World
from bots.pace import Pace, Paused
from bots.telegram.api import SECONDS, Api, NotSent, TokenRefused, Unknown
from bots.telegram.knock import knock
from bots.telegram.outcomes import Snag, read, seconds_of
from bots.telegram.receive import KINDS, MESSENGER

EVERY = 300.0
"""Seconds between two looks."""
WHAT_TO_DO = (
    "Somebody who holds the token of this bot has changed its webhook, which is set again now. Stop the other program, "
    "or, if you know of none, take a new token from @BotFather with /revoke, set it and start again."
)
_PORTS = {"https": 443, "http": 80}
_NAMED = re.compile(r"[a-z0-9.:-]{1,253}", re.ASCII)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Bot:
    """`what` and `account` name it to operators; `refused` is what they are told when its token is good no more."""

    what: str
    account: str
    refused: str


class Watch:
    """`url` is where updates are to be brought; `bring` sets that, and raises OSError or TokenRefused."""

    def __init__(
        self, world: World, api: Api, pace: Pace, bot: Bot, url: str, bring: Callable[[], Awaitable[None]]
    ) -> None:
        self._world, self._api, self._pace, self._bot = world, api, pace, bot
        self._url, self._bring = url, bring
        self._every, self._looked_at, self._changed = EVERY, math.inf, False

    async def run(self) -> None:
        """Until it is cancelled, from when the webhook has been set. Raises Refused."""
        self._looked_at = math.inf  # nobody has, since it was set
        self._world.metrics.webhook(MESSENGER, self._bot.account, changed=False)
        while True:
            await asyncio.sleep(max(self._every, self._pace.paused))
            now, found = self._world.clock().timestamp(), await self._found()
            if found is None:
                continue
            since, self._looked_at = self._looked_at, now
            try:
                await self._see(change(found, self._url, since))
            except TokenRefused:
                raise Refused(self._bot.refused) from None
            except OSError as error:
                log.warning("webhook_not_set", messenger=self._bot.what, problem=str(error))

    async def _found(self) -> Mapping[str, Any] | None:
        """None: it could not be asked now, which says nothing of the webhook. Raises Refused."""
        try:
            answer = await knock(self._api, self._pace, "getWebhookInfo", {}, SECONDS)
        except (Paused, NotSent, Unknown):
            return None
        if answer.code == 429:
            self._pace.pause(seconds_of(answer))  # of the whole token
        if read(answer) is Snag.TOKEN:
            raise Refused(self._bot.refused)
        return answer.result if answer.ok and isinstance(answer.result, dict) else None

    async def _see(self, changed: str) -> None:
        """What follows while it is the same trouble is counted, and not said."""
        if not changed:
            if self._changed:
                log.info("webhook_again", messenger=self._bot.what)
            self._changed = False
            return
        self._world.metrics.webhook(MESSENGER, self._bot.account, changed=True)
        if not self._changed:
            log.error("webhook_changed", messenger=self._bot.what, found=changed, what_to_do=WHAT_TO_DO)
        self._changed = True
        await self._bring()


def change(found: Mapping[str, Any], ours: str, since: float) -> str:
    """What is not as we have set it, in a few words; empty where all is. Of a foreign address it names the host at
    most: its path may be a secret. Whether the secret is ours Telegram does not tell: that it is not is known by our
    own refusals `since` the last look. Before the first one a process with the old secret may still have been there."""
    url, kinds = str(found.get("url") or ""), found.get("allowed_updates")
    if not url:
        return "it was removed"
    if _parts(url) != _parts(ours):
        return f"it leads to {_host(url)}"
    if found.get("has_custom_certificate"):
        return "a certificate that is not ours is believed"
    if isinstance(kinds, list) and kinds and not {*KINDS} <= {*map(str, kinds)}:
        return "some kinds of updates are not brought any more"
    failed_at, waiting = found.get("last_error_date"), found.get("pending_update_count")
    if isinstance(failed_at, int) and failed_at > since and waiting and "401" in str(found.get("last_error_message")):
        return "updates come with another secret, or a proxy of yours answers 401"
    return ""


def _parts(url: str) -> tuple[object, ...]:
    """However it is written."""
    try:
        split = urlsplit(url)
        return split.scheme, _name(url), split.port or _PORTS.get(split.scheme), split.path or "/", split.query
    except ValueError:
        return (url,)


def _host(url: str) -> str:
    try:
        name = _name(url)
    except ValueError:
        name = ""
    return name if _NAMED.fullmatch(name) else "another address"


def _name(url: str) -> str:
    """Of its host, as the network knows it: «пример.рф» may come back as xn--e1afmkfd.xn--p1ai."""
    return (urlsplit(url).hostname or "").encode("idna").decode("ascii")
