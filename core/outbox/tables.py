"""The outbox: a row for each thing that is to be sent, from the transaction that caused it to its end; and the tokens
by which accounts of messengers are served."""

import sqlalchemy as sa

from core.db import ERASE, NOBODYS, PLAIN, Id, Moment, metadata, owned

READY = sa.text("state = 'ready'")
"""In words, as an index of some rows only has to be asked for."""
READY_BULK = sa.text("state = 'ready' AND lane = 'bulk'")
READY_UNTIL = sa.text("state = 'ready' AND expires_at IS NOT NULL")

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", Id, primary_key=True, info=PLAIN),
    sa.Column("conversation_id", Id, sa.ForeignKey("conversations.id"), nullable=False, info=PLAIN),
    sa.Column("key", sa.Text, nullable=False, unique=True, info=PLAIN),
    sa.Column("lane", sa.Text, nullable=False, info=PLAIN),
    sa.Column("kind", sa.Text, nullable=False, info=PLAIN),
    sa.Column("body", sa.JSON, nullable=False, info=ERASE),
    sa.Column("format", sa.Integer, nullable=False, info=PLAIN),
    sa.Column("keep", sa.Boolean, nullable=False, info=PLAIN),
    sa.Column("edit", sa.Boolean, nullable=False, info=PLAIN),
    sa.Column("state", sa.Text, nullable=False, server_default="ready", info=PLAIN),
    sa.Column("reason", sa.Text, info=PLAIN),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0", info=PLAIN),
    sa.Column("resent", sa.Boolean, nullable=False, server_default=sa.false(), info=PLAIN),
    sa.Column("not_before", Moment, nullable=False, info=PLAIN),
    sa.Column("expires_at", Moment, info=PLAIN),
    sa.Column("lease_owner", sa.Text, info=PLAIN),
    sa.Column("lease_until", Moment, info=PLAIN),
    sa.Column("sent_ids", sa.JSON(none_as_null=True), info=PLAIN),
    sa.Column("created_at", Moment, nullable=False, info=PLAIN),
    # Since when somebody waits for it: since they spoke, or since it may go. What is put off keeps it.
    sa.Column("awaited_at", Moment, info=PLAIN),
    sa.Column("settled_at", Moment, info=PLAIN),
    # Of a mailing: whose account sends it, as messenger/account, so that one account does not look through another's.
    sa.Column("line", sa.Text, info=PLAIN),
    # An operator has seen that it ended badly.
    sa.Column("seen_at", Moment, info=PLAIN),
    # It stood unread for too long, and the person was told somewhere else too.
    sa.Column("passed_on", sa.Boolean, nullable=False, server_default=sa.false(), info=PLAIN),
    sa.Index(None, "state", "lane", "not_before", "id"),
    # What waits too long is found at once also where a million rows wait.
    sa.Index("ix_outbox_ready_since", "state", "created_at", sqlite_where=READY, postgresql_where=READY),
    sa.Index("ix_outbox_ready_until", "state", "expires_at", sqlite_where=READY_UNTIL, postgresql_where=READY_UNTIL),
    # What its rows have in common stands in it too, or SQLite takes an index that has more of what is asked for.
    sa.Index(
        "ix_outbox_bulk",
        *("state", "lane", "line", "not_before", "id"),
        sqlite_where=READY_BULK,
        postgresql_where=READY_BULK,
    ),
    sa.Index(None, "conversation_id", "state", "id"),
    info=owned("conversation_id", by="conversations", vanish=True),
)

tokens = sa.Table(
    "tokens",
    metadata,
    sa.Column("messenger", sa.Text, primary_key=True, info=PLAIN),
    sa.Column("account", sa.Text, primary_key=True, info=PLAIN),
    # One process at a time polls with a token and sends what is not a reply.
    sa.Column("owner", sa.Text, info=PLAIN),
    sa.Column("lease_until", Moment, info=PLAIN),
    sa.Column("paused_until", Moment, info=PLAIN),
    # Up to where its events have been stored, where the messenger wants to be told.
    sa.Column("place", sa.Text, info=PLAIN),
    info=NOBODYS,
)
