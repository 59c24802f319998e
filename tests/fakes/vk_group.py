"""One group (community) of the fake VK: who writes to it, its events, and by which ways they go to the product."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.fakes.faults import Faults
from tests.fakes.vk_callback import Callback
from tests.fakes.vk_chats import FIRST_CHAT, Conversation, Message
from tests.fakes.vk_longpoll import LongPoll
from tests.fakes.vk_phone import Press, VkPhone
from tests.fakes.vk_schema import event_names
from tests.fakes.vk_world import Call, World

MESSAGE_EVENTS = (
    "message_new",
    "message_reply",
    "message_edit",
    "message_allow",
    "message_deny",
    "message_event",
    "message_typing_state",
)
PERMISSIONS = {"photos": 4, "messages": 4096, "docs": 131072, "manage": 262144}
"""What a token may do, and its bit in the mask."""


class FakeGroup:
    def __init__(
        self, world: World, token: str, id: int, name: str, *, longpoll: bool, permissions: Iterable[str]
    ) -> None:
        self.world, self.token, self.id, self.name = world, token, id, name
        self.permissions = set(permissions)
        self.bot_features = True  # «Возможности ботов»
        self.confirmation = secrets.token_hex(4)
        self.longpoll = LongPoll(enabled=longpoll, events=MESSAGE_EVENTS, known=event_names())
        self.callbacks: list[Callback] = []
        self.events: list[Any] = []  # everything that happened, also what nobody was told
        self.conversations: dict[int, Conversation] = {}
        self.users: dict[int, VkPhone] = {}
        self.presses: dict[str, Press] = {}
        self.background: set[asyncio.Task[None]] = set()  # servers that are being asked for their confirmation
        self._numbers = itertools.count(1)
        self._held: list[Any] | None = None

    @property
    def faults(self) -> Faults:
        """Those of the whole VK: few tests have two groups."""
        return self.world.faults

    @property
    def ledger(self) -> list[Call]:
        return [call for call in self.world.ledger if call.token == self.token]

    @property
    def refused(self) -> list[Call]:
        return [call for call in self.ledger if call.mistake]

    @property
    def longpoll_settings(self) -> dict[str, Any]:
        return self.longpoll.settings

    def person(self, id: int | None = None, lang: str = "ru", name: str = "Мария") -> VkPhone:
        """Somebody who has never written to the group."""
        user_id = id or 100_000_001 + len(self.users)
        phone = self.users[user_id] = VkPhone(self, self.conversation(user_id), user_id, lang, name)
        return phone

    def chat(self, title: str) -> FakeChat:
        """A conversation of several people, with the group among them."""
        number = 1 + sum(conversation.shared for conversation in self.conversations.values())
        conversation = self.conversation(FIRST_CHAT + number, title)
        conversation.closed = 0
        return FakeChat(self, conversation)

    def conversation(self, peer_id: int, title: str = "") -> Conversation:
        if peer_id not in self.conversations:
            self.conversations[peer_id] = Conversation(self.world, peer_id, title)
        return self.conversations[peer_id]

    def callback(self, url: str, secret: str = "", events: Iterable[str] = MESSAGE_EVENTS) -> Callback:
        """One more server of the Callback API; `confirm` it as one does by a button in the settings."""
        wanted = dict.fromkeys(event_names(), 0) | dict.fromkeys(events, 1)
        server = Callback(self.world, self.id, url, secret, self.confirmation, wanted)
        server.id, server.title = len(self.callbacks) + 1, "Otklik"
        self.callbacks.append(server)
        return server

    def put(self, conversation: Conversation, from_id: int, text: str, **more: Any) -> Message:
        return conversation.put(lambda: next(self._numbers), from_id, text, **more)

    def happened(self, type: str, object: dict[str, Any]) -> dict[str, Any]:
        """The event of it. As it was at that moment: later changes do not reach into it."""
        event = {
            "group_id": self.id,
            "type": type,
            "event_id": secrets.token_hex(20),
            "v": "5.199",
            "object": json.loads(json.dumps(object)),
        }
        self.raw(event)
        return event

    def raw(self, event: Any) -> None:
        """Anything as an event; what it lacks of an envelope is added."""
        if isinstance(event, dict):
            event = {"group_id": self.id, "event_id": secrets.token_hex(20), "v": "5.199"} | event
        self.events.append(event)
        for arriving in self.world.faults.arriving(event):
            self._deliver(arriving)

    def again(self, event_id: str) -> None:
        """The same event once more, as VK does when it is not sure."""
        self._deliver(next(event for event in self.events if isinstance(event, dict) and event["event_id"] == event_id))

    @contextmanager
    def shuffled(self, dice: random.Random) -> Iterator[None]:
        """What happens inside is delivered at its end, in another order."""
        self._held = []
        try:
            yield
        finally:
            held, self._held = self._held, None
            dice.shuffle(held)
            for event in held:
                self._deliver(event)

    async def close(self) -> None:
        self.longpoll.close()
        await asyncio.gather(*self.background, return_exceptions=True)
        for server in self.callbacks:
            await server.close()

    def _deliver(self, event: Any) -> None:
        if self._held is not None:
            self._held.append(event)
            return
        kind = str(event.get("type")) if isinstance(event, dict) else ""
        ways: list[LongPoll | Callback] = [self.longpoll, *self.callbacks]
        for way in ways:
            wanted = way.settings["events"].get(kind, 1)
            if wanted and way.settings.get("is_enabled", True):
                way.arrive(event)


class FakeChat:
    def __init__(self, group: FakeGroup, conversation: Conversation) -> None:
        self.group, self.conversation = group, conversation
        self.peer_id = conversation.peer_id

    def joined(self, person: VkPhone) -> VkPhone:
        """The same person, looking at this chat."""
        return VkPhone(self.group, self.conversation, person.user_id, person.lang, person.name)

    def leave(self) -> None:
        """The group was put out of it."""
        self.conversation.closed = 917
