"""What people are told of their chats themselves. It is about their safety: neither their settings govern it nor the
night."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.engine import Connection

from core.citizens.types import Channel, ChatDropped, ChatsJoined
from core.notify.types import NoticeKind
from core.outbox import Lane, enqueue_notice, hurry


def tell_joined(tx: Connection, event: ChatsJoined, now: datetime) -> None:
    """In every chat that anything reaches, but the one where it was done: whoever has talked a person out of their code
    reads all of their messages, and either of the two may be the one who was talked to."""
    for told, about in ((event.asked, event.entered), (event.entered, event.asked)):
        for channel in told:
            if channel.reachable and channel.conversation != event.here and about:
                _tell(tx, event.join, channel.conversation, about, now)


def _tell(tx: Connection, join: int, there: int, about: Sequence[Channel], now: datetime) -> None:
    """What is held there for the morning would hold it up."""
    facts = {"chats": ",".join(str(each.conversation) for each in about)}
    hurry(tx, there, now)
    enqueue_notice(tx, there, NoticeKind.JOINED, facts, Lane.PUSH, f"{NoticeKind.JOINED}:{join}:{there}", now)


def tell_dropped(tx: Connection, event: ChatDropped, now: datetime) -> None:
    """In the place of what is on show there."""
    key = f"{NoticeKind.DROPPED}:{event.conversation}:{event.stranger}"
    enqueue_notice(tx, event.conversation, NoticeKind.DROPPED, {}, Lane.REPLY, key, now, edit=True)
