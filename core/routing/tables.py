"""The rules of routing, in their order."""

import sqlalchemy as sa

from core.db import NOBODYS, PLAIN, Id, metadata

routes = sa.Table(
    "routes",
    metadata,
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False, info=PLAIN),
    sa.Column("category", sa.Text, sa.ForeignKey("categories.code"), info=PLAIN),
    sa.Column("territory", sa.Text, sa.ForeignKey("territories.code"), info=PLAIN),
    sa.Column("authority_id", Id, sa.ForeignKey("authorities.id"), nullable=False, info=PLAIN),
    info=NOBODYS,
)
