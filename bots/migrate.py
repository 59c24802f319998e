"""Brings the database to the newest migration, or says that somebody has to."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bots.config import ROOT
from core.db import Database


class NotMigrated(Exception):
    """The database is not what this release expects."""


def migrate(url: str) -> None:
    """Forward only; nothing to do is fine. On a connection of its own: remaking a table wants other settings."""
    config = _config()
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, "head")


def check(db: Database) -> None:
    """Raises NotMigrated."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    current = db.read(lambda conn: MigrationContext.configure(conn).get_current_revision()).result()
    if current != head:
        raise NotMigrated("The database is not migrated: run `python -m bots migrate` first.")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config
