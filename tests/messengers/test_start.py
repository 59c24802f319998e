"""The pages wait for no messenger: not for its SDK, not for its answer, not for an operator to put a setting right."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bots.config import ROOT, Settings
from tests.fakes.faults import DropBefore, Slow
from tests.fakes.reached import BOT
from tests.fakes.telegram import FakeTelegram
from tests.fakes.vk import TOKEN, FakeVK
from tests.faults.browser import eventually
from tests.web.site import Log, Site, free_port, running

SDKS = ("aiogram", "vkbottle")


@asynccontextmanager
async def started(url: str, folder: Path, **settings: object) -> AsyncIterator[str]:
    """A real process that writes down what it imports; its first words are that pages are served."""
    given = {"DATABASE_URL": url, "VAR_DIR": folder, "HTTP_PORT": free_port(), "PYTHONPROFILEIMPORTTIME": 1, **settings}
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    environment |= {name: str(value) for name, value in given.items()}
    with (folder / "stderr").open("w") as log:
        command = (sys.executable, "-m", "bots", "run")
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log
        )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(60):
            while b"Ctrl-C stops it." not in (line := await process.stdout.readline()):
                assert line, (folder / "stderr").read_text()[-2000:]
        yield f"http://127.0.0.1:{given['HTTP_PORT']}/"
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def imported(folder: Path) -> set[str]:
    """Of the SDKs, those that are there as a whole."""
    lines = re.findall(r"^import time:.*\| +(\S+)$", (folder / "stderr").read_text(), re.MULTILINE)
    return {*SDKS} & {*lines}


async def test_the_first_page_comes_before_any_sdk_and_before_messengers_answer(demo_url: str, tmp_path: Path) -> None:
    async with FakeTelegram() as telegram, FakeVK() as vk, aiohttp.ClientSession() as browser:
        bot, group = telegram.bot(BOT), vk.group()
        telegram_is, vk_is = Slow(), Slow()
        asked = [bot.faults.add(telegram_is, "getMe"), group.faults.add(vk_is, "groups.getById")]
        ours = {"TELEGRAM_TOKEN": BOT, "TELEGRAM_API_URL": telegram.url}
        ours |= {"VK_TOKEN": TOKEN, "VK_GROUP_ID": str(group.id), "VK_API_URL": vk.url}
        async with started(demo_url, tmp_path, **ours) as page:
            async with browser.get(page) as answer:
                assert answer.status == 200 and not imported(tmp_path)
            for fault in asked:
                await asyncio.wait_for(fault.struck.wait(), 60)
            async with browser.get(page) as answer:
                assert answer.status == 200, "both messengers are silent"
            telegram_is.release()
            vk_is.release()

            async def connected() -> bool:
                return (tmp_path / "stderr").read_text().count("event=messenger_connected") == 2

            await eventually(connected, "both messengers", 60)
            assert imported(tmp_path) == {*SDKS}


def test_what_serves_the_pages_imports_no_sdk() -> None:
    found = f"import sys, bots.wiring; print({{*sys.modules}} & {{*{SDKS}}})"
    done = subprocess.run([sys.executable, "-c", found], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


async def refused(site: Site, words: Iterable[str]) -> None:
    """One sentence for an operator, without a traceback, and the pages go on."""

    async def said() -> bool:
        return "event=messenger_refused" in site.log.getvalue()

    await eventually(said, "a refusal")
    line = next(line for line in site.log.getvalue().splitlines() if "event=messenger_refused" in line)
    assert all(word in line for word in words), line
    assert "Traceback" not in site.log.getvalue() and TOKEN not in line and BOT.partition(":")[2] not in line
    assert (await site.call("GET", "/")).status == 200


def settings(url: str, folder: Path, **more: object) -> Settings:
    return Settings(_env_file=None, database_url=url, var_dir=folder, http_port=free_port(), **more)  # type: ignore[arg-type, call-arg]


async def test_a_token_that_telegram_does_not_know_is_said_in_one_sentence(
    demo_url: str, tmp_path: Path, log: Log
) -> None:
    log.expected.add("event=messenger_refused")
    async with FakeTelegram() as telegram:
        telegram.bot(BOT).revoked = True
        ours = settings(demo_url, tmp_path, telegram_token=BOT, telegram_api_url=telegram.url)
        async with running(ours, log) as site:
            await refused(site, ("TELEGRAM_TOKEN is refused", "@BotFather"))
            assert log.getvalue().count("event=messenger_refused") == 1


@pytest.mark.parametrize(
    ("group_id", "more", "words"),
    [
        (7, {}, ("VK_GROUP_ID is 7", "200000001")),
        (200_000_001, {"longpoll": False, "permissions": ("messages", "photos", "docs")}, ("Long Poll is off",)),
        (200_000_001, {"permissions": ("photos", "manage")}, ("may not read and write messages",)),
    ],
    ids=["another group", "no Long Poll", "no messages"],
)
async def test_what_is_wrong_in_vk_is_said_in_one_sentence(
    group_id: int, more: dict[str, Any], words: tuple[str, ...], demo_url: str, tmp_path: Path, log: Log
) -> None:
    log.expected.add("event=messenger_refused")
    async with FakeVK() as vk:
        vk.group(**more)
        ours = settings(demo_url, tmp_path, vk_token=TOKEN, vk_group_id=group_id, vk_api_url=vk.url)
        async with running(ours, log) as site:
            await refused(site, words)


async def test_a_messenger_that_is_away_at_the_start_is_asked_again(demo_url: str, tmp_path: Path, log: Log) -> None:
    async with FakeVK() as vk:
        group = vk.group()
        group.faults.add(DropBefore(), "groups.getById")
        ours = settings(demo_url, tmp_path, vk_token=TOKEN, vk_group_id=group.id, vk_api_url=vk.url)
        async with running(ours, log) as site:

            async def connected() -> bool:
                return "event=messenger_connected" in log.getvalue()

            await eventually(connected, "VK")
            assert "event=messenger_away" in log.getvalue()
            assert (await site.call("GET", "/")).status == 200
