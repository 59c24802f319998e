"""Files by the reference that people's events carry; the same bytes may have many references."""

import sqlalchemy as sa

from core.db import ERASE, PLAIN, Id, Moment, metadata

files = sa.Table(
    "files",
    metadata,
    sa.Column("ref", sa.Text, primary_key=True, info=PLAIN),
    sa.Column("citizen_id", Id, sa.ForeignKey("citizens.id"), nullable=False, index=True, info=PLAIN),
    sa.Column("sha256", sa.Text, nullable=False, index=True, info=ERASE),
    sa.Column("mime", sa.Text, nullable=False, info=PLAIN),
    sa.Column("size", sa.BigInteger, nullable=False, info=PLAIN),
    sa.Column("created_at", Moment, nullable=False, info=PLAIN),
)
