"""How officials get in and out: a single-use link, and its opposite. For operators, from the command line."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from bots.config import Settings, SettingsError
from core.actors import Official
from core.authorities.entries import issue_entry, revoke_official
from core.authorities.queries import official_by_code
from core.clock import utc_now
from core.db import Database
from core.text import clean_text


def link(settings: Settings, db: Database, code: str) -> str:
    token = db.write(lambda tx: issue_entry(tx, _official(tx, code).id, utc_now())).result()
    return f"{settings.address}/enter/{token}"


def revoke(db: Database, code: str) -> None:
    """At once: every link and every open desk of theirs."""
    db.write(lambda tx: revoke_official(tx, _official(tx, code).id, utc_now())).result()


def _official(conn: Connection, code: str) -> Official:
    official = official_by_code(conn, clean_text(code))
    if official is None:
        raise SettingsError("There is no such official: `python -m bots invite` lists them.")
    return official
