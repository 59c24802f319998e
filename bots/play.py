"""A conversation in a terminal, against the real core and its database: words are typed, buttons by their number."""

from __future__ import annotations

from datetime import datetime
from typing import TextIO

from sqlalchemy.engine import Connection

from bots.moves import Move, actor_of
from bots.receive import Update, accept
from bots.wiring import Process
from core.actors import speaking
from core.citizens.service import new_citizen
from core.conversations import service as conversations
from core.conversations.types import Address, Person
from core.inbox import service as inbox
from core.shown import Shown
from core.talk import Command, Incoming, Message
from core.text import clean_text
from dialogs.house import unwire

OWNER = "play"


def play(process: Process, dialog: str, lang: str, words: TextIO, out: TextIO) -> None:
    """Until the words end. Every line is a message; a number presses a button wherever the screen reads no words, and
    #number presses it on any screen. Each stands beside what presses it."""
    started = process.clock()
    address = Address("terminal", "play", started.isoformat())
    event: Incoming = Command(dialog)
    for n in range(10**6):
        update = Update(address, str(n), event, b"", lang)
        screens = process.db.write(lambda tx, update=update: _move(process, tx, update)).result()  # type: ignore[misc]
        for screen in screens:
            print(_drawn(screen), file=out, flush=True)
        line = words.readline()
        if not line:
            return
        event = _event(clean_text(line), screens[-1] if screens else None)


def _move(process: Process, tx: Connection, update: Update) -> list[Shown]:
    now = process.clock()
    there = accept(tx, update, now, lambda tx: Person("citizen", new_citizen(tx, now))).conversation_id
    return _heard(process, tx, there, now)


def _heard(process: Process, tx: Connection, there: int, now: datetime) -> list[Shown]:
    conversations.claim(tx, OWNER, 1, now, only=there)
    heard = inbox.take(tx, [there], now)
    before = conversations.read(tx, [there])[there]
    actor = speaking(actor_of(tx, before.person), there)
    move = Move(process.houses, OWNER, before, actor, heard, now)
    move.finish(tx)
    return [shown for _, _, shown in move.out]


def _event(words: str, screen: Shown | None) -> Incoming:
    if words.startswith("/") and len(words) > 1:
        name, _, args = words[1:].partition(" ")
        return Command(name, args)
    number = words.removeprefix("#")
    buttons = screen.buttons if screen else ()
    if words.startswith("#") and number.isdecimal() and 0 < int(number) <= len(buttons):
        return unwire(buttons[int(number) - 1].data)
    return Message(words)


def _drawn(screen: Shown) -> str:
    note = f"! {screen.note}\n" if screen.note else ""
    sign = "#" if screen.reads else ""
    buttons = "".join(
        f"\n  {sign}{n}. {button.label}{f' <{button.url}>' if button.url else ''}"
        for n, button in enumerate(screen.buttons, 1)
        if button.kind in ("press", "link")  # a terminal knows neither where it is nor its phone number
    )
    return f"\n{note}{screen.text}{buttons}\n"
