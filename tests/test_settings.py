"""A wrong setting stops the start with one sentence that names it and does not repeat it."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bots.__main__ import main
from bots.config import ROOT, Settings, SettingsError, read_settings
from core.appeals.tables import appeals
from core.db import Database
from tests.web.child import bots, serving
from tests.web.conftest import fill
from tests.web.site import free_port, logged

CANARY = "s3cr3t-cAnary"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty one, with no setting in the environment."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    with logged():
        yield tmp_path


@pytest.fixture(autouse=True)
def heard_signals() -> Iterator[None]:
    """uvloop leaves its handlers behind: this process goes on, and would hear no Ctrl-C any more."""
    before = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)}
    yield
    for name, handler in before.items():
        signal.signal(name, handler)


WRONG = {
    "DATABASE_URL": (
        f"mysql://root:{CANARY}@localhost/x",
        f"postgres://{CANARY}@localhost/x",
        f"postgresql://user:{CANARY}@localhost/x",
        f"postgresql+psycopg://user:{CANARY}@localhost:port/x",
        f"sqlite:{CANARY}",
        "sqlite:///",
        "sqlite:///:memory:",
        CANARY,
    ),
    "REDIS_URL": (f"http://:{CANARY}@localhost", f"redis://:{CANARY}@localhost:port/0", CANARY, "redis://x:99999"),
    "PUBLIC_URL": (
        f"https://example.ru/{CANARY}",
        f"https://user:{CANARY}@example.ru",
        f"https://example.ru?{CANARY}",
        f"https://example.ru#{CANARY}",
        "https://example.ru:port",
        "https://example.ru:99999",
        "example.ru",
        "ftp://example.ru",
        "https://",
        "https://пример.рф",
    ),
    "OPS_PORT": ("-1", "65536", CANARY),
    "OPS_TOKEN": (CANARY, f"{CANARY} with spaces", f"{CANARY}-секрет-секрет"),
    "DRAIN_SECONDS": ("-1", "121", CANARY),
    "LOG_FORMAT": (CANARY,),
    "LOG_LEVEL": (CANARY,),
    "WEB_ORIGINS": (
        "*",
        "https://*.example.ru",
        "https://example.ru; script-src *",
        "https://example.ru https://example.org",
        "https://example.ru/path",
        "https://example.ru, nonsense",
        "'self'",
        "https://a\tb",
    ),
    "HTTP_PORT": ("0", "-1", "99999", "abc", "80.5", "8080 "[:4] + "x"),
    "DEMO": ("maybe", "2"),
    "REGION": ("nowhere.yaml", ".", f"{CANARY}.yaml"),
    "FILES_S3_BUCKET": ("Files", "a/b", "x", f"{CANARY}_"),
    "FILES_S3_ENDPOINT": ("s3.example.ru", f"https://user:{CANARY}@s3.example.ru", f"https://s3.example.ru/{CANARY}"),
    "FILES_S3_REGION": ("ru central", CANARY + "!"),
    "TELEGRAM_TOKEN": (
        CANARY,
        f"{CANARY}:{CANARY * 3}",
        f"1234567:{CANARY}",
        f"1234567:{CANARY * 3}!",
        f"1:{CANARY * 3}",
    ),
    "TELEGRAM_STAFF_TOKEN": (f"bot1234567:{CANARY * 3}", f"1234567:{CANARY * 3} "),
    "TELEGRAM_API_URL": (
        f"https://example.ru/{CANARY}?x=1",
        f"https://user:{CANARY}@example.ru",
        f"http://example.ru/{CANARY}",
        "http://8.8.8.8",
        "http://127.0.0.1.example.ru",
        "api.telegram.org",
        "https://example.ru:99999",
        f"ftp://localhost/{CANARY}",
    ),
    "TELEGRAM_MODE": ("push", CANARY),
    "TELEGRAM_SECRET": ("short", CANARY + "!" * 9, "x" * 257),
    "TELEGRAM_PII": ("yes", CANARY),
    "VK_TOKEN": (CANARY[:9], f"{CANARY} {CANARY}", f"access_token={CANARY}"),
    "VK_GROUP_ID": ("-200", "club200", CANARY),
    "VK_API_URL": ("https://api.vk.com", "https://api.vk.com/method", "http://api.vk.com/method/", f"{CANARY}/method/"),
    "VK_MODE": ("polling",),
    "VK_SECRET": ("short", "x" * 51, f"{CANARY} {CANARY}"),
    "VK_CONFIRMATION": ("a b c d", "x" * 65, "ответ"),
}
BUCKET = {
    "FILES_S3_BUCKET": "files",
    "FILES_S3_ENDPOINT": "https://s3.example.ru",
    "FILES_S3_REGION": "ru-central1",
    "FILES_S3_KEY": f"key-{CANARY}",
    "FILES_S3_SECRET": f"{CANARY}/+=",
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_wrong_setting_is_named_and_not_repeated(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    said = str(refused.value)
    assert said.startswith(f"{name} ")
    assert "\n" not in said
    assert len(said) < 200
    assert CANARY not in said


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("WEB_ORIGINS", " https://WWW.example.ru/ ,http://localhost:3000,, ", ("https://www.example.ru", "http://localhost:3000")),
        ("WEB_ORIGINS", "", ()),
        ("PUBLIC_URL", "https://Chat.Example.ru/", "https://chat.example.ru"),
        ("PUBLIC_URL", "https://xn--e1afmkfd.xn--p1ai:8443", "https://xn--e1afmkfd.xn--p1ai:8443"),
        ("PUBLIC_URL", "http://[::1]:8080", "http://[::1]:8080"),
        ("HTTP_PORT", "65535", 65535),
        ("TELEGRAM_API_URL", "https://Proxy.Example.ru/Path/To/", "https://proxy.example.ru/Path/To"),
        ("TELEGRAM_API_URL", "http://localhost:8081", "http://localhost:8081"),
        ("TELEGRAM_API_URL", "http://bot-api:8081", "http://bot-api:8081"),
        ("TELEGRAM_API_URL", "http://10.1.2.3:8081", "http://10.1.2.3:8081"),
        ("VK_API_URL", "http://[::1]:9/method/", "http://[::1]:9/method/"),
    ],
)  # fmt: skip
def test_a_good_setting_is_read_as_it_is_used(
    name: str, value: str, read: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    assert getattr(read_settings(), name.lower()) == read


@pytest.mark.parametrize("missing", BUCKET)
def test_a_half_given_bucket_is_refused_and_what_is_missing_is_named(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in BUCKET.keys() - {missing}:
        monkeypatch.setenv(name, BUCKET[name])
    with pytest.raises(SettingsError) as refused:
        read_settings()
    said = str(refused.value)
    assert said.startswith(f"{missing} ")
    assert len(said) < 200 and "\n" not in said and CANARY not in said


def test_a_whole_bucket_is_read_and_its_key_is_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in BUCKET.items():
        monkeypatch.setenv(name, value)
    settings = read_settings()
    assert settings.files_s3_bucket == "files"
    assert {BUCKET["FILES_S3_KEY"], BUCKET["FILES_S3_SECRET"]} <= set(settings.secrets)
    assert CANARY not in repr(settings)


def test_the_file_beside_the_process_is_read_and_the_environment_is_stronger(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".env").write_text("HTTP_PORT=8099\nHTTP_HOST=127.0.0.9\nDEMO=\n# HTTP_PORT=1\n")
    monkeypatch.setenv("HTTP_HOST", "127.0.0.8")
    settings = read_settings()
    assert (settings.http_port, settings.http_host, settings.demo) == (8099, "127.0.0.8", False)


def test_the_example_file_is_a_good_file(folder: Path) -> None:
    (folder / ".env").write_text((ROOT / ".env.example").read_text())
    assert read_settings() == Settings(_env_file=None)  # type: ignore[call-arg]


def refusal(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The one line on stderr with which a command refuses to start."""
    assert main(words) == 2
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert len(lines) == 1, err
    assert "Traceback" not in out + err
    assert CANARY not in out + err
    return lines[0]


def test_a_file_that_is_no_text_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / ".env").write_bytes(b"HTTP_PORT=\xff\xfe\x00")
    assert ".env" in refusal(capsys, "run")


@pytest.mark.parametrize("command", ["run", "front", "worker", "migrate", "invite", "release"])
def test_a_postgresql_that_is_not_there_is_told_in_one_sentence(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql+psycopg://otklik:{CANARY}@127.0.0.1:{free_port()}/otklik")
    assert refusal(capsys, command).startswith("DATABASE_URL")


def test_a_postgresql_that_refuses_us_is_told_in_one_sentence(
    postgres_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = sa.make_url(postgres_url).set(username="nobody_we_know", password=CANARY)
    monkeypatch.setenv("DATABASE_URL", nobody.render_as_string(hide_password=False))
    assert refusal(capsys, "run").startswith("DATABASE_URL")


def test_a_port_in_use_is_told_in_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("HTTP_PORT", str(taken.getsockname()[1]))
        assert "HTTP_PORT" in refusal(capsys, "run")


def test_a_host_that_is_not_ours_is_told_in_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_HOST", "127.0.0.1.1")
    monkeypatch.setenv("HTTP_PORT", str(free_port()))
    assert "HTTP_HOST" in refusal(capsys, "run")


@pytest.mark.parametrize("command", ["run", "front", "worker", "migrate", "invite", "play"])
def test_a_folder_that_cannot_be_made_is_told_in_one_sentence(
    command: str, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "file").write_text("")
    monkeypatch.setenv("VAR_DIR", str(folder / "file" / "var"))
    if command in ("front", "worker"):
        monkeypatch.setenv("DATABASE_URL", f"postgresql+psycopg://otklik:{CANARY}@127.0.0.1:{free_port()}/otklik")
    assert refusal(capsys, command, *(["appeal"] if command == "play" else [])).startswith("VAR_DIR")


def test_a_database_file_that_cannot_be_made_or_is_none_is_told_in_one_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "file").write_text("This is no database at all, but it is long enough to look like one." * 50)
    for path in (folder / "file" / "otklik.db", folder / "file"):
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{path}")
        for command in ("run", "migrate", "invite"):
            assert refusal(capsys, command).startswith("DATABASE_URL")


REGION = (ROOT / "deploy" / "demo" / "region.yaml").read_text()


WRONG_REGIONS = {
    "empty": "",
    "no YAML": "[",
    "a sentence": "just words",
    "NUL": "\x00",
    "a field too many": REGION + "\ntypo: 1\n",
    "no zone": REGION.replace("zone: Europe/Moscow", "zone: Moscow"),
    "no number": REGION.replace("rating_days: 15", "rating_days: many"),
    "no address": REGION.replace("policy_url: https", "policy_url: javascript"),
}


@pytest.mark.parametrize("text", WRONG_REGIONS.values(), ids=WRONG_REGIONS.keys())
def test_a_region_that_is_none_is_told_in_one_sentence(
    text: str, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "region.yaml").write_text(text)
    monkeypatch.setenv("REGION", str(folder / "region.yaml"))
    assert refusal(capsys, "run").startswith("REGION")


@pytest.mark.parametrize("command", ["front", "worker"])
def test_one_process_serves_sqlite(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = refusal(capsys, command)
    assert said.startswith("DATABASE_URL")
    assert "PostgreSQL" in said


@pytest.mark.parametrize("command", ["run", "front", "worker", "invite", "release"])
def test_a_postgresql_that_is_not_migrated_is_left_alone(
    command: str, empty_postgres_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_postgres_url)
    assert "python -m bots migrate" in refusal(capsys, command)
    db = Database(empty_postgres_url)
    assert not db.read(lambda conn: sa.inspect(conn).get_table_names()).result()
    db.close()


def test_a_second_process_on_the_same_file_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PORT", str(free_port()))
    assert main(["migrate"]) == 0
    db = Database(f"sqlite:///{folder / 'var' / 'otklik.db'}")
    for words in (("run",), ("play", "appeal")):
        assert "process" in refusal(capsys, *words)
    db.close()


def test_a_real_process_says_it_in_one_line_too(folder: Path) -> None:
    done = bots("run", folder=folder, DATABASE_URL=f"mysql://root:{CANARY}@localhost/x")
    assert done.returncode == 2
    assert done.stderr.startswith("DATABASE_URL ")
    assert done.stderr.count("\n") == 1
    assert CANARY not in done.stdout + done.stderr
    assert not os.listdir(folder)  # noqa: PTH208


def test_demo_data_is_never_laid_beside_real_data(folder: Path) -> None:
    """DEMO=1 on a database with anything in it does nothing; without DEMO nothing is made up."""
    port = str(free_port())
    with serving("run", folder=folder, HTTP_PORT=port) as (_, said):
        assert "/enter/" not in said
    url = f"sqlite:///{folder / 'var' / 'otklik.db'}"
    db = Database(url)
    assert db.read(lambda conn: conn.execute(sa.select(appeals.c.id)).all()).result() == []
    db.close()
    fill(url)
    db = Database(url)
    before = db.read(lambda conn: conn.execute(sa.select(appeals)).all()).result()
    db.close()
    with serving("run", folder=folder, HTTP_PORT=port, DEMO="1") as (_, said):
        assert "/enter/" in said
    db = Database(url)
    assert db.read(lambda conn: conn.execute(sa.select(appeals)).all()).result() == before
    db.close()
