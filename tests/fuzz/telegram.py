"""People in Telegram: updates as its servers would write them, and as they never would. Webhook and polling differ in
how an update goes, and in nothing else."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from typing import Any

import aiohttp

from bots.telegram.intake import Intake
from core.inbox.parts import LONG_FROM
from core.text import clean_text
from tests.fakes.telegram_bot import FakeBot
from tests.fakes.telegram_chats import BLOCKED, Chat
from tests.fuzz import envelope, markup, numbers
from tests.fuzz.media import Thing
from tests.fuzz.people import LAST, Person, Sent, Shows

Json = dict[str, Any]
SECRET = "a-secret-of-at-least-16-signs"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
UNREAD = ("sticker", "voice", "audio", "video", "video_note", "animation", "poll", "dice", "game", "story", "invoice")
SILENT = ("pinned_message", "new_chat_title", "message_auto_delete_timer_changed", "successful_payment", "gift")
"""Nobody has said anything."""


class _Toasts:
    """Whoever has pressed: what is answered is not looked at."""

    def toast(self, text: str) -> None:
        pass


@dataclass(eq=False)
class TelegramPerson:
    bot: FakeBot
    id: int
    lang: str
    now: Callable[[], datetime]
    numbers: Iterator[int]
    chat: Chat = field(init=False)
    said: list[int] = field(default_factory=list)
    live: list[int] = field(default_factory=list)
    username: str = "maria"

    def __post_init__(self) -> None:
        self.chat = self.bot.new_chat({"id": self.id, "type": "private", "first_name": "Мария"})
        self.address = ("telegram", self.bot.token.partition(":")[0], str(self.id))
        self.name = f"{self.bot.username} {self.id}"

    @property
    def user(self) -> Json:
        named = {"first_name": "Мария", "username": self.username, "language_code": self.lang}
        return {"id": self.id, "is_bot": False, **named}

    def shown(self) -> list[Shows]:
        found = []
        for number, message in self.chat.messages.items():
            rows = message.get("reply_markup", {}).get("inline_keyboard", ())
            keys = tuple((it["text"], it["callback_data"]) for row in rows for it in row if "callback_data" in it)
            if keys:
                found.append(Shows(str(number), keys))
        return found

    def reads(self) -> list[str]:
        return [str(it.get("text", "")) for it in itertools.islice(reversed(self.chat.messages.values()), LAST)]

    # Updates

    def _update(self, kind: str, body: Any) -> Json:
        return {"update_id": next(self.numbers), kind: body}

    def message(self, **facts: Any) -> Json:
        self.chat.closed = None
        number = next(self.chat._ids)
        self.said.append(number)
        date = int(self.now().timestamp())
        return {"message_id": number, "from": self.user, "chat": dict(self.chat.about), "date": date, **facts}

    def _heard(self, what: str, kind: str = "message", stored: str | None = None, **facts: Any) -> Sent:
        update = self._update(kind, self.message(**facts))
        return Sent(what, update, owed=str(update["update_id"]), text=stored)

    def say(self, text: str, **more: Any) -> list[Sent]:
        plain = not text.startswith("/") and len(text) < LONG_FROM and not more.keys() & {"forward_origin"}
        return [self._heard("words", stored=text if plain else None, text=text, **more)]

    def command(self, name: str, args: str) -> list[Sent]:
        return [self._heard("command", text=f"/{name} {args}".strip())]

    def press(self, data: str, on: str) -> list[Sent]:
        self.chat.closed = None
        number = int(on) if on.lstrip("-").isdecimal() else 0
        message = {"message_id": number, "chat": dict(self.chat.about), "date": 0, "from": self.bot.user}
        update = self._update("callback_query", {})
        id = f"{self.id}{update['update_id']}"
        update["callback_query"] = {"id": id, "from": self.user, "message": message, "chat_instance": "1", "data": data}
        self.bot.queries[id] = _Toasts()  # type: ignore[assignment]
        return [Sent("press", update, owed=str(update["update_id"]) if clean_text(data) else "")]

    def attach(self, things: Sequence[Thing], caption: str) -> list[Sent]:
        album = {"media_group_id": f"{self.id}{next(self.numbers)}"} if len(things) > 1 else {}
        first = {"caption": caption} if caption else {}
        return [
            self._heard(f"file: {thing.what}", **self._file(thing), **album, **({} if at else first))
            for at, thing in enumerate(things)
        ]

    def _file(self, thing: Thing) -> Json:
        files = self.bot.files
        if thing.photo:
            return {"photo": files.photo(thing.content, (1280, 720))}
        told = files.document(thing.content, thing.name, thing.mime)
        return {"document": told if thing.size is None else {**told, "file_size": thing.size}}

    def place(self, lat: Any, lon: Any, address: str) -> list[Sent]:
        where = {"latitude": lat, "longitude": lon}
        if not address:
            return [self._heard("place", location=where)]
        live = {**where, "live_period": 900, "horizontal_accuracy": 1500.0}
        return [self._heard("place", location=live, venue={"location": where, "title": address, "address": address})]

    def roam(self, dice: Random, places: Sequence[tuple[Any, Any]]) -> list[Sent]:
        """Anew, or on from where it was; the last place is the one that is not live any more."""
        sent = []
        if not self.live or dice.random() < 0.7:
            sent = self.place(*dice.choice(numbers.GOOD), "live")
            self.live.append(self.said[-1])
        number = dice.choice(self.live)
        for at, (lat, lon) in enumerate(places, 1):
            where = {"latitude": lat, "longitude": lon, "heading": 359, "proximity_alert_radius": 100000}
            where |= {} if at == len(places) else {"live_period": 900, "horizontal_accuracy": 1500.0}
            sent.append(replace(self._edited(number, location=where), what="a live place moves", silent=True))
        return sent

    def contact(self, phone: Any, whose: str) -> list[Sent]:
        id = {"own": self.id, "another": self.id + 1, "nobody": None, "text": str(self.id)}[whose]
        return [self._heard(f"contact: {whose}", contact={"phone_number": phone, "first_name": "М", "user_id": id})]

    def edit(self, dice: Random, text: str) -> list[Sent]:
        if not self.said:
            return []
        number = dice.choice(self.said)
        return [sent if clean_text(text) else replace(sent, owed="") for sent in [self._edited(number, text=text)]]

    def _edited(self, number: int, **facts: Any) -> Sent:
        update = self._update("edited_message", {**self.message(**facts), "message_id": number, "edit_date": 1})
        self.said.pop()
        return Sent("edit", update, owed=str(update["update_id"]))

    def forward(self, texts: Sequence[str]) -> list[Sent]:
        origin = {"type": "hidden_user", "sender_user_name": "П\r\nётр", "date": 1}
        return [self._heard("forward", text=text, forward_origin=origin) for text in texts]

    def odd(self, dice: Random) -> list[Sent]:
        kind = dice.choice((*UNREAD, "message_of_tomorrow"))
        if kind == "message_of_tomorrow":
            return [self._heard(kind, message_of_tomorrow={"a": 1})]
        file = {"file_id": "AgAC", "file_unique_id": "AQAD", "file_size": 5, "emoji": "👍", "question": "?"}
        facts: Json = {kind: file, **({"document": file} if kind == "animation" else {})}
        return [self._heard(kind, **facts)]

    def elsewhere(self, dice: Random) -> list[Sent]:
        chat = dict(self.chat.about)
        group = {"id": -(10**9) - self.id, "type": dice.choice(("group", "supergroup", "channel")), "title": "Двор\r\n"}
        match dice.randrange(7):
            case 0:
                self.chat.closed = BLOCKED  # until they write again
                back = [self._member(chat, "kicked", "member")] if dice.random() < 0.5 else []
                return [self._member(chat, "member", "kicked"), *back]
            case 1:
                return [self._member(group, "left", "member")]
            case 2:
                update = self._update("message", {**self.message(text="/start"), "chat": group})
                return [Sent("in a group", update)]
            case 3:
                return [Sent("supergroup", self._update("message", self.message(migrate_to_chat_id=-(10**12))))]
            case 4:
                self.username = dice.choice(("maria", "masha", "\x00", "../.."))
                return self.say("Меня теперь зовут иначе")
            case 5:
                return [Sent("service", self._update("message", self.message(**{dice.choice(SILENT): {"a": 1}})))]
            case _:
                kind = dice.choice(("inline_query", "poll", "channel_post", "chat_join_request", "update_of_tomorrow"))
                return [Sent(kind, self._update(kind, {"id": "1", "from": self.user, "chat": group}))]

    def _member(self, chat: Json, before: str, now: str) -> Sent:
        was, will = ({"status": it, "user": self.bot.user} for it in (before, now))
        body = {"chat": chat, "from": self.user, "date": 1, "old_chat_member": was, "new_chat_member": will}
        return Sent(f"member: {now}", self._update("my_chat_member", body))

    def envelope(self, dice: Random) -> list[Sent]:
        good = dice.choice((*self.say("привет", entities=markup.entities(dice)), *self.press("menu:", "1")))
        match dice.randrange(7):
            case 0:
                return [replace(good, what="odd entities")]
            case 1:
                given = dice.choice((None, "", "wrong", SECRET[:-1], SECRET + "1", "\xff\xfe"))
                return [Sent("wrong secret", good.body, headers={} if given is None else {HEADER: given})]
            case 2:
                odd = dice.choice((0, -5, 2**32, 2**63 - 1, 2**63, "7", None, 1.5, True))
                return [Sent("odd update_id", {**good.body, "update_id": odd}, route="aside")]
            case 4:
                return [envelope.odd_type(dice, good)]
            case 3 if dice.random() < 0.1:
                return [Sent(envelope.WITHOUT_END, b"", route="bytes")]
            case 3:
                what = dice.choice(tuple(envelope.BODIES))
                return [Sent(what, envelope.BODIES[what](envelope.written(good.body), dice), route="bytes")]
            case _:
                return [Sent("broken", envelope.broken(dice, good.body), route="aside")]


@dataclass
class Webhook:
    """Raw bytes, by HTTP, with the secret or without."""

    name: str
    url: str
    people: list[Person]
    session: aiohttp.ClientSession

    async def deliver(self, sent: Sequence[tuple[Person, Sent]]) -> list[str]:
        problems = list[str]()
        for _, one in sent:
            answers = await asyncio.gather(*(self._post(one) for _ in range(one.times)))
            problems += [answer for answer in answers if answer]
        return problems

    async def _post(self, one: Sent) -> str:
        data: Any = one.body if isinstance(one.body, bytes) else json.dumps(one.body).encode()
        data = envelope.without_end() if one.what == envelope.WITHOUT_END else data
        wrong = one.what == "wrong secret"
        headers = {**envelope.TYPED, **({} if wrong else {HEADER: SECRET}), **one.headers}
        try:
            async with self.session.post(self.url, data=data, headers=headers, allow_redirects=False) as answer:
                right = answer.status == (401 if wrong else 200)
                return "" if right else f"{self.name}: {answer.status} to {one.what}"
        except aiohttp.ClientConnectionError:  # it may be hung up on
            if one.what != envelope.WITHOUT_END:
                raise
            return ""


@dataclass
class Polling:
    """The listener asks the fake for what waits there; what its servers never write goes straight to the intake."""

    name: str
    bot: FakeBot
    people: list[Person]
    intake: Intake

    async def deliver(self, sent: Sequence[tuple[Person, Sent]]) -> list[str]:
        """Synchronously queued, so that a poll finds all of it."""
        for _, one in sent:
            if not one.route and one.what != "wrong secret":
                for _ in range(one.times):
                    self.bot.raw(one.body)
        await self.bot.updates.delivered()
        for _, one in sent:
            if one.route:
                body = _decoded(one.body)
                if isinstance(body, dict):
                    await self.intake.take([(body, json.dumps(body).encode())])
        await asyncio.sleep(0)
        return []


def _decoded(body: Any) -> Any:
    """As the listener has it; what is no JSON never comes so far."""
    if not isinstance(body, bytes):
        return body
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
