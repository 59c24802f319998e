"""The commands of an operator, as real processes."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bots.__main__ import main
from bots.config import ROOT
from core.appeals.tables import appeals
from core.citizens.service import new_citizen
from core.conversations.service import meet
from core.conversations.types import Address, Person
from core.db import Database
from core.inbox import service as inbox
from core.inbox.tables import inbox as inbox_rows
from core.talk import Message
from core.timers import timers
from tests.fakes.telegram import FakeTelegram
from tests.web.child import bots, serving, started
from tests.web.conftest import demo_url  # noqa: F401
from tests.web.site import WORDS, free_port, logged

NOW = datetime.now(UTC)
LINK = re.compile(r"http://127\.0\.0\.1:\d+(/enter/[\w-]{43})")
SERVES = ("run", "front", "worker", "doctor", "migrate", "invite", "revoke", "import")
COMMANDS = (*SERVES, "stuck", "release", "retry", "dismiss", "play")


@pytest.fixture(autouse=True)
def _as_a_process() -> Iterator[None]:
    with logged():  # a command sets up the logs of its process
        yield


@pytest.fixture
def folder(demo_url: str, tmp_path: Path) -> Path:  # noqa: F811
    """Where the database of an embedded Otklik with the demo data stands."""
    (tmp_path / "var").mkdir()
    return (tmp_path / "otklik.db").rename(tmp_path / "var" / "otklik.db").parent.parent


def rows(folder: Path, statement: sa.Select[Any]) -> list[Any]:
    db = Database(f"sqlite:///{folder / 'var' / 'otklik.db'}", serve=False)
    found = db.read(lambda conn: list(conn.execute(statement).all())).result()
    db.close()
    return found


def http(port: int, request: str) -> str:
    """One request over a connection of its own, and all that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request.replace("\n", "\r\n").encode())
        said = b""
        while piece := connection.recv(65536):
            said += piece
    return said.decode()


def test_invite_lists_officials_and_makes_a_link_that_works_while_it_is_served(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    with serving("run", folder=folder, HTTP_PORT=str(port)):
        monkeypatch.chdir(folder)
        assert main(["invite"]) == 0
        assert "petrov: " in capsys.readouterr().out
        made = bots("invite", "petrov", folder=folder, HTTP_PORT=str(port))
        link = LINK.fullmatch(made.stdout.strip())
        assert link, made
        head = f"Host: 127.0.0.1:{port}\nConnection: close\nOrigin: http://127.0.0.1:{port}\n"
        assert "Петров" in http(port, f"GET {link[1]} HTTP/1.1\n{head}\n")
        entered = http(port, f"POST {link[1]} HTTP/1.1\n{head}Content-Length: 0\n\n")
        assert entered.startswith("HTTP/1.1 303")
        cookie = re.search(r"Set-Cookie: (otklik_desk=[\w-]+)", entered)
        assert cookie
        assert http(port, f"GET /desk HTTP/1.1\n{head}Cookie: {cookie[1]}\n\n").startswith("HTTP/1.1 200")
        assert http(port, f"POST {link[1]} HTTP/1.1\n{head}Content-Length: 0\n\n").startswith("HTTP/1.1 422")


def test_invite_of_somebody_who_is_not_there_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    for code in ("nobody", "' OR 1=1 --", "\udcff", "\x00", "x" * 1000):
        assert main(["invite", code]) == 2
        said = capsys.readouterr().err
        assert (said.count("\n"), "invite" in said) == (1, True)


STAFF = f"7000002:{'canary' * 6}"


async def test_invite_makes_a_link_to_the_officials_bot_too_and_one_token_is_in_both(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("TELEGRAM_STAFF_TOKEN", STAFF)
    async with FakeTelegram() as telegram:
        monkeypatch.setenv("TELEGRAM_API_URL", telegram.url)
        bot = telegram.bot(STAFF, "otklik_desk_bot")
        assert await asyncio.to_thread(main, ["invite", "petrov"]) == 0
        page, chat = capsys.readouterr().out.splitlines()
        link = LINK.fullmatch(page)
        assert link
        assert chat == f"https://t.me/otklik_desk_bot?start=enter_{link[1].removeprefix('/enter/')}"
        assert len(chat.partition("=")[2]) <= 64  # as much as Telegram takes
        bot.revoked = True
        assert await asyncio.to_thread(main, ["invite", "petrov"]) == 0
        out, err = capsys.readouterr()
    assert LINK.fullmatch(out.strip())
    assert "doctor" in err and "canary" not in err


def test_invite_does_without_a_telegram_that_is_away(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("TELEGRAM_STAFF_TOKEN", STAFF)
    monkeypatch.setenv("TELEGRAM_API_URL", f"http://127.0.0.1:{free_port()}")
    assert main(["invite", "petrov"]) == 0
    out, err = capsys.readouterr()
    assert LINK.fullmatch(out.strip())
    assert err.startswith("No link for Telegram") and err.count("\n") == 1 and "canary" not in err


def test_doctor_ends_with_what_it_has_found(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    assert main(["doctor"]) == 0
    assert "✓ DATABASE_URL" in capsys.readouterr().out
    monkeypatch.setenv("VK_TOKEN", "canary" * 6)
    assert main(["doctor"]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("✗ VK_GROUP_ID") and out.count("\n") == 1
    assert (err, "canary" in out) == ("", False)


def test_run_names_what_it_connects_and_does_not_wait_for_it(folder: Path) -> None:
    away = f"http://127.0.0.1:{free_port()}"
    given = {"TELEGRAM_TOKEN": STAFF, "TELEGRAM_API_URL": away, "HTTP_PORT": str(free_port())}
    given |= {"VK_TOKEN": "canary" * 6, "VK_GROUP_ID": "1", "VK_API_URL": f"{away}/method/"}
    with serving("run", folder=folder, **given) as (_, said):
        [line] = [line for line in said.splitlines() if line.startswith("Being connected")]
        assert "Telegram, VK" in line
        assert "canary" not in said


def quarantine(folder: Path) -> int:
    """A message of a citizen that nobody could serve."""
    db = Database(f"sqlite:///{folder / 'var' / 'otklik.db'}")

    def put(tx: sa.Connection) -> int:
        there = meet(tx, Address("web", "chat", "peer"), Person("citizen", new_citizen(tx, NOW)), "ru", NOW)
        inbox.accept(tx, there, "key-of-the-message", Message(WORDS), b"", NOW)
        (heard,) = inbox.take(tx, [there], NOW)
        for attempt in range(3):
            inbox.fail(tx, inbox.Heard(heard.id, there, heard.event, NOW, attempt + 1), "KeyError", NOW)
        inbox.wake(tx, [there])
        return heard.id

    number = db.write(put).result()
    db.close()
    return number


def test_release_lists_what_is_in_quarantine_and_serves_it_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    number = quarantine(folder)
    monkeypatch.chdir(folder)
    assert main(["release"]) == 0
    listed = capsys.readouterr().out
    assert re.fullmatch(rf"{number}: \d{{4}}-\d\d-\d\d \d\d:\d\d UTC, KeyError\n", listed)
    assert WORDS not in listed
    assert main(["release", "999999"]) == 0
    assert "no such" in capsys.readouterr().out
    assert main(["release", str(number)]) == 0
    assert main(["release"]) == 0
    assert rows(folder, sa.select(inbox_rows.c.state, inbox_rows.c.attempts)) == [("new", 0)]
    with serving("run", folder=folder, HTTP_PORT=str(free_port())):
        until = time.monotonic() + 20
        while rows(folder, sa.select(inbox_rows.c.state)) != [("done",)]:
            assert time.monotonic() < until


def test_stuck_names_the_command_that_helps_and_ends_with_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    db = Database(f"sqlite:///{folder / 'var' / 'otklik.db'}")
    db.write(lambda tx: tx.execute(sa.delete(timers))).result()  # of the demo, which nobody has served since
    db.close()
    assert (main(["stuck"]), capsys.readouterr().out) == (0, "Nothing is stuck.\n")
    number = quarantine(folder)
    assert main(["stuck"]) == 1
    listed = capsys.readouterr().out
    assert re.fullmatch(
        rf"update {number} \(web\): quarantined since [\d: -]+ UTC, KeyError. python -m bots release {number}\n", listed
    )
    assert main(["dismiss", "update", str(number)]) == 0
    assert main(["dismiss", "update", str(number)]) == 1
    assert main(["retry", "message", "1"]) == 1
    for words in (["retry", "update", "1"], ["dismiss", "chat", "1"], ["retry", "message", "x"], ["retry", "message"]):
        with pytest.raises(SystemExit):
            main(words)
    assert "Traceback" not in capsys.readouterr().err
    assert main(["stuck"]) == 0
    assert rows(folder, sa.select(inbox_rows.c.state)) == [("done",)]


@pytest.mark.parametrize("number", ["x", "-1", "0", "99999999999999999999", "1.5", "", "²"])
def test_release_of_what_is_no_number_is_refused_in_a_sentence(
    number: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    with pytest.raises(SystemExit) as refused:
        main(["release", "--", number])
    assert refused.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


def test_an_appeal_is_played_through_a_pipe_and_filed_by_the_real_core(folder: Path) -> None:
    words = "Яма на улице Канарейкиной, у дома 5"
    typed = [words, "#1", "#1", "#1", "#1", "Канарейкина, 5", "#1"]  # agreed, what, where, no photos, sent
    played = bots("play", "appeal", "--lang", "en", folder=folder, given="\n".join(typed))
    assert (played.returncode, played.stderr) == (0, "")
    (number,) = rows(folder, sa.select(appeals.c.number).where(appeals.c.text == words))[0]
    assert f"{number[:3]}-{number[3:6]}-{number[6:]}" in played.stdout
    assert "  #2. Without an address\n" in played.stdout and "\n  1. Send\n" in played.stdout
    assert "Send where I am" not in played.stdout


def test_play_takes_whatever_is_typed(folder: Path) -> None:
    typed = [
        "",
        "#",
        "#0",
        "#99",
        "#-1",
        "#²",
        "/",
        "/nothing",
        "/card 1'--",
        "\x00\x1b[2J",
        "x" * 5000,
        "~1~1~yes",
        "6",
    ]
    played = bots("play", "nothing_like_this", folder=folder, given="\n".join(typed))
    assert (played.returncode, played.stderr) == (0, "")
    assert "\x1b" not in played.stdout


def test_play_needs_something_to_play_with_and_makes_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["play", "appeal"]) == 2
    said = capsys.readouterr().err
    assert (said.count("\n"), "DEMO=1" in said) == (1, True)


def test_migrate_twice_is_once(
    empty_engine_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", empty_engine_url)
    for _ in range(2):
        assert main(["migrate"]) == 0
        assert capsys.readouterr() == ("", "")
    db = Database(empty_engine_url)
    assert "appeals" in db.read(lambda conn: sa.inspect(conn).get_table_names()).result()
    db.close()


def test_help_names_every_command_and_each_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    said = capsys.readouterr().out
    assert re.findall(r"^    (\w+) ", said, re.MULTILINE) == list(COMMANDS)
    for name in COMMANDS:
        with pytest.raises(SystemExit) as shown:
            main([name, "--help"])
        assert shown.value.code == 0
        assert len(capsys.readouterr().out.split("\n\n")[1]) > 20
    for wrong in ([], ["nothing"], ["run", "now"], ["play"], ["play", "appeal", "--lang", "xx"]):
        with pytest.raises(SystemExit) as refused:
            main(wrong)
        assert refused.value.code == 2
    capsys.readouterr()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_run_stops_in_under_five_seconds_with_a_stream_open(how: signal.Signals, folder: Path) -> None:
    port = free_port()
    head = f"Host: 127.0.0.1:{port}\nAuthorization: Bearer {'x' * 43}\n"
    with serving("run", folder=folder, HTTP_PORT=str(port)) as (process, _):
        issued = http(port, f"POST /api/chat/ticket HTTP/1.1\n{head}Connection: close\nContent-Length: 0\n\n")
        ticket = re.search(r'"ticket": "([\w-]+)"', issued)
        assert ticket, issued
        with socket.create_connection(("127.0.0.1", port), timeout=10) as stream:
            stream.sendall(f"GET /api/chat/stream?ticket={ticket[1]} HTTP/1.1\n{head}\n".replace("\n", "\r\n").encode())
            assert stream.recv(65536).startswith(b"HTTP/1.1 200")
            begun = time.monotonic()
            process.send_signal(how)
            assert process.wait(5) == 0
            assert timedelta(seconds=time.monotonic() - begun) < timedelta(seconds=5)
        _, err = process.communicate()
        assert err == ""


def test_run_is_stopped_while_it_starts_without_a_traceback(tmp_path: Path) -> None:
    """Ctrl-C comes before anything listens: in the moment in which the database appears."""
    with started("run", folder=tmp_path, HTTP_PORT=str(free_port()), DEMO="1") as process:
        until = time.monotonic() + 20
        while not (tmp_path / "var" / "otklik.db").exists():
            assert time.monotonic() < until
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=10)
    assert err == ""
    assert process.returncode in (0, 130)


def test_a_region_brings_its_own_lists_into_an_empty_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Twice is no mistake; a wrong file changes nothing and is told in one sentence."""
    monkeypatch.chdir(tmp_path)
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("territories: [{code: 1}]")
    assert main(["import", str(wrong)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    for _ in range(2):
        assert main(["import", str(ROOT / "deploy" / "demo" / "data.yaml")]) == 0
    capsys.readouterr()
    assert main(["invite"]) == 0
    assert "petrov: " in capsys.readouterr().out


def test_an_official_who_is_revoked_enters_no_more(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    for words, code in ((["revoke", "petrov"], 0), (["invite", "petrov"], 2), (["revoke", "petrov"], 2)):
        assert main(words) == code
        capsys.readouterr()
    assert main(["invite"]) == 0
    assert "petrov" not in capsys.readouterr().out


def test_the_release_before_goes_on_with_the_database_of_the_next_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    db = Database(f"sqlite:///{folder / 'var' / 'otklik.db'}", serve=False)
    db.write(lambda tx: tx.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))).result()
    db.close()
    monkeypatch.chdir(folder)
    assert [main(["migrate"]), main(["invite"])] == [0, 0]
    assert "petrov: " in capsys.readouterr().out


def test_a_release_that_is_newer_than_its_database_says_what_to_do_and_touches_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    version = sa.text("SELECT version_num FROM alembic_version")
    with closing(Database(f"sqlite:///{folder / 'var' / 'otklik.db'}", serve=False)) as db:
        db.write(lambda tx: tx.execute(sa.text("UPDATE alembic_version SET version_num = '0002'"))).result()
        monkeypatch.chdir(folder)
        assert main(["invite"]) == 2
        assert capsys.readouterr().err == "The database is not migrated: run `python -m bots migrate` first.\n"
        assert db.read(lambda conn: conn.execute(version).scalar()).result() == "0002"


def test_a_wrong_setting_at_a_deploy_ends_the_new_process_in_one_sentence_before_it_migrates(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    version = sa.text("SELECT version_num FROM alembic_version")
    with closing(Database(f"sqlite:///{folder / 'var' / 'otklik.db'}", serve=False)) as db:
        db.write(lambda tx: tx.execute(sa.text("UPDATE alembic_version SET version_num = '0002'"))).result()
        monkeypatch.chdir(folder)
        monkeypatch.setenv("HTTP_PORT", "many")
        assert main(["run"]) == 2
        said = capsys.readouterr().err
        assert said.startswith("HTTP_PORT") and said.count("\n") == 1
        assert db.read(lambda conn: conn.execute(version).scalar()).result() == "0002"
