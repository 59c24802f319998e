"""The operators' server over a database of the pipe, and a browser that looks at it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from bots.config import ROOT, Settings
from bots.metrics import Metrics
from bots.ops.context import Ops
from bots.ops.server import build
from bots.signals import Signals
from core.db import Database
from core.speech import load_speeches
from tests.builders import demo_region
from tests.pipe.conftest import Pipe

Browser = TestClient[web.Request, web.Application]
TELEGRAM: dict[str, Any] = {"telegram_token": f"1234567:{'canary' * 6}"}


def ops(pipe: Pipe, *, aside: Database | None = None, **given: Any) -> Ops:
    url = SecretStr(pipe.db.url.render_as_string(hide_password=False))
    settings = Settings(_env_file=None, database_url=url, **given)  # type: ignore[call-arg]
    return Ops(
        settings=settings,
        db=pipe.db,
        aside=aside or Database(settings.database, serve=False),
        clock=lambda: pipe.now,
        speeches=load_speeches(ROOT / "locales", ZoneInfo(demo_region().zone)),
        signals=Signals(),
        metrics=Metrics(),
        accounts=[],
        draining=asyncio.Event(),
        alive=lambda: True,
    )


@asynccontextmanager
async def opened(watched: Ops) -> AsyncIterator[Browser]:
    async with TestClient(TestServer(build(watched))) as browser:
        yield browser


async def figures(browser: Browser) -> dict[tuple[str, tuple[str, ...]], float]:
    """By name and values of labels."""
    answer = await browser.get("/metrics")
    assert answer.status == 200
    families = text_string_to_metric_families(await answer.text())
    return {
        (sample.name, tuple(sample.labels.values())): sample.value for family in families for sample in family.samples
    }
