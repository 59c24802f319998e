"""Shows a pinned view anew: what the message is to say this minute to the person whose it is. It only reads; and what
an official is shown so is not on the journal: nobody has asked, and the read that brought the card there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy.engine import Connection

from bots.house import Houses
from bots.moves import NO_ENTRY, actor_in
from core import app, pins
from core.actors import Nobody
from core.conversations import service as conversations
from core.conversations.types import Conversation
from core.errors import Refusal
from core.lines import line
from core.pins import Pin
from core.shown import Shown, from_json, to_json
from core.talk import Button, Screen
from dialogs.reads import distinct
from dialogs.ways import BUTTONS_MOST, RESUME

CLOSED = line("This card is closed.")
NOT_YOURS = line("What it showed is not here any more, or is with somebody else now.")


@dataclass(frozen=True, slots=True)
class Renewal:
    """`live` is what the conversation remembers to be on show, where that is this very message."""

    pin: Pin
    shown: Shown
    live: Mapping[str, Any] | None

    def done(self, tx: Connection) -> None:
        """It has been sent."""
        pins.renewed(tx, self.pin, self.shown)
        if self.live is not None:
            conversations.renew_live(tx, self.pin.conversation_id, self.live, to_json(self.shown))


def renew(conn: Connection, houses: Houses, there: Conversation, message: str, now: datetime) -> Renewal | None:
    """None where there is nothing to change."""
    pin = pins.find(conn, there.id, message)
    screen = None if pin is None else _screen(conn, houses, there, pin, now)
    if pin is None or screen is None:
        return None
    shown, live = replace(houses.speeches[there.lang].show(screen), pin=pin.pinned), _live(there, pin)
    if live is None:
        shown = replace(shown, buttons=())
    else:
        ways = tuple(button for button in live.buttons if button.data.startswith(f"{RESUME}:"))
        shown = replace(shown, buttons=distinct((*shown.buttons, *ways)[:BUTTONS_MOST]))
    if pins.words_of(shown) == pin.words and (live is None or live.buttons == shown.buttons):
        return None
    return Renewal(pin, shown, there.live if live else None)


def _screen(conn: Connection, houses: Houses, there: Conversation, pin: Pin, now: datetime) -> Screen | None:
    """None where another release knows this view."""
    actor = actor_in(conn, there)
    if isinstance(actor, Nobody):
        return Screen((CLOSED, NO_ENTRY))
    house = houses.of(there, actor)
    view = house.dialogs.views.get(pin.pinned.view)
    if view is None:
        return None
    query = view.needs(pin.pinned.args)
    try:
        facts = None if query is None else app.ask(conn, actor, query, now)
    except Refusal:
        facts = None
    if query is not None and facts is None:
        return Screen((CLOSED, NOT_YOURS), (Button(f"{house.home}:", line("Menu")),))
    return view.show(pin.pinned.args, facts)


def _live(there: Conversation, pin: Pin) -> Shown | None:
    """What is on show, if that is this message and not a later one that shows the same."""
    try:
        live = from_json(there.live) if there.live and pin.newest else None
    except ValidationError:  # of another release
        return None
    return live if live and live.pin == pin.pinned else None
