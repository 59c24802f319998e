"""Plugs a bot of Telegram in: the citizens' one, or the officials' one, which is the same folder with another token."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

from bots.files.lane import Source
from bots.messenger import Messenger, Refused, World
from bots.pace import Pace
from bots.telegram.api import Api, TokenRefused
from bots.telegram.courtesies import AT_ONCE, Courtesies
from bots.telegram.hook import PATH, STAFF_PATH, Hook
from bots.telegram.intake import Intake
from bots.telegram.listen import LONGEST, Listener
from bots.telegram.media import Media
from bots.telegram.receive import MESSENGER
from bots.telegram.send import TelegramTransport
from bots.telegram.source import TelegramSource
from bots.telegram.texts import said
from bots.telegram.watch import Bot, Watch
from bots.telegram.wire import LIMITS, Wire
from bots.transport import Transport

if TYPE_CHECKING:
    from bots.telegram.sdk import Sdk


def build(world: World, token: str, *, staff: bool) -> Messenger:
    return Telegram(world, token, staff=staff)


class Telegram:
    """`username` and `link` are known when the bot is open; people are told the link of their own bot only. `longest`:
    seconds that the servers wait for an update."""

    name = MESSENGER

    def __init__(self, world: World, token: str, *, staff: bool, longest: int = LONGEST) -> None:
        base = world.settings.telegram_api_url
        self.account, self.what = token.partition(":")[0], "Telegram for officials" if staff else "Telegram"
        self.username = self.link = ""
        self._world, self._token, self._base, self._staff = world, token, base, staff
        self._setting = "TELEGRAM_STAFF_TOKEN" if staff else "TELEGRAM_TOKEN"
        self._api, self.pace = Api(base, token), Pace(LIMITS)
        self.courtesies = Courtesies(world, Api(base, token, AT_ONCE), self.pace)
        self.wire = Wire(self._api, self.account, self.pace)
        self._media = Media(world, self.account, self.wire)
        self.transport: Transport = TelegramTransport(world, self.account, self.wire, self._media, self.courtesies)
        self.source: Source | None = None if staff else TelegramSource(self._api, base)
        self._intake = Intake(world, self.account, self.courtesies, staff=staff)
        self.listener = Listener(self._api, self._intake, self.pace, self._refused, longest)
        bot, here = Bot(self.what, self.account, self._refused), f"{world.settings.address}{self._path}"
        self.watch = Watch(world, self._api, self.pace, bot, here, self._bring)
        self._sdk: Sdk | None = None

    @property
    def _refused(self) -> str:
        return (
            f"{self._setting} is refused by Telegram: take a new one from @BotFather with /token (or /newbot), set it "
            "and start again."
        )

    def routes(self) -> list[web.RouteDef]:
        if self._world.settings.telegram_mode != "webhook":
            return []
        return [web.post(self._path, Hook(self._world, self._intake).handle)]

    @property
    def _path(self) -> str:
        return STAFF_PATH if self._staff else PATH

    async def open(self) -> None:
        try:
            if self._sdk is None:
                self._sdk = await asyncio.to_thread(self._import)
            self.username = self.courtesies.username = await self._sdk.username()
        except TokenRefused:
            raise Refused(self._refused) from None
        self.link = "" if self._staff or not self.username else f"https://t.me/{self.username}?start="
        self._media.sdk = self._sdk

    def _import(self) -> Sdk:
        from bots.telegram.sdk import Sdk  # noqa: PLC0415 - it takes seconds, and pages are served meanwhile

        return Sdk(self._base, self._token, self._api)

    async def set_up(self) -> None:
        """Where updates go comes first: without it nothing is heard."""
        settings = self._world.settings
        try:
            if settings.telegram_mode == "webhook":
                await self._bring()
            else:
                await self._opened.stop_bringing()
        except TokenRefused:
            raise Refused(self._refused) from None
        world, reserved = self._world, settings.telegram_pii == "off" and not self._staff
        await self._opened.introduce(said(world.houses.speeches, world.region, staff=self._staff, reserved=reserved))

    async def _bring(self) -> None:
        settings = self._world.settings
        await self._opened.bring_to(f"{settings.address}{self._path}", settings.telegram_secret.get_secret_value())

    @property
    def _opened(self) -> Sdk:
        if self._sdk is None:
            raise OSError("It is not open.")
        return self._sdk

    async def listen(self) -> None:
        if self._world.settings.telegram_mode == "polling":
            await self.listener.run()
        else:
            await self.watch.run()

    async def close(self) -> None:
        await self.courtesies.close()
        if self._sdk is not None:
            await self._sdk.close()
        await self._api.close()
