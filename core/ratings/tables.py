"""One rating for one answer: an appeal that was reopened is answered and rated again."""

import sqlalchemy as sa

from core.db import KEEP, PLAIN, PSEUDONYMISE, Id, Moment, metadata, owned

ratings = sa.Table(
    "ratings",
    metadata,
    sa.Column("id", Id, primary_key=True, info=PLAIN),
    sa.Column("appeal_id", Id, sa.ForeignKey("appeals.id"), nullable=False, info=KEEP),
    # How often the appeal had been reopened when this answer was given.
    sa.Column("round", sa.SmallInteger, nullable=False, server_default="0", info=KEEP),
    sa.Column("citizen_id", Id, sa.ForeignKey("citizens.id"), nullable=False, index=True, info=PSEUDONYMISE),
    sa.Column("score", sa.SmallInteger, nullable=False, info=KEEP),
    sa.Column("why", sa.Text, nullable=False, server_default=sa.text("''"), info=PSEUDONYMISE),
    # Of the command that said why last.
    sa.Column("why_key", sa.Text, unique=True, info=PLAIN),
    sa.Column("at", Moment, nullable=False, info=KEEP),
    sa.Column("key", sa.Text, nullable=False, unique=True, info=PLAIN),
    sa.UniqueConstraint("appeal_id", "round"),
    sa.CheckConstraint("score BETWEEN 1 AND 5", name="score"),
    info=owned("citizen_id"),
)
