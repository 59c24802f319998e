"""What is stuck, and what may be done about it, for a terminal or a cron job: one line for each row, with the command
that helps. Prints nothing of what people have written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bots.config import Settings
from bots.ops.accounts import accounts_of
from bots.ops.texts import ASKED, help_for
from core.db import Database
from core.operations.service import act
from core.operations.stuck import stuck
from core.operations.types import Act, Kind, Stuck, Trouble

DONE = {
    Act.RELEASE: "It is served again.",
    Act.RETRY: "It is tried again.",
    Act.DISMISS: "It is set aside.",
}


def listed(settings: Settings, db: Database, now: datetime) -> Iterator[str]:
    for one in db.read(lambda conn: stuck(conn, now, accounts_of(settings))).result():
        yield _told(one)


def kinds(wanted: Act) -> list[str]:
    """Of rows of which that can be done."""
    return [kind.value for each, kind in ASKED if each is wanted]


def _told(one: Stuck) -> str:
    about = f" ({one.about})" if one.about else ""
    problem = f", {one.problem}" if one.problem else ""
    word = "until" if one.trouble is Trouble.PAUSED else "since"
    since = f" {word} {one.since:%Y-%m-%d %H:%M} UTC" if one.since else ""
    trouble = one.trouble.value.replace("_", " ")
    command = _command(one.acts[0], one) if one.acts else help_for(one).msgid
    return f"{one.kind.value} {one.id}{about}: {trouble}{since}{problem}. {command}"


def _command(act: Act, one: Stuck) -> str:
    row = one.id if act is Act.RELEASE else f"{one.kind.value} {one.id}"
    return f"python -m bots {act.value} {row}"


def done(db: Database, wanted: Act, kind: Kind, id: int, now: datetime) -> tuple[bool, str]:
    """Whether anything was done, and a sentence."""
    if db.write(lambda tx: act(tx, wanted, kind, id, "command", now)).result():
        return True, DONE[wanted]
    return False, "There is nothing to do: no such row, or it has moved on, or it is too late for that."
