"""Secrets and what people write reach no log, whatever goes wrong: each is sown as a canary, and then looked for."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
import structlog
from pydantic import SecretStr
from redis import Redis

from bots.config import Settings
from bots.files.store import FolderStore
from core import app
from core.appeals.types import FileAppeal
from tests.web.conftest import demo_postgres_url, settings_for  # noqa: F401
from tests.web.site import PNG, Person, Site, logged, running

WORDS = "Яма у дома Канарейкина, позвоните мне: +7 912 000-13-37, зовут Кенар Канарейкин"
SOWN = ("Канарейкин", "000-13-37")
PASSWORD = 'pa ss/w@rd"s\\ecret-canary'


def test_a_password_is_hidden_in_every_form_in_which_it_may_be_written() -> None:
    url = sa.URL.create("postgresql+psycopg", "otklik", PASSWORD, "db.example", 5432, "x").render_as_string(
        hide_password=False
    )
    redis = "redis://:redis%2Fcanary@cache.example/0"
    settings = Settings(_env_file=None, database_url=SecretStr(url), redis_url=SecretStr(redis))  # type: ignore[call-arg]
    with logged(settings.secrets) as log:
        logger = structlog.get_logger("test")
        for words in (url, PASSWORD, sa.make_url(url).password, "redis/canary", "redis%2Fcanary", repr(url)):
            logger.info("settings", words=words)
            logging.getLogger("library").warning("connecting to %s with %r", words, {"password": words})
    said = log.getvalue()
    assert "canary" not in said
    assert said.count("[hidden]") >= 12


@pytest.mark.parametrize(
    "words",
    [
        "GET https://user:canary@host/path",
        "Authorization: Bearer canary-canary_canary",
        "{'Authorization': 'Bearer canary'}",
        "POST /enter/canary-token_x HTTP/1.1",
        "GET /api/chat/stream?ticket=canary-1_2&after=0",
        "Cookie: a=b; otklik_desk=canary_token; c=d",
        "https://api.telegram.org/bot123456789:AAcanaryAAAAAAAAAAAAAAAAAAAAAAAAAAA/getMe",
        "https://api.telegram.org/bot12345:AAcanaryAAAAAAAAAAAAAAAAAAAAAAAAcanary/getMe",
        "token=123456789%3AAAcanaryAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "access_token=vk1.a.canary-_x",
        "{'access_token': 'vk1.a.x.canary'}",
        "POST /method/users.get?access_token=0123canary4567&v=5.199",
        "https://lp.vk.com/whp/1?act=a_check&key=canary0123&ts=1&wait=25",
        "/start enter_canary-canary-canary-canary",
    ],
)
def test_what_looks_like_a_secret_is_hidden_without_being_known(words: str) -> None:
    with logged() as log:
        logging.getLogger("library").error(words)
        structlog.get_logger().info("event", words=words, nested={"deep": [words]})
    assert "canary" not in log.getvalue()


def raised(error: Exception) -> None:
    try:
        raise error from ValueError(WORDS)  # noqa: TRY301
    except Exception:
        structlog.get_logger("ours").exception("it_failed", id=5)
        logging.getLogger("library").exception("it failed")


def test_an_exception_tells_what_and_where_and_nothing_of_its_words() -> None:
    with logged() as log:
        raised(RuntimeError(WORDS))
        raised(ExceptionGroup(WORDS, [ValueError(WORDS), OSError(28, WORDS)]))
        raised(sa.exc.IntegrityError("INSERT", {"text": WORDS}, psycopg.errors.UniqueViolation(WORDS)))
    said = log.getvalue()
    assert not any(word in said for word in SOWN)
    for known in (
        "RuntimeError",
        "ValueError",
        "ENOSPC",
        "IntegrityError (23505)",
        "test_logs.py",
        "in raised",
    ):
        assert known in said, known
    assert len(said.splitlines()) == 6  # one line each


def test_what_nobody_has_caught_is_told_in_the_same_way() -> None:
    def fail() -> None:
        raise RuntimeError(WORDS)

    async def forgotten() -> None:
        task = asyncio.create_task(asyncio.to_thread(fail))
        await asyncio.wait([task])
        del task

    with logged() as log:
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
        asyncio.run(forgotten())
        try:
            fail()
        except RuntimeError:
            sys.excepthook(*sys.exc_info())
    assert log.getvalue().count("RuntimeError") >= 3
    assert not any(word in log.getvalue() for word in SOWN)


def test_nobody_forges_a_line() -> None:
    with logged() as log:
        forged = 'x\nlevel=error event=forged\r\nlevel=error event="forged'
        structlog.get_logger().info("event", words=forged)
        logging.getLogger("library").info(forged)
    lines = log.getvalue().splitlines()
    assert len(lines) == 2
    assert not any(line.startswith("level=") for line in lines)


def canaries(site: Site, *persons: Person) -> list[str]:
    """All that must not be read: words, tokens, cookies."""
    held = [value.removeprefix("Bearer ").removeprefix("otklik_desk=") for p in persons for value in p.headers.values()]
    return [*SOWN, *(value for value in held if len(value) > 20 and value != site.url)]


async def walk(site: Site) -> list[str]:
    """A whole one, with everything that is secret in it; answers with what must not be in the log."""
    person = site.citizen()
    number = await person.file(WORDS, await person.photo())
    entry, ticket = site.entry(site.office(number)), await person.ticket()
    await site.call("GET", entry)
    async with site.session.get(f"{site.url}/api/chat/stream?ticket={ticket}") as stream:
        await stream.content.readline()
    official = await site.answered(number)
    await person.press(f"rate:{number}.5")
    for raw in (b"{", f'{{"kind":"text","text":"{WORDS}"}}'.encode()):
        await person.post(raw)
    return [*canaries(site, person, official), entry.removeprefix("/enter/"), ticket]


@pytest.fixture
def redis_with_a_password(redis_url: str) -> Iterator[tuple[str, Redis]]:
    """Its address for us, and a connection of somebody who may put us out."""
    with Redis.from_url(redis_url) as admin:
        admin.acl_setuser(
            "canary", enabled=True, passwords=["+of-redis"], commands=["+@all"], keys=["*"], channels=["*"]
        )
        yield redis_url.replace("unix://", "unix://canary:of-redis@"), admin
        admin.acl_deluser("canary")


@pytest.fixture
async def canary_site(
    demo_postgres_url: str,  # noqa: F811
    redis_with_a_password: tuple[str, Redis],
    tmp_path: Path,
) -> AsyncIterator[Site]:
    """On servers whose addresses hold a password."""
    database = sa.make_url(demo_postgres_url).set(password="canary-of-postgres")
    url = database.render_as_string(hide_password=False)
    settings = settings_for(url, tmp_path, redis_url=redis_with_a_password[0])
    with logged(settings.secrets) as log:
        async with running(settings, log) as site:
            yield site


async def test_a_whole_walk_with_everything_going_wrong_leaks_nothing(
    canary_site: Site, redis_with_a_password: tuple[str, Redis], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = canary_site
    hidden = [*await walk(site), "canary-of-postgres", "of-redis"]
    person = site.citizen()
    hidden += canaries(site, person)

    def broken(*args: Any, **more: Any) -> Any:
        raise RuntimeError(f"{args} {more} {WORDS}")

    with monkeypatch.context() as here:  # in a handler
        here.setattr(FolderStore, "save", broken)
        answer = await person.post(PNG, "/photos")
        assert answer.status == 500
        assert not any(word in answer.body.decode() for word in hidden)
    with monkeypatch.context() as here:  # in a move
        here.setitem(app.COMMANDS, FileAppeal, app.Entry(broken, app.CITIZEN))
        await until_logged(site, "move_failed", person)
    assert "redis_gone" not in site.log.getvalue()
    redis_with_a_password[1].acl_deluser("canary")
    await lose_postgres(site, person)
    said = site.log.getvalue()
    for event in ("request_failed", "move_failed", "redis_gone", "database_away"):
        assert event in said
    assert not [word for word in hidden if word in said]


async def until_logged(site: Site, event: str, person: Person) -> None:
    """Files an appeal, which cannot succeed now."""
    await person.say(WORDS)
    for _ in range(12):
        if event in site.log.getvalue():
            return
        live = [data for data in await person.buttons() if data.startswith("~")]
        wanted = next((data for data in live if data.split("~")[3].startswith(("yes", "skip", "done"))), live[0])
        await person.press(wanted)
    raise AssertionError(f"no {event}")


async def lose_postgres(site: Site, person: Person) -> None:
    """Every connection is cut, again and again; each request is answered, and at the end all is as before."""
    address = sa.make_url(str(site.db.url.render_as_string(hide_password=False)))
    admin = address.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
    statuses = set()
    for n in range(12):
        with psycopg.connect(admin, autocommit=True) as connection:
            requests = asyncio.gather(*(person.post({"kind": "text", "text": f"{WORDS} {n} {m}"}) for m in range(4)))
            await asyncio.to_thread(connection.execute, cut, (address.database,))
            statuses |= {answer.status for answer in await requests}
    assert 202 in statuses
    assert statuses <= {202, 503}
    async with asyncio.timeout(20):
        while (await person.call("GET", "/items")).status != 200:
            pass
