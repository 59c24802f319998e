"""Looks at the community as VK shows it to its own access key. Asks only, changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from bots.ask import Ask, Away, Said, of_vk
from bots.config import Settings
from bots.doctor.finding import Finding, bad, good, look, tidy
from bots.vk.adapter import CALLBACK, EVENTS, IN_RUSSIAN, LONG_POLL, NEW_KEY
from bots.vk.api import VERSION
from bots.vk.errors import DENIES, REFUSES_THE_KEY
from bots.vk.hook import PATH

RIGHTS = {"messages": "сообщения", "manage": "управление", "photos": "фотографии", "docs": "файлы"}
KEYS = f"{NEW_KEY}: {', '.join(RIGHTS.values())}"
LATER = "wait a little and try again"
REFUSED = REFUSES_THE_KEY | {100}
"""100 is what the key of a person meets, who has no community of their own."""


async def vk(settings: Settings) -> AsyncIterator[Finding]:
    try:
        async with of_vk(settings) as ask:
            async for finding in _community(settings, ask):
                yield finding
    except Away as away:
        yield bad(f"VK: {away}.", "check the network, or set VK_API_URL to another address of VK's interface")
    except Said as said:
        yield bad(f"VK does not answer a question: {tidy(said)}", KEYS if said.code in DENIES else LATER)


async def _community(settings: Settings, ask: Ask) -> AsyncIterator[Finding]:
    try:
        found = await ask("groups.getById")
    except Said as said:
        yield bad(f"VK_TOKEN: VK says no: {tidy(said)}", KEYS if said.code in REFUSED else LATER)
        return
    groups = found.get("groups") if isinstance(found, dict) else None
    if not groups:
        yield bad("VK_TOKEN: it is not the key of a community.", KEYS)
        return
    group, number = groups[0], settings.vk_group_id
    if group.get("id") != number:
        yield bad(
            f"VK_GROUP_ID: the key of VK_TOKEN is of another community: «{tidy(group.get('name', ''))}», "
            f"number {tidy(group.get('id', '?'))}.",
            "put that number into VK_GROUP_ID, or make a key in the community that you mean",
        )
        return
    yield good(f"VK_TOKEN: VK knows the community «{tidy(group.get('name', ''))}», https://vk.com/club{number}")
    held = await _rights(ask)
    yield _right(settings, held)
    yield look(
        "VK does not tell an access key whether the community's messages and «Возможности ботов» are on.",
        "please look: Управление → Сообщения → «Сообщения сообщества: Включены»; there, Настройки для бота → "
        "«Возможности ботов: Включены», «Разрешать добавлять сообщество в чаты» off",
    )
    if "manage" not in held:
        return  # nothing of what follows is told without it
    way = _callback if settings.vk_mode == "callback" else _long_poll
    async for finding in way(settings, ask):
        yield finding


async def _rights(ask: Ask) -> frozenset[str]:
    told = await ask("groups.getTokenPermissions")
    return frozenset(right.get("name") for right in told.get("permissions", []))


def _right(settings: Settings, held: frozenset[str]) -> Finding:
    """Without files the rest goes on; Callback needs no right to manage."""
    missing = [words for name, words in RIGHTS.items() if name not in held]
    if not missing:
        return good(f"VK_TOKEN: the key has every right that it needs ({', '.join(RIGHTS.values())})")
    stops = {"messages"} if settings.vk_mode == "callback" else {"messages", "manage"}
    return (look if stops <= held else bad)(f"VK_TOKEN: the key has no right to: {', '.join(missing)}.", KEYS)


async def _long_poll(settings: Settings, ask: Ask) -> AsyncIterator[Finding]:
    told = await ask("groups.getLongPollSettings", group_id=settings.vk_group_id)
    off = _off(told)
    if not told.get("is_enabled"):
        yield look(
            "VK: Long Poll is off; the next start turns it on.", f"or {LONG_POLL}: «Включено», версия API {VERSION}"
        )
        return
    yield good("VK: Long Poll is on")
    if off:
        yield look(f"VK: these events are off; the next start turns them on: {off}.", f"or {LONG_POLL}, «Типы событий»")
    yield _version(told, LONG_POLL)


async def _callback(settings: Settings, ask: Ask) -> AsyncIterator[Finding]:
    url, number = f"{settings.address}{PATH}", settings.vk_group_id
    code = (await ask("groups.getCallbackConfirmationCode", group_id=number)).get("code")
    servers = (await ask("groups.getCallbackServers", group_id=number)).get("items", [])
    server: Mapping[str, Any] = next((one for one in servers if one.get("url") == url), {})
    confirmed = server.get("status") == "ok"
    if code == settings.vk_confirmation:
        yield good("VK_CONFIRMATION: it is the community's")
    else:  # of a server that is confirmed nobody asks for it
        yield (look if confirmed else bad)(
            "VK_CONFIRMATION: the community has another string.",
            f"{CALLBACK}: copy «Строка, которую должен вернуть сервер» into VK_CONFIRMATION and start again",
        )
    if not server:
        yield bad(
            f"VK: no server of the Callback API leads to {url}.",
            f"{CALLBACK}, «Добавить сервер»: адрес {url}, секретный ключ as in VK_SECRET; then, while Otklik runs, "
            "«Подтвердить»",
        )
        return
    yield _server(server, settings)
    told = await ask("groups.getCallbackSettings", group_id=number, server_id=server.get("id"))
    if off := _off(told):
        yield bad(f"VK: these events are off: {off}.", f"{CALLBACK}, «Типы событий»: tick them")
    yield _version(told, CALLBACK)


def _server(server: Mapping[str, Any], settings: Settings) -> Finding:
    if server.get("secret_key") != settings.vk_secret.get_secret_value():
        return bad(
            "VK_SECRET: the server of the Callback API has another one.", f"{CALLBACK}: «Секретный ключ», «Сохранить»"
        )
    if server.get("status") != "ok":
        return bad(
            f"VK: the server of the Callback API is not confirmed ({tidy(server.get('status', ''))}).",
            f"{CALLBACK}: «Подтвердить», while Otklik runs and its address can be reached from outside",
        )
    return good("VK: the server of the Callback API is confirmed, with our secret")


def _off(told: Mapping[str, Any]) -> str:
    """The events that we need and are not sent."""
    events = told.get("events", {})
    return ", ".join(IN_RUSSIAN[name] for name in EVENTS if not events.get(name))


def _version(told: Mapping[str, Any], where: str) -> Finding:
    version = tidy(told.get("api_version", ""))
    if version == VERSION:
        return good(f"VK: events come in version {VERSION}")
    return bad(f"VK: events come in version {version}, not {VERSION}.", f"{where}: версия API {VERSION}")
