"""The inbox: a row for each accepted update."""

import sqlalchemy as sa

from core.db import ERASE, PLAIN, Id, Moment, metadata, owned

QUARANTINED = sa.text("state = 'quarantined'")

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("id", Id, primary_key=True, info=PLAIN),
    sa.Column("conversation_id", Id, sa.ForeignKey("conversations.id"), nullable=False, info=PLAIN),
    sa.Column("key", sa.Text, nullable=False, info=PLAIN),
    sa.Column("raw", sa.LargeBinary, info=ERASE),
    sa.Column("event", sa.JSON, nullable=False, info=ERASE),
    sa.Column("state", sa.Text, nullable=False, server_default="new", info=PLAIN),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0", info=PLAIN),
    sa.Column("not_before", Moment, nullable=False, info=PLAIN),
    sa.Column("received_at", Moment, nullable=False, index=True, info=PLAIN),
    sa.Column("settled_at", Moment, info=PLAIN),
    sa.Column("problem", sa.Text, info=PLAIN),
    # What it may be a part of: later parts are put to the first one while that one waits.
    sa.Column("part", sa.Text, info=PLAIN),
    sa.UniqueConstraint("conversation_id", "key"),
    sa.Index(None, "conversation_id", "state", "id"),
    # So few that looking for them costs nothing, however many have been served.
    sa.Index("ix_inbox_quarantined", "id", sqlite_where=QUARANTINED, postgresql_where=QUARANTINED),
    info=owned("conversation_id", by="conversations", vanish=True),
)
