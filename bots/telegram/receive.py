"""Reads an update of Telegram: what is to be accepted, and what is only answered politely. Pure; whatever comes in, it
never fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bots.intake import Back, Left
from bots.receive import Update
from bots.telegram.contents import contents, reserved
from bots.telegram.fields import number, plain, within
from core.conversations.types import Address
from core.lines import LANGUAGES
from core.text import clean_text
from dialogs.house import unwire

MESSENGER = "telegram"
KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
"""The updates that we ask for."""
GROUPS = ("group", "supergroup")
_THERE = ("member", "administrator", "restricted", "creator")
_QUERY_MOST = 64


@dataclass(frozen=True, slots=True)
class Bot:
    """Who is spoken to. `reserved`: personal data is not taken here."""

    account: str
    username: str = ""
    reserved: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """To be accepted. `query`: the press that is to be acknowledged then."""

    update: Update
    query: str = ""


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """A press that says nothing to us."""

    query: str


@dataclass(frozen=True, slots=True)
class Decline:
    """We are spoken to in a group, where we do not work."""

    group: int
    lang: str


Parsed = Heard | Acknowledge | Decline | Left | Back | None


def parse(update: object, raw: bytes, bot: Bot) -> Parsed:
    """None for whatever does not concern us."""
    key = number(update, "update_id") if isinstance(update, Mapping) else None
    if key is None:
        return None
    if message := within(update, "message"):
        return _message(message, str(key), raw, bot)
    if message := within(update, "edited_message"):
        return _message(message, str(key), raw, bot, edited=True)
    if query := within(update, "callback_query"):
        return _query(query, str(key), raw, bot)
    return _member(within(update, "my_chat_member"), bot)


def _message(message: Mapping[str, Any], key: str, raw: bytes, bot: Bot, *, edited: bool = False) -> Parsed:
    group, author = _group(message), within(message, "from")
    if group is not None:
        spoken = not edited and _spoken_to(message, bot.username)
        return Decline(group, _lang(author)) if spoken else None
    address = _address(message, bot)
    if address is None or number(message, "message_id") is None or number(author, "id") is None:
        return None
    content = contents(message, bot.username, edited=edited)
    if content is None:
        return None
    if bot.reserved:
        content = reserved(content)
    made = Update(address, key, content.event, raw, _lang(author), content.files, content.part, fleeting=bot.reserved)
    return Heard(made)


def _query(query: Mapping[str, Any], key: str, raw: bytes, bot: Bot) -> Parsed:
    """Without data it is a game's; without a message it hangs on somebody's inline message, in another chat."""
    id = clean_text(plain(query, "id"))[:_QUERY_MOST]
    message, author, data = within(query, "message"), within(query, "from"), clean_text(plain(query, "data"))
    address, on = _address(message, bot), number(message, "message_id")
    if not id:
        return None
    if address is None or on is None or not data or number(author, "id") is None:
        return Acknowledge(id)
    press = replace(unwire(data), on=str(on))
    return Heard(Update(address, key, press, raw, _lang(author), fleeting=bot.reserved), id)


def _member(change: Mapping[str, Any], bot: Bot) -> Parsed:
    now, before = plain(within(change, "new_chat_member"), "status"), within(change, "old_chat_member")
    group = _group(change)
    if group is not None:
        added = now in _THERE and plain(before, "status") not in _THERE
        return Decline(group, _lang(within(change, "from"))) if added else None
    address = _address(change, bot)
    if address is None:
        return None
    return Left(address) if now == "kicked" else Back(address) if now == "member" else None


def _address(message: Mapping[str, Any], bot: Bot) -> Address | None:
    """Of a private chat, where we work."""
    chat = within(message, "chat")
    id = number(chat, "id")
    if id is None or id <= 0 or plain(chat, "type") != "private":
        return None
    return Address(MESSENGER, bot.account, str(id))


def _group(message: Mapping[str, Any]) -> int | None:
    chat = within(message, "chat")
    return number(chat, "id") if plain(chat, "type") in GROUPS else None


def _spoken_to(message: Mapping[str, Any], username: str) -> bool:
    """By a command or by our name; other talk is between other people."""
    text = (plain(message, "text") or plain(message, "caption")).casefold()
    ours = f"@{username.casefold()}" if username else ""
    if ours and ours in text:
        return True
    head = text.split(maxsplit=1)[0] if text.strip() else ""
    return head.startswith("/") and "@" not in head


def _lang(author: Mapping[str, Any]) -> str:
    code = plain(author, "language_code").lower().partition("-")[0]
    return code if code in LANGUAGES else LANGUAGES[0]
