"""How a bot is let in and set up, what it says of itself, and how it gets at files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bots.files.download import Gone, TooLarge, Unreachable
from bots.files.kinds import MOST
from bots.messenger import Refused
from bots.telegram import hook
from bots.telegram.receive import KINDS
from bots.telegram.source import TelegramSource
from bots.transport import Sent
from tests.fakes.faults import Refuse, ServerError, TooMany
from tests.faults.browser import eventually
from tests.messengers.telegram_kit import SECRET, TOKEN, Kit, kit
from tests.messengers.test_telegram_send import MENU


@pytest.fixture
async def k(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Kit]:
    async with kit(sqlite_url, tmp_path) as made:
        yield made


async def taken(k: Kit) -> None:
    """Everything that was said is confirmed."""
    await k.bot.until(lambda bot: not bot.updates.pending)


async def test_the_bot_says_of_itself_what_it_does_in_each_language(k: Kit) -> None:
    await k.adapter.open()
    await k.adapter.set_up()
    assert k.adapter.username == "otklik_bot" and k.adapter.link == "https://t.me/otklik_bot?start="
    scope = "all_private_chats"
    assert k.bot.commands.keys() == {(scope, ""), (scope, "ru"), (scope, "en")}
    assert {"appeal", "help", "privacy"} <= {it["command"] for it in k.bot.commands[scope, "ru"]}
    assert "112" in k.bot.description["en"] and "112" in k.bot.short_description["en"]
    assert not k.bot.webhook["url"] and k.bot.menu[0] == {"type": "commands"}


async def test_where_no_personal_data_are_taken_the_bot_offers_only_what_it_does(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with kit(sqlite_url, tmp_path, telegram_pii="off") as k:
        await k.adapter.open()
        await k.adapter.set_up()
        commands = [it["command"] for it in k.bot.commands["all_private_chats", "en"]]
        assert commands == ["appeal", "my", "settings", "help", "stop", "privacy"]
        assert "on a protected page of the site" in k.bot.description["en"]
        assert "in your own words" not in k.bot.description["en"] and "112" in k.bot.description["en"]
        house = k.world.houses.brief
        known = {*house.dialogs.forms, *house.dialogs.views}
        assert {house.renamed.get(command, command) for command in commands} <= known


async def test_the_webhook_is_set_with_its_secret(sqlite_url: str, tmp_path: Path) -> None:
    here: dict[str, Any] = {
        "telegram_mode": "webhook",
        "telegram_secret": SECRET,
        "public_url": "http://127.0.0.1:8443",
    }
    async with kit(sqlite_url, tmp_path, **here) as k:
        await k.adapter.open()
        await k.adapter.set_up()
        assert k.bot.webhook["url"] == f"http://127.0.0.1:8443{hook.PATH}"
        assert k.bot.calls("setWebhook")[0].params["secret_token"] == SECRET
        assert k.bot.webhook["allowed_updates"] == [*KINDS]


async def test_officials_have_a_bot_of_their_own_that_people_are_not_sent_to(sqlite_url: str, tmp_path: Path) -> None:
    async with kit(sqlite_url, tmp_path, staff=True) as k:
        await k.adapter.open()
        await k.adapter.set_up()
        assert {"desk", "queue"} <= {it["command"] for it in k.bot.commands["all_private_chats", ""]}
        assert not k.adapter.link and k.adapter.source is None
        official = k.bot.person()
        await official.start("enter_TOKEN")
        async with k.listening():
            await taken(k)
        assert k.heard[0]["event"].items() >= {"name": "start", "args": "enter_TOKEN"}.items()


async def test_a_token_that_nobody_knows_is_refused_with_a_sentence(k: Kit) -> None:
    k.bot.revoked = True
    with pytest.raises(Refused, match="TELEGRAM_TOKEN"):
        await k.adapter.open()


async def test_while_telegram_is_away_it_is_tried_again(k: Kit) -> None:
    k.bot.faults.add(ServerError(502), "getMe")
    with pytest.raises(OSError, match="TelegramServerError"):
        await k.adapter.open()
    await k.adapter.open()


async def test_commands_that_cannot_be_set_stop_nothing(k: Kit) -> None:
    await k.adapter.open()
    k.bot.faults.add(TooMany(600), "setMyDescription")
    await k.adapter.set_up()


async def test_a_poll_in_vain_makes_everything_wait_and_one_that_is_answered_ends_that(k: Kit) -> None:
    maria, api = await k.writer(), k.adapter._api
    api._base, base = "http://127.0.0.1:1", api._base

    async def away() -> bool:
        return k.adapter.pace.is_away

    async with k.listening():
        await eventually(away, "a poll in vain")
        api._base = base
        await taken(k)

        async def there() -> bool:
            return not k.adapter.pace.is_away

        await eventually(there, "somebody there")
    assert isinstance(await k.shows(maria, MENU), Sent)


# Files


async def test_the_address_of_a_file_is_asked_for_when_it_is_wanted(k: Kit) -> None:
    file = k.bot.files.keep(b"x", "photo")
    assert k.adapter.source is not None and k.adapter.source.inside == k.world.settings.telegram_api_url
    found = await k.adapter.source.open({"file_id": file.id})
    assert found.address == f"{k.world.settings.telegram_api_url}/file/bot{TOKEN}/{file.path}" and found.size == 1


async def test_a_file_that_cannot_be_had_is_said_to_be_so(k: Kit) -> None:
    source = k.adapter.source
    assert isinstance(source, TelegramSource)
    with pytest.raises(Gone):
        await source.open({"file_id": "nothing"})
    large = k.bot.files.keep(b"x" * (MOST + 1), "document")
    with pytest.raises(TooLarge):
        await source.open({"file_id": large.id})
    for path in ("/var/lib/telegram/1.jpg", "../x", "a//b"):
        k.bot.faults.add(Refuse(200, {"ok": True, "result": {"file_path": path}}), "getFile")
        with pytest.raises(Unreachable):
            await source.open({"file_id": "x"})
