"""A bot on the fake Telegram and a person who has pressed Start there."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_line import Line


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    async with FakeTelegram() as telegram, aiohttp.ClientSession() as session:
        bot = telegram.bot()
        person = bot.person()
        await person.start()
        bot.updates.forget()
        yield Line(telegram, bot, session, person)
