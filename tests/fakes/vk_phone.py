"""A person with VK on the phone: says, presses and sends, and sees what a person would see. It calls no API."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from tests.fakes.people import Bubble, Changes, Key, pressed, shown
from tests.fakes.vk_chats import Conversation, Message
from tests.fakes.vk_keyboard import key_of, keys

if TYPE_CHECKING:
    from tests.fakes.vk_group import FakeGroup

LONGEST = 4096
"""What is longer the client sends as several messages."""
LANGUAGES = {"ru": 0, "uk": 1, "be": 2, "en": 3, "es": 4, "fi": 5, "de": 6, "it": 7}
ACTIONS = ("text", "vkpay", "open_app", "location", "open_link", "open_photo", "callback", "intent_subscribe")
START = "Начать"
SQUARE = (55.753930, 37.620795)


@dataclass
class Press:
    """A callback button was pressed, and the client shows a spinner until it is answered."""

    user_id: int
    peer_id: int
    at: float
    phone: VkPhone
    answered: bool = False


class VkPhone:
    def __init__(self, group: FakeGroup, conversation: Conversation, user_id: int, lang: str, name: str) -> None:
        self.user_id, self.lang, self.name = user_id, lang, name
        self.peer = str(conversation.peer_id)
        self.bubbles: list[Bubble] = []
        self.keyboard: tuple[tuple[Key, ...], ...] = ()
        self.toasts: list[str] = []
        self.opened: list[str] = []  # links that were followed
        self.at = SQUARE  # where the person stands when a place is asked for
        self.changes = Changes()
        self._group, self._conversation = group, conversation
        self._drawn: dict[int, Bubble] = {}
        conversation.viewers.append(self)
        for message in conversation.messages:
            self.draw(message)

    @property
    def last(self) -> Bubble:
        return next(bubble for bubble in reversed(self.bubbles) if not bubble.mine)

    @property
    def activity(self) -> list[str]:
        """«is typing» and the like that were shown."""
        return self._conversation.activity

    @property
    def spinning(self) -> bool:
        """A pressed button still waits for its answer."""
        return any(press.phone is self and not press.answered for press in self._group.presses.values())

    async def start(self, payload: str = "") -> None:
        self._say(START, payload='{"command":"start"}', ref=payload)

    async def say(self, text: str, *, forwarded: bool = False) -> Bubble:
        if forwarded:
            return self._say("", forwarded=[self._somebody_said(text)])
        for start in range(0, max(len(text), 1), LONGEST):
            self._say(text[start : start + LONGEST])
        return self.bubbles[-1]

    async def press(self, label: str, bubble: Bubble | None = None) -> None:
        key, standing = pressed(self, label, bubble)
        action = self._action(key, standing)
        match action["type"]:
            case "text":
                self._say(self._mentioning(label), payload=action.get("payload", ""))
            case "callback":
                self._press(action.get("payload", "{}"), standing)
            case "location":
                self._say("", geo=_geo(*self.at), payload=action.get("payload", ""))
            case _:
                self.opened.append(action.get("link", ""))
        if standing is None and self._conversation.keyboard and self._conversation.keyboard["one_time"]:
            self._conversation.keyboard, self.keyboard = None, ()

    async def photo(self, *contents: bytes, caption: str = "") -> Bubble:
        return self._say(caption, attachments=[self._group.world.photo(self.user_id, content) for content in contents])

    async def document(
        self, name: str, content: bytes, caption: str = "", mime: str = "application/octet-stream"
    ) -> Bubble:
        return self._say(caption, attachments=[self._group.world.document(self.user_id, name, content, mime)])

    async def place(self, lat: float, lon: float) -> Bubble:
        """By the button that asks for it where one is to be seen, or else by the paper clip."""
        rows = [row for bubble in self.bubbles for row in bubble.rows] + list(self.keyboard)
        asked = next((key.data for row in reversed(rows) for key in row if key.kind == "place"), "")
        return self._say("", geo=_geo(lat, lon), payload=asked)

    async def contact(self, phone: str, own: bool = True) -> Bubble:  # noqa: FBT001, FBT002 - as the Protocol has it
        raise AssertionError("VK has no contacts to send")

    async def voice(self) -> Bubble:
        url = self._group.world.stored("voice.ogg", b"OggS voice", "audio/ogg")
        voice = {"duration": 3, "link_mp3": url, "link_ogg": url, "waveform": [0, 7, 31, 7], "access_key": "a1b2"}
        return self._attached("audio_message", voice | self._owned())

    async def sticker(self) -> Bubble:
        sticker = {
            "inner_type": "base_sticker_new",
            "sticker_id": 21,
            "product_id": 1,
            "images": [],
            "is_allowed": True,
        }
        return self._attached("sticker", sticker)

    async def video_note(self) -> Bubble:
        video = {"duration": 5, "title": "Video message", "type": "video_message", "access_key": "a1b2", "image": []}
        return self._attached("video", video | self._owned())

    async def edit(self, bubble: Bubble, text: str) -> None:
        message = self._message(bubble)
        message.text, message.edits, message.update_time = text, message.edits + 1, int(self._group.world.now())
        self._conversation.changed(message)
        self._group.happened("message_edit", message.shape())

    async def block(self) -> None:
        assert not self._conversation.shared, "one leaves a chat, but does not forbid it to write"
        self._conversation.closed = 901
        self._group.happened("message_deny", {"user_id": self.user_id})

    async def unblock(self) -> None:
        self._conversation.closed = 0
        self._group.happened("message_allow", {"user_id": self.user_id, "key": ""})

    def refuse(self, code: int) -> None:
        """900 blacklist, 902 privacy: without an event."""
        self._conversation.closed = code

    async def typing(self) -> None:
        to = -self._group.id
        self._group.happened("message_typing_state", {"state": "typing", "from_id": self.user_id, "to_id": to})

    async def until(self, seen: Callable[[Self], bool], seconds: float = 10) -> None:
        await self.changes.until(lambda: seen(self), seconds, lambda: shown(self))

    def draw(self, message: Message) -> None:
        if message.deleted:
            self.bubbles[:] = [bubble for bubble in self.bubbles if bubble.id != str(message.cmid)]
        elif message.cmid not in self._drawn:
            self._drawn[message.cmid] = Bubble(str(message.cmid), message.from_id == self.user_id)
            self.bubbles.append(self._drawn[message.cmid])
        self._redraw(message, self._drawn[message.cmid])
        self.keyboard = keys(self._conversation.keyboard)
        self.changes.happened()

    def _redraw(self, message: Message, bubble: Bubble) -> None:
        bubble.text, bubble.edits = message.text, message.edits
        bubble.rows = keys(message.keyboard) if message.keyboard and message.keyboard["inline"] else ()
        bubble.photos = sum(it["type"] == "photo" for it in message.attachments)
        bubble.documents = tuple(it["doc"]["title"] for it in message.attachments if it["type"] == "doc")
        bubble.extra = {"message_id": message.id, "random_id": message.random_id, **message.asked}
        files = [it for it in message.attachments if it["type"] in {"photo", "doc"}]
        bubble.extra["contents"] = tuple(self._content(it) for it in files)

    def toast(self, text: str) -> None:
        self.toasts.append(text)
        self.changes.happened()

    def open(self, link: str) -> None:
        self.opened.append(link)
        self.changes.happened()

    def _say(self, text: str, **more: Any) -> Bubble:
        """Whoever writes lets the group answer."""
        if not self._conversation.shared and self._conversation.closed == 901:
            self._conversation.closed = 0
        message = self._group.put(self._conversation, self.user_id, text, **more)
        client = {"keyboard": True, "inline_keyboard": True, "carousel": True, "lang_id": LANGUAGES[self.lang]}
        client_info = {"button_actions": list(ACTIONS), **client}
        self._group.happened("message_new", {"client_info": client_info, "message": message.shape()})
        return self._drawn[message.cmid]

    def _press(self, payload: str, standing: Bubble | None) -> None:
        event_id, peer_id = secrets.token_hex(6), self._conversation.peer_id
        self._group.presses[event_id] = Press(self.user_id, peer_id, self._group.world.now(), self)
        pressed_there = {
            "user_id": self.user_id,
            "peer_id": peer_id,
            "event_id": event_id,
            "payload": json.loads(payload),
        }
        if standing is not None:
            pressed_there["conversation_message_id"] = int(standing.id)
        self._group.happened("message_event", pressed_there)

    def _action(self, key: Key, standing: Bubble | None) -> dict[str, Any]:
        keyboard = self._conversation.keyboard if standing is None else self._message(standing).keyboard
        assert keyboard is not None
        action: dict[str, Any] = next(
            button["action"] for row in keyboard["buttons"] for button in row if key_of(button) == key
        )
        return action

    def _message(self, bubble: Bubble) -> Message:
        return self._conversation.messages[int(bubble.id) - 1]

    def _mentioning(self, label: str) -> str:
        return f"[club{self._group.id}|@club{self._group.id}] {label}" if self._conversation.shared else label

    def _attached(self, kind: str, thing: dict[str, Any]) -> Bubble:
        return self._say("", attachments=[{"type": kind, kind: thing}])

    def _owned(self) -> dict[str, Any]:
        return {"id": next(self._group.world.ids), "owner_id": self.user_id}

    def _content(self, attachment: dict[str, Any]) -> bytes:
        thing = attachment[attachment["type"]]
        return self._group.world.content(thing["url"] if "url" in thing else thing["orig_photo"]["url"])

    def _somebody_said(self, text: str) -> dict[str, Any]:
        date = int(self._group.world.now()) - 60
        ids = {"from_id": 100, "id": 0, "conversation_message_id": 7, "peer_id": self._conversation.peer_id}
        return {"date": date, "text": text, "attachments": [], "fwd_messages": [], **ids}


def _geo(lat: float, lon: float) -> dict[str, Any]:
    place = {"country": "Россия", "city": "Москва", "title": "Москва, Россия"}
    return {"type": "point", "coordinates": {"latitude": lat, "longitude": lon}, "place": place}
