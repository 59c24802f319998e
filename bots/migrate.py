"""Brings the database to the newest migration, or says that somebody has to."""

from __future__ import annotations

import sqlalchemy as sa
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
    engine = sa.create_engine(url, poolclass=sa.NullPool, hide_parameters=True)
    with engine.connect() as conn:
        newer = _is_newer(MigrationContext.configure(conn).get_current_revision())
    if not newer:
        command.upgrade(config, "head")


def check(db: Database) -> None:
    """Raises NotMigrated. A database of a newer release is fine: every migration is safe with the release before it."""
    script = ScriptDirectory.from_config(_config())
    current = db.read(lambda conn: MigrationContext.configure(conn).get_current_revision()).result()
    if current != script.get_current_head() and not _is_newer(current):
        raise NotMigrated("The database is not migrated: run `python -m bots migrate` first.")


def _is_newer(revision: str | None) -> bool:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    return revision is not None and revision not in known


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config
