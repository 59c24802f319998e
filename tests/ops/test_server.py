"""What operators and their programs see of a process, and who may see and do it."""

from __future__ import annotations

import base64
import re
import threading
from pathlib import Path

import aiohttp
import pytest

from bots.ops import scrape
from core.db import Database
from core.outbox.types import Lane, State
from tests.builders import Chat
from tests.faults.browser import eventually
from tests.messengers.bench import bench
from tests.ops.desk import TELEGRAM, figures, opened, ops
from tests.ops.troubles import WORDS, a_failed_job, a_late_file, a_timer, ended, holds, quarantined
from tests.pipe.conftest import Pipe, Postbox
from tests.web.conftest import settings_for
from tests.web.site import Log, free_port, running
from tests.web.test_health import gone

TOKEN = "canary-of-operators"


def basic(name: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"


async def test_figures_tell_what_is_open_and_nothing_of_anybody(pipe: Pipe, chat: Chat) -> None:
    quarantined(pipe, chat), a_failed_job(pipe), a_timer(pipe, tries=5), a_late_file(pipe, chat)
    pipe.later(3600)
    pipe.says(chat, WORDS, WORDS)
    pipe.notifies(chat, {"number": "1"})
    holds(pipe)
    pipe.later(10)
    async with opened(ops(pipe)) as browser:
        known = await figures(browser)
        text = await (await browser.get("/metrics")).text()
    assert known["otklik_ready", ()] == known["otklik_database_up", ()] == 1
    assert known["otklik_inbox_rows", ()] == 2
    assert known["otklik_inbox_oldest_seconds", ()] == 10
    assert known["otklik_quarantine_rows", ()] == 1
    assert known["otklik_outbox_rows", ("push", "web", "ready")] == 1
    assert (known["otklik_timers_failed", ()], known["otklik_timers_overdue", ()]) == (1, 0)
    assert (known["otklik_jobs_failed", ()], known["otklik_jobs_overdue", ()]) == (1, 0)
    assert known["otklik_files_rows", ()] == 1 and known["otklik_files_oldest_seconds", ()] > 3000
    assert known["otklik_token_held", ("1234567", "telegram")] == 1
    assert not [word for word in WORDS.split() if word in text]


async def test_what_is_handed_over_is_timed_and_what_ends_is_counted(pipe: Pipe, chat: Chat) -> None:
    watched = ops(pipe)
    pipe.says(chat, "hello")
    pipe.later(2)
    await pipe.turns()
    pipe.notifies(chat, {"number": "1"}, kind="canary", lane=Lane.NOTICE)
    deliver = pipe.deliver(Postbox())
    deliver._metrics = watched.metrics
    pipe.later(5)
    while await deliver.turn():
        pass
    async with opened(watched) as browser:
        known = await figures(browser)
    assert known["otklik_first_reply_seconds_count", ("web",)] == 1
    assert known["otklik_first_reply_seconds_sum", ("web",)] == 7
    assert known["otklik_outbox_ended_total", ("reply", "web", "delivered")] == 1
    assert known["otklik_refusals_total", ("web", "fault")] == 1  # there is no such notice


async def test_a_reply_to_several_messages_is_timed_from_the_first(pipe: Pipe, chat: Chat) -> None:
    pipe.says(chat, "one")
    await pipe.turns()
    pipe.later(3)
    pipe.says(chat, "two")
    await pipe.turns()
    started = min(pipe.rows("inbox", "received_at"))
    waiting = [since for since, state in pipe.rows("outbox", "awaited_at", "state") if state == State.READY]
    assert waiting == [started]


async def test_a_database_that_does_not_answer_holds_up_no_scrape(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = threading.Event()
    monkeypatch.setattr(scrape, "WITHIN", 0.1)
    monkeypatch.setattr(scrape, "figures", lambda conn, now: answers.wait())
    async with opened(ops(pipe)) as browser:
        for _ in range(2):
            known = await figures(browser)
            assert (known["otklik_database_up", ()], known["otklik_ready", ()]) == (0, 1)
        assert (await browser.get("/health/ready")).status == 200
        answers.set()


async def test_without_a_database_the_page_says_so(pipe: Pipe) -> None:
    with gone() as url:
        async with opened(ops(pipe, aside=Database(url))) as browser:
            assert (await figures(browser))["otklik_database_up", ()] == 0
            answer = await browser.get("/", headers={"Accept-Language": "en"})
            assert answer.status == 503 and "The database does not answer" in await answer.text()


async def test_a_process_that_was_told_to_stop_wants_nobody_new(pipe: Pipe) -> None:
    watched = ops(pipe)
    async with opened(watched) as browser:
        assert (await browser.get("/health/ready")).status == 200
        watched.draining.set()
        assert [(await browser.get(f"/health/{what}")).status for what in ("ready", "live")] == [503, 200]
        assert (await figures(browser))["otklik_ready", ()] == 0


async def test_a_whole_process_drains_before_it_stops(demo_url: str, tmp_path: Path, log: Log) -> None:
    settings = settings_for(demo_url, tmp_path, ops_port=free_port(), drain_seconds=2)
    async with running(settings, log) as site:
        person = site.citizen()
        await person.file()
        watched = f"http://127.0.0.1:{settings.ops_port}"
        async with site.session.get(f"{watched}/metrics") as answer:
            text = await answer.text()
        assert re.search(r'otklik_first_reply_seconds_count\{messenger="web"\} [1-9]', text)
        site.stop.set()
        for base in (site.url, watched):
            async with site.session.get(f"{base}/health/ready") as answer:
                assert answer.status == 503
        assert (await person.say("One more word.")).status == 202
    with pytest.raises(aiohttp.ClientConnectorError):
        async with aiohttp.ClientSession() as session, session.get(f"{watched}/health/live"):
            pass


async def test_of_a_messenger_it_is_told_how_we_stand_with_it(demo_url: str, tmp_path: Path, log: Log) -> None:
    port, replied = free_port(), 'otklik_first_reply_seconds_count{messenger="telegram"} 1.0'

    async def when_replied() -> str:
        """The phone has the reply a moment before the process knows that."""
        async with there.site.session.get(f"http://127.0.0.1:{port}/metrics") as answer:
            text = await answer.text()
        return text if replied in text else ""

    async with bench(demo_url, tmp_path, log, "telegram polling", ops_port=port) as there:
        phone = there.person()
        await phone.start()
        await phone.until(lambda phone: any(not one.mine for one in phone.bubbles), 60)
        told = await eventually(when_replied, replied)
        async with there.site.session.get(f"http://127.0.0.1:{port}/?lang=en") as answer:
            page = await answer.text()
    labels = '{account="7000001",messenger="telegram"}'
    for name in ("messenger_up", "token_held"):
        assert f"otklik_{name}{labels} 1.0" in told
    assert f"otklik_pace_messages_per_second{labels} " in told
    assert f"otklik_pace_refusals_total{labels} 0.0" in told
    assert ">Connected<" in page and "<dd>This process</dd>" in page


async def test_only_who_knows_the_token_looks_and_acts(pipe: Pipe, chat: Chat) -> None:
    number = quarantined(pipe, chat)
    async with opened(ops(pipe, ops_token=TOKEN)) as browser:
        origin = {"Origin": str(browser.make_url("/")).rstrip("/")}
        for path in ("/", "/metrics", f"/release/update/{number}", "/static/ops.css"):
            for header in ("", basic("ops", "wrong"), basic(TOKEN, ""), "Basic !!!", "Basic", f"Bearer {TOKEN}"):
                answer = await browser.get(path, headers={"Authorization": header})
                assert answer.status == 401 and "WWW-Authenticate" in answer.headers
        assert (await browser.post(f"/release/update/{number}", headers=origin)).status == 401
        assert (await browser.get("/health/ready")).status == 200
        assert (await browser.get("/", headers={"Authorization": basic("anybody", TOKEN)})).status == 200
    assert pipe.rows("inbox", "state") == ["quarantined"]


async def test_without_a_token_no_other_name_than_this_machines_is_served(pipe: Pipe) -> None:
    async with opened(ops(pipe)) as browser:
        for name, status in (("evil.example", 403), ("evil.example:80", 403), ("localhost:1", 200), ("[::1]:9", 200)):
            assert (await browser.get("/", headers={"Host": name})).status == status, name
        assert (await browser.get("/health/live", headers={"Host": "front"})).status == 200


async def test_an_act_is_asked_for_confirmed_done_and_told(pipe: Pipe, chat: Chat) -> None:
    number = quarantined(pipe, chat)
    async with opened(ops(pipe)) as browser:
        origin = {"Origin": str(browser.make_url("/")).rstrip("/")}
        listed = await (await browser.get("/", headers={"Accept-Language": "en"})).text()
        path = f"/release/update/{number}"
        assert f'href="{path}"' in listed
        asked = await (await browser.get(path)).text()
        assert f'<form method="post" action="{path}">' in asked
        assert pipe.rows("inbox", "state") == ["quarantined"]
        for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
            assert (await browser.post(path, headers=headers)).status == 403
        assert pipe.rows("inbox", "state") == ["quarantined"]
        done = await browser.post(path, headers=origin, allow_redirects=False)
        assert (done.status, done.headers["Location"]) == (303, "/?said=done")
        again = await browser.post(path, headers=origin, allow_redirects=False)
        assert again.headers["Location"] == "/?said=late"
    assert pipe.rows("inbox", "state") == ["new"]
    assert pipe.rows("audit", "action", "detail") == [("operator_release", {"via": "page"})]


@pytest.mark.parametrize("lang", ["ru", "en"])
async def test_the_page_says_nothing_of_anybody_and_loads_nothing_from_elsewhere(
    lang: str, pipe: Pipe, chat: Chat
) -> None:
    quarantined(pipe, chat), a_failed_job(pipe), a_timer(pipe, tries=5), a_late_file(pipe, chat)
    ended(pipe, chat, State.REFUSED, f"unsupported start tag «{WORDS}»")
    async with opened(ops(pipe, **TELEGRAM)) as browser:
        answer = await browser.get("/", headers={"Accept-Language": lang})
        text = await answer.text()
        assert f'<html lang="{lang}">' in text
        assert not [word for word in (*WORDS.split(), "canary") if word in text]
        assert "<script" not in text and "style=" not in text
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        links = set(re.findall(r'(?:href|src|action)="([^"]+)"', text))
        assert all(link.startswith("/") for link in links)
        for link in links:
            assert (await browser.get(link)).status == 200, link


async def test_what_is_no_act_is_no_page(pipe: Pipe) -> None:
    paths = (
        "/release/update/x",
        "/release/update/0",
        "/release/update/-1",
        "/release/update/1%00",
        "/release/update/99999999999999999999",
        "/release/update/²",
        "/release/message/1",
        "/retry/chat/1",
        "/burn/update/1",
        "/static/../server.py",
        "/static/server.py",
        "/enter/x",
    )
    async with opened(ops(pipe)) as browser:
        for path in paths:
            assert (await browser.get(path)).status == 404, path
