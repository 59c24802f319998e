"""What people have left with us goes in its time, or when they ask for it; what they ask for comes to them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.engine import Connection

from bots import uploads, work
from bots.work import Tools
from core import app, jobs
from core.actors import Citizen
from core.files.store import add_file
from core.files.types import Kind
from core.outbox import Lane, enqueue_notice
from core.personal.erasure import erase
from core.personal.types import RequestErasure, RequestExport
from tests.builders import NOON, Chat, a_filed, the_official
from tests.core.cast import on_sqlite
from tests.pipe.conftest import TABLES, Pipe
from tests.pipe.shelf import Shelf, a_worker, until_idle


async def test_raw_updates_are_pruned_by_a_job_of_the_day(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.says(chat, "hello")
    await pipe.turns()
    await until_idle(a_worker(pipe))
    assert len(pipe.rows("inbox", "id")) == 1
    pipe.now += timedelta(days=8)
    await until_idle(a_worker(pipe))
    assert pipe.rows("inbox", "id") == []
    assert pipe.rows("jobs", "state", kind="prune") == ["done", "done"]


def a_file(pipe: Pipe, chat: Chat, shelf: Shelf, content: bytes = b"a photo", **more: Any) -> str:
    name, now = shelf.save(content), pipe.now
    return pipe.write(lambda tx: add_file(tx, chat.person.id, name, "image/jpeg", len(content), now, **more))


async def test_what_is_over_is_forgotten_in_its_time(pipe: Pipe) -> None:
    chat, t = pipe.a_citizen(), TABLES
    pipe.enqueues(chat, "settled")
    pipe.enqueues(chat, "still waiting", keep=True)
    pipe.write(lambda tx: tx.execute(t["outbox"].update().values(state="delivered", settled_at=NOON)))
    pipe.enqueues(chat, "fresh")
    official = pipe.write(lambda tx: the_official(tx, "petrov").id)

    def fill(tx: Connection) -> None:
        tx.execute(t["code_tries"].insert().values(citizen_id=chat.person.id, number="1", at=NOON, key="try"))
        entry = {"official_id": official, "created_at": NOON, "expires_at": NOON + timedelta(days=60)}
        tx.execute(t["entries"].insert().values({**entry, "token_hash": "spent", "spent_at": NOON}))
        tx.execute(t["entries"].insert().values({**entry, "token_hash": "good"}))
        tx.execute(t["desks"].insert().values({**entry, "token_hash": "left", "seen_at": NOON, "revoked_at": NOON}))
        tx.execute(t["desks"].insert().values({**entry, "token_hash": "here", "seen_at": NOON}))

    pipe.write(fill)
    pipe.now += timedelta(days=31)
    await until_idle(a_worker(pipe))
    assert [body.get("text") for body in pipe.rows("outbox", "body")] == [None, None, "fresh"]
    assert pipe.rows("outbox", "format")[:2] == [0, 0]
    assert pipe.rows("code_tries", "id") == []
    assert (pipe.rows("entries", "token_hash"), pipe.rows("desks", "token_hash")) == (["good"], ["here"])
    assert NOON not in pipe.rows("jobs", "settled_at")


async def test_a_file_that_no_appeal_shows_goes_after_a_week_and_its_bytes_when_nobody_has_them(pipe: Pipe) -> None:
    shelf, one, two = Shelf(), pipe.a_citizen(consent=True), pipe.a_citizen()
    left, filed = a_file(pipe, one, shelf), a_file(pipe, one, shelf, b"filed")
    a_file(pipe, two, shelf, b"alone")

    def file(tx: Connection) -> None:
        a_filed(tx, one)
        row = {"appeal_id": 1, "position": 0, "ref": filed}
        tx.execute(TABLES["appeal_photos"].insert().values(row))

    pipe.write(file)
    pipe.now += timedelta(days=6)
    fresh = a_file(pipe, two, shelf)
    await until_idle(a_worker(pipe, shelf=shelf))
    assert len(pipe.rows("files", "ref")) == 4
    pipe.now += timedelta(days=2)
    await until_idle(a_worker(pipe, shelf=shelf))
    assert set(pipe.rows("files", "ref")) == {filed, fresh} and left not in {filed, fresh}
    assert sorted(shelf.blobs.values()) == [b"a photo", b"filed"]


@on_sqlite
async def test_a_photo_of_a_form_in_progress_stays(pipe: Pipe) -> None:
    shelf, chat = Shelf(), pipe.a_citizen()
    ref = a_file(pipe, chat, shelf)
    pipe.now += timedelta(days=8)
    pipe.commands(chat, "note")
    await pipe.turns()
    assert pipe.rows("forms", "name") == ["note"]
    await until_idle(a_worker(pipe, shelf=shelf))
    assert pipe.rows("files", "ref") == [ref]


def asks(pipe: Pipe, chat: Chat, command: object, key: str) -> Any:
    return pipe.write(lambda tx: app.run(tx, Citizen(chat.person.id), key, command, pipe.now))


@pytest.fixture
def archived(pipe: Pipe) -> tuple[Chat, Shelf]:
    shelf, chat = Shelf(), pipe.a_citizen(consent=True)
    pipe.write(lambda tx: a_filed(tx, chat))
    assert asks(pipe, chat, RequestExport(), "export")
    return chat, shelf


async def test_an_archive_comes_as_a_notice_and_is_gone_a_day_later(pipe: Pipe, archived: tuple[Chat, Shelf]) -> None:
    chat, shelf = archived
    await until_idle(a_worker(pipe, shelf=shelf))
    [(ref, blob, kind, name)] = pipe.rows("files", "ref", "sha256", "kind", "name")
    assert (kind, name) == (Kind.EXPORT, "otklik-2026-09-14.zip")
    assert shelf.blobs[blob].startswith(b"PK")
    assert {"kind": "export", "facts": {"ref": ref}} in pipe.rows("outbox", "body", conversation_id=chat.id)
    pipe.write(lambda tx: uploads.remember(tx, ref, "telegram", "7000001", "AgAC1"))  # it has been sent there
    pipe.later(23 * 3600)
    await until_idle(a_worker(pipe, shelf=shelf))
    assert blob in shelf.blobs
    pipe.later(2 * 3600)
    await until_idle(a_worker(pipe, shelf=shelf))
    assert (pipe.rows("files", "ref"), pipe.rows("uploads", "ref"), shelf.blobs) == ([], [], {})


@on_sqlite
async def test_who_waits_for_an_archive_at_night_gets_it_with_what_was_held_for_the_morning(
    pipe: Pipe, archived: tuple[Chat, Shelf]
) -> None:
    chat, shelf = archived
    morning = pipe.now + timedelta(hours=6)
    pipe.write(lambda tx: enqueue_notice(tx, chat.id, "status", {}, Lane.PUSH, "held", pipe.now, morning))
    await until_idle(a_worker(pipe, shelf=shelf))
    assert pipe.rows("outbox", "not_before", conversation_id=chat.id, lane=Lane.PUSH) == [pipe.now] * 2


@on_sqlite
async def test_a_newer_archive_takes_the_place_of_the_older(pipe: Pipe, archived: tuple[Chat, Shelf]) -> None:
    chat, shelf = archived
    await until_idle(a_worker(pipe, shelf=shelf))
    pipe.later(60)
    assert asks(pipe, chat, RequestExport(), "another")
    await until_idle(a_worker(pipe, shelf=shelf))
    assert len(pipe.rows("files", "ref")) == len(shelf.blobs) == 1


@on_sqlite
async def test_work_that_is_done_again_after_a_crash_hands_over_one_archive(
    pipe: Pipe, archived: tuple[Chat, Shelf]
) -> None:
    _, shelf = archived
    job = pipe.write(lambda tx: jobs.claim(tx, "dead", pipe.now))
    assert job is not None
    work.WORK["export"](Tools(pipe.db, shelf, pipe.houses.speeches), job.payload, pipe.now)  # and then it died
    assert pipe.rows("files", "ref") == []
    pipe.later(jobs.LEASE.total_seconds() + 1)
    await until_idle(a_worker(pipe, shelf=shelf))
    assert len(pipe.rows("files", "ref")) == 1


@on_sqlite
async def test_an_archive_of_who_has_gone_meanwhile_is_handed_to_nobody(
    pipe: Pipe, archived: tuple[Chat, Shelf]
) -> None:
    chat, shelf = archived
    record = work.WORK["export"](Tools(pipe.db, shelf, pipe.houses.speeches), {"citizen": chat.person.id}, pipe.now)
    pipe.write(lambda tx: erase(tx, chat.person.id, pipe.now))
    pipe.write(lambda tx: record(tx, pipe.now))
    await until_idle(a_worker(pipe, shelf=shelf))
    assert (pipe.rows("files", "ref"), shelf.blobs) == ([], {})


async def test_who_asks_to_be_forgotten_is_forgotten_in_a_moment_with_the_bytes_of_their_files(pipe: Pipe) -> None:
    shelf, chat, other = Shelf(), pipe.a_citizen(consent=True), pipe.a_citizen()
    a_file(pipe, chat, shelf)
    a_file(pipe, other, shelf)
    a_file(pipe, chat, shelf, b"a document", kind=Kind.DOCUMENT)
    pipe.says(chat, "a secret")
    await pipe.turns()
    assert asks(pipe, chat, RequestErasure(), "erase") == 0
    await until_idle(a_worker(pipe, shelf=shelf))
    assert pipe.texts(chat), "its last words are still read"
    pipe.later(5)
    await until_idle(a_worker(pipe, shelf=shelf))
    assert pipe.rows("inbox", "id") == pipe.rows("outbox", "id") == pipe.rows("forms", "id") == []
    assert list(shelf.blobs.values()) == [b"a photo"], "somebody else has it too"
    pipe.says(chat, "what was just being stored")
    await pipe.turns()
    pipe.later(150)
    await until_idle(a_worker(pipe, shelf=shelf))
    assert pipe.rows("inbox", "id") == pipe.rows("outbox", "id") == []
    assert pipe.rows("jobs", "state", kind="erase") == ["done", "done"]
