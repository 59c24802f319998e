"""Citizens and what they have agreed to. A consent is never changed: withdrawing it only dates its end."""

import sqlalchemy as sa

from core.db import KEEP, PLAIN, PSEUDONYMISE, Id, Moment, metadata, owned

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
    info=owned("id"),
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
