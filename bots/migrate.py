"""Brings the database to the newest migration, or says that somebody has to."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

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
    """Forward only; nothing to do is fine. On a connection of its own: remaking a table wants other settings. Who stops
    it waits until it is over."""
    config = _config()
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    engine = sa.create_engine(url, poolclass=sa.NullPool, hide_parameters=True)
    with _undisturbed():
        with engine.connect() as conn:
            newer = _is_newer(MigrationContext.configure(conn).get_current_revision())
        if not newer:
            command.upgrade(config, "head")


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl-C and SIGTERM take their effect afterwards: amid the work of a library they leave it as it happens to be.
    Who insists is heard at once: a migration may wait for somebody's lock."""
    if threading.current_thread() is not threading.main_thread():  # only that one is told of signals
        yield
        return
    came = list[int]()

    def later(name: int, _: FrameType | None) -> None:
        if came:
            raise KeyboardInterrupt
        came.append(name)

    before = {name: signal.signal(name, later) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler or signal.SIG_DFL)
    for waited in came:
        signal.raise_signal(waited)


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
