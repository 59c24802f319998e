"""Citizens, what they have agreed to, and the codes by which one person joins their chats. A consent is never changed:
withdrawing it only dates its end."""

import sqlalchemy as sa

from core.db import ERASE, KEEP, PLAIN, PSEUDONYMISE, Id, Moment, metadata, owned, owned_by_each

citizens = sa.Table(
    "citizens",
    metadata,
    sa.Column("id", Id, primary_key=True, info=PSEUDONYMISE),
    sa.Column("created_at", Moment, nullable=False, info=PLAIN),
    sa.Column("pushes", sa.Text, nullable=False, server_default="all", info=PLAIN),
    # Hours of the region's day; empty: as the region has it; equal: none.
    sa.Column("quiet_from", sa.SmallInteger, info=PLAIN),
    sa.Column("quiet_to", sa.SmallInteger, info=PLAIN),
    sa.Column("erased_at", Moment, info=KEEP),
    # The conversation in which they want to be told; empty: where they were last heard from. No foreign key: those of
    # conversations lead here.
    sa.Column("channel_id", Id, info=PLAIN),
    # Who has everything of this citizen by now: two of them were one person. Nobody acts as this one any more.
    sa.Column("merged_into", Id, index=True, info=PLAIN),
    info=owned_by_each(owned("id"), owned("merged_into")),
)

consents = sa.Table(
    "consents",
    metadata,
    sa.Column("id", Id, primary_key=True, info=PLAIN),
    sa.Column("citizen_id", Id, sa.ForeignKey("citizens.id"), nullable=False, index=True, info=KEEP),
    sa.Column("purpose", sa.Text, nullable=False, info=KEEP),
    sa.Column("version", sa.Text, nullable=False, info=KEEP),
    sa.Column("at", Moment, nullable=False, info=KEEP),
    # Where it was said. No foreign key: the log outlives the conversation.
    sa.Column("conversation_id", Id, info=KEEP),
    sa.Column("withdrawn_at", Moment, info=KEEP),
    sa.Column("key", sa.Text, nullable=False, unique=True, info=PLAIN),
    info=owned("citizen_id"),
)

# A code is not kept, only its hash.
joins = sa.Table(
    "joins",
    metadata,
    sa.Column("id", Id, primary_key=True, info=PLAIN),
    sa.Column("code_hash", sa.Text, nullable=False, unique=True, info=PLAIN),
    # Who has asked for it.
    sa.Column("citizen_id", Id, sa.ForeignKey("citizens.id"), nullable=False, index=True, info=PLAIN),
    # What is handed over to the other chat.
    sa.Column("facts", sa.JSON, nullable=False, info=ERASE),
    sa.Column("created_at", Moment, nullable=False, info=PLAIN),
    sa.Column("expires_at", Moment, nullable=False, info=PLAIN),
    sa.Column("spent_at", Moment, info=PLAIN),
    # Of the command that has spent it.
    sa.Column("key", sa.Text, unique=True, info=PLAIN),
    info=owned("citizen_id", vanish=True),
)

join_tries = sa.Table(
    "join_tries",
    metadata,
    sa.Column("id", Id, primary_key=True, info=PLAIN),
    sa.Column("citizen_id", Id, sa.ForeignKey("citizens.id"), nullable=False, info=PLAIN),
    sa.Column("at", Moment, nullable=False, index=True, info=PLAIN),
    sa.Column("key", sa.Text, nullable=False, unique=True, info=PLAIN),
    sa.Index(None, "citizen_id", "at"),
    info=owned("citizen_id", vanish=True),
)
