"""A site with the demo data in it, for every test anew; whatever it logs as an error fails the test."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bots.config import ROOT, Settings
from bots.migrate import migrate
from core.db import Database
from core.demo import load_demo
from core.region.file import load_region
from core.region.store import save_region
from tests import servers
from tests.web.site import NOON, Log, Site, free_port, logged, running

DEMO = ROOT / "deploy" / "demo"


def fill(url: str) -> None:
    """The demo region, its officials, and a few appeals."""
    db = Database(url)
    db.write(lambda tx: save_region(tx, load_region(DEMO / "region.yaml"))).result()
    db.write(lambda tx: load_demo(tx, DEMO, NOON)).result()
    db.close()


@pytest.fixture
def demo_url(tmp_path: Path) -> str:
    template = servers.run_folder() / "demo.db"
    with servers.once_per_run("demo-sqlite") as first:
        if first:
            migrate(f"sqlite:///{template}")
            fill(f"sqlite:///{template}")
    shutil.copy(template, tmp_path / "otklik.db")
    return f"sqlite:///{tmp_path / 'otklik.db'}"


@pytest.fixture
def demo_postgres_url(postgres_url: str) -> str:
    fill(postgres_url)
    return postgres_url


def settings_for(url: str, folder: Path, **more: object) -> Settings:
    return Settings(_env_file=None, database_url=url, var_dir=folder, http_port=free_port(), **more)  # type: ignore[arg-type, call-arg]


@pytest.fixture
def log() -> Iterator[Log]:
    with logged() as log:
        yield log
    assert not log.problems()


@pytest.fixture
async def site(demo_url: str, tmp_path: Path, log: Log) -> AsyncIterator[Site]:
    async with running(settings_for(demo_url, tmp_path), log) as site:
        yield site
