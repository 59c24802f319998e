"""Troubles of every kind in a real database, made by the functions that leave them, and read as an operator reads."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from bots.schema import metadata_with_all_tables
from core import jobs, timers
from core.files import fetches
from core.files.types import Kind as FileKind
from core.inbox import service as inbox
from core.operations.types import Account
from core.outbox import delivery, tokens
from core.outbox.types import Lane, State
from tests.builders import Chat
from tests.pipe.conftest import Pipe

WORDS = "Канарейкина Кенара, +7 912 000-13-37"
TABLES = metadata_with_all_tables().tables
TELEGRAM = Account("telegram", "1234567", "Telegram")


def quarantined(pipe: Pipe, chat: Chat) -> int:
    pipe.says(chat, WORDS)

    def give_up(tx: sa.Connection) -> int:
        (heard,) = inbox.take(tx, [chat.id], pipe.now)
        for attempt in range(inbox.TRIES):
            inbox.fail(tx, inbox.Heard(heard.id, chat.id, heard.event, pipe.now, attempt + 1), "KeyError", pipe.now)
        inbox.wake(tx, [chat.id])
        return heard.id

    return pipe.write(give_up)


def ended(pipe: Pipe, chat: Chat, state: State, reason: str = "") -> int:
    pipe.enqueues(chat, WORDS, keep=True)
    (row,) = pipe.write(lambda tx: delivery.claim(tx, "dead", tuple(Lane), 1, pipe.now))
    pipe.write(lambda tx: delivery.settle(tx, row.id, state, pipe.now, reason))
    return row.id


def a_timer(pipe: Pipe, tries: int = 0) -> int:
    def fail(tx: sa.Connection) -> int:
        timers.schedule(tx, scope="canary", due_at=pipe.now, kind="close", payload={"number": WORDS})
        for _ in range(tries):
            timer = timers.Timer(*tx.execute(sa.select(timers.timers)).one()[:6])
            timers.failed(tx, timer, "KeyError", pipe.now)
        id: int = tx.execute(sa.select(timers.timers.c.id)).scalar_one()
        return id

    return pipe.write(fail)


def a_failed_job(pipe: Pipe) -> int:
    pipe.write(lambda tx: jobs.enqueue(tx, key="canary", kind="export", payload={"of": WORDS}, now=pipe.now))
    while job := pipe.write(lambda tx: jobs.claim(tx, "worker", pipe.now)):
        pipe.write(lambda tx, job=job: jobs.fail(tx, job, "worker", "OSError", pipe.now))  # type: ignore[misc]
        pipe.now += timedelta(hours=2)
    return int(pipe.rows("jobs", "id", state="failed")[0])


def a_late_file(pipe: Pipe, chat: Chat) -> int:
    ref = pipe.write(
        lambda tx: fetches.add_waiting(tx, chat.person.id, FileKind.PHOTO, "vk", {"id": WORDS}, WORDS, pipe.now)
    )
    for _ in range(3):
        pipe.later(130)
        fetch = pipe.write(lambda tx: fetches.claim(tx, "worker", ["vk"], pipe.now))
        assert fetch is not None
        taken = fetch
        pipe.write(lambda tx: fetches.again(tx, taken, "worker", "ClientError", pipe.now))  # noqa: B023
    return int(pipe.rows("fetches", "id", ref=ref)[0])


def holds(pipe: Pipe, *, until_paused: timedelta | None = None) -> None:
    pipe.write(lambda tx: tokens.hold(tx, "telegram", "1234567", "somebody", pipe.now))
    if until_paused:
        pipe.write(lambda tx: tokens.pause(tx, "telegram", "1234567", pipe.now + until_paused))
