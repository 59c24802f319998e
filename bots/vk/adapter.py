"""VK as a messenger of this process: let in by its key, set up, listened to. Imports no SDK."""

from __future__ import annotations

from typing import Any

import structlog
from aiohttp import web

from bots.files.lane import Source
from bots.messenger import Messenger, Refused, World
from bots.pace import Pace
from bots.transport import Transport
from bots.vk.api import LIMITS, VERSION, Api, Away, VKError
from bots.vk.courtesies import Courtesies
from bots.vk.errors import DENIES, REFUSES_THE_KEY
from bots.vk.files import Files, VKSource
from bots.vk.hook import PATH, Hook
from bots.vk.intake import Intake
from bots.vk.listen import Poller
from bots.vk.receive import NAME
from bots.vk.sdk import VKBottle
from bots.vk.send import VKTransport

EVENTS = ("message_new", "message_event", "message_edit", "message_allow", "message_deny")
MESSAGES, PHOTOS, DOCUMENTS = 4096, 4, 131072
"""Bits of a key's rights: dev.vk.com/ru/reference/access-rights."""
NEW_KEY = "«Управление», «Дополнительно», «Работа с API», «Ключи доступа», «Создать ключ»"
LONG_POLL = "«Управление», «Дополнительно», «Работа с API», «Long Poll API»"
CALLBACK = "«Управление», «Дополнительно», «Работа с API», «Callback API»"
IN_RUSSIAN = {
    "message_new": "«Входящее сообщение»",
    "message_event": "«Действие с сообщением»",
    "message_edit": "«Редактирование сообщения»",
    "message_allow": "«Разрешение на получение»",
    "message_deny": "«Запрет на получение»",
}
"""As the boxes of the event types are called there, under «Типы событий», «Сообщения»."""

log = structlog.get_logger(__name__)


class VK:
    name, what = NAME, "VK"

    def __init__(self, world: World) -> None:
        settings = world.settings
        self._world, self._group_id = world, settings.vk_group_id
        self.account = str(settings.vk_group_id)
        self.link = ""
        """Where people write to us; known when it is open."""
        self.pace = Pace(LIMITS)
        self.api = Api(settings.vk_api_url, settings.vk_token.get_secret_value(), self.pace)
        self._sdk = VKBottle(self.api)
        self._courtesies = Courtesies(world, self.api)
        files = Files(world, self.account, self._sdk)
        self.transport: Transport = VKTransport(world, self.api, self.pace, files, self._courtesies)
        self._intake = Intake(world, self._group_id, self._courtesies)
        self.source: Source | None = VKSource(self.api, settings.vk_api_url)

    def routes(self) -> list[web.RouteDef]:
        settings = self._world.settings
        if settings.vk_mode != "callback":
            return []
        hook = Hook(self._intake, settings.vk_secret.get_secret_value(), settings.vk_confirmation)
        return [web.post(PATH, hook.post)]

    async def open(self) -> None:
        group = await self._group()
        if group.get("id") != self._group_id:
            raise Refused(
                f"VK_GROUP_ID is {self._group_id}, and VK_TOKEN is of the community {group.get('id')} "
                f"(«{group.get('name', '')}»): one of them is of another community. Keys are made in {NEW_KEY}."
            )
        await self._check_rights()
        self.link = f"https://vk.me/{group.get('screen_name') or f'club{self._group_id}'}?ref="
        await self._sdk.load()

    async def set_up(self) -> None:
        if self._world.settings.vk_mode == "callback":
            await self._look_at_callback()
        else:
            await self._turn_on_long_poll()

    async def listen(self) -> None:
        if self._world.settings.vk_mode == "callback":
            return
        await Poller(self._world, self.api, self._intake).run()

    async def close(self) -> None:
        await self._courtesies.close()
        await self.api.close()

    # Who we are

    async def _group(self) -> dict[str, Any]:
        """Without a name VK tells of the community that the key belongs to."""
        found = await self._ask("groups.getById")
        groups = found.get("groups") if isinstance(found, dict) else found
        if not isinstance(groups, list) or not groups or not isinstance(groups[0], dict):
            raise Refused(
                f"VK_TOKEN is no key of a community: make one in {NEW_KEY}, with messages and the management."
            )
        group: dict[str, Any] = groups[0]
        return group

    async def _check_rights(self) -> None:
        found = await self._ask("groups.getTokenPermissions")
        mask = found.get("mask") if isinstance(found, dict) else None
        if not isinstance(mask, int):
            return  # calls will tell
        if not mask & MESSAGES:
            raise Refused(f"VK_TOKEN may not read and write messages: make a key in {NEW_KEY}, and tick «Сообщения».")
        for bit, box in ((PHOTOS, "«Фотографии»"), (DOCUMENTS, "«Файлы»")):
            if not mask & bit:
                log.warning("vk_right_missing", what_to_do=f"to send files, make a key in {NEW_KEY} with {box}")

    async def _ask(self, method: str) -> Any:
        try:
            return await self.api.call(method)
        except VKError as error:
            raise _said_no(error) from None

    # How events come to us

    async def _turn_on_long_poll(self) -> None:
        """What is on already is not touched; a key that may not look at it may still be let in."""
        try:
            found = await self.api.call("groups.getLongPollSettings", group_id=self._group_id)
            if _is_on(found):
                return
            wanted = {"enabled": True, "api_version": VERSION, **dict.fromkeys(EVENTS, True)}
            await self.api.call("groups.setLongPollSettings", group_id=self._group_id, **wanted)
        except VKError as error:
            if error.code not in DENIES:
                raise _said_no(error) from None
            if not await self._is_let_in():
                raise _long_poll_is_off() from None
            log.warning("vk_long_poll_not_looked_at", what_to_do=str(_long_poll_is_off()))
        else:
            log.info("vk_long_poll_turned_on")

    async def _is_let_in(self) -> bool:
        """Some events may still be off."""
        try:
            await self.api.call("groups.getLongPollServer", group_id=self._group_id)
        except VKError as error:
            if error.code in DENIES | {100}:  # 100: it is off
                return False
            raise _said_no(error) from None
        return True

    async def _look_at_callback(self) -> None:
        """Only looks: what has to be pressed, a person presses."""
        address = f"{self._world.settings.address}{PATH}"
        try:
            code = await self.api.call("groups.getCallbackConfirmationCode", group_id=self._group_id)
            servers = await self.api.call("groups.getCallbackServers", group_id=self._group_id)
            server = _server(servers, address)
            settings = server and await self.api.call(
                "groups.getCallbackSettings", group_id=self._group_id, server_id=server["id"]
            )
        except VKError as error:  # such a key is enough for messages
            log.info("vk_callback_not_looked_at", code=error.code)
            return
        if server is None or server.get("status") != "ok":
            if isinstance(code, dict) and code.get("code") != self._world.settings.vk_confirmation:
                log.error("vk_callback", what_to_do=f"VK_CONFIRMATION is not what VK wants to hear now: see {CALLBACK}")
            log.error("vk_callback", what_to_do=f"in {CALLBACK} enter {address} and VK_SECRET, and press «Подтвердить»")
        elif missing := _missing(settings):
            boxes = ", ".join(IN_RUSSIAN[name] for name in missing)
            log.error("vk_callback", what_to_do=f"in {CALLBACK}, «Типы событий», tick {boxes}")


def build(world: World) -> Messenger:
    return VK(world)


def _said_no(error: VKError) -> Refused | Away:
    """Refused where a person has to act, Away where it may go better the next time."""
    if error.code in REFUSES_THE_KEY:
        return Refused(f"VK_TOKEN is refused by VK (error {error.code}): make a new key in {NEW_KEY}.")
    if error.code in DENIES | {100}:
        return Refused(f"VK_TOKEN is no key of a community (error {error.code}): make one in {NEW_KEY}.")
    return Away(str(error))


def _long_poll_is_off() -> Refused:
    boxes = ", ".join(IN_RUSSIAN[name] for name in EVENTS)
    return Refused(
        f"Long Poll is off, and VK_TOKEN may not turn it on: in {LONG_POLL} choose «Включено», version {VERSION}, and "
        f"under «Типы событий» tick {boxes}. The key needs «Управление сообществом» to listen: make one in {NEW_KEY}."
    )


def _is_on(settings: Any) -> bool:
    """In the version that we read: others write some events otherwise."""
    if not isinstance(settings, dict) or settings.get("api_version", VERSION) != VERSION:
        return False
    return bool(settings.get("is_enabled")) and not _missing(settings)


def _missing(settings: Any) -> list[str]:
    events = settings.get("events") if isinstance(settings, dict) else None
    return [name for name in EVENTS if not (isinstance(events, dict) and events.get(name))]


def _server(found: Any, address: str) -> dict[str, Any] | None:
    items = found.get("items") if isinstance(found, dict) else None
    known = [one for one in items if isinstance(one, dict)] if isinstance(items, list) else []
    return next((one for one in known if one.get("url") == address and "id" in one), None)
