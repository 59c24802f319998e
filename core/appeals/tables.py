"""Appeals, their photos, and the history of each: the row holds what is true now, the history is only added to."""

import sqlalchemy as sa

from core.db import ERASE, KEEP, PLAIN, PSEUDONYMISE, STREET, Id, Moment, metadata, owned, owned_by_each

appeals = sa.Table(
    "appeals",
    metadata,
    sa.Column("id", Id, primary_key=True, info=PLAIN),
    sa.Column("number", sa.Text, nullable=False, unique=True, info=KEEP),
    # In plain, not hashed: it opens nothing but this very row, and the person may ask for it again.
    sa.Column("code", sa.Text, nullable=False, info=ERASE),
    sa.Column("citizen_id", Id, sa.ForeignKey("citizens.id"), nullable=False, index=True, info=PSEUDONYMISE),
    sa.Column("category", sa.Text, sa.ForeignKey("categories.code"), nullable=False, info=KEEP),
    sa.Column("territory", sa.Text, sa.ForeignKey("territories.code"), nullable=False, info=KEEP),
    sa.Column("authority_id", Id, sa.ForeignKey("authorities.id"), nullable=False, info=KEEP),
    sa.Column("official_id", Id, sa.ForeignKey("officials.id"), info=KEEP),
    # What people have written to an authority is kept for five years; who they are is taken off it.
    sa.Column("text", sa.Text, nullable=False, info=PSEUDONYMISE),
    sa.Column("address", sa.Text, nullable=False, info=STREET),
    sa.Column("lat", sa.Double, info=PSEUDONYMISE),
    sa.Column("lon", sa.Double, info=PSEUDONYMISE),
    sa.Column("status", sa.Text, nullable=False, info=KEEP),
    sa.Column("regime", sa.Text, nullable=False, info=KEEP),
    sa.Column("version", sa.Integer, nullable=False, info=PLAIN),
    sa.Column("filed_at", Moment, nullable=False, info=KEEP),
    sa.Column("due_at", Moment, nullable=False, info=KEEP),
    sa.Column("due_basis", sa.Text, nullable=False, info=KEEP),
    # The score in force; the fact itself is a row of `ratings`.
    sa.Column("score", sa.SmallInteger, info=KEEP),
    sa.Column("key", sa.Text, nullable=False, unique=True, info=PLAIN),
    # Why it was not taken: a Reason.
    sa.Column("reason", sa.Text, info=KEEP),
    sa.Column("reopened", sa.SmallInteger, nullable=False, server_default="0", info=KEEP),
    # How often it was passed on to another authority since it was filed or reopened.
    sa.Column("hops", sa.SmallInteger, nullable=False, server_default="0", info=KEEP),
    # Since when the author is asked: the time for the answer stands still.
    sa.Column("asked_at", Moment, info=KEEP),
    # A pile of the queue in its order: the earliest deadline first, or the newest first.
    sa.Index(None, "authority_id", "status", "due_at"),
    sa.Index(None, "authority_id", "status", "id"),
    sa.Index(None, "official_id", "authority_id", "status", "due_at"),
    info=owned("citizen_id"),
)

appeal_photos = sa.Table(
    "appeal_photos",
    metadata,
    sa.Column("appeal_id", Id, sa.ForeignKey("appeals.id"), primary_key=True, autoincrement=False, info=PLAIN),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False, info=PLAIN),
    sa.Column("ref", sa.Text, sa.ForeignKey("files.ref"), nullable=False, index=True, info=PLAIN),
    info=owned("ref", by="files", vanish=True),
)

appeal_documents = sa.Table(
    "appeal_documents",
    metadata,
    sa.Column("appeal_id", Id, sa.ForeignKey("appeals.id"), primary_key=True, autoincrement=False, info=PLAIN),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False, info=PLAIN),
    sa.Column("ref", sa.Text, sa.ForeignKey("files.ref"), nullable=False, index=True, info=PLAIN),
    info=owned("ref", by="files", vanish=True),
)

# Who may do with an appeal all that its author may: those who have come with its number and code.
appeal_holders = sa.Table(
    "appeal_holders",
    metadata,
    sa.Column("appeal_id", Id, sa.ForeignKey("appeals.id"), primary_key=True, autoincrement=False, info=PLAIN),
    sa.Column("citizen_id", Id, sa.ForeignKey("citizens.id"), primary_key=True, autoincrement=False, info=PLAIN),
    sa.Column("at", Moment, nullable=False, info=PLAIN),
    sa.Index(None, "citizen_id"),
    info=owned("citizen_id", vanish=True),
)

code_tries = sa.Table(
    "code_tries",
    metadata,
    sa.Column("id", Id, primary_key=True, info=PLAIN),
    sa.Column("citizen_id", Id, sa.ForeignKey("citizens.id"), nullable=False, info=PLAIN),
    sa.Column("number", sa.Text, nullable=False, info=PLAIN),
    sa.Column("at", Moment, nullable=False, info=PLAIN),
    sa.Column("key", sa.Text, nullable=False, unique=True, info=PLAIN),
    sa.Index(None, "citizen_id", "at"),
    sa.Index(None, "number", "at"),
    info=owned("citizen_id", vanish=True),
)

# What the author adds to an open appeal, and what officials note for themselves.
appeal_remarks = sa.Table(
    "appeal_remarks",
    metadata,
    sa.Column("id", Id, primary_key=True, info=PLAIN),
    sa.Column("appeal_id", Id, sa.ForeignKey("appeals.id"), nullable=False, index=True, info=PLAIN),
    sa.Column("at", Moment, nullable=False, info=KEEP),
    sa.Column("kind", sa.Text, nullable=False, info=KEEP),
    sa.Column("actor_kind", sa.Text, nullable=False, info=KEEP),
    sa.Column("actor_id", Id, info=KEEP),
    sa.Column("text", sa.Text, nullable=False, info=PSEUDONYMISE),
    sa.Column("key", sa.Text, nullable=False, unique=True, info=PLAIN),
    info=owned_by_each(owned("appeal_id", by="appeals"), owned("actor_kind", "actor_id")),
)

appeal_history = sa.Table(
    "appeal_history",
    metadata,
    sa.Column("id", Id, primary_key=True, info=PLAIN),
    sa.Column("appeal_id", Id, sa.ForeignKey("appeals.id"), nullable=False, index=True, info=PLAIN),
    sa.Column("at", Moment, nullable=False, info=KEEP),
    sa.Column("from_status", sa.Text, info=KEEP),
    sa.Column("to_status", sa.Text, nullable=False, info=KEEP),
    sa.Column("actor_kind", sa.Text, nullable=False, info=KEEP),
    sa.Column("actor_id", Id, info=KEEP),
    # Who has it from then on, where it was passed on or reopened.
    sa.Column("authority_id", Id, sa.ForeignKey("authorities.id"), info=KEEP),
    sa.Column("text", sa.Text, nullable=False, info=PSEUDONYMISE),
    sa.Column("key", sa.Text, nullable=False, unique=True, info=PLAIN),
    info=owned_by_each(owned("appeal_id", by="appeals"), owned("actor_kind", "actor_id")),
)
