"""The scene, made anew for every test, and a site for the routes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.db import Database
from tests.builders import fill
from tests.rights.scene import Scene, made
from tests.web.conftest import demo_url, log, site

__all__ = ["demo_url", "log", "site"]


@pytest.fixture
def scene(sqlite_url: str) -> Iterator[Scene]:
    db = Database(sqlite_url)
    db.write(fill).result()
    yield db.write(lambda tx: made(db, tx)).result()
    db.close()
