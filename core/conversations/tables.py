"""Conversations and the forms that are in progress in them."""

import sqlalchemy as sa

from core.db import ERASE, KEEP, PLAIN, Id, Moment, metadata, owned, owned_by_each

conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("id", Id, primary_key=True, info=PLAIN),
    sa.Column("messenger", sa.Text, nullable=False, info=PLAIN),
    sa.Column("account", sa.Text, nullable=False, info=PLAIN),
    sa.Column("peer", sa.Text, nullable=False, info=ERASE),
    sa.Column("person_kind", sa.Text, nullable=False, info=PLAIN),
    sa.Column("person_id", Id, nullable=False, info=PLAIN),
    sa.Column("lang", sa.Text, nullable=False, info=PLAIN),
    sa.Column("live", sa.JSON(none_as_null=True), info=ERASE),
    sa.Column("version", sa.Integer, nullable=False, server_default="0", info=PLAIN),
    sa.Column("lease_owner", sa.Text, info=PLAIN),
    sa.Column("lease_until", Moment, info=PLAIN),
    sa.Column("pending_at", Moment, info=PLAIN),
    sa.Column("heard_at", Moment, info=KEEP),
    # Since when it is nobody's address: the person has asked to be forgotten.
    sa.Column("erased_at", Moment, info=KEEP),
    # Since when nothing can be delivered there: the person has blocked us. What they say ends it.
    sa.Column("gone_at", Moment, info=PLAIN),
    sa.Column("created_at", Moment, nullable=False, info=KEEP),
    sa.UniqueConstraint("messenger", "account", "peer"),
    sa.Index(None, "person_kind", "person_id"),
    sa.Index(None, "pending_at"),
    info=owned("person_kind", "person_id"),
)

forms = sa.Table(
    "forms",
    metadata,
    sa.Column("id", Id, primary_key=True, info=PLAIN),
    sa.Column("run", sa.Text, nullable=False, unique=True, info=PLAIN),
    sa.Column("person_kind", sa.Text, nullable=False, info=PLAIN),
    sa.Column("person_id", Id, nullable=False, info=PLAIN),
    sa.Column("conversation_id", Id, sa.ForeignKey("conversations.id"), nullable=False, index=True, info=PLAIN),
    sa.Column("name", sa.Text, nullable=False, info=PLAIN),
    sa.Column("depth", sa.Integer, info=PLAIN),
    sa.Column("session", sa.JSON, nullable=False, info=ERASE),
    sa.Column("version", sa.Integer, nullable=False, server_default="0", info=PLAIN),
    sa.Column("created_at", Moment, nullable=False, info=PLAIN),
    sa.Column("updated_at", Moment, nullable=False, info=PLAIN),
    sa.Column("reminded_at", Moment, info=PLAIN),
    sa.Index(None, "person_kind", "person_id"),
    info=owned_by_each(owned("conversation_id", by="conversations"), owned("person_kind", "person_id"), vanish=True),
)
