"""Runs the migrations in `versions` on one connection; decides nothing about what is in them.

The database is `config.attributes["connection"]`, or the option `sqlalchemy.url`, or the environment's DATABASE_URL.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import CreateIndexOp, MigrateOperation, MigrationScript, ModifyTableOps
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError

from bots.schema import metadata_with_all_tables

HERE = Path(__file__).parent
LOCK_TIMEOUT = "5s"
"""A migration that waits for a table's lock makes everybody else wait behind it: better it fails and is run again."""


def migrate() -> None:
    given: sa.Connection | None = context.config.attributes.get("connection")
    if given is not None:
        if given.dialect.name == "postgresql":
            given.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        run_on(given)
        return
    engine = engine_for(context.config.get_alembic_option("sqlalchemy.url") or os.environ.get("DATABASE_URL"))
    with engine.connect() as connection:
        run_on(connection)
    engine.dispose()


def run_on(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata_with_all_tables(),
        compare_type=True,
        render_item=plainly,
        render_as_batch=True,  # SQLite alters a table by making it anew
        transaction_per_migration=True,
        process_revision_directives=tidily,
    )
    with context.begin_transaction():
        context.run_migrations()


def engine_for(url: str | None) -> sa.Engine:
    if not url:
        raise CommandError("Say which database: DATABASE_URL=postgresql+psycopg://... or sqlite:///...")
    if sa.make_url(url).get_backend_name() == "postgresql":
        return sa.create_engine(url, poolclass=sa.NullPool, connect_args={"options": f"-c lock_timeout={LOCK_TIMEOUT}"})
    engine = sa.create_engine(url, poolclass=sa.NullPool)

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: Any) -> None:
        # We say BEGIN ourselves, or half of a failed migration would stay. Foreign keys are left off: making a table
        # anew drops the old one, and that would delete what refers to it.
        connection.isolation_level = None

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def plainly(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """A migration names no type of ours (ours may change, what has run may not) and no word of one engine only."""
    if kind == "type" and isinstance(item, sa.TypeDecorator):
        return f"sa.{item.impl!r}"
    if kind == "server_default" and isinstance(item, sa.DefaultClause) and isinstance(item.arg, (sa.True_, sa.False_)):
        return f"sa.{item.arg}()"
    return False


def tidily(
    _: MigrationContext, __: str | Iterable[str | None] | Iterable[str], directives: list[MigrationScript]
) -> None:
    """Revisions count 0001, 0002, ... Two branches that add one conflict over HEAD in git, not in production."""
    head = HERE / "HEAD"
    last = int(head.read_text()) if head.exists() else 0
    directives[0].rev_id = f"{last + 1:04d}"
    head.write_text(f"{directives[0].rev_id}\n")
    changes = directives[0].upgrade_ops
    if changes is not None:
        changes.ops = [part for change in changes.ops for part in unbatched(change)]


def unbatched(change: MigrateOperation) -> list[MigrateOperation]:
    """An index needs no table made anew."""
    if isinstance(change, ModifyTableOps) and all(isinstance(part, CreateIndexOp) for part in change.ops):
        return list(change.ops)
    return [change]


migrate()
