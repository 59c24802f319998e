"""What an official may change about themselves."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from core.authorities.tables import officials


def set_official_language(tx: Connection, official_id: int, lang: str) -> None:
    tx.execute(officials.update().where(officials.c.id == official_id).values(lang=lang))
