"""The demo region in a database, as for the pages; and a product that serves a whole module of checks."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bots.migrate import migrate
from tests import servers
from tests.messengers.bench import Bench, bench
from tests.web.conftest import demo_postgres_url, demo_url, fill, log
from tests.web.site import logged

__all__ = ["demo_postgres_url", "demo_url", "log"]


@asynccontextmanager
async def product(folders: pytest.TempPathFactory, *ways: str, **more: Any) -> AsyncIterator[Bench]:
    folder = folders.mktemp("product")
    with logged() as log:
        async with bench(_demo(folder), folder, log, *ways, **more) as there:
            yield there
        assert not log.problems()


def _demo(folder: Path) -> str:
    """The same template as that of the fixture."""
    template = servers.run_folder() / "demo.db"
    with servers.once_per_run("demo-sqlite") as first:
        if first:
            migrate(f"sqlite:///{template}")
            fill(f"sqlite:///{template}")
    shutil.copy(template, folder / "otklik.db")
    return f"sqlite:///{folder / 'otklik.db'}"
