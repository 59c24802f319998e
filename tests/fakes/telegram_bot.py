"""A bot on the fake Telegram, from the side of a test: whom it can meet, what it was told and what it did.

The bot itself talks to the server over HTTP only.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.faults import Faults
from tests.fakes.people import Changes
from tests.fakes.telegram_chats import DELETED, KICKED, STRANGER, Chat, Files, Json
from tests.fakes.telegram_params import Refused
from tests.fakes.telegram_phone import TelegramPhone, membership
from tests.fakes.telegram_rates import Rates
from tests.fakes.telegram_text import noticed
from tests.fakes.telegram_updates import Updates

LEFT = KICKED


@dataclass
class Call:
    """`code` is None while it is not answered, and 0 when the connection was closed instead."""

    method: str
    params: dict[str, Any]
    at: float
    code: int | None = None
    why: str = ""
    files: tuple[str, ...] = ()


@dataclass(eq=False)
class FakeGroup:
    """A group that the bot was added to."""

    chat: Chat
    bot: FakeBot
    title: str

    @property
    def id(self) -> int:
        return self.chat.id

    @property
    def messages(self) -> list[Json]:
        return list(self.chat.messages.values())

    async def say(self, who: TelegramPhone, text: str) -> Json:
        return self._send(who, text=text, **({"entities": found} if (found := noticed(text)) else {}))

    async def upgrade(self) -> FakeGroup:
        """It becomes a supergroup with another id; the old one answers with that id from now on."""
        whoever = next((it for it in self.bot.people.values()), None) or self.bot.person()
        new = self.bot.new_chat({"id": -(10**12) + self.id, "type": "supergroup", "title": self.title})
        self._send(whoever, migrate_to_chat_id=new.id)
        text = "Bad Request: group chat was upgraded to a supergroup chat"
        self.chat.closed = Refused(text, 400, migrate_to_chat_id=new.id)
        grown = FakeGroup(new, self.bot, self.title)
        grown._send(whoever, migrate_from_chat_id=self.id)
        return grown

    def delete(self) -> None:
        self.chat.closed = DELETED

    async def kick(self, who: TelegramPhone) -> None:
        self.chat.closed = KICKED
        self.bot.tell("my_chat_member", membership(self.chat, who.user, self.bot.user, "member", "kicked"))

    def _send(self, who: TelegramPhone, **facts: Any) -> Json:
        message = self.chat.write(who.user, facts)
        self.bot.tell("message", message)
        return message


@dataclass(eq=False)
class FakeBot:
    token: str
    username: str
    name: str
    updates: Updates
    rates: Rates
    faults: Faults = field(default_factory=Faults)
    files: Files = field(default_factory=Files)
    chats: dict[int, Chat] = field(default_factory=dict)
    people: dict[int, TelegramPhone] = field(default_factory=dict)
    ledger: list[Call] = field(default_factory=list)  # every call
    refused: list[Call] = field(default_factory=list)  # those that were a mistake of the bot
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)  # by scope ("chat:5") and language
    names: dict[str, str] = field(default_factory=dict)  # these three by language, "" for all others
    description: dict[str, str] = field(default_factory=dict)
    short_description: dict[str, str] = field(default_factory=dict)
    menu: dict[int, Json] = field(default_factory=dict)  # the button by the input, 0 for all chats
    queries: dict[str, TelegramPhone] = field(default_factory=dict)  # presses that nobody has answered
    revoked: bool = False  # the token is worth nothing any more
    _told: dict[int, Json] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(730_000_001))
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(5_000_000_001))
    _changes: Changes = field(default_factory=Changes)

    @property
    def id(self) -> int:
        return int(self.token.partition(":")[0])

    @property
    def user(self) -> Json:
        return {"id": self.id, "is_bot": True, "first_name": self.name, "username": self.username}

    @property
    def me(self) -> Json:
        return {
            **self.user,
            "can_join_groups": True,
            "can_read_all_group_messages": True,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    @property
    def webhook(self) -> Json:
        return self.updates.info()

    def person(
        self, id: int | None = None, lang: str = "ru", name: str = "Мария", username: str | None = None
    ) -> TelegramPhone:
        """Somebody with a phone who has not pressed Start yet. The same id is the same person."""
        id = id or next(self._ids)
        if id not in self.people:
            named = {"first_name": name, **({"username": username} if username else {})}
            user = {"id": id, "is_bot": False, **named, **({"language_code": lang} if lang else {})}
            chat = self.new_chat({"id": id, "type": "private", **named})
            chat.closed = STRANGER
            self.people[id] = TelegramPhone(user, chat, self.user, self.files, self.tell, self.queries)
        return self.people[id]

    def group(self, title: str, by: TelegramPhone | None = None) -> FakeGroup:
        group = FakeGroup(self.new_chat({"id": -next(self._ids), "type": "group", "title": title}), self, title)
        whoever = by or self.person()
        self.tell("my_chat_member", membership(group.chat, whoever.user, self.user, "left", "member"))
        return group

    def channel_post(self, text: str, title: str = "Новости") -> Json:
        chat = self.new_chat({"id": -(10**12) - next(self._ids), "type": "channel", "title": title})
        return self.tell("channel_post", chat.write(None, {"text": text}))

    def new_chat(self, about: Json) -> Chat:
        self.chats[about["id"]] = chat = Chat(about)
        return chat

    def tell(self, kind: str, body: Json) -> Json:
        """Queue an update, unless the bot has not asked for such ones."""
        update = {"update_id": next(self._numbers), kind: body}
        if self.updates.wanted(kind):
            self._queue(update)
        return update

    def raw(self, update: Json) -> int:
        """Anything at all, whether it was asked for or not; the number under which it went."""
        number = int(update.get("update_id") or next(self._numbers))
        self._queue({"update_id": number, **update})
        return number

    def again(self, update_id: int) -> None:
        """The server has forgotten that this one was taken."""
        self.updates.add(self._told[update_id], odd=True)

    @property
    def told(self) -> list[Json]:
        """Every update that was queued."""
        return list(self._told.values())

    def _queue(self, update: Json) -> None:
        self._told[update["update_id"]] = update
        due = list(self.faults.arriving(update))
        for it in due:
            self.updates.add(it, odd=len(due) > 1)

    def age_queries(self) -> None:
        """It takes too long: nobody can answer the presses any more."""
        self.queries.clear()

    def calls(self, method: str) -> list[Call]:
        return [call for call in self.ledger if call.method.lower() == method.lower()]

    async def until(self, seen: Callable[[FakeBot], bool], seconds: float = 10) -> None:
        """Until what the bot has done looks so; woken by every call that was answered."""
        await self._changes.until(lambda: seen(self), seconds, lambda: "\n".join(map(str, self.ledger[-30:])))

    def begun(self, method: str) -> Call:
        self.ledger.append(call := Call(method, {}, time.monotonic()))
        self._changes.happened()
        return call

    def ended(self, call: Call, code: int) -> None:
        call.code = code
        self._changes.happened()
