"""`python -m bots ...`: the commands by which Otklik is run and looked after."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TypeAlias

import sqlalchemy.exc
import uvloop

from bots import desk, logs, play
from bots.addresses import at
from bots.config import Settings, SettingsError, read_settings
from bots.doctor.examine import examine
from bots.doctor.finding import bad
from bots.files.store import in_folder
from bots.migrate import NotMigrated, check, migrate
from bots.ops import commands as operators
from bots.wiring import Parts, prepare, serve
from core.authorities.queries import officials_at_work
from core.clock import utc_now
from core.db import AlreadyServed, Database
from core.demo import is_demo, load_demo
from core.importer import import_data, is_empty, load_data
from core.inbox import service as inbox
from core.lines import LANGUAGES
from core.operations.types import Act, Kind
from core.region.file import WrongFile

Command: TypeAlias = Callable[[Settings, argparse.Namespace], int | None]
"""None: all went well."""


def main(words: Sequence[str] | None = None) -> int:
    args = _parser().parse_args(words)
    try:
        settings = read_settings()
        logs.set_up(settings.secrets, form=settings.log_format, level=settings.log_level)
        command: Command = args.command
        return command(settings, args) or 0
    except (SettingsError, NotMigrated, AlreadyServed) as error:
        reason = str(error)
    except WrongFile as error:
        reason = str(error) if args.command is _import else f"REGION is wrong: {error}"
    except sqlalchemy.exc.DBAPIError as error:
        reason = (
            f"DATABASE_URL: the database does not answer as it should ({type(error.orig).__name__}). Please check that "
            "it runs, and its address, name, user and password."
        )
    except OSError as error:
        reason = f"HTTP_HOST or HTTP_PORT is wrong: nothing can listen there ({_why(error)})."
    except KeyboardInterrupt:
        return 130
    if args.command is _doctor:
        print(bad(reason))
        return 1
    print(reason, file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bots", description="Otklik: the messenger front door.")
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, what: str, run: Command) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=what, description=what)
        made.set_defaults(command=run)
        return made

    command("run", "everything in one process; migrates an embedded database itself", _run)
    command("front", "serves pages and hears messages (PostgreSQL: any number of them)", _front)
    command("worker", "sends pushes, watches timers and jobs (PostgreSQL: any number of them)", _worker)
    command("doctor", "checks settings, storage and messengers, and says what to press where; starts nothing", _doctor)
    command("migrate", "brings the database to this release", _migrate)
    invite = command("invite", "makes a single-use link by which an official enters the desk or their bot", _invite)
    invite.add_argument("official", nargs="?", help="the official's code; without it, they are listed")
    revoke = command("revoke", "closes the links and desks of an official who has left, at once", _revoke)
    revoke.add_argument("official", help="the official's code")
    import_ = command("import", "brings territories, authorities, officials, categories and routes in", _import)
    import_.add_argument("file", type=Path, help="like deploy/demo/data.yaml; a later import changes what differs")
    command("stuck", "lists what does not come to its end, and the command that helps; 1 if there is any", _stuck)
    release = command("release", "serves a quarantined message again", _release)
    release.add_argument("id", nargs="?", type=_number, help="its number; without it, they are listed")
    retry = command("retry", "tries again what `stuck` has listed", _retry)
    dismiss = command("dismiss", "sets aside for good what `stuck` has listed", _dismiss)
    for one, act in ((retry, Act.RETRY), (dismiss, Act.DISMISS)):
        one.add_argument("kind", choices=operators.kinds(act), help="as `stuck` names it")
        one.add_argument("id", type=_number, help="its number")
    play_ = command("play", "plays a dialog against the real core in this terminal", _play)
    play_.add_argument("dialog", help="the name of a form or a view: appeal, my, menu ...")
    play_.add_argument("--lang", default=LANGUAGES[0], choices=LANGUAGES, help="the language that it speaks")
    return parser


def _number(words: str) -> int:
    """A ValueError becomes a sentence of argparse."""
    if not 0 < (number := int(words)) < 2**63:
        raise ValueError
    return number


def _make_folder(settings: Settings) -> None:
    """For people's files, and mostly for the database too: better no start than a photo that is lost."""
    try:
        in_folder(settings.var_dir)
        with NamedTemporaryFile(dir=settings.var_dir):
            pass
    except OSError as error:
        raise SettingsError(f"VAR_DIR is wrong: it cannot be written ({_why(error)}).") from error


def _open(settings: Settings, *, serve: bool) -> Database:
    _make_folder(settings)
    try:
        return Database(settings.database, serve=serve)
    except OSError as error:
        raise SettingsError(f"DATABASE_URL is wrong: its file cannot be written ({_why(error)}).") from error


def _why(error: OSError) -> str:
    """The system's own words; those of libraries repeat the setting."""
    return os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or "refused"


def _doctor(settings: Settings, _: argparse.Namespace) -> int:
    return 0 if asyncio.run(examine(settings, sys.stdout)) else 1


def _migrate(settings: Settings, _: argparse.Namespace) -> None:
    _make_folder(settings)
    migrate(settings.database)


def _run(settings: Settings, _: argparse.Namespace) -> None:
    _serve(settings, Parts(front=True, worker=True), migrating=settings.embedded)


def _front(settings: Settings, _: argparse.Namespace) -> None:
    _serve(settings, Parts(front=True, worker=False), migrating=False)


def _worker(settings: Settings, _: argparse.Namespace) -> None:
    _serve(settings, Parts(front=False, worker=True), migrating=False)


def _serve(settings: Settings, parts: Parts, *, migrating: bool) -> None:
    if settings.embedded and not (parts.front and parts.worker):
        raise SettingsError("DATABASE_URL is wrong: one process serves SQLite; use `run`, or PostgreSQL.")
    with contextlib.closing(_open(settings, serve=True)) as db:
        if migrating:
            migrate(settings.database)
        check(db)
        process = prepare(settings, db)
        if settings.demo and parts.front and parts.worker:
            db.write(lambda tx: load_demo(tx, settings.region.parent, utc_now())).result()
        uvloop.run(_until_stopped(lambda stop: serve(process, parts, stop, lambda: _welcome(settings, db, parts))))


async def _until_stopped(run: Callable[[asyncio.Event], object]) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await run(stop)  # type: ignore[misc]


def _welcome(settings: Settings, db: Database, parts: Parts) -> None:
    connecting = ", ".join(_messengers(settings))
    if not parts.front:
        _say_ops(settings)
        print(f"The worker runs{connecting and f' and connects: {connecting}'}. Ctrl-C stops it.", flush=True)
        return
    print(f"\nThe citizens' chat:  {settings.address}/")
    print(f"The officials' desk: {settings.address}/desk")
    _say_ops(settings)
    if connecting:
        print(f"Being connected:     {connecting} (`python -m bots doctor` checks them)")
    if settings.demo and db.read(lambda conn: is_demo(conn, settings.region.parent)).result():
        print("\nTo enter the desk, open one of these links (each works once; a restart makes new ones):")
        for row in db.read(officials_at_work).result():
            print(f"  {row.name}, {row.authority['ru']}: {desk.link(settings, db, row.code)}")
    else:
        print("To enter the desk: python -m bots invite")
    print("\nCtrl-C stops it.", flush=True)


def _say_ops(settings: Settings) -> None:
    if settings.ops_port:
        print(f"The operators' page: {at(settings.ops_host, settings.ops_port)}/")


def _messengers(settings: Settings) -> Iterator[str]:
    """In words for an operator."""
    if settings.telegram_token:
        yield "Telegram"
    if settings.telegram_staff_token:
        yield "Telegram for officials"
    if settings.vk_token:
        yield "VK"


def _invite(settings: Settings, args: argparse.Namespace) -> None:
    with contextlib.closing(_open(settings, serve=False)) as db:
        check(db)
        if args.official:
            made = desk.invite(settings, db, args.official)
            print("\n".join(filter(None, (made.page, made.chat))))
            if made.remark:
                print(made.remark, file=sys.stderr)
            return
        for row in db.read(officials_at_work).result():
            print(f"{row.code}: {row.name}, {row.authority['ru']}")


def _revoke(settings: Settings, args: argparse.Namespace) -> None:
    with contextlib.closing(_open(settings, serve=False)) as db:
        check(db)
        desk.revoke(db, args.official)
        print("Revoked: their links and desks are closed.")


def _import(settings: Settings, args: argparse.Namespace) -> None:
    with contextlib.closing(_open(settings, serve=False)) as db:
        if settings.embedded:
            migrate(settings.database)
        check(db)
        data = load_data(args.file)
        db.write(lambda tx: import_data(tx, data)).result()
        print("Imported. People who have the chat open see it with their next step.")


def _release(settings: Settings, args: argparse.Namespace) -> None:
    with contextlib.closing(_open(settings, serve=False)) as db:
        check(db)
        if args.id is not None:
            well, said = operators.done(db, Act.RELEASE, Kind.UPDATE, args.id, utc_now())
            print(said if well else "There is no such message in quarantine.")
            return
        for id, at, problem in db.read(inbox.quarantined).result():
            print(f"{id}: {at:%Y-%m-%d %H:%M} UTC, {problem}")


def _stuck(settings: Settings, _: argparse.Namespace) -> int:
    with contextlib.closing(_open(settings, serve=False)) as db:
        check(db)
        found = list(operators.listed(settings, db, utc_now()))
    print("\n".join(found) or "Nothing is stuck.")
    return 1 if found else 0


def _retry(settings: Settings, args: argparse.Namespace) -> int:
    return _act(settings, Act.RETRY, args)


def _dismiss(settings: Settings, args: argparse.Namespace) -> int:
    return _act(settings, Act.DISMISS, args)


def _act(settings: Settings, act: Act, args: argparse.Namespace) -> int:
    with contextlib.closing(_open(settings, serve=False)) as db:
        check(db)
        well, said = operators.done(db, act, Kind(args.kind), args.id, utc_now())
    print(said)
    return 0 if well else 1


def _play(settings: Settings, args: argparse.Namespace) -> None:
    with contextlib.closing(_open(settings, serve=True)) as db:
        if settings.embedded:
            migrate(settings.database)
        check(db)
        process = prepare(settings, db)
        if settings.demo:
            db.write(lambda tx: load_demo(tx, settings.region.parent, utc_now())).result()
        elif db.read(is_empty).result():
            raise SettingsError("The database is empty, so that there is nothing to play with: set DEMO=1.")
        play.play(process, args.dialog, args.lang, sys.stdin, sys.stdout)


if __name__ == "__main__":
    sys.exit(main())
