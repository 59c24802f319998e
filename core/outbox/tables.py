"""The outbox: a row for each thing that is to be sent, from the transaction that caused it to its end; and the tokens
by which accounts of messengers are served."""

import sqlalchemy as sa

from core.db import ERASE, NOBODYS, PLAIN, Id, Moment, metadata, owned

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
    sa.Column("settled_at", Moment, info=PLAIN),
    # It stood unread for too long, and the person was told somewhere else too.
    sa.Column("passed_on", sa.Boolean, nullable=False, server_default=sa.false(), info=PLAIN),
    sa.Index(None, "state", "not_before"),
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
