"""What has become of what people said, read from the database of the subject and off the fake messengers."""

from __future__ import annotations

import heapq
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bots.schema import metadata_with_all_tables
from tests.fakes.telegram import FakeBot
from tests.fakes.vk_group import FakeGroup
from tests.faults.checker import Effect, Seen
from tests.faults.history import words

TABLES = metadata_with_all_tables().tables
OPEN = ("ready", "leased", "sending")
_DRAWN = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}|\d{3}-\d{3}-\d{3}")

Marks = Mapping[tuple[str, int], int]
"""How many things take effect with a text (tests.faults.history.marks)."""


def effects(conn: Connection, marks: Marks) -> list[Effect]:
    return [
        Effect(person, seq + n)
        for text in _recorded(conn)
        for person, seq in words(text)
        for n in range(marks.get((person, seq), 1))
    ]


def owners(conn: Connection, persons: Mapping[str, str]) -> list[Seen]:
    """Whose words stand in what a person may read: their own appeals and remarks. `persons`: names by peer."""
    c, a, r = TABLES["conversations"].c, TABLES["appeals"].c, TABLES["appeal_remarks"].c
    here = (c.person_kind == "citizen", c.person_id == a.citizen_id)
    appeals = sa.select(c.peer, (a.text + " " + a.address).label("text")).where(*here)
    remarks = sa.select(c.peer, r.text).where(*here, r.appeal_id == a.id)
    rows = conn.execute(sa.union_all(appeals, remarks)).all()
    return [Seen(persons.get(row.peer, "?"), writer) for row in rows for writer, _ in words(row.text)]


def _recorded(conn: Connection) -> Iterator[str]:
    """In the order in which it was recorded. One move has one time; what it has put into two tables is in order there,
    and is taken to be in order across them."""
    a, r = TABLES["appeals"].c, TABLES["appeal_remarks"].c
    filed = sa.select(a.filed_at.label("at"), a.citizen_id, a.id, (a.text + " " + a.address).label("text"))
    added = sa.select(r.at, r.actor_id.label("citizen_id"), r.id, r.text).where(r.actor_kind == "citizen")
    moves: dict[tuple[Any, int], list[list[str]]] = {}
    for table, rows in enumerate((filed, added)):
        for row in conn.execute(rows.order_by("id")):
            moves.setdefault((row.at, row.citizen_id), [[], []])[table].append(row.text)
    for move in sorted(moves):
        yield from heapq.merge(*moves[move], key=words)


def state(conn: Connection) -> dict[str, Any]:
    """What is true in the end, by table, without what is drawn by lot or by the clock: equal for two runs in which the
    same was said, whatever happened on the way."""
    c, a, r, f = (TABLES[name].c for name in ("conversations", "appeals", "appeal_remarks", "forms"))
    theirs = (c.person_kind == "citizen", c.person_id == a.citizen_id)
    appeals = sa.select(c.peer, a.text, a.address, a.category, a.territory, a.authority_id, a.status).where(*theirs)
    remarks = sa.select(c.peer, a.text, r.kind, r.text).where(*theirs, r.appeal_id == a.id)
    begun = sa.select(c.peer, f.name, f.depth, f.session).where(f.conversation_id == c.id)
    told = {
        "appeals": _rows(conn, appeals.order_by(c.peer, a.id)),
        "remarks": _rows(conn, remarks.order_by(c.id, r.id)),
        "forms": [(*row[:3], row[3]["at"], row[3]["answers"]) for row in _rows(conn, begun.order_by(c.id, f.id))],
        "on show": [(peer, _plain(live)) for peer, live in _rows(conn, sa.select(c.peer, c.live).order_by(c.peer))],
        "consents": _rows(conn, sa.select(sa.func.count()).select_from(TABLES["consents"])),
    }
    return {name: sorted(rows, key=repr) if name != "appeals" else rows for name, rows in told.items()}


def _rows(conn: Connection, wanted: sa.Select[Any]) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in conn.execute(wanted)]


def _plain(live: Mapping[str, Any] | None) -> str:
    """The words of a screen without numbers and access codes."""
    return _DRAWN.sub("#", str(live["text"])) if live else ""


def left(conn: Connection) -> dict[str, int]:
    """Rows that have not come to an end, by table. Quarantined is one: an operator is shown it. A job that a dead
    process has left is free when its lease has run out, in five minutes: it is not waited for."""
    inbox, outbox, talks, jobs = (TABLES[name].c for name in ("inbox", "outbox", "conversations", "jobs"))
    waiting = {
        "inbox": inbox.state == "new",
        "outbox": outbox.state.in_(OPEN),
        "conversations": sa.or_(talks.lease_owner.is_not(None), talks.pending_at.is_not(None)),
        "jobs": jobs.state == "ready",
    }
    counts = {
        name: sa.select(sa.func.count()).select_from(TABLES[name]).where(open_) for name, open_ in waiting.items()
    }
    return {name: int(conn.execute(count).scalar_one()) for name, count in counts.items()}


def stuck(conn: Connection) -> int:
    return sum(left(conn).values())


def sending(conn: Connection, pid: int) -> int:
    """Rows that this process had on their way."""
    o = TABLES["outbox"].c
    theirs = sa.select(sa.func.count()).where(o.state == "sending", o.lease_owner.like(f"%-{pid}-%"))
    return int(conn.execute(theirs).scalar_one())


def counted(conn: Connection, table: str, column: str = "state") -> dict[str, int]:
    """How many rows there are of each state."""
    name = TABLES[table].c[column]
    return {str(key): int(count) for key, count in conn.execute(sa.select(name, sa.func.count()).group_by(name))}


@dataclass(frozen=True, slots=True)
class Known:
    """By peer: the messages of which we know that we have sent them, and those that were sent for the second time."""

    once: dict[str, set[str]]
    again: dict[str, set[str]]

    def of(self, peer: str) -> set[str]:
        return self.once.get(peer, set()) | self.again.get(peer, set())


def most_tried(conn: Connection, state: str) -> int:
    i = TABLES["inbox"].c
    return int(
        conn.execute(sa.select(sa.func.coalesce(sa.func.max(i.attempts), 0)).where(i.state == state)).scalar_one()
    )


def known_to_be_sent(conn: Connection, messenger: str) -> Known:
    o, c = TABLES["outbox"].c, TABLES["conversations"].c
    rows = sa.select(c.peer, o.sent_ids, o.resent).where(o.conversation_id == c.id, c.messenger == messenger)
    known = Known({}, {})
    for peer, ids, resent in conn.execute(rows.where(o.sent_ids.is_not(None))):
        (known.again if resent else known.once).setdefault(peer, set()).update(map(str, ids))
    return known


def excess_on_telegram(bot: FakeBot, known: Known) -> int:
    """Messages of the bot in private chats that stand there twice: of the first time we have not heard. It counts some
    that are none: the words of a screen may come again when nobody knows that they have been there."""
    chats = ((id, chat) for id, chat in bot.chats.items() if id > 0)
    return sum(
        _twice(
            [(m["text"], {str(id)}) for id, m in chat.messages.items() if m["from"]["id"] == bot.id and "text" in m],
            known.of(str(chat_id)),
            known.of(str(chat_id)),
        )
        for chat_id, chat in chats
    )


def excess_on_vk(group: FakeGroup, known: Known) -> int:
    """Here what was sent again counts alone: its first time is the same message for VK."""
    return sum(
        _twice(
            [(m.text, {str(m.cmid)}) for m in talk.messages if m.from_id < 0],
            known.of(str(talk.peer_id)),
            known.again.get(str(talk.peer_id), set()),
        )
        for talk in group.conversations.values()
        if not talk.shared
    )


def _twice(shown: list[tuple[str, set[str]]], known: set[str], second: set[str]) -> int:
    """One that nobody knows of, with the same words right after it in one that is known."""
    return sum(
        not ids & known and bool(later & second) and text == same
        for (text, ids), (same, later) in itertools.pairwise(shown)
    )
