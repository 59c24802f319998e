"""Settings go together, or the start says in one sentence which does not, and repeats none of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from bots.config import Settings, SettingsError, read_settings

CANARY = "s3cr3t-cAnary"


@pytest.fixture(autouse=True)
def _nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


TELEGRAM = {"TELEGRAM_TOKEN": f"1234567:{CANARY * 3}"}
WEBHOOK = TELEGRAM | {
    "TELEGRAM_MODE": "webhook",
    "TELEGRAM_SECRET": f"{CANARY}-hook",
    "PUBLIC_URL": "https://chat.example.ru",
}
COMMUNITY = {"VK_TOKEN": f"vk1.a.{CANARY}", "VK_GROUP_ID": "200000001"}
CALLBACK = COMMUNITY | {
    "VK_MODE": "callback",
    "VK_SECRET": f"{CANARY}-call",
    "VK_CONFIRMATION": "0a1b2c3d",
    "PUBLIC_URL": "https://chat.example.ru",
}
NEAR = "http://127.0.0.1:8081"
UNFIT = (
    ("TELEGRAM_STAFF_TOKEN", TELEGRAM | {"TELEGRAM_STAFF_TOKEN": f"1234567:{CANARY * 4}"}),
    ("TELEGRAM_SECRET", WEBHOOK | {"TELEGRAM_SECRET": ""}),
    ("PUBLIC_URL", WEBHOOK | {"PUBLIC_URL": ""}),
    ("PUBLIC_URL", WEBHOOK | {"PUBLIC_URL": "http://chat.example.ru"}),
    ("PUBLIC_URL", WEBHOOK | {"PUBLIC_URL": "https://chat.example.ru:8080"}),
    ("PUBLIC_URL", WEBHOOK | {"PUBLIC_URL": "", "TELEGRAM_API_URL": NEAR}),
    ("VK_GROUP_ID", COMMUNITY | {"VK_GROUP_ID": ""}),
    ("VK_TOKEN", COMMUNITY | {"VK_TOKEN": ""}),
    ("VK_SECRET", CALLBACK | {"VK_SECRET": ""}),
    ("VK_CONFIRMATION", CALLBACK | {"VK_CONFIRMATION": ""}),
    ("PUBLIC_URL", CALLBACK | {"PUBLIC_URL": "http://chat.example.ru"}),
    ("OPS_TOKEN", {"OPS_PORT": "9464", "OPS_HOST": "10.0.0.5"}),
    ("OPS_TOKEN", {"OPS_PORT": "9464", "OPS_HOST": "::"}),
    ("OPS_TOKEN", {"OPS_PORT": "9464", "OPS_HOST": "ops.internal"}),
    ("OPS_PORT", {"OPS_PORT": "8080"}),
    ("DEMO=1", TELEGRAM | {"DEMO": "1"}),
    ("DEMO=1", {"TELEGRAM_STAFF_TOKEN": TELEGRAM["TELEGRAM_TOKEN"], "DEMO": "1"}),
    ("DEMO=1", COMMUNITY | {"DEMO": "1", "VK_API_URL": "http://10.0.0.1/method/"}),
    ("DEMO=1", TELEGRAM | COMMUNITY | {"DEMO": "1", "TELEGRAM_API_URL": NEAR}),
)
FIT = (
    {"OPS_PORT": "9464", "OPS_HOST": "10.0.0.5", "OPS_TOKEN": f"{CANARY}-of-operators"},
    {"OPS_PORT": "9464", "OPS_HOST": "::1", "DRAIN_SECONDS": "15", "LOG_FORMAT": "json", "LOG_LEVEL": "debug"},
    {"OPS_HOST": "10.0.0.5"},  # of a server that is off
    WEBHOOK | CALLBACK,
    WEBHOOK | {"PUBLIC_URL": "https://chat.example.ru:8443"},
    WEBHOOK | {"PUBLIC_URL": NEAR, "TELEGRAM_API_URL": NEAR},
    CALLBACK | {"PUBLIC_URL": NEAR, "VK_API_URL": f"{NEAR}/method/"},
    TELEGRAM | COMMUNITY | {"DEMO": "1", "TELEGRAM_API_URL": NEAR, "VK_API_URL": "http://localhost/method/"},
    {"TELEGRAM_MODE": "webhook", "VK_MODE": "callback"},  # of messengers that are not connected
)


@pytest.mark.parametrize(("named", "given"), UNFIT)
def test_settings_of_messengers_that_do_not_fit_together_are_refused_in_a_sentence(
    named: str, given: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    said = str(refused.value)
    assert said.startswith(f"{named} ")
    assert len(said) < 200 and "\n" not in said and CANARY not in said
    if named == "DEMO=1":
        assert all(name in said for name in ("DEMO=0", "REGION", "DATABASE_URL"))


def plain(value: object) -> str:
    """As it is written in a .env file."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(int(value)) if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("given", FIT)
def test_settings_of_messengers_that_fit_together_are_read(
    given: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings = read_settings()
    assert given.items() <= {name.upper(): plain(value) for name, value in settings}.items()


def test_every_token_and_secret_of_a_messenger_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (WEBHOOK | CALLBACK | {"TELEGRAM_STAFF_TOKEN": f"7654321:{CANARY * 3}"}).items():
        monkeypatch.setenv(name, value)
    settings = read_settings()
    wanted = {CANARY * 3, f"1234567:{CANARY * 3}", f"7654321:{CANARY * 3}", f"1234567%3A{CANARY * 3}"}
    wanted |= {f"{CANARY}-hook", f"{CANARY}-call", COMMUNITY["VK_TOKEN"]}
    assert wanted <= set(settings.secrets)
    assert CANARY not in repr(settings)
