"""What the calls about the bot itself do: updates and webhook, commands, descriptions, the menu, leaving a group."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from tests.fakes import telegram_rules as rules
from tests.fakes.telegram_bot import FakeBot
from tests.fakes.telegram_chats import KICKED, Json
from tests.fakes.telegram_methods import Method, Uploads
from tests.fakes.telegram_params import Refused, wrong
from tests.fakes.telegram_text import width
from tests.fakes.telegram_updates import Hook


def get_me(bot: FakeBot, p: Json, files: Uploads) -> Json:
    return bot.me


async def get_updates(bot: FakeBot, p: Json, files: Uploads) -> list[Json]:
    if not 1 <= (limit := p.get("limit", 100)) <= 100 or not 0 <= p.get("timeout", 0) <= 50:
        raise wrong("strict: limit is 1-100 and timeout is 0-50")
    bot.updates.allowed = p.get("allowed_updates", bot.updates.allowed)
    return await bot.updates.poll(p.get("offset", 0), limit, p.get("timeout", 0))


def set_hook(bot: FakeBot, p: Json, files: Uploads) -> bool:
    url, secret, connections = p["url"], p.get("secret_token", ""), p.get("max_connections", 40)
    if not url:
        return drop_hook(bot, p, files)
    rules.check_hook(url, secret, connections)
    bot.updates.allowed = p.get("allowed_updates", bot.updates.allowed)
    if p.get("drop_pending_updates"):
        bot.updates.forget()
    bot.updates.set_hook(Hook(url, secret, asyncio.Semaphore(connections), connections))
    return True


def drop_hook(bot: FakeBot, p: Json, files: Uploads) -> bool:
    if p.get("drop_pending_updates"):
        bot.updates.forget()
    bot.updates.set_hook(None)
    return True


def hook_info(bot: FakeBot, p: Json, files: Uploads) -> Json:
    return bot.updates.info()


def set_commands(bot: FakeBot, p: Json, files: Uploads) -> bool:
    rules.check_commands(p["commands"])
    bot.commands[_place(bot, p)] = p["commands"]
    return True


def get_commands(bot: FakeBot, p: Json, files: Uploads) -> list[Json]:
    return bot.commands.get(_place(bot, p), [])


def delete_commands(bot: FakeBot, p: Json, files: Uploads) -> bool:
    bot.commands.pop(_place(bot, p), None)
    return True


def _place(bot: FakeBot, p: Json) -> tuple[str, str]:
    """Of which chats and which language these are."""
    rules.check_language(p.get("language_code", ""))
    scope = p.get("scope", {"type": "default"})
    if "chat_id" in scope and int(scope["chat_id"]) not in bot.chats:
        raise Refused("Bad Request: chat not found")
    named = [str(scope[name]) for name in ("type", "chat_id", "user_id") if name in scope]
    return ":".join(named), p.get("language_code", "")


def _worded(field: str, most: int, kept: Callable[[FakeBot], dict[str, str]]) -> Method:
    """A method that sets one of the texts of the bot in one language."""

    def method(bot: FakeBot, p: Json, files: Uploads) -> bool:
        rules.check_language(p.get("language_code", ""))
        rules.check_length(field, p.get(field, ""), most)
        kept(bot)[p.get("language_code", "")] = p.get(field, "")
        return True

    return method


def set_menu(bot: FakeBot, p: Json, files: Uploads) -> bool:
    if p.get("chat_id", 0) not in {0, *bot.chats}:
        raise Refused("Bad Request: chat not found")
    bot.menu[p.get("chat_id", 0)] = p.get("menu_button", {"type": "default"})
    return True


def answer_inline(bot: FakeBot, p: Json, files: Uploads) -> bool:
    if len(p["results"]) > 50:
        raise wrong("RESULTS_TOO_MUCH")
    if any(not 1 <= width(it["id"]) <= 64 for it in p["results"]):
        raise wrong("RESULT_ID_INVALID")
    return True


def leave(bot: FakeBot, p: Json, files: Uploads) -> bool:
    if (chat := bot.chats.get(p["chat_id"])) is None or chat.private:
        raise Refused("Bad Request: chat not found")
    if chat.closed:
        raise chat.closed
    chat.closed = KICKED
    return True


SETUP: Mapping[str, Callable[[FakeBot, Json, Uploads], Any]] = {
    "getme": get_me,
    "getupdates": get_updates,
    "setwebhook": set_hook,
    "deletewebhook": drop_hook,
    "getwebhookinfo": hook_info,
    "setmycommands": set_commands,
    "getmycommands": get_commands,
    "deletemycommands": delete_commands,
    "setmyname": _worded("name", 64, lambda bot: bot.names),
    "setmydescription": _worded("description", 512, lambda bot: bot.description),
    "setmyshortdescription": _worded("short_description", 120, lambda bot: bot.short_description),
    "setchatmenubutton": set_menu,
    "answerinlinequery": answer_inline,
    "leavechat": leave,
}
