"""The wizard that everybody is measured with: eight steps of a message about a problem. The updates are those that
Telegram would bring; a press carries what the button in front of the person carries."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import count
from typing import Any, Protocol

from tests.bench.meter import Meter

STEPS = ("text", "consent", "category", "territory", "photo", "enough", "place", "send")
PRESSED = frozenset({"consent", "category", "territory", "enough", "send"})
"""The others are typed or sent."""
WARM_UP = 20
"""People whose way is not measured."""
BATCH = 100
"""Updates that one answer of getUpdates brings."""
_numbers = count(1)


class Subject(Protocol):
    """What is measured."""

    async def take(self, raws: Sequence[bytes]) -> None:
        """Returns when each of them has been answered."""

    def button(self, chat: int) -> str:
        """What the main button of the last screen there carries."""

    async def finished(self) -> int:
        """How many wizards have come to their end and are recorded."""


async def walk(subject: Subject, people: int) -> Meter:
    """All of them step by step, as many at once. Making the updates is not measured; reading them is."""
    meter, done = Meter(), await subject.finished()
    first = next(_numbers) * 1_000_000
    chats = range(first, first + people)
    for step in STEPS:
        raws = [update(chat, step, subject.button(chat) if step in PRESSED else "") for chat in chats]
        with meter.running():
            await subject.take(raws)
    ended = await subject.finished() - done
    if ended != people:
        raise AssertionError(f"{ended} of {people} wizards have come to their end")
    return meter


async def measured(subject: Subject, people: int) -> dict[str, float]:
    await walk(subject, WARM_UP)
    return (await walk(subject, people)).result(people * len(STEPS))


def update(chat: int, step: str, data: str = "") -> bytes:
    author = {"id": chat, "is_bot": False, "first_name": "Anna", "language_code": "en"}
    there = {"id": chat, "type": "private", "first_name": "Anna"}
    message: dict[str, Any] = {"message_id": next(_numbers), "date": 1_790_000_000, "chat": there}
    if step in PRESSED:
        asked = {**message, "from": {"id": 1, "is_bot": True, "first_name": "Otklik"}, "text": "Please choose."}
        query = {"id": str(next(_numbers)), "from": author, "chat_instance": "1", "message": asked, "data": data}
        return _named({"callback_query": query})
    return _named({"message": {**message, "from": author, **_said(step, chat)}})


def words(chat: int, text: str) -> bytes:
    """Somebody writes something."""
    author = {"id": chat, "is_bot": False, "first_name": "Anna", "language_code": "en"}
    there = {"id": chat, "type": "private", "first_name": "Anna"}
    return _named(
        {"message": {"message_id": next(_numbers), "date": 1_790_000_000, "chat": there, "from": author, "text": text}}
    )


def _said(step: str, chat: int) -> dict[str, Any]:
    if step == "photo":
        sizes = [("s", 90, 1_500), ("m", 320, 20_000), ("x", 800, 90_000)]
        return {
            "photo": [
                {"file_id": f"{n}{chat}", "file_unique_id": f"{n}{chat}", "width": w, "height": w, "file_size": size}
                for n, w, size in sizes
            ]
        }
    if step == "place":
        return {"location": {"latitude": 55.75, "longitude": 37.62}}
    return {"text": f"There is a deep pothole on the road near house {chat}."}


def _named(what: dict[str, Any]) -> bytes:
    return json.dumps({"update_id": next(_numbers), **what}).encode()
