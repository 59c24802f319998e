"""An official whose role or right ends in the middle of something: the next press is decided by what they are then."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from sqlalchemy.engine import Connection

from core import app
from core.actors import Role
from core.appeals.types import Reason, RejectAppeal
from core.authorities.entries import revoke_official
from core.authorities.tables import officials
from core.db import Database
from core.errors import NotAllowed
from tests.builders import NOON, Chat, a_citizen, a_filed, an_official, fill, the_official
from tests.pipe.conftest import Pipe, Postbox, real_houses


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[tuple[Pipe, Chat, str]]:
    """A coordinator at their desk, and a new appeal there."""
    with closing(Database(sqlite_url)) as db:
        db.write(fill).result()
        pipe = Pipe(db, houses=real_houses())
        author = pipe.write(lambda tx: a_citizen(tx, consent=True))
        yield pipe, pipe.write(an_official), pipe.write(lambda tx: a_filed(tx, author))


def becomes(role: Role) -> Callable[[Connection], object]:
    return lambda tx: tx.execute(officials.update().where(officials.c.code == "petrov").values(role=role))


def is_revoked(tx: Connection) -> None:
    revoke_official(tx, the_official(tx, "petrov").id, NOON)


def status(pipe: Pipe, number: str) -> str:
    (found,) = pipe.rows("appeals", "status", number=number)
    return str(found)


async def last(pipe: Pipe, postbox: Postbox) -> tuple[str, list[str]]:
    await pipe.turns()
    await pipe.delivers(postbox)
    shown = next(parcel.shown for parcel in reversed(postbox.parcels) if not parcel.push)
    return f"{shown.note} {shown.text}", [button.data for button in shown.buttons if button.data.startswith("~")]


@pytest.mark.parametrize("end", [None, becomes(Role.EXECUTOR), is_revoked], ids=["nothing", "role", "revoked"])
async def test_what_ends_while_a_form_is_open_ends_it(
    desk: tuple[Pipe, Chat, str], end: Callable[[Connection], object] | None
) -> None:
    """Rejecting is for coordinators: three presses lead there, and the last of them is made too late."""
    (pipe, chat, number), postbox = desk, Postbox()
    pipe.commands(chat, "reject", number)
    _, ways = await last(pipe, postbox)
    pipe.presses(chat, ways[0])
    _, ways = await last(pipe, postbox)
    if end is not None:
        pipe.write(end)
    said = ""
    for _ in range(3):
        if status(pipe, number) != "registered" or not ways:
            break
        wanted = next((way for way in ways if way.split("~", 3)[3].startswith(("yes", "skip"))), ways[0])
        pipe.presses(chat, wanted)
        said, ways = await last(pipe, postbox)
    assert status(pipe, number) == ("rejected" if end is None else "registered")
    if end is is_revoked:
        assert "Your entry to this desk has ended" in said
        pipe.commands(chat, "card", number)
        said, ways = await last(pipe, postbox)
        assert "Sadovaya" not in said and not ways


def test_of_a_role_that_changes_while_it_is_used_either_the_old_or_the_new_one_counts(
    desk: tuple[Pipe, Chat, str],
) -> None:
    """An actor is made from the database in the same transaction: after the change is committed nothing is done."""
    pipe, _, number = desk
    ready, outcomes = threading.Barrier(2), list[str]()

    def reject(tx: Connection) -> None:
        official = the_official(tx, "petrov")
        try:
            app.run(tx, official, "reject", RejectAppeal(number, Reason.SPAM, ""), NOON)
            outcomes.append(official.role)
        except NotAllowed:
            outcomes.append("refused")

    def presses() -> None:
        ready.wait()
        pipe.write(reject)

    pressing = threading.Thread(target=presses)
    pressing.start()
    ready.wait()
    pipe.write(becomes(Role.EXECUTOR))
    pressing.join()
    rejected = status(pipe, number) == "rejected"
    assert outcomes == (["coordinator"] if rejected else ["refused"])
    pipe.write(reject)
    assert outcomes[-1] == "refused"
