"""Statements are compiled once for a run and not anew for each test's database. The product has two engines for as long
as it lives; here every test has its own, and compiling took a third of the time of the whole suite."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

MOST = 5000


def pytest_configure(config: pytest.Config) -> None:
    """What was compiled is found by the dialect and the statement: two dialects of one kind are the same to us."""
    for dialect in (PGDialect_psycopg, SQLiteDialect_pysqlite):
        dialect.__eq__ = lambda one, other: type(one) is type(other)  # type: ignore[method-assign]
        dialect.__hash__ = _of_its_kind  # type: ignore[assignment, method-assign]
    compiled = defaultdict[type, LRUCache[Any, Any]](lambda: LRUCache(MOST))
    create = sa.create_engine

    def with_what_is_compiled(*args: Any, **options: Any) -> sa.Engine:
        engine = create(*args, **options)
        engine._compiled_cache = compiled[type(engine.dialect)]
        return engine

    sa.create_engine = with_what_is_compiled


def _of_its_kind(dialect: object) -> int:
    return hash(type(dialect))
