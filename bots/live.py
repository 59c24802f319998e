"""What stands on show in a chat of a messenger: which messages, and whether the next screen may take their place. The
web chat keeps that in its mailbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bots.transport import Parcel
from core.db import PLAIN, Id, Moment, metadata, owned
from core.sql import upsert

EDITABLE = timedelta(hours=24)
"""VK edits for a day, Telegram for two: core.telegram.org/bots/api#editmessagetext, dev.vk.com/method/messages.edit."""

live_messages = sa.Table(
    "live_messages",
    metadata,
    sa.Column("conversation_id", Id, sa.ForeignKey("conversations.id"), primary_key=True, info=PLAIN),
    sa.Column("ids", sa.JSON, nullable=False, info=PLAIN),
    sa.Column("sent_at", Moment, nullable=False, info=PLAIN),
    sa.Column("plain", sa.Boolean, nullable=False, info=PLAIN),
    sa.Column("buttons", sa.Boolean, nullable=False, info=PLAIN),
    sa.Column("keyboard", sa.Boolean, nullable=False, info=PLAIN),
    info=owned("conversation_id", by="conversations", vanish=True),
)
_L = live_messages.c
_READ = sa.select(live_messages).where(_L.conversation_id == sa.bindparam("there"))


@dataclass(frozen=True, slots=True)
class Live:
    """`ids` of its messages, in order; none where the last screen is to be kept as it is. `plain`: it is one message of
    words, which may become another one. `buttons` hang on the last of them; `keyboard`: one stands below the chat."""

    ids: tuple[str, ...]
    sent_at: datetime
    plain: bool
    buttons: bool = False
    keyboard: bool = False


def read(conn: Connection, conversation_id: int) -> Live | None:
    row = conn.execute(_READ, {"there": conversation_id}).first()
    return Live(tuple(row.ids), row.sent_at, row.plain, row.buttons, row.keyboard) if row else None


def put(tx: Connection, conversation_id: int, live: Live) -> None:
    shown = {"ids": list(live.ids), "sent_at": live.sent_at, "plain": live.plain}
    row = {**shown, "buttons": live.buttons, "keyboard": live.keyboard, "conversation_id": conversation_id}
    upsert(tx, live_messages, row, ("conversation_id",))


def to_edit(parcel: Parcel, live: Live | None, now: datetime) -> str:
    """The message whose place this screen takes; empty where it is to be sent below. A press on something older than
    the live screen never rewrites anything."""
    if not parcel.edit or live is None or not live.ids or not live.plain or now - live.sent_at > EDITABLE:
        return ""
    on = parcel.shown.on
    return live.ids[-1] if not on or on in live.ids else ""
