"""All tables in one place, for migrations and tests: importing a module of tables is what adds it."""

from __future__ import annotations

from importlib import import_module

import sqlalchemy as sa

from core.db import metadata

TABLES = (
    "core.audit",
    "core.region.store",
    "core.citizens.tables",
    "core.territories.tables",
    "core.authorities.tables",
    "core.rubricator.tables",
    "core.routing.tables",
    "core.files.tables",
    "core.appeals.tables",
    "core.ratings.tables",
    "core.conversations.tables",
    "core.inbox.tables",
    "core.outbox.tables",
    "core.pins",
    "core.timers",
    "core.jobs",
    "bots.web.tables",
    "bots.live",
    "bots.uploads",
)


def metadata_with_all_tables() -> sa.MetaData:
    for name in TABLES:
        import_module(name)
    return metadata
