"""Conversations of a group: what was said in each, and how the people in it see that. It sends nothing anywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.fakes.vk_keyboard import Keyboard
from tests.fakes.vk_world import World

FIRST_CHAT = 2_000_000_000
REMEMBERED = 3600.0
"""For how many seconds a random_id means the same message."""


@dataclass
class Message:
    id: int
    cmid: int
    peer_id: int
    from_id: int
    date: int
    text: str
    random_id: int = 0
    keyboard: Keyboard | None = None
    attachments: list[dict[str, Any]] = field(default_factory=list)
    geo: dict[str, Any] | None = None
    payload: str = ""
    ref: str = ""
    forwarded: list[dict[str, Any]] = field(default_factory=list)
    asked: dict[str, Any] = field(default_factory=dict)  # what the group called with
    edits: int = 0
    update_time: int = 0
    deleted: bool = False

    def shape(self) -> dict[str, Any]:
        """As it stands in events and in answers."""
        shape: dict[str, Any] = {
            "date": self.date,
            "from_id": self.from_id,
            "id": self.id,
            "version": 10000000 + self.cmid,
            "out": int(self.from_id < 0),
            "fwd_messages": self.forwarded,
            "important": False,
            "is_hidden": False,
            "attachments": self.attachments,
            "conversation_message_id": self.cmid,
            "text": self.text,
            "peer_id": self.peer_id,
            "random_id": self.random_id,
        }
        more = {"geo": self.geo, "payload": self.payload, "ref": self.ref, "update_time": self.update_time}
        shape |= {name: value for name, value in more.items() if value}
        if self.ref:
            shape["ref_source"] = ""
        if self.keyboard and self.keyboard["inline"]:
            shape["keyboard"] = {**self.keyboard, "author_id": self.from_id}
        return shape


class Viewer(Protocol):
    def draw(self, message: Message) -> None:
        """This message is new, or it looks otherwise now."""


@dataclass
class Conversation:
    world: World
    peer_id: int
    title: str = ""
    messages: list[Message] = field(default_factory=list)
    closed: int = 901  # the error that a message from the group meets; 0: it may write
    keyboard: Keyboard | None = None  # below the chat
    activity: list[str] = field(default_factory=list)  # «is typing» and so on
    read: int = 0  # up to this conversation_message_id by the group
    viewers: list[Viewer] = field(default_factory=list)
    _sent: dict[int, tuple[float, Message]] = field(default_factory=dict)

    @property
    def shared(self) -> bool:
        return self.peer_id > FIRST_CHAT

    def put(self, number: Callable[[], int], from_id: int, text: str, **more: Any) -> Message:
        message = Message(
            id=0 if self.shared else number(),  # bots see no other in chats of several people
            cmid=len(self.messages) + 1,
            peer_id=self.peer_id,
            from_id=from_id,
            date=int(self.world.now()),
            text=text,
            **more,
        )
        self.messages.append(message)
        if message.keyboard and not message.keyboard["inline"]:
            self.keyboard = message.keyboard if message.keyboard["buttons"] else None
        if message.random_id:
            self._sent[message.random_id] = (self.world.now(), message)
        self.changed(message)
        return message

    def repeated(self, random_id: int) -> Message | None:
        at, message = self._sent.get(random_id, (0.0, None))
        return message if self.world.now() - at < REMEMBERED else None

    def changed(self, message: Message) -> None:
        for viewer in self.viewers:
            viewer.draw(message)
