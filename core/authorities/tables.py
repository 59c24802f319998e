"""Authorities, the officials who work in them, the single-use links by which they enter and the desks that these open.
Of a link and of a desk's cookie only the hash is kept: who reads the database cannot enter with it."""

import sqlalchemy as sa

from core.db import KEEP, NOBODYS, PLAIN, Id, Moment, metadata

authorities = sa.Table(
    "authorities",
    metadata,
    sa.Column("id", Id, primary_key=True, info=PLAIN),
    sa.Column("code", sa.Text, nullable=False, unique=True, info=PLAIN),
    sa.Column("parent_id", Id, sa.ForeignKey("authorities.id"), index=True, info=PLAIN),
    sa.Column("name", sa.JSON, nullable=False, info=PLAIN),
    info=NOBODYS,
)

# An official's name stays: it is part of the answers that were given in office.
officials = sa.Table(
    "officials",
    metadata,
    sa.Column("id", Id, primary_key=True, info=PLAIN),
    sa.Column("code", sa.Text, nullable=False, unique=True, info=PLAIN),
    sa.Column("name", sa.Text, nullable=False, info=KEEP),
    sa.Column("authority_id", Id, sa.ForeignKey("authorities.id"), nullable=False, index=True, info=PLAIN),
    sa.Column("role", sa.Text, nullable=False, server_default="executor", info=PLAIN),
    sa.Column("revoked_at", Moment, info=PLAIN),
    info=NOBODYS,
)

# Ready answers of a region; an official changes them before they are sent.
templates = sa.Table(
    "templates",
    metadata,
    sa.Column("code", sa.Text, primary_key=True, info=PLAIN),
    sa.Column("position", sa.Integer, nullable=False, info=PLAIN),
    sa.Column("name", sa.JSON, nullable=False, info=PLAIN),
    sa.Column("text", sa.JSON, nullable=False, info=PLAIN),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true(), info=PLAIN),
    info=NOBODYS,
)

entries = sa.Table(
    "entries",
    metadata,
    sa.Column("id", Id, primary_key=True, info=PLAIN),
    sa.Column("token_hash", sa.Text, nullable=False, unique=True, info=PLAIN),
    sa.Column("official_id", Id, sa.ForeignKey("officials.id"), nullable=False, info=PLAIN),
    sa.Column("created_at", Moment, nullable=False, info=PLAIN),
    sa.Column("expires_at", Moment, nullable=False, info=PLAIN),
    sa.Column("spent_at", Moment, info=PLAIN),
    info=NOBODYS,
)

desks = sa.Table(
    "desks",
    metadata,
    sa.Column("id", Id, primary_key=True, info=PLAIN),
    sa.Column("token_hash", sa.Text, nullable=False, unique=True, info=PLAIN),
    sa.Column("official_id", Id, sa.ForeignKey("officials.id"), nullable=False, index=True, info=PLAIN),
    sa.Column("created_at", Moment, nullable=False, info=PLAIN),
    sa.Column("seen_at", Moment, nullable=False, info=PLAIN),
    sa.Column("expires_at", Moment, nullable=False, info=PLAIN),
    sa.Column("revoked_at", Moment, info=PLAIN),
    info=NOBODYS,
)
