"""A person with a phone: one private chat with one bot, as that person sees it, whichever messenger it is.

No I/O here: each fake messenger gives such phones out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol, Self


@dataclass(frozen=True)
class Key:
    label: str
    kind: str  # press | link | place | contact
    data: str = ""
    url: str = ""


@dataclass
class Bubble:
    id: str
    mine: bool  # said by the person
    text: str = ""
    rows: tuple[tuple[Key, ...], ...] = ()  # inline buttons
    photos: int = 0
    documents: tuple[str, ...] = ()
    edits: int = 0
    extra: dict[str, Any] = field(default_factory=dict)  # strict facts as the messenger has them: entities and so on


class Phone(Protocol):
    """Whatever is sent here is queued for the bot when the call returns; whether it was handled is for `until`."""

    peer: str  # the chat's id as the product sees it
    bubbles: list[Bubble]  # both sides, in order, as they stand now: edits applied, deleted gone
    keyboard: tuple[tuple[Key, ...], ...]  # the keyboard that stands below the chat, if any
    toasts: list[str]  # what was answered to presses

    @property
    def last(self) -> Bubble:
        """The newest bubble of the bot."""

    async def start(self, payload: str = "") -> None:
        """The Start button, or a deep link."""

    async def say(self, text: str, *, forwarded: bool = False) -> Bubble: ...

    async def press(self, label: str, bubble: Bubble | None = None) -> None:
        """By label: in this bubble, or the bot's newest one that has it, or else below the chat."""

    async def photo(self, *contents: bytes, caption: str = "") -> Bubble:
        """Several are an album."""

    async def document(
        self, name: str, content: bytes, caption: str = "", mime: str = "application/octet-stream"
    ) -> Bubble: ...

    async def place(self, lat: float, lon: float) -> Bubble: ...

    async def contact(self, phone: str, own: bool = True) -> Bubble: ...  # noqa: FBT001, FBT002 - read as «own» or not

    async def voice(self) -> Bubble: ...

    async def sticker(self) -> Bubble: ...

    async def video_note(self) -> Bubble: ...

    async def edit(self, bubble: Bubble, text: str) -> None: ...

    async def block(self) -> None: ...

    async def unblock(self) -> None: ...

    async def until(self, seen: Callable[[Self], bool], seconds: float = 10) -> None:
        """Until the chat looks so, woken by its every change; an AssertionError that shows the chat if it never did."""


class Changes:
    """Wakes whoever waits for something to look otherwise. A fake calls `happened` after every change."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def happened(self) -> None:
        self._next.set()
        self._next = asyncio.Event()

    async def next(self) -> None:
        await self._next.wait()

    async def until(self, seen: Callable[[], bool], seconds: float, show: Callable[[], str]) -> None:
        try:
            async with asyncio.timeout(seconds):
                while not seen():
                    await self.next()
        except TimeoutError:
            raise AssertionError(f"not seen within {seconds} s; the chat is:\n{show()}") from None


def pressed(phone: Phone, label: str, bubble: Bubble | None = None) -> tuple[Key, Bubble | None]:
    """The key with this label, and the bubble that it hangs under (None: below the chat)."""
    for standing in [bubble] if bubble else [it for it in reversed(phone.bubbles) if not it.mine]:
        for key in _keys(standing.rows):
            if key.label == label:
                return key, standing
    for key in () if bubble else _keys(phone.keyboard):
        if key.label == label:
            return key, None
    raise AssertionError(f"no button {label!r}; the chat is:\n{shown(phone)}")


def shown(phone: Phone) -> str:
    """The chat as one would draw it on paper: for what an assertion says."""
    lines = [line for bubble in phone.bubbles for line in _drawn(bubble)]
    lines += [f"below: {_row(row)}" for row in phone.keyboard]
    lines += [f"toast: {toast}" for toast in phone.toasts]
    return "\n".join(lines) or "(nothing was said)"


def _drawn(bubble: Bubble) -> Iterator[str]:
    files = [*(["photo"] * bubble.photos), *bubble.documents]
    yield f"{'>' if bubble.mine else '<'} {bubble.text}" + (f" ({', '.join(files)})" if files else "")
    for row in bubble.rows:
        yield f"  {_row(row)}"


def _row(row: tuple[Key, ...]) -> str:
    return " ".join(f"[{key.label}]" for key in row)


def _keys(rows: tuple[tuple[Key, ...], ...]) -> Iterator[Key]:
    for row in rows:
        yield from row
