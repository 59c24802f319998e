"""What has become of what people said, read from the database of the subject and off the fake messengers."""

from __future__ import annotations

import heapq
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bots.schema import metadata_with_all_tables
from tests.fakes.telegram import FakeBot
from tests.fakes.vk_group import FakeGroup
from tests.faults.checker import Effect, Seen
from tests.faults.history import words
from tests.faults.twice import Row, excess, row_of

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


def left(conn: Connection, now: datetime) -> dict[str, int]:
    """Rows that have not come to an end, by table. Quarantined is one: an operator is shown it. A job that a dead
    process has left is free when its lease has run out, in five minutes: it is not waited for. A timer waits for its
    time, and one that has failed is none that has come to its end."""
    inbox, outbox, talks, jobs = (TABLES[name].c for name in ("inbox", "outbox", "conversations", "jobs"))
    timers, fetches = (TABLES[name].c for name in ("timers", "fetches"))
    waiting = {
        "inbox": inbox.state == "new",
        "outbox": outbox.state.in_(OPEN),
        "conversations": sa.or_(talks.lease_owner.is_not(None), talks.pending_at.is_not(None)),
        "jobs": jobs.state == "ready",
        "timers": sa.or_(timers.due_at <= now, timers.problem.is_not(None)),
        "fetches": fetches.state.in_(("ready", "leased")),
    }
    counts = {
        name: sa.select(sa.func.count()).select_from(TABLES[name]).where(open_) for name, open_ in waiting.items()
    }
    return {name: int(conn.execute(count).scalar_one()) for name, count in counts.items()}


def stuck(conn: Connection, now: datetime) -> int:
    return sum(left(conn, now).values())


def sending(conn: Connection, pid: int) -> int:
    """Rows that this process had on their way."""
    o = TABLES["outbox"].c
    theirs = sa.select(sa.func.count()).where(o.state == "sending", o.lease_owner.like(f"%-{pid}-%"))
    return int(conn.execute(theirs).scalar_one())


def counted(conn: Connection, table: str, column: str = "state") -> dict[str, int]:
    """How many rows there are of each state."""
    name = TABLES[table].c[column]
    return {str(key): int(count) for key, count in conn.execute(sa.select(name, sa.func.count()).group_by(name))}


Known = Mapping[str, Sequence[Row]]
"""By peer: what was to be said there, and how far we know that it was (tests.faults.twice)."""


def most_tried(conn: Connection, state: str) -> int:
    i = TABLES["inbox"].c
    return int(
        conn.execute(sa.select(sa.func.coalesce(sa.func.max(i.attempts), 0)).where(i.state == state)).scalar_one()
    )


def known_to_be_sent(conn: Connection, messenger: str) -> Known:
    """Where a process was killed before it had written down where a row stands, the web chat's own table knows."""
    o, c, i = TABLES["outbox"].c, TABLES["conversations"].c, TABLES["web_items"].c
    places = {row.outbox_id: [row.pos] for row in conn.execute(sa.select(i.outbox_id, i.pos))}
    wanted = sa.select(c.peer, o.id, o.key, o.kind, o.state, o.body, o.sent_ids, o.resent).order_by(o.id)
    known = defaultdict[str, list[Row]](list)
    for row in conn.execute(wanted.where(o.conversation_id == c.id, c.messenger == messenger)):
        ids = row.sent_ids or places.get(row.id)
        known[row.peer].append(row_of(row.key, row.kind, row.state, row.body, ids, resent=row.resent))
    return known


def excess_on_telegram(bot: FakeBot, known: Known) -> int:
    """What stands in private chats oftener than it was to be said: nobody knows of the first time."""
    return sum(
        excess(
            [(str(id), m["text"]) for id, m in chat.messages.items() if m["from"]["id"] == bot.id and "text" in m],
            known.get(str(chat_id), ()),
        )
        for chat_id, chat in bot.chats.items()
        if chat_id > 0
    )


def excess_on_vk(group: FakeGroup, known: Known) -> int:
    """What is sent again is the same message for VK."""
    return sum(
        excess(
            [(str(m.cmid), m.text) for m in talk.messages if m.from_id < 0 and not m.deleted],
            known.get(str(talk.peer_id), ()),
        )
        for talk in group.conversations.values()
        if not talk.shared
    )
