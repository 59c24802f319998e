"""The nursery of lives, and the demo region in a database that a life can be given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from core.db import Database
from tests.builders import fill
from tests.faults.lives import Nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with closing(Nursery()) as nursery:
        yield nursery


@pytest.fixture
def region_url(engine_url: str) -> str:
    """A database with the demo region in it, which nobody serves yet."""
    with closing(Database(engine_url)) as db:
        db.write(fill).result()
    return engine_url
