"""A burst over HTTP into one process. Every word of a person means something only after the ones before it, so that
what has come of them shows whether any was lost, doubled or overtaken."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bots.config import Settings
from bots.schema import metadata_with_all_tables
from bots.wiring import Parts, prepare, serve
from core.clock import utc_now
from core.db import Database
from tests.builders import NOON, fill
from tests.faults.browser import eventually
from tests.faults.lives import free_port

PEOPLE = {"sqlite": 100, "postgresql": 25}
"""The embedded engine has one writer, so that a burst weighs most there."""
MESSAGES = 11
"""Of each of them."""
TABLES = metadata_with_all_tables().tables
OPEN = ("ready", "leased", "sending")


def what_one_says(n: int) -> list[str]:
    """A whole appeal, and the beginning of the next: numbers press the buttons of the screen before."""
    return [
        f"There is a deep pothole on the road near house {n}.",
        "1",  # I agree
        "1",  # the likely category
        "1",  # the first town
        "1",  # no photos
        f"Sadovaya, {n}",
        "1",  # send
        f"Another pothole is on the road near house {n}.",
        "2",  # not an addition: a new message
        "1",  # the likely category
        "2",  # the second town
    ]


@asynccontextmanager
async def served(url: str, folder: Path) -> AsyncIterator[tuple[Database, str]]:
    """The whole product in this process, at noon."""
    settings = Settings(_env_file=None, database_url=url, var_dir=folder, http_port=free_port())  # type: ignore[call-arg, arg-type]
    with closing(Database(url)) as db:
        db.write(fill).result()
        ahead: timedelta = NOON - utc_now()
        process = replace(prepare(settings, db), clock=lambda: utc_now() + ahead)
        stop, started = asyncio.Event(), asyncio.Event()
        serving = asyncio.create_task(serve(process, Parts(front=True, worker=True), stop, started.set))
        await started.wait()
        try:
            yield db, f"{settings.address}/api/chat"
        finally:
            stop.set()
            await serving


async def says_it_all(session: aiohttp.ClientSession, api: str, n: int) -> int:
    """How many were accepted; each is sent when the one before it was."""
    headers = {"Authorization": f"Bearer {secrets.token_urlsafe(32)}", "X-Lang": "en"}
    accepted = 0
    for text in what_one_says(n):
        body = {"id": secrets.token_urlsafe(16), "kind": "text", "text": text}
        async with session.post(f"{api}/messages", json=body, headers=headers) as answer:
            accepted += answer.status == 202
    return accepted


def is_drained(conn: Connection) -> bool:
    inbox, outbox = TABLES["inbox"].c, TABLES["outbox"].c
    waits = (
        sa.select(inbox.id).where(inbox.state != "done").limit(1),
        sa.select(outbox.id).where(outbox.state.in_(OPEN)),
    )
    return not any(conn.execute(rows.limit(1)).first() for rows in waits)


def rows(db: Database, table: str, *names: str) -> list[Any]:
    columns = [TABLES[table].c[name] for name in names]
    return [tuple(row) for row in db.read(lambda conn: conn.execute(sa.select(*columns)).all()).result()]


@pytest.mark.timeout(240)
async def test_a_burst_takes_effect_in_order_and_drains(engine_url: str, tmp_path: Path) -> None:
    people = PEOPLE[sa.make_url(engine_url).get_backend_name()]
    async with served(engine_url, tmp_path) as (db, api):
        began = time.monotonic()
        connector = aiohttp.TCPConnector(limit=50)
        async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=120)) as session:
            accepted = sum(await asyncio.gather(*(says_it_all(session, api, n) for n in range(people))))
        taken = time.monotonic()
        assert accepted == people * MESSAGES
        await eventually(lambda: asyncio.wrap_future(db.read(is_drained)), "the burst to drain", patience=200)
        print(f"accepted in {taken - began:.1f} s, drained {time.monotonic() - taken:.1f} s later")

        filed = rows(db, "appeals", "text", "address", "category", "territory")
        begun = [session["answers"] for (session,) in rows(db, "forms", "session")]
        territories = [code for (code,) in rows(db, "territories", "code")]
        assert len(rows(db, "inbox", "key")) == people * MESSAGES
        assert [side for (side,) in rows(db, "web_items", "side")].count("me") == people * MESSAGES
    assert sorted(filed) == sorted(
        (f"There is a deep pothole on the road near house {n}.", f"Sadovaya, {n}", "roads", filed[0][3])
        for n in range(people)
    )
    assert sorted(answers["text"] for answers in begun) == sorted(
        f"Another pothole is on the road near house {n}." for n in range(people)
    )
    assert {answers["category"]["key"] for answers in begun} == {"roads"}
    (second,) = {answers["territory"]["key"] for answers in begun}
    assert second in territories and second != filed[0][3]
