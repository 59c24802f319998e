"""How officials get in: who there is, and a single-use link for one of them. For operators, from the command line."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bots.config import Settings, SettingsError
from core.authorities.entries import issue_entry
from core.authorities.queries import official_by_code
from core.authorities.tables import authorities, officials
from core.clock import utc_now
from core.db import Database
from core.text import clean_text


@dataclass(frozen=True, slots=True)
class OfficialLine:
    code: str
    name: str
    authority: str


def everybody(db: Database) -> list[OfficialLine]:
    """Those who have not left, by authority."""

    def find(conn: Connection) -> list[OfficialLine]:
        o, a = officials.c, authorities.c
        here = sa.select(o.code, o.name, a.name.label("authority")).join_from(
            officials, authorities, a.id == o.authority_id
        )
        rows = conn.execute(here.where(o.revoked_at.is_(None)).order_by(a.id, o.id))
        return [OfficialLine(row.code, row.name, row.authority["ru"]) for row in rows]

    return db.read(find).result()


def link(settings: Settings, db: Database, code: str) -> str:
    def issue(tx: Connection) -> str:
        official = official_by_code(tx, clean_text(code))
        if official is None:
            raise SettingsError("There is no such official: `python -m bots invite` lists them.")
        return issue_entry(tx, official.id, utc_now())

    return f"{settings.address}/enter/{db.write(issue).result()}"
