"""The demo region in a database, and what is logged: as for the pages."""

from __future__ import annotations

from tests.web.conftest import demo_postgres_url, demo_url, log

__all__ = ["demo_postgres_url", "demo_url", "log"]
