"""A database of the pipe, and a whole product with the operators' server."""

from __future__ import annotations

import pytest

from tests.builders import Chat
from tests.pipe.conftest import Pipe, pipe
from tests.web.conftest import demo_postgres_url, demo_url, log

__all__ = ["demo_postgres_url", "demo_url", "log", "pipe"]


@pytest.fixture
def chat(pipe: Pipe) -> Chat:
    return pipe.a_citizen()
