"""Categories with the words that people use for them and the time in which they are answered."""

import sqlalchemy as sa

from core.db import NOBODYS, PLAIN, metadata

categories = sa.Table(
    "categories",
    metadata,
    sa.Column("code", sa.Text, primary_key=True, info=PLAIN),
    sa.Column("parent", sa.Text, sa.ForeignKey("categories.code"), info=PLAIN),
    sa.Column("name", sa.JSON, nullable=False, info=PLAIN),
    sa.Column("synonyms", sa.JSON, nullable=False, info=PLAIN),
    sa.Column("sla_days", sa.Integer, nullable=False, info=PLAIN),
    sa.Column("sla_basis", sa.Text, nullable=False, info=PLAIN),
    sa.Column("position", sa.Integer, nullable=False, info=PLAIN),
    sa.Column("active", sa.Boolean, nullable=False, info=PLAIN),
    info=NOBODYS,
)
