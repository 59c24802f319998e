"""Takes a chat away from a person who has others: what they have said and done stays theirs, and of that chat nothing
leads to it any more. What stands in an app of the messenger itself is beyond our reach."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core import pins, timers
from core.actors import Citizen, System
from core.audit import audit, record
from core.citizens.queries import channels_of, who_is_now
from core.citizens.service import new_citizen
from core.citizens.tables import citizens, joins
from core.citizens.types import Channel, ChatDropped, DropChannel, FinishDrop
from core.conversations import elsewhere
from core.conversations import service as conversations
from core.conversations.types import Person
from core.db import metadata
from core.errors import NotAllowed, Refusal
from core.inbox import service as inbox
from core.lines import line
from core.notify.rules import where
from core.outbox import pruning
from core.outcome import Outcome
from core.personal.registry import owned_tables
from core.personal.service import FAREWELL

FINISH = "finish_drop"
"""The kind of a timer."""
_STAY = frozenset({"forms", "inbox", "outbox", "pins", "live_messages"})
"""Of a conversation's tables, those that need more than to be emptied, or by which its messages are found again."""
_ITS = ((("conversation_id",), "conversations"),)
"""Of such a table: whose its rows are."""


def drop_channel(tx: Connection, actor: Citizen, key: str, command: DropChannel, now: datetime) -> Outcome:
    """The chat in which it is said goes a moment later: the move that is made there goes on to its end."""
    done = _done(tx, actor, command.conversation, key)
    if done is not None:
        return Outcome(done)
    channels = _locked(tx, actor.id)
    if command.conversation not in {each.conversation for each in channels}:
        raise NotAllowed
    if len(channels) == 1:
        raise Refusal(line("This is your only chat with us. You can delete everything instead: open the settings."))
    at_once = actor.conversation not in (0, command.conversation)
    record(tx, actor, "drop", "conversation", command.conversation, now, key=key, at_once=at_once)
    if at_once:
        return Outcome(True, (_drop(tx, actor.id, command.conversation, channels, now),))  # noqa: FBT003
    payload = {"citizen": actor.id, "conversation": command.conversation}
    scope = f"drop:{command.conversation}"
    timers.schedule(tx, scope=scope, due_at=now + FAREWELL, kind=FINISH, payload=payload)
    return Outcome(value=False)


def finish_drop(tx: Connection, actor: System, key: str, command: FinishDrop, now: datetime) -> Outcome:
    """Not where it has become their only chat meanwhile, or is not theirs any more."""
    citizen = who_is_now(tx, command.citizen)
    channels = _locked(tx, citizen)
    if len(channels) == 1 or command.conversation not in {each.conversation for each in channels}:
        return Outcome(value=False)
    return Outcome(True, (_drop(tx, citizen, command.conversation, channels, now),))  # noqa: FBT003


def _done(tx: Connection, actor: Citizen, conversation: int, key: str) -> bool | None:
    """What the same command was answered with."""
    a = audit.c
    there = (a.object_kind == "conversation", a.object_id == str(conversation), a.action == "drop")
    rows = tx.execute(sa.select(a.detail).where(*there, a.actor_kind == "citizen", a.actor_id == actor.id)).scalars()
    return next((bool(detail["at_once"]) for detail in rows if detail["key"] == key), None)


def _locked(tx: Connection, citizen_id: int) -> tuple[Channel, ...]:
    """Of two chats that drop each other at once, one stays."""
    tx.execute(sa.select(citizens.c.id).where(citizens.c.id == citizen_id).with_for_update())
    return channels_of(tx, citizen_id)


def _drop(
    tx: Connection, citizen_id: int, conversation_id: int, channels: tuple[Channel, ...], now: datetime
) -> ChatDropped:
    left = [each for each in channels if each.conversation != conversation_id]
    stranger = new_citizen(tx, now)
    conversations.hand_to(tx, conversation_id, Person("citizen", stranger))
    elsewhere.put_aside(tx, conversation_id, where(left).conversation)
    _shut(tx, citizen_id, conversation_id)
    pruning.drop(tx, conversation_id, now)
    inbox.drop(tx, conversation_id)
    for table in owned_tables(metadata):
        if table.info["owners"] == _ITS and table.name not in _STAY:
            tx.execute(sa.delete(table).where(table.c.conversation_id == conversation_id))
    pins.touch_of(tx, conversation_id, now)
    return ChatDropped(conversation_id, stranger)


def _shut(tx: Connection, citizen_id: int, conversation_id: int) -> None:
    """Nothing comes there by itself, and no code that may have been asked for there leads back."""
    c, j = citizens.c, joins.c
    tx.execute(sa.update(citizens).where(c.id == citizen_id, c.channel_id == conversation_id).values(channel_id=None))
    tx.execute(sa.delete(joins).where(j.citizen_id == citizen_id, j.spent_at.is_(None)))
