"""One rating for one answer."""

import sqlalchemy as sa

from core.db import KEEP, PLAIN, PSEUDONYMISE, Id, Moment, metadata

ratings = sa.Table(
    "ratings",
    metadata,
    sa.Column("id", Id, primary_key=True, info=PLAIN),
    sa.Column("appeal_id", Id, sa.ForeignKey("appeals.id"), nullable=False, unique=True, info=KEEP),
    sa.Column("citizen_id", Id, sa.ForeignKey("citizens.id"), nullable=False, index=True, info=PSEUDONYMISE),
    sa.Column("score", sa.SmallInteger, nullable=False, info=KEEP),
    sa.Column("at", Moment, nullable=False, info=KEEP),
    sa.Column("key", sa.Text, nullable=False, unique=True, info=PLAIN),
    sa.CheckConstraint("score BETWEEN 1 AND 5", name="score"),
)
