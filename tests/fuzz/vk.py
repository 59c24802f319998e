"""People in VK: events as its servers would write them, and as they never would. Callback and Long Poll differ in how
an event goes, and in nothing else."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

import aiohttp

from core.inbox.parts import LONG_FROM
from tests.fakes.people import Changes
from tests.fakes.vk_chats import FIRST_CHAT, Conversation
from tests.fakes.vk_group import FakeGroup
from tests.fakes.vk_keyboard import keys
from tests.fakes.vk_phone import Press
from tests.fuzz import envelope
from tests.fuzz.media import Thing
from tests.fuzz.people import LAST, Person, Sent, Shows

Json = dict[str, Any]
SECRET = "a-secret-of-at-least-16-signs"
DENIED = 901
"""The error of whoever may not be written to."""
UNREAD = (
    "sticker",
    "audio_message",
    "video",
    "graffiti",
    "wall",
    "poll",
    "market",
    "thing_of_tomorrow",
    "story",
    "call",
)


class _Phone:
    """Whoever has pressed: what is answered is not looked at."""

    changes = Changes()

    def toast(self, text: str) -> None:
        pass

    def open(self, link: str) -> None:
        pass


@dataclass(eq=False)
class VKPerson:
    group: FakeGroup
    id: int
    lang: str
    now: Callable[[], datetime]
    said: list[int] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.conversation: Conversation = self.group.conversation(self.id)
        self.conversation.closed = 0
        self.address = ("vk", str(self.group.id), str(self.id))
        self.name = f"vk {self.group.id} {self.id}"

    def shown(self) -> list[Shows]:
        found = []
        for message in self.conversation.messages:
            if message.from_id > 0 or not message.keyboard or message.deleted:
                continue
            pressed = (key for row in keys(message.keyboard) for key in row if key.kind == "press")
            buttons = tuple((key.label, _data(key.data)) for key in pressed)
            if buttons:
                found.append(Shows(str(message.cmid), buttons))
        return found

    def reads(self) -> list[str]:
        ours = (it.text for it in reversed(self.conversation.messages) if it.from_id < 0 and not it.deleted)
        return list(itertools.islice(ours, LAST))

    # Events

    def _event(self, type: str, object: Any) -> Json:
        id = f"{self.id:x}{next(self._numbers):08x}".ljust(40, "0")
        return {"group_id": self.group.id, "type": type, "event_id": id, "v": "5.199", "object": object}

    def message(self, **facts: Any) -> Json:
        self.conversation.closed = 0
        put = self.group.put(self.conversation, self.id, "")
        self.said.append(put.cmid)
        return {**put.shape(), "id": put.cmid, "date": int(self.now().timestamp()), **facts}

    def _heard(self, what: str, stored: str | None = None, **facts: Any) -> Sent:
        message = self.message(**facts)
        client = {"keyboard": True, "inline_keyboard": True, "lang_id": 0 if self.lang == "ru" else 3}
        event = self._event("message_new", {"client_info": client, "message": message})
        return Sent(what, event, owed=f"m{message['conversation_message_id']}", text=stored)

    def say(self, text: str, **more: Any) -> list[Sent]:
        plain = not text.startswith("/") and len(text) < LONG_FROM and not more
        return [self._heard("words", stored=text if plain else None, text=text, **more)]

    def command(self, name: str, args: str) -> list[Sent]:
        if name == "start":
            return [self._heard("start", text="Начать", payload='{"command":"start"}', ref=args)]
        return [self._heard("command", text=f"/{name} {args}".strip())]

    def press(self, data: str, on: str) -> list[Sent]:
        if not on:
            payload = json.dumps({"b": data})
            return [self._heard("press below", text="Кнопка", payload=payload)]
        self.conversation.closed = 0
        event_id = f"{self.id:x}{next(self._numbers):x}"
        body: Json = {"user_id": self.id, "peer_id": self.id, "event_id": event_id, "payload": {"b": data}}
        if on.isdecimal():
            body["conversation_message_id"] = int(on)
        self.group.presses[event_id] = Press(self.id, self.id, self.group.world.now(), _Phone())  # type: ignore[arg-type]
        return [Sent("press", self._event("message_event", body), owed=f"e{event_id}")]

    def attach(self, things: Sequence[Thing], caption: str) -> list[Sent]:
        what = ", ".join(sorted({thing.what for thing in things}))
        return [self._heard(f"file: {what}", text=caption, attachments=[*map(self._file, things)])]

    def _file(self, thing: Thing) -> Json:
        world = self.group.world
        if thing.photo:
            photo = world.photo(self.id, thing.content)
            return {**photo, "photo": {**photo["photo"], "date": 1}}
        made = world.document(self.id, thing.name, thing.content, "application/octet-stream")
        size = len(thing.content) if thing.size is None else thing.size
        return {"type": "doc", "doc": {**made["doc"], "date": 1, "size": size}}

    def place(self, lat: Any, lon: Any, address: str) -> list[Sent]:
        told = {"country": "Россия", "city": "Москва", "title": address or "Москва, Россия"}
        where = {"type": "point", "coordinates": {"latitude": lat, "longitude": lon}, "place": told}
        return [self._heard("place", text="", geo=where)]

    def roam(self, dice: Random, places: Sequence[tuple[Any, Any]]) -> list[Sent]:
        return []

    def contact(self, phone: Any, whose: str) -> list[Sent]:
        return []

    def edit(self, dice: Random, text: str) -> list[Sent]:
        if not self.said:
            return []
        cmid, time = dice.choice(self.said), int(self.now().timestamp())
        told = {"conversation_message_id": cmid, "peer_id": self.id, "from_id": self.id, "update_time": time}
        return [Sent("edit", self._event("message_edit", {**told, "id": cmid, "date": time, "text": text}))]

    def forward(self, texts: Sequence[str]) -> list[Sent]:
        others = [{"from_id": 5, "peer_id": self.id, "date": 1, "text": text, "attachments": []} for text in texts]
        return [self._heard("forward", text="", fwd_messages=others)]

    def odd(self, dice: Random) -> list[Sent]:
        kind = dice.choice(UNREAD)
        thing = {"type": kind, kind: {"id": 5, "owner_id": self.id, "sticker_id": 21, "url": "https://a.example/\x00"}}
        return [self._heard(kind, text="", attachments=[thing])]

    def elsewhere(self, dice: Random) -> list[Sent]:
        match dice.randrange(5):
            case 0:
                self.conversation.closed = DENIED  # until they write again
                allow = Sent("allow", self._event("message_allow", {"user_id": self.id, "key": ""}))
                denied = Sent("deny", self._event("message_deny", {"user_id": self.id}))
                return [denied, allow] if dice.random() < 0.5 else [denied]
            case 1:
                text = f"[club{self.group.id}|@club{self.group.id}] привет"
                there = {"peer_id": FIRST_CHAT + 5, "from_id": self.id, "conversation_message_id": 7, "text": text}
                return [Sent("in a chat", self._event("message_new", {"message": there}))]
            case 2:
                there = {"peer_id": self.id, "from_id": self.id + 1, "conversation_message_id": 7, "text": "не моё"}
                return [Sent("somebody else's", self._event("message_new", {"message": there}))]
            case 3:
                deleted = {"message_id": 1, "conversation_message_id": 1, "peer_id": self.id, "deleted": 1}
                return [Sent("deleted", self._event("message_delete", deleted))]
            case _:
                kind = dice.choice(("message_typing_state", "wall_post_new", "group_join", "event_of_tomorrow"))
                return [Sent(kind, self._event(kind, {"user_id": self.id, "from_id": self.id}))]

    def envelope(self, dice: Random) -> list[Sent]:
        good = dice.choice((*self.say("привет"), *self.press("menu:", "1")))
        match dice.randrange(6):
            case 0:
                given = dice.choice((None, "", "wrong", SECRET[:-1], SECRET + "1", "\ud800", 5, ["x"]))
                return [Sent("wrong secret", {**good.body, "secret": given})]
            case 1:
                return [Sent("another group", {**good.body, "group_id": dice.choice((1, -1, "x", None, 2**63))})]
            case 3:
                return [envelope.odd_type(dice, good)]
            case 2 if dice.random() < 0.1:
                return [Sent(envelope.WITHOUT_END, b"", route="bytes")]
            case 2:
                what = dice.choice(tuple(envelope.BODIES))
                return [Sent(what, envelope.BODIES[what](envelope.written(good.body), dice), route="bytes")]
            case _:
                body = envelope.broken(dice, {"object": good.body["object"], "type": good.body["type"]})
                return [Sent("broken", {**good.body, "object": None, **body})]


def _data(payload: str) -> str:
    try:
        found = json.loads(payload)
    except ValueError:
        return payload
    return str(found.get("b", "")) if isinstance(found, dict) else ""


@dataclass
class Callback:
    """Raw bytes, by HTTP, with the secret or without. Messages of one person may overtake each other on the way."""

    name: str
    url: str
    people: list[Person]
    session: aiohttp.ClientSession

    async def deliver(self, sent: Sequence[tuple[Person, Sent]]) -> list[str]:
        """Those of one person at once where they are messages: they are sorted on our side."""
        problems = list[str]()
        for _, group in itertools.groupby(sent, key=lambda it: (id(it[0]), it[1].what == "words")):
            answers = await asyncio.gather(*(self._post(one) for _, one in group for _ in range(one.times)))
            problems += [answer for answer in answers if answer]
        return problems

    async def _post(self, one: Sent) -> str:
        body = one.body
        if one.what == envelope.WITHOUT_END:
            return await self._without_end()
        if not isinstance(body, bytes):
            body = json.dumps({"secret": SECRET, **body}).encode()
        headers = {**envelope.TYPED, **one.headers}
        async with self.session.post(self.url, data=body, headers=headers, allow_redirects=False) as answer:
            said = await answer.read()
            allowed = {(200, b"ok"), (403, b"no")} if one.route or one.what == "broken" else {(200, b"ok")}
            allowed = {(403, b"no")} if one.what in ("wrong secret", "another group") else allowed
            return "" if (answer.status, said) in allowed else f"{self.name}: {answer.status} to {one.what}"

    async def _without_end(self) -> str:
        try:
            async with self.session.post(self.url, data=envelope.without_end(), headers=envelope.TYPED) as answer:
                return f"{self.name}: {answer.status} to a body without end" if answer.status >= 500 else ""
        except aiohttp.ClientConnectionError:  # it is hung up on
            return ""


@dataclass
class LongPoll:
    """The poller asks the fake for what waits there."""

    name: str
    group: FakeGroup
    people: list[Person]
    heard: Callable[[], Awaitable[None]]

    async def deliver(self, sent: Sequence[tuple[Person, Sent]]) -> list[str]:
        for _, one in sent:
            body = _decoded(one.body)
            if one.what != "wrong secret" and body is not None:
                for _ in range(one.times):
                    self.group.raw(body)
        await self.heard()
        return []


def _decoded(body: Any) -> Any:
    """What is no JSON is no answer of Long Poll."""
    if not isinstance(body, bytes):
        return body
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
