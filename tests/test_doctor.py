"""The doctor names what is wrong, says where to press, gives no secret away and changes nothing."""

from __future__ import annotations

import io
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bots.config import ROOT, Settings
from bots.doctor.examine import examine
from tests.fakes.faults import DropBefore, NotJson, Refuse
from tests.fakes.telegram import FakeBot, FakeTelegram
from tests.fakes.telegram_chats import Json
from tests.fakes.vk import FakeVK
from tests.fakes.vk_errors import refusal
from tests.fakes.vk_group import MESSAGE_EVENTS, PERMISSIONS, FakeGroup
from tests.web.site import free_port

CANARY = "canary0canary"
TOKEN, STAFF = f"7000001:{CANARY * 3}", f"7000002:{CANARY * 3}"
KEY = f"vk1.a.{CANARY * 3}"
SECRET = f"{CANARY}-secret"


def settings(folder: Path, **more: Any) -> Settings:
    return Settings(_env_file=None, var_dir=folder, **more)  # type: ignore[call-arg]


async def told(given: Settings) -> tuple[bool, list[str]]:
    """Whether all is well, and the findings, each with what to press."""
    out = io.StringIO()
    well = await examine(given, out)
    said = out.getvalue()
    assert CANARY not in said
    return well, said.replace("\n    → ", " → ").splitlines()


def about(word: str, lines: list[str]) -> list[str]:
    return [line for line in lines if word in line]


class ShyBot(FakeBot):
    """As @BotFather's two settings should be."""

    @property
    def me(self) -> Json:
        return {**super().me, "can_join_groups": False, "can_read_all_group_messages": False}


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(limits=False) as fake:
        yield fake
    assert not [call for bot in fake.bots.values() for call in bot.refused]


@pytest.fixture
def bot(telegram: FakeTelegram) -> FakeBot:
    return telegram.bot(TOKEN, name="Отклик")


@pytest.fixture
async def vk() -> AsyncIterator[FakeVK]:
    async with FakeVK() as fake:
        yield fake
    assert not fake.refused


@pytest.fixture
def group(vk: FakeVK) -> FakeGroup:
    return vk.group(KEY)


async def test_a_bot_that_is_set_up_well_is_told_to_be(telegram: FakeTelegram, bot: FakeBot, tmp_path: Path) -> None:
    bot.__class__ = ShyBot
    given = settings(tmp_path, telegram_token=TOKEN, telegram_api_url=telegram.url, telegram_pii="off")
    well, lines = await told(given)
    assert well
    assert [line[0] for line in about("TELEGRAM_TOKEN", lines)] == ["✓", "✓"]
    assert about("https://t.me/otklik_test_bot", lines)
    assert {call.method for call in bot.ledger} == {"getMe", "getWebhookInfo"}


async def test_what_botfather_should_change_is_told_with_the_commands(
    telegram: FakeTelegram, bot: FakeBot, tmp_path: Path
) -> None:
    well, lines = await told(settings(tmp_path, telegram_token=TOKEN, telegram_api_url=telegram.url))
    assert well
    assert about("/setjoingroups", lines)[0].startswith("!")
    assert about("/setprivacy", lines)[0].startswith("!")
    assert about("41-ФЗ", lines)[0].startswith("!")


async def test_a_token_that_is_refused_is_told_and_the_other_bot_is_looked_at(
    telegram: FakeTelegram, bot: FakeBot, tmp_path: Path
) -> None:
    bot.revoked = True
    telegram.bot(STAFF)
    given = settings(tmp_path, telegram_token=TOKEN, telegram_staff_token=STAFF, telegram_api_url=telegram.url)
    well, lines = await told(given)
    assert not well
    [refused] = about("✗", lines)
    assert "TELEGRAM_TOKEN" in refused and "@BotFather" in refused
    assert about("✓ TELEGRAM_STAFF_TOKEN", lines)


@pytest.mark.parametrize("fault", [DropBefore(), NotJson(), NotJson(502)])
async def test_a_telegram_that_is_away_is_one_line(
    fault: Any, telegram: FakeTelegram, bot: FakeBot, tmp_path: Path
) -> None:
    bot.faults.add(fault, times=9)
    given = settings(tmp_path, telegram_token=TOKEN, telegram_staff_token=STAFF, telegram_api_url=telegram.url)
    well, lines = await told(given)
    assert not well
    assert len(about("✗", lines)) == len(about("TELEGRAM_", lines)) == 1
    assert "TELEGRAM_API_URL" in about("✗", lines)[0]


async def test_a_messenger_that_nobody_serves_does_not_hide_the_others(
    vk: FakeVK, group: FakeGroup, tmp_path: Path
) -> None:
    away = f"http://127.0.0.1:{free_port()}"
    given = settings(
        tmp_path,
        telegram_token=TOKEN,
        telegram_api_url=away,
        vk_token=KEY,
        vk_group_id=group.id,
        vk_api_url=vk.url,
    )
    well, lines = await told(given)
    assert not well
    assert len(about("✗", lines)) == 1
    assert about("✓ VK: Long Poll", lines)


async def test_a_foreign_webhook_is_told_while_we_poll(telegram: FakeTelegram, bot: FakeBot, tmp_path: Path) -> None:
    await hooked(telegram, TOKEN, "https://elsewhere.example/secret-path")
    _, lines = await told(settings(tmp_path, telegram_token=TOKEN, telegram_api_url=telegram.url))
    [line] = about("elsewhere.example", lines)
    assert line.startswith("!")
    assert "secret-path" not in line


async def test_a_webhook_is_compared_with_where_it_should_lead(
    telegram: FakeTelegram, bot: FakeBot, tmp_path: Path
) -> None:
    given = settings(
        tmp_path,
        telegram_token=TOKEN,
        telegram_api_url=telegram.url,
        telegram_mode="webhook",
        telegram_secret=SECRET,
        public_url="https://chat.example.ru",
    )
    wanted = "https://chat.example.ru/hooks/telegram"
    for url, mark in ((None, "!"), ("https://elsewhere.example/", "!"), (wanted, "✓")):
        if url:
            await hooked(telegram, TOKEN, url)
        _, lines = await told(given)
        [line] = about("webhook", lines)
        assert line.startswith(mark)
        assert wanted in line


async def hooked(telegram: FakeTelegram, token: str, url: str) -> None:
    """Somebody sets a webhook."""
    async with telegram._session.post(f"{telegram.url}/bot{token}/setWebhook", json={"url": url}) as answer:
        assert answer.status == 200


def of_vk(vk: FakeVK, group: FakeGroup, folder: Path, **more: Any) -> Settings:
    return settings(folder, vk_token=KEY, vk_group_id=group.id, vk_api_url=vk.url, **more)


async def test_a_community_that_is_set_up_well_is_told_to_be(vk: FakeVK, group: FakeGroup, tmp_path: Path) -> None:
    well, lines = await told(of_vk(vk, group, tmp_path))
    assert well
    assert about(f"https://vk.com/club{group.id}", lines)[0].startswith("✓")
    assert about("Long Poll is on", lines)[0].startswith("✓")
    assert about("5.199", lines)[0].startswith("✓")
    assert about("Возможности ботов", lines)[0].startswith("!")  # VK does not tell a key
    assert all(call.method.startswith("groups.get") for call in vk.ledger)


@pytest.mark.parametrize("code", [5, 27, 100, 10])
async def test_a_key_that_is_refused_is_told_and_nothing_else_is_asked(
    code: int, vk: FakeVK, group: FakeGroup, tmp_path: Path
) -> None:
    vk.faults.add(refusal(code, CANARY[:3]), "groups.getById")
    well, lines = await told(of_vk(vk, group, tmp_path))
    assert not well
    [line] = about("VK", lines)
    assert line.startswith("✗ VK_TOKEN")
    assert ("Ключи доступа" in line) == (code != 10)
    assert len(vk.ledger) == 1


async def test_a_key_of_another_community_is_told_with_its_number(vk: FakeVK, group: FakeGroup, tmp_path: Path) -> None:
    well, lines = await told(settings(tmp_path, vk_token=KEY, vk_group_id=5, vk_api_url=vk.url))
    assert not well
    [line] = about("✗ VK_GROUP_ID", lines)
    assert str(group.id) in line and group.name in line


@pytest.mark.parametrize(
    ("name", "words", "mark"),
    [("photos", "фотографии", "!"), ("messages", "сообщения", "✗"), ("manage", "управление", "✗")],
)
async def test_a_right_that_the_key_lacks_is_named(
    name: str, words: str, mark: str, vk: FakeVK, tmp_path: Path
) -> None:
    group = vk.group(KEY, permissions=set(PERMISSIONS) - {name})
    well, lines = await told(of_vk(vk, group, tmp_path))
    assert well == (mark == "!")
    [line] = about("no right to", lines)
    assert line.startswith(mark)
    assert f"no right to: {words}." in line
    assert "Создать ключ" in line


async def test_a_long_poll_that_is_off_is_told(vk: FakeVK, tmp_path: Path) -> None:
    """It is no mistake: the start turns it on."""
    well, lines = await told(of_vk(vk, vk.group(KEY, longpoll=False), tmp_path))
    assert well
    [line] = about("Long Poll is off", lines)
    assert line.startswith("!") and "«Long Poll API»" in line


async def test_events_that_are_off_and_an_old_version_are_told(vk: FakeVK, group: FakeGroup, tmp_path: Path) -> None:
    group.longpoll_settings["api_version"] = "5.131"
    group.longpoll_settings["events"] |= {"message_event": 0, "message_deny": 0}
    well, lines = await told(of_vk(vk, group, tmp_path))
    assert not well
    [version], [events] = about("5.131", lines), about("events are off", lines)
    assert version.startswith("✗") and events.startswith("!")
    assert "«Действие с сообщением»" in events and "«Запрет" in events and "«Входящее" not in events


CALLBACK: dict[str, Any] = {
    "vk_mode": "callback",
    "vk_secret": SECRET,
    "public_url": "https://chat.example.ru",
}
HOOK = "https://chat.example.ru/hooks/vk"


async def test_a_callback_server_that_is_confirmed_is_well(vk: FakeVK, group: FakeGroup, tmp_path: Path) -> None:
    group.callback(HOOK, SECRET).status = "ok"
    for code, mark in ((group.confirmation, "✓"), ("other", "!")):  # nobody asks for it any more
        well, lines = await told(of_vk(vk, group, tmp_path, vk_confirmation=code, **CALLBACK))
        assert well
        assert about("is confirmed", lines)[0].startswith("✓")
        assert about("VK_CONFIRMATION", lines)[0].startswith(mark)


async def test_what_the_callback_api_lacks_is_told(vk: FakeVK, group: FakeGroup, tmp_path: Path) -> None:
    given = of_vk(vk, group, tmp_path, vk_confirmation="other", **CALLBACK)
    well, lines = await told(given)
    assert not well
    code, server = about("✗", lines)
    assert "Строка, которую должен вернуть сервер" in code and group.confirmation not in code
    assert HOOK in server and "Добавить сервер" in server
    made = group.callback(HOOK, "another", MESSAGE_EVENTS[1:])
    _, secret, events = await wrong(given)
    assert "VK_SECRET" in secret
    assert "«Входящее сообщение»" in events
    made.secret = SECRET
    _, status, _ = await wrong(given)
    assert "unconfigured" in status and "Подтвердить" in status


async def wrong(given: Settings) -> list[str]:
    return about("✗", (await told(given))[1])


async def test_what_a_messenger_says_is_shown_on_one_line_and_obeyed_by_no_terminal(
    telegram: FakeTelegram, bot: FakeBot, tmp_path: Path
) -> None:
    bot.name = "a\x1b[2J\nb\u202ec"
    bot.faults.add(Refuse(400, {"ok": False, "error_code": 400, "description": "x\r\n✓ y" * 99}), "getWebhookInfo")
    well, lines = await told(settings(tmp_path, telegram_token=TOKEN, telegram_api_url=telegram.url))
    assert not well
    assert not any(odd in line for line in lines for odd in "\x1b\u202e\r")
    assert all(line[0] in "✓!✗" and len(line) < 600 for line in lines)


async def test_our_own_side_is_looked_at_and_nothing_is_made(tmp_path: Path) -> None:
    well, lines = await told(settings(tmp_path / "var", region=ROOT / "deploy" / "demo" / "region.yaml", demo=True))
    assert well
    assert [line.partition(":")[0] for line in lines[1:]] == ["✓ REGION", "! DATABASE_URL", "! VAR_DIR", "! PUBLIC_URL"]
    assert not os.listdir(tmp_path)  # noqa: PTH208


async def test_a_database_at_this_release_is_told_to_be(sqlite_url: str, tmp_path: Path) -> None:
    well, lines = await told(settings(tmp_path, database_url=sqlite_url))
    assert well
    assert about("✓ DATABASE_URL", lines) and about("✓ VAR_DIR", lines)
    assert about("! The database is empty", lines)
    assert about("! REGION", lines)  # the demo's is nobody's own


async def test_storage_that_does_not_answer_is_told_in_a_line_each(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "region.yaml").write_text("name: [")
    nobody = free_port()
    given = settings(
        tmp_path / "file" / "var",
        database_url=f"postgresql+psycopg://otklik:{CANARY}@127.0.0.1:{nobody}/otklik",
        redis_url=f"redis://:{CANARY}@127.0.0.1:{nobody}/0",
        region=tmp_path / "region.yaml",
        files_s3_bucket="files",
        files_s3_endpoint=f"http://127.0.0.1:{nobody}",
        files_s3_region="ru",
        files_s3_key=CANARY,
        files_s3_secret=CANARY,
        public_url="http://chat.example.ru",
    )
    well, lines = await told(given)
    assert not well
    wanted = ["REGION", "DATABASE_URL", "REDIS_URL", "VAR_DIR", "FILES_S3_BUCKET"]
    assert [line[2:].partition(":")[0] for line in about("✗", lines)] == wanted
    assert about("! PUBLIC_URL", lines)


async def test_a_postgresql_that_is_not_migrated_is_told(
    empty_postgres_url: str, redis_url: str, tmp_path: Path
) -> None:
    well, lines = await told(settings(tmp_path, database_url=empty_postgres_url, redis_url=redis_url))
    assert not well
    assert "python -m bots migrate" in about("✗ DATABASE_URL", lines)[0]
    assert about("✓ REDIS_URL", lines)
