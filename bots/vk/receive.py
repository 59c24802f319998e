"""Reads an event of VK's Long Poll or Callback API, which name everything alike. Pure; whatever comes, it never raises,
and what is not for us is None."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bots.intake import Back, Left
from bots.receive import Update
from bots.vk.attached import Attached, attached
from core.conversations.types import Address
from core.inbox.parts import LONG, LONG_FROM
from core.talk import BUTTON_BYTES, Command, Incoming, Message
from core.text import clean_text
from dialogs.house import unwire

NAME = "vk"
FIRST_CHAT = 2_000_000_000
"""Peers from here on are chats of several people: dev.vk.com/reference/objects/message."""
TEXT_MOST = 100_000
FORWARD, DEPTH, FORWARDED_MOST = "forward", 3, 100
LANGUAGES = {0: "ru", 1: "uk", 2: "be", 3: "en", 4: "es", 5: "fi", 6: "de", 7: "it"}
"""Of `lang_id`; one that is unknown is answered in Russian."""
_COMMAND = re.compile(r"/([a-z_]{1,32})(?:\s+(.{1,64}))?", re.ASCII)
_REF = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_HELLO = frozenset({"", "start", "начать", "старт", "привет", "здравствуйте", "добрый день", "добрый вечер", "+"})
"""Words that only let us answer: VK tells of a link by which somebody has come with the first message there."""
_PRESENCE = frozenset({"message_allow", "message_deny"})


@dataclass(frozen=True, slots=True)
class Ack:
    """What has to be named to stop the waiting sign on a button."""

    event_id: str
    user_id: int
    peer_id: int


@dataclass(frozen=True, slots=True)
class Said:
    """`cmid` is the place of a new message in its conversation, 0 for anything else."""

    update: Update
    ack: Ack | None = None
    cmid: int = 0


@dataclass(frozen=True, slots=True)
class Crowd:
    """We were spoken to in a chat of several people."""

    peer_id: int
    cmid: int
    lang: str


Received = Said | Left | Back | Crowd


def parse(event: object, group_id: int) -> Received | None:
    if not isinstance(event, dict) or number(event.get("group_id")) != group_id:
        return None
    kind, body = event.get("type"), mapping(event.get("object"))
    raw = _raw(event)
    match kind:
        case "message_new":
            return _new(mapping(body.get("message")) or body, mapping(body.get("client_info")), raw, group_id)
        case "message_edit":
            return _edited(body, raw, group_id)
        case "message_event":
            return _pressed(body, raw, group_id)
        case str() if kind in _PRESENCE and _is_person(user := number(body.get("user_id"))):
            address = Address(NAME, str(group_id), str(user))
            return Left(address) if kind == "message_deny" else Back(address)
    return None


def _raw(event: Mapping[Any, Any]) -> bytes:
    try:
        return json.dumps({name: value for name, value in event.items() if name != "secret"}).encode()
    except (ValueError, TypeError, RecursionError):  # nested as VK never does
        return b""


def mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def number(value: object) -> int:
    """0 for what is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**62 else 0


def words(value: object) -> str:
    return clean_text(value[:TEXT_MOST]) if isinstance(value, str) else ""


def _is_person(id: int) -> bool:
    return 0 < id < FIRST_CHAT


# A new message


def _new(message: Mapping[str, Any], client: Mapping[str, Any], raw: bytes, group_id: int) -> Received | None:
    peer, cmid = number(message.get("peer_id")), number(message.get("conversation_message_id"))
    lang = LANGUAGES.get(number(client.get("lang_id")), "ru")
    if cmid <= 0:
        return None
    if peer > FIRST_CHAT:
        return Crowd(peer, cmid, lang) if _is_for_us(message, group_id) else None
    if not _is_person(peer) or number(message.get("from_id")) != peer:
        return None
    had = attached(message, peer, cmid)
    event, part = _event(message, had, str(cmid), group_id)
    address = Address(NAME, str(group_id), str(peer))
    files = had.files if isinstance(event, Message) else ()
    return Said(Update(address, f"m{cmid}", event, raw, lang, files, part), cmid=cmid)


def _event(message: Mapping[str, Any], had: Attached, key: str, group_id: int) -> tuple[Incoming, str]:
    text, payload, ref = words(message.get("text")), _payload(message.get("payload")), _ref(message.get("ref"))
    if payload.get("command") == "start" or (ref and had == Attached() and text.lower().rstrip("!.") in _HELLO):
        return Command("start", ref), ""
    if isinstance(payload.get("b"), str) and had == Attached():
        return unwire(_data(payload["b"])), ""
    if had == Attached() and (command := _COMMAND.fullmatch(text)):
        return Command(command[1], command[2] or ""), ""
    forwarded = _forwarded(message, group_id)
    links = [url for url in had.links if url not in text]
    whole = "\n".join(one for one in (text, *links, *forwarded) if one)
    part = FORWARD if message.get("fwd_messages") else LONG if len(text) >= LONG_FROM else ""
    return Message(whole[:TEXT_MOST], place=had.place, voice=had.voice, key=key, unread=had.unread), part


def _forwarded(message: Mapping[str, Any], group_id: int, depth: int = 1) -> list[str]:
    """What others have said. A quotation of what was said here before, by us or by the person, adds nothing."""
    found, quoted = list[str](), mapping(message.get("reply_message"))
    here = (-group_id, number(message.get("from_id")))
    others = [quoted] if quoted and number(quoted.get("from_id")) not in here else []
    given = message.get("fwd_messages")
    for one in map(mapping, [*(given if isinstance(given, list) else ()), *others][:FORWARDED_MOST]):
        if text := words(one.get("text")):
            found.append(text)
        if depth < DEPTH:
            found += _forwarded(one, group_id, depth + 1)
    return found[:FORWARDED_MOST]


def _is_for_us(message: Mapping[str, Any], group_id: int) -> bool:
    action = mapping(message.get("action"))
    invited = str(action.get("type", "")).startswith("chat_invite_user") and action.get("member_id") == -group_id
    text = str(message.get("text", ""))
    named = re.search(rf"(?:\[|@|\*)(?:club|public|event){group_id}\b", text)
    return bool(invited or named)


def _payload(value: object) -> Mapping[str, Any]:
    """Of a text button it is a string, of a callback button what that string says."""
    if not isinstance(value, str):
        return mapping(value)
    try:
        return mapping(json.loads(value[:1000]))
    except (ValueError, RecursionError):
        return {}


def _data(value: str) -> str:
    return clean_text(value[: BUTTON_BYTES * 4])


def _ref(value: object) -> str:
    return value if isinstance(value, str) and _REF.fullmatch(value) else ""


# What else happens in a conversation


def _edited(message: Mapping[str, Any], raw: bytes, group_id: int) -> Said | None:
    """Only its words count: which of its pictures are new is not said."""
    peer, cmid = number(message.get("peer_id")), number(message.get("conversation_message_id"))
    if cmid <= 0 or not _is_person(peer) or number(message.get("from_id")) != peer:
        return None
    had = attached(message, peer, cmid)
    event, _ = _event({**message, "payload": None, "ref": None}, had, "", group_id)
    if not isinstance(event, Message):
        event = Message(words(message.get("text")))
    plain = replace(event, edited=str(cmid), place=None, voice="", unread="")
    what = zlib.crc32(plain.text.encode())  # two changes may come within a second
    key, address = f"d{cmid}.{number(message.get('update_time'))}.{what}", Address(NAME, str(group_id), str(peer))
    return Said(Update(address, key, plain, raw, "ru"))


def _pressed(body: Mapping[str, Any], raw: bytes, group_id: int) -> Said | None:
    user, peer, event_id = number(body.get("user_id")), number(body.get("peer_id")), body.get("event_id")
    if not (isinstance(event_id, str) and 0 < len(event_id) <= 128 and event_id.isascii() and event_id.isprintable()):
        return None
    if user != peer or not _is_person(user):
        return None
    data, on = _payload(body.get("payload")).get("b"), number(body.get("conversation_message_id"))
    press = replace(unwire(_data(data) if isinstance(data, str) else ""), on=str(on) if on > 0 else "")
    address = Address(NAME, str(group_id), str(peer))
    return Said(Update(address, f"e{event_id}", press, raw, "ru"), Ack(event_id, user, peer))
