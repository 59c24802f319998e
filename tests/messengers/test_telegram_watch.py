"""A stolen token is noticed where updates are brought: a webhook that somebody has changed is told of and set again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog.testing
from aiohttp import web

from bots.messenger import Refused
from bots.telegram import hook
from bots.telegram.receive import KINDS
from bots.telegram.watch import change
from tests.fakes.faults import DropBefore, NotJson, ServerError, TooMany
from tests.fakes.telegram_updates import Hook
from tests.faults.browser import eventually
from tests.messengers.telegram_kit import SECRET, Kit, kit
from tests.web.site import free_port

OURS = f"https://otklik.example.org{hook.PATH}"
THEIRS = "https://somebody:password@thief.invalid:8443/a-secret-path?key=a-secret-key"
HERE: dict[str, Any] = {"telegram_mode": "webhook", "telegram_secret": SECRET}
SAID = ["webhook_changed", "webhook_again"]


@pytest.fixture
async def k(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Kit]:
    """Its updates are really brought to it."""
    port = free_port()
    async with kit(sqlite_url, tmp_path, **HERE, public_url=f"http://127.0.0.1:{port}") as made:
        made.adapter.watch._every = 0.01
        app = web.Application()
        app.add_routes(made.adapter.routes())
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        await made.adapter.open()
        await made.adapter.set_up()
        try:
            yield made
        finally:
            await runner.cleanup()


def looks(k: Kit) -> int:
    """That were answered."""
    return sum(call.code is not None for call in k.bot.calls("getWebhookInfo"))


def sets(k: Kit) -> int:
    """Beside the one of the start."""
    return len(k.bot.calls("setWebhook")) - 1


def counted(k: Kit) -> float:
    account = {"messenger": "telegram", "account": k.adapter.account}
    return k.world.metrics.registry.get_sample_value("otklik_webhook_changed_total", account) or 0


@asynccontextmanager
async def watched(k: Kit, most: int = 3) -> AsyncIterator[list[Any]]:
    """What is said while it is looked at; `most` more looks follow."""
    with structlog.testing.capture_logs() as logs:
        async with k.listening() as task:
            yield logs
            before = looks(k)
            await k.bot.until(lambda bot: task.done() or looks(k) >= before + most)
            assert not task.done()


def events(logs: Sequence[Any]) -> list[str]:
    return [log["event"] for log in logs]


def led_away(k: Kit, url: str = THEIRS, secret: str = "") -> None:
    k.bot.updates.set_hook(Hook(url, secret, asyncio.Semaphore(1), 1))


async def paused(k: Kit) -> float:
    return k.adapter.pace.paused


async def heard(k: Kit, words: str) -> None:
    await k.bot.person().say(words)
    await k.bot.until(lambda bot: not bot.updates.pending)
    assert k.texts[-1] == words


@pytest.mark.parametrize(
    ("theirs", "found"),
    [(Hook(THEIRS, "", asyncio.Semaphore(), 1), "it leads to thief.invalid"), (None, "it was removed")],
    ids=["foreign", "removed"],
)
async def test_a_webhook_that_somebody_has_changed_is_told_of_once_and_set_again(
    k: Kit, theirs: Hook | None, found: str
) -> None:
    async with watched(k) as logs:
        k.bot.updates.set_hook(theirs)
        await k.bot.until(lambda bot: sets(k) == 1)
        await heard(k, "we are heard again")
    assert events(logs) == SAID and sets(k) == 1 == counted(k)
    assert logs[0]["found"] == found and logs[0]["messenger"] == "Telegram" and "/revoke" in logs[0]["what_to_do"]
    assert k.bot.calls("setWebhook")[1].params == k.bot.calls("setWebhook")[0].params
    words = repr(logs)
    assert not [word for word in ("secret", "password", "8443", SECRET, k.bot.token.split(":")[1]) if word in words]


async def test_our_address_with_another_secret_is_noticed_too(k: Kit) -> None:
    async with watched(k) as logs:
        led_away(k, k.bot.webhook["url"], "another-secret-of-somebody")
        await heard(k, "refused at first")
    assert events(logs) == SAID and "another secret" in logs[0]["found"] and sets(k) == 1


async def test_as_long_as_it_is_ours_nothing_is_said_or_set(k: Kit) -> None:
    async with watched(k, 10) as logs:
        await heard(k, "as always")
    assert not logs and not sets(k) and not counted(k)
    registry = k.world.metrics.registry
    account = {"messenger": "telegram", "account": k.adapter.account}
    assert registry.get_sample_value("otklik_webhook_changed_total", account) == 0, "the first change is an increase"


@pytest.mark.parametrize("kind", [ServerError(502), NotJson(200), DropBefore(), TooMany(0)])
async def test_that_it_cannot_be_asked_is_no_alarm(k: Kit, kind: Any) -> None:
    k.bot.faults.add(kind, "getWebhookInfo", times=3)
    async with watched(k, 5) as logs:
        pass
    assert not logs and not sets(k) and not counted(k)


async def test_of_a_telegram_that_is_not_there_nothing_is_said_and_everything_waits(k: Kit) -> None:
    k.adapter._api._base = "http://127.0.0.1:1"
    with structlog.testing.capture_logs() as logs:
        async with k.listening() as task:
            await eventually(lambda: paused(k), "a pause")
            assert k.adapter.pace.is_away and not task.done()
    assert not logs and not looks(k) and not sets(k)


async def test_too_many_is_a_pause_of_the_whole_token(k: Kit) -> None:
    k.bot.faults.add(TooMany(600), "getWebhookInfo")
    async with k.listening():
        await k.bot.until(lambda bot: looks(k) == 1)
        assert await eventually(lambda: paused(k), "a pause") > 500
        await asyncio.wait([asyncio.create_task(k.adapter.watch._found())])  # a look amid a pause asks nothing
    assert looks(k) == 1


async def test_two_who_share_a_token_quarrel_no_faster_than_they_look(k: Kit) -> None:
    """Said once; counted and set once for each look."""
    with structlog.testing.capture_logs() as logs:
        async with k.listening():
            for _ in range(5):
                led_away(k)
                await k.bot.until(lambda bot: bot.webhook["url"] != THEIRS)
    assert sets(k) <= looks(k) and counted(k) <= looks(k)
    assert events(logs)[0] == "webhook_changed"


async def test_it_is_tried_at_the_next_look_where_it_cannot_be_set(k: Kit) -> None:
    k.bot.faults.add(ServerError(502), "setWebhook", times=2)
    led_away(k)
    async with watched(k) as logs:
        await k.bot.until(lambda bot: sets(k) == 3 and bot.webhook["url"] != THEIRS)
    assert events(logs) == ["webhook_changed", "webhook_not_set", "webhook_not_set", "webhook_again"]
    assert counted(k) == 3


async def test_a_token_that_is_revoked_meanwhile_ends_it_with_a_sentence(k: Kit) -> None:
    k.bot.revoked = True
    with pytest.raises(Refused, match="TELEGRAM_TOKEN is refused by Telegram"):
        await k.adapter.listen()


def info(**more: Any) -> dict[str, Any]:
    return {"url": OURS, "has_custom_certificate": False, "pending_update_count": 0, "allowed_updates": [*KINDS]} | more


@pytest.mark.parametrize(
    "found",
    [
        info(),
        info(allowed_updates=[]),  # everything
        {"url": OURS},
        info(url=OURS.replace("otklik.example.org", "OTKLIK.example.org:443")),
        info(last_error_date=99, last_error_message="Wrong response from the webhook: 401 Unauthorized"),
        info(last_error_date=99, last_error_message="... 401 Unauthorized", pending_update_count=3),
        info(last_error_date=101, last_error_message="... 502 Bad Gateway", pending_update_count=3),
        info(last_error_date="x", last_error_message=None, pending_update_count=None),
    ],
)
def test_what_is_ours_is_known_however_it_is_written(found: dict[str, Any]) -> None:
    assert not change(found, OURS, 100)


def test_an_address_in_cyrillic_is_ours_in_both_ways_of_writing_it() -> None:
    ours = f"https://пример.рф{hook.PATH}"
    assert not change(info(url=ours), ours, 100)
    assert not change(info(url=f"https://xn--e1afmkfd.xn--p1ai{hook.PATH}"), ours, 100)
    assert change(info(url=f"https://примёр.рф{hook.PATH}"), ours, 100).startswith("it leads to xn--")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (info(url=""), "removed"),
        ({}, "removed"),
        (info(url=OURS + "-staff"), "leads to otklik.example.org"),
        (info(url=OURS.replace("https", "http")), "leads to otklik.example.org"),
        (info(url="https://[/x"), "leads to another address"),
        (info(url="https://x\x1b[2J/secret"), "leads to another address"),
        (info(url=f"https://{'x' * 300}/secret"), "leads to another address"),
        (info(has_custom_certificate=True), "certificate"),
        (info(allowed_updates=["poll"]), "some kinds"),
        (info(last_error_date=101, last_error_message="... 401 Unauthorized", pending_update_count=1), "secret"),
    ],
)
def test_what_was_changed_is_named_in_a_few_words(found: dict[str, Any], said: str) -> None:
    assert said in change(found, OURS, 100) and "/" not in change(found, OURS, 100)
