"""A person in a private chat with a bot on Telegram, as that person sees it, and with what that person can do there."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.fakes.people import Bubble, Changes, Key, pressed, shown
from tests.fakes.telegram_chats import BLOCKED, DEACTIVATED, Chat, Files, Json, picture_size
from tests.fakes.telegram_text import noticed

Rows = tuple[tuple[Key, ...], ...]
HOME = (55.7558, 37.6173)
NUMBER = "+79990000001"


@dataclass(eq=False)
class TelegramPhone:
    """`tell` queues an update of this kind; `asked` gets the ids of presses that wait for their answer."""

    user: Json
    chat: Chat
    me: Json
    files: Files
    tell: Callable[[str, Json], object]
    asked: dict[str, TelegramPhone]
    peer: str = ""
    bubbles: list[Bubble] = field(default_factory=list)
    keyboard: Rows = ()
    toasts: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)  # links that were pressed
    _once: bool = False  # the keyboard below goes when it was used
    _parts: dict[str, list[int]] = field(default_factory=dict)  # an album is one bubble of several messages
    _changes: Changes = field(default_factory=Changes)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.peer = str(self.chat.id)
        self.chat.redraw, self.chat.below = self._redraw, self._below

    @property
    def id(self) -> int:
        return int(self.user["id"])

    @property
    def last(self) -> Bubble:
        if found := [bubble for bubble in self.bubbles if not bubble.mine]:
            return found[-1]
        raise AssertionError(f"the bot has said nothing; the chat is:\n{shown(self)}")

    async def start(self, payload: str = "") -> None:
        if self.chat.closed is BLOCKED:
            await self.unblock()
        await self.say(f"/start {payload}".strip())

    async def say(self, text: str, *, forwarded: bool = False) -> Bubble:
        origin = {"type": "user", "sender_user": stranger(), "date": int(time.time())}
        facts = {"forward_origin": origin} if forwarded else {}
        return await self.send(text=text, **_with_entities("entities", text), **facts)

    async def send(self, **facts: Any) -> Bubble:
        """A message with whatever the API may say in one."""
        assert self.chat.closed is not BLOCKED and self.chat.closed is not DEACTIVATED, "nobody can write from there"
        self.chat.closed = None
        message = self.chat.write(self.user, facts)
        self.tell("message", message)
        return self._bubble(message["message_id"])

    async def press(self, label: str, bubble: Bubble | None = None) -> None:
        key, under = pressed(self, label, bubble)
        match key.kind:
            case "press" if under is None:
                await self.say(label)
                self.keyboard = () if self._once else self.keyboard
            case "press" if under is not None:
                self._ask(key.data, under)
            case "link":
                await self._open(key.url)
            case "place":
                await self.place(*HOME)
            case "contact":
                await self.contact(NUMBER)
            case _:
                raise AssertionError(f"what {key} does happens outside of the chat")

    def _ask(self, data: str, under: Bubble) -> None:
        number = f"{self.id}{next(self._numbers):08}"
        self.asked[number] = self
        message = self.chat.messages[self._parts[under.id][-1]]
        query = {"id": number, "from": self.user, "message": message, "chat_instance": f"-{self.id}0001", "data": data}
        self.tell("callback_query", query)

    async def _open(self, url: str) -> None:
        self.opened.append(url)
        parts = urlsplit(url)
        if parts.hostname == "t.me" and parts.path == f"/{self.me['username']}":
            await self.start(parse_qs(parts.query).get("start", [""])[0])

    async def photo(self, *contents: bytes, caption: str = "") -> Bubble:
        sizes = [self.files.photo(content, picture_size(content) or (1280, 720)) for content in contents]
        return await self._album([{"photo": it} for it in sizes], caption)

    async def document(
        self, name: str, content: bytes, caption: str = "", mime: str = "application/octet-stream"
    ) -> Bubble:
        return await self._album([{"document": self.files.document(content, name, mime)}], caption)

    async def documents(self, *named: tuple[str, bytes], caption: str = "") -> Bubble:
        kept = [self.files.document(content, name, "application/octet-stream") for name, content in named]
        return await self._album([{"document": it} for it in kept], caption)

    async def _album(self, items: list[Json], caption: str) -> Bubble:
        said = {"caption": caption, **_with_entities("caption_entities", caption)} if caption else {}
        together = {"media_group_id": f"{self.id}{next(self._numbers):010}"} if len(items) > 1 else {}
        sent = [await self.send(**item, **together, **(said if not at else {})) for at, item in enumerate(items)]
        return sent[0]

    async def place(self, lat: float, lon: float) -> Bubble:
        return await self.send(location={"latitude": lat, "longitude": lon})

    async def venue(self, lat: float, lon: float, title: str, address: str) -> Bubble:
        where = {"latitude": lat, "longitude": lon}
        return await self.send(venue={"location": where, "title": title, "address": address}, location=where)

    async def contact(self, phone: str, own: bool = True) -> Bubble:  # noqa: FBT001, FBT002 - as the Protocol has it
        whose = self.user if own else stranger()
        said = {"phone_number": phone, "first_name": whose["first_name"], "user_id": whose["id"]}
        return await self.send(contact=said)

    async def voice(self) -> Bubble:
        file = self.files.keep(b"OggS", "voice", mime="audio/ogg")
        return await self.send(voice={**file.facts, "duration": 3, "mime_type": file.mime})

    async def video_note(self) -> Bubble:
        file = self.files.keep(b"note", "video_note", "note.mp4", "video/mp4")
        return await self.send(video_note={**file.facts, "length": 240, "duration": 3})

    async def sticker(self) -> Bubble:
        file = self.files.keep(b"RIFF", "sticker", "sticker.webp", "image/webp")
        looks = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": "👍"}
        return await self.send(sticker={**file.facts, **looks})

    async def edit(self, bubble: Bubble, text: str) -> None:
        message_id = self._parts[bubble.id][0]
        name = "text" if "text" in self.chat.messages[message_id] else "caption"
        entities = "entities" if name == "text" else "caption_entities"
        found = _with_entities(entities, text) or {entities: None}
        self.tell("edited_message", self.chat.rewrite(message_id, {name: text, **found}))

    async def block(self) -> None:
        self.chat.closed = BLOCKED
        self._member("member", "kicked")

    async def unblock(self) -> None:
        self.chat.closed = None
        self._member("kicked", "member")

    def deactivate(self) -> None:
        """The account is gone; nobody is told."""
        self.chat.closed = DEACTIVATED

    def _member(self, old: str, new: str) -> None:
        self.tell("my_chat_member", membership(self.chat, self.user, self.me, old, new))

    async def until(self, seen: Callable[[Self], bool], seconds: float = 10) -> None:
        await self._changes.until(lambda: seen(self), seconds, lambda: shown(self))

    def toast(self, text: str) -> None:
        if text:
            self.toasts.append(text)
        self._changes.happened()

    def _bubble(self, message_id: int) -> Bubble:
        return next(it for it in self.bubbles if message_id in self._parts[it.id])

    def _redraw(self, message_id: int) -> None:
        message = self.chat.messages.get(message_id, {})
        album = message.get("media_group_id", message)  # nothing is equal to a message but itself
        drawn = (
            it for it in self.bubbles if message_id in self._parts[it.id] or it.extra.get("media_group_id") == album
        )
        if (old := next(drawn, None)) is None and message:
            self._parts[str(message_id)] = []
            self.bubbles.append(old := Bubble(str(message_id), mine=message["from"]["id"] == self.id))
        if old:
            self._draw(old, message_id)
        self._changes.happened()

    def _draw(self, bubble: Bubble, message_id: int) -> None:
        ids = self._parts[bubble.id]
        bubble.edits += message_id in ids and message_id in self.chat.messages
        ids[:] = [it for it in sorted({*ids, message_id}) if it in self.chat.messages]
        if not ids:
            self.bubbles = [it for it in self.bubbles if it is not bubble]
            return
        messages = [self.chat.messages[it] for it in ids]
        bubble.text = "\n".join(it.get("text") or it.get("caption", "") for it in messages).strip("\n")
        bubble.photos = sum("photo" in it for it in messages)
        bubble.documents = tuple(it["document"]["file_name"] for it in messages if "document" in it)
        bubble.rows = _rows(messages[-1].get("reply_markup", {}).get("inline_keyboard", ()))
        bubble.extra = {**messages[0], "ids": list(ids)}

    def _below(self, markup: Json) -> None:
        self._once = bool(markup.get("one_time_keyboard"))
        self.keyboard = _rows(markup.get("keyboard", ()))
        self._changes.happened()


def _rows(rows: Iterable[Iterable[Json]]) -> Rows:
    return tuple(tuple(_key(button) for button in row) for row in rows)


def _key(button: Json) -> Key:
    label = button["text"]
    if "callback_data" in button:
        return Key(label, "press", data=button["callback_data"])
    if url := button.get("url") or (button.get("web_app") or button.get("login_url") or {}).get("url"):
        return Key(label, "link", url=url)
    if button.get("request_location"):
        return Key(label, "place")
    if button.get("request_contact"):
        return Key(label, "contact")
    return Key(label, "other" if button.keys() - {"text", "style", "icon_custom_emoji_id"} else "press")


def membership(chat: Chat, user: Json, me: Json, old: str, new: str) -> Json:
    """What my_chat_member says: the bot was this there, and is that now."""
    was, now = ({"status": it, "user": me, **({"until_date": 0} if it == "kicked" else {})} for it in (old, new))
    return {"chat": chat.about, "from": user, "date": int(time.time()), "old_chat_member": was, "new_chat_member": now}


def stranger() -> Json:
    return {"id": 777000111, "is_bot": False, "first_name": "Пётр"}


def _with_entities(name: str, text: str) -> Json:
    return {name: found} if (found := noticed(text)) else {}
