"""Fixtures: for every test a fresh database of its own, migrated to the head, on SQLite and on PostgreSQL.

The migrations run once per run into a template; a test gets a copy of it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from redis import Redis

from tests import servers

ROOT = Path(__file__).parents[1]
ENGINES = ("sqlite", "postgresql")
_numbers = count(1)


def alembic_config(url: str) -> Config:
    config = Config(toml_file=ROOT / "pyproject.toml")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def migrate(url: str) -> None:
    command.upgrade(alembic_config(url), "head")


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'otklik.db'}"


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return sqlite_in(tmp_path)


def sqlite_in(folder: Path) -> str:
    """The URL of a fresh database in this folder."""
    template = servers.run_folder() / "template.db"
    with servers.once_per_run("migrated-sqlite") as first:
        if first:
            migrate(f"sqlite:///{template}")
    shutil.copy(template, folder / "otklik.db")
    return f"sqlite:///{folder / 'otklik.db'}"


@pytest.fixture
def empty_postgres_url(worker_id: str) -> Iterator[str]:
    yield from _copied("template0", worker_id)


@pytest.fixture
def postgres_url(worker_id: str) -> Iterator[str]:
    server = servers.started_postgres()
    with servers.once_per_run("migrated-postgres") as first:
        if first:
            _at(server, "CREATE DATABASE template_otklik TEMPLATE template0")
            migrate(server.replace("/postgres?", "/template_otklik?"))
    yield from _copied("template_otklik", worker_id)


@pytest.fixture(params=ENGINES)
def engine_url(request: pytest.FixtureRequest) -> str:
    """For what has to hold on both engines."""
    url: str = request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param])
    return url


@pytest.fixture(params=ENGINES)
def empty_engine_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(
        {"sqlite": "empty_sqlite_url", "postgresql": "empty_postgres_url"}[request.param]
    )
    return url


@pytest.fixture
def redis_url(worker_id: str) -> str:
    """An empty Redis that no other test uses at the same time."""
    url = servers.started_redis(f"redis-{worker_id}")
    with closing(Redis.from_url(url)) as redis:
        redis.flushall()
    return url


def _copied(template: str, worker_id: str) -> Iterator[str]:
    server = servers.started_postgres()
    name = f"test_{worker_id}_{next(_numbers)}"
    _at(server, f"CREATE DATABASE {name} TEMPLATE {template} {_strategy(server)}")
    yield server.replace("/postgres?", f"/{name}?")
    _at(server, f"DROP DATABASE {name} WITH (FORCE)")


def _strategy(server: str) -> str:
    """Copying files is twice as fast where nothing is synced; before PostgreSQL 15 there was no other way."""
    with _connected(server) as connection:
        return "STRATEGY FILE_COPY" if connection.info.server_version >= 150000 else ""


def _at(server: str, statement: str) -> None:
    with _connected(server) as connection:
        connection.execute(statement.encode())


def _connected(server: str) -> psycopg.Connection[Any]:
    address = sa.make_url(server).set(drivername="postgresql").render_as_string()
    return psycopg.connect(address, autocommit=True)
