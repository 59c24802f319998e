"""`python -m bots ...`: the commands by which Otklik is run and looked after."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable, Sequence

import uvloop

from bots import desk, logs, play
from bots.config import Settings, SettingsError, read_settings
from bots.migrate import NotMigrated, check, migrate
from bots.wiring import Parts, prepare, serve
from core.clock import utc_now
from core.db import AlreadyServed, Database
from core.demo import load_demo
from core.inbox import service as inbox
from core.region.file import WrongFile


def main(words: Sequence[str] | None = None) -> int:
    args = _parser().parse_args(words)
    try:
        settings = read_settings()
        logs.set_up([settings.database_url.get_secret_value(), settings.redis_url.get_secret_value()])
        command: Callable[[Settings, argparse.Namespace], None] = args.command
        command(settings, args)
    except (SettingsError, NotMigrated, AlreadyServed, WrongFile) as error:
        print(f"Otklik cannot start. {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(
            f"Otklik cannot start. {error.strerror or 'The system refused'}: see HTTP_HOST, HTTP_PORT and VAR_DIR in "
            ".env.example.",
            file=sys.stderr,
        )
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bots", description="Otklik: the messenger front door.")
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, what: str, run: Callable[[Settings, argparse.Namespace], None]) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=what, description=what)
        made.set_defaults(command=run)
        return made

    command("run", "everything in one process; migrates an embedded database itself", _run)
    command("front", "serves pages and hears messages (PostgreSQL: any number of them)", _front)
    command("worker", "sends pushes, watches timers and jobs (PostgreSQL: any number of them)", _worker)
    command("migrate", "brings the database to this release", lambda settings, _: migrate(settings.database))
    invite = command("invite", "makes a single-use link by which an official enters the desk", _invite)
    invite.add_argument("official", nargs="?", help="the official's code; without it, they are listed")
    release = command("release", "serves a quarantined message again", _release)
    release.add_argument("id", nargs="?", type=int, help="its number; without it, they are listed")
    play_ = command("play", "plays a dialog against the real core in this terminal", _play)
    play_.add_argument("dialog", help="the name of a form or a view: appeal, my, menu ...")
    play_.add_argument("--lang", default="ru", help="ru or en")
    return parser


def _run(settings: Settings, _: argparse.Namespace) -> None:
    _serve(settings, Parts(front=True, worker=True), migrating=settings.embedded)


def _front(settings: Settings, _: argparse.Namespace) -> None:
    _serve(settings, Parts(front=True, worker=False), migrating=False)


def _worker(settings: Settings, _: argparse.Namespace) -> None:
    _serve(settings, Parts(front=False, worker=True), migrating=False)


def _serve(settings: Settings, parts: Parts, *, migrating: bool) -> None:
    if settings.embedded and not (parts.front and parts.worker):
        raise SettingsError("DATABASE_URL is wrong: one process serves SQLite; use `run`, or PostgreSQL.")
    with contextlib.closing(Database(settings.database)) as db:
        if migrating:
            migrate(settings.database)
        check(db)
        process = prepare(settings, db)
        if settings.demo:
            db.write(lambda tx: load_demo(tx, settings.region.parent, utc_now())).result()
        uvloop.run(_until_stopped(lambda stop: serve(process, parts, stop, lambda: _welcome(settings, db, parts))))


async def _until_stopped(run: Callable[[asyncio.Event], object]) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await run(stop)  # type: ignore[misc]


def _welcome(settings: Settings, db: Database, parts: Parts) -> None:
    if not parts.front:
        print("The worker runs. Ctrl-C stops it.", flush=True)
        return
    print(f"\nThe citizens' chat:  {settings.address}/")
    print(f"The officials' desk: {settings.address}/desk")
    if settings.demo:
        print("\nTo enter the desk, open one of these links (each works once; a restart makes new ones):")
        for card in desk.everybody(db):
            print(f"  {card.name}, {card.authority}: {desk.link(settings, db, card.code)}")
    else:
        print("To enter the desk: python -m bots invite")
    print("\nCtrl-C stops it.", flush=True)


def _invite(settings: Settings, args: argparse.Namespace) -> None:
    with contextlib.closing(Database(settings.database, serve=False)) as db:
        check(db)
        if args.official:
            print(desk.link(settings, db, args.official))
            return
        for card in desk.everybody(db):
            print(f"{card.code}: {card.name}, {card.authority}")


def _release(settings: Settings, args: argparse.Namespace) -> None:
    with contextlib.closing(Database(settings.database, serve=False)) as db:
        check(db)
        if args.id is not None:
            found = db.write(lambda tx: inbox.release(tx, args.id, utc_now())).result()
            print("It is served again." if found else "There is no such message in quarantine.")
            return
        for id, at, problem in db.read(inbox.quarantined).result():
            print(f"{id}: {at:%Y-%m-%d %H:%M} UTC, {problem}")


def _play(settings: Settings, args: argparse.Namespace) -> None:
    with contextlib.closing(Database(settings.database)) as db:
        if settings.embedded:
            migrate(settings.database)
        check(db)
        process = prepare(settings, db)
        db.write(lambda tx: load_demo(tx, settings.region.parent, utc_now())).result()
        play.play(process, args.dialog, args.lang, sys.stdin, sys.stdout)


if __name__ == "__main__":
    sys.exit(main())
