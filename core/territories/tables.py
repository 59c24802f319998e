"""Territories: the municipalities of the region under their ОКТМО."""

import sqlalchemy as sa

from core.db import NOBODYS, PLAIN, metadata

territories = sa.Table(
    "territories",
    metadata,
    sa.Column("code", sa.Text, primary_key=True, info=PLAIN),
    sa.Column("name", sa.JSON, nullable=False, info=PLAIN),
    sa.Column("position", sa.Integer, nullable=False, info=PLAIN),
    info=NOBODYS,
)
