"""What the web chat keeps of its own: the items on people's screens and the tickets that open a live stream."""

import sqlalchemy as sa

from core.db import ERASE, PLAIN, Id, Moment, metadata, owned

web_boxes = sa.Table(
    "web_boxes",
    metadata,
    sa.Column(
        "conversation_id", Id, sa.ForeignKey("conversations.id"), primary_key=True, autoincrement=False, info=PLAIN
    ),
    sa.Column("n", sa.Integer, nullable=False, info=PLAIN),
    sa.Column("pos", sa.Integer, nullable=False, info=PLAIN),
    sa.Column("acked", sa.Integer, nullable=False, info=PLAIN),
    sa.Column("live", sa.Integer, info=PLAIN),
    info=owned("conversation_id", by="conversations", vanish=True),
)

web_items = sa.Table(
    "web_items",
    metadata,
    sa.Column(
        "conversation_id", Id, sa.ForeignKey("conversations.id"), primary_key=True, autoincrement=False, info=PLAIN
    ),
    sa.Column("pos", sa.Integer, primary_key=True, autoincrement=False, info=PLAIN),
    sa.Column("n", sa.Integer, nullable=False, info=PLAIN),
    sa.Column("side", sa.Text, nullable=False, info=PLAIN),
    sa.Column("key", sa.Text, info=PLAIN),
    sa.Column("outbox_id", Id, info=PLAIN),
    sa.Column("body", sa.JSON, nullable=False, info=ERASE),
    sa.Column("at", Moment, nullable=False, info=PLAIN),
    sa.UniqueConstraint("conversation_id", "key"),
    sa.UniqueConstraint("outbox_id"),
    sa.Index(None, "conversation_id", "n"),
    info=owned("conversation_id", by="conversations", vanish=True),
)

web_tickets = sa.Table(
    "web_tickets",
    metadata,
    sa.Column("ticket_hash", sa.Text, primary_key=True, info=PLAIN),
    sa.Column("account", sa.Text, nullable=False, info=PLAIN),
    sa.Column("peer", sa.Text, nullable=False, info=ERASE),
    # The desk that the stream is for; it ends with it.
    sa.Column("desk_id", Id, info=PLAIN),
    sa.Column("expires_at", Moment, nullable=False, index=True, info=PLAIN),
    info=owned("account", "peer", by="conversations", vanish=True),
)
