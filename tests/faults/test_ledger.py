"""What is read of a database and of a chat is itself seen to find each thing, in rows that are broken on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bots.schema import metadata_with_all_tables
from core.shown import Shown, to_json
from tests.builders import NOON
from tests.faults import ledger
from tests.faults.checker import Effect, Seen
from tests.faults.history import word
from tests.faults.twice import Row, excess, row_of

LATER = NOON + timedelta(minutes=1)
ONE, OTHER = "101", "102"
"""Peers of citizens 1 and 2."""


@pytest.fixture
def conn() -> Iterator[Connection]:
    """Tables in which two people have a chat each, and nothing is checked."""
    metadata, engine = metadata_with_all_tables(), sa.create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.begin() as conn:
        for id, peer in enumerate((ONE, OTHER), 1):
            there = {"id": id, "messenger": "telegram", "account": "1", "peer": peer, "lang": "en", "created_at": NOON}
            put(conn, "conversations", **there, person_kind="citizen", person_id=id)
        yield conn
    engine.dispose()


def put(conn: Connection, table: str, **values: Any) -> None:
    conn.execute(sa.insert(ledger.TABLES[table]).values(values))


def filed(conn: Connection, id: int, citizen: int, text: str, at: Any = NOON) -> None:
    told = {
        "number": f"N{id}",
        "code": "c",
        "category": "roads",
        "territory": "t",
        "address": "Sadovaya",
        "key": f"f{id}",
    }
    more = {"authority_id": 1, "status": "new", "regime": "r", "version": 1, "due_at": NOON, "due_basis": "b"}
    put(conn, "appeals", id=id, citizen_id=citizen, text=text, filed_at=at, **told, **more)


def added(conn: Connection, id: int, appeal: int, citizen: int, text: str, at: Any = NOON) -> None:
    actor = {"actor_kind": "citizen", "actor_id": citizen, "key": f"a{id}", "kind": "addition"}
    put(conn, "appeal_remarks", id=id, appeal_id=appeal, text=text, at=at, **actor)


def sent(conn: Connection, id: int, text: str, state: str = "delivered", **values: Any) -> None:
    row = {"conversation_id": 1, "key": f"move:{id}:0", "lane": "reply", "kind": "screen", "body": to_json(Shown(text))}
    row |= {"format": 1, "keep": True, "edit": False, "not_before": NOON, "created_at": NOON, "state": state}
    put(conn, "outbox", **{"id": id, **row, **values})


# Effects


def test_effects_come_in_the_order_in_which_they_were_recorded(conn: Connection) -> None:
    filed(conn, 1, 1, word("0", 2), LATER)
    added(conn, 1, 1, 1, word("0", 0))
    assert ledger.effects(conn, {("0", 2): 3}) == [Effect("0", n) for n in (0, 2, 3, 4)]


def test_what_was_recorded_twice_is_read_twice(conn: Connection) -> None:
    filed(conn, 1, 1, word("0", 0))
    filed(conn, 2, 1, word("0", 0), LATER)
    added(conn, 1, 1, 1, word("0", 5), LATER)
    added(conn, 2, 2, 1, word("0", 5), LATER)
    assert ledger.effects(conn, {}) == [Effect("0", n) for n in (0, 0, 5, 5)]


def test_what_was_turned_round_within_one_table_is_read_so(conn: Connection) -> None:
    added(conn, 1, 1, 1, word("0", 5))
    added(conn, 2, 1, 1, word("0", 3))
    assert ledger.effects(conn, {}) == [Effect("0", 5), Effect("0", 3)]


# Whose words


@pytest.mark.parametrize("where", ["appeal", "address", "remark"])
def test_words_of_somebody_else_are_read_wherever_they_stand(conn: Connection, where: str) -> None:
    filed(conn, 1, 1, word("0", 0))
    filed(conn, 2, 2, word("0", 0) if where == "appeal" else word("1", 0))
    added(conn, 1, 2, 2, word("0", 0) if where == "remark" else word("1", 1))
    if where == "address":
        conn.execute(
            sa.update(ledger.TABLES["appeals"]).values(address=f"Sadovaya, {word('0', 5)}").where(sa.text("id=2"))
        )
    found = ledger.owners(conn, {ONE: "0", OTHER: "1"})
    assert found.count(Seen("1", "0")) == 1
    assert found.count(Seen("0", "0")) == 1


# What is left


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("inbox", {"conversation_id": 1, "key": "k", "event": {}, "not_before": NOON, "received_at": NOON}),
        ("jobs", {"kind": "k", "key": "k", "payload": {}, "not_before": NOON, "created_at": NOON}),
        ("timers", {"scope": "s", "due_at": NOON, "kind": "k", "payload": {}}),
        ("timers", {"scope": "s", "due_at": LATER, "kind": "k", "payload": {}, "problem": "KeyError"}),
        ("fetches", {"ref": "r", "messenger": "vk", "source": {}, "not_before": LATER, "give_up_at": LATER}),
        (
            "fetches",
            {"ref": "r", "messenger": "vk", "source": {}, "not_before": NOON, "give_up_at": LATER, "state": "leased"},
        ),
    ],
    ids=["inbox", "jobs", "a timer that is due", "a timer that failed", "a fetch that waits", "a fetch under way"],
)
def test_what_has_not_come_to_its_end_is_left(conn: Connection, table: str, values: dict[str, Any]) -> None:
    put(conn, table, **values)
    assert ledger.left(conn, NOON) == {**dict.fromkeys(ledger.left(conn, NOON), 0), table: 1}
    assert ledger.stuck(conn, NOON) == 1


@pytest.mark.parametrize("state", ledger.OPEN)
def test_a_row_that_was_not_sent_is_left(conn: Connection, state: str) -> None:
    sent(conn, 1, "A question", state)
    assert ledger.left(conn, NOON)["outbox"] == 1


@pytest.mark.parametrize("held", [{"lease_owner": "somebody"}, {"pending_at": NOON}], ids=["held", "not heard"])
def test_a_conversation_that_is_held_or_not_heard_is_left(conn: Connection, held: dict[str, Any]) -> None:
    conn.execute(sa.update(ledger.TABLES["conversations"]).values(held).where(sa.text("id = 1")))
    assert ledger.left(conn, NOON)["conversations"] == 1


def test_what_has_come_to_its_end_or_is_not_due_is_not_left(conn: Connection) -> None:
    sent(conn, 1, "A question")
    put(conn, "timers", scope="s", due_at=LATER, kind="k", payload={})
    gone = {"ref": "r", "messenger": "vk", "source": {}, "not_before": NOON, "give_up_at": LATER, "state": "done"}
    put(conn, "fetches", **gone)
    assert ledger.stuck(conn, NOON) == 0


# What stands twice


def said(n: int, words: str, *ids: int, doubtful: bool = False, thing: str = "") -> Row:
    return Row(f"move:{n}:0", thing or f"move:{n}", words, tuple(map(str, ids)), doubtful)


def chat(*texts: str) -> list[tuple[str, str]]:
    return [(str(n), text) for n, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("shown", "rows", "found"),
    [
        (chat("A", "A"), [said(1, "A", 1)], 1),
        (chat("A", "A"), [said(1, "A", 0)], 1),
        (chat("A", "B", "A"), [said(1, "A", 2), said(2, "B", 1)], 1),
        (chat("A", "B", "A"), [said(1, "A", 0), said(2, "B", 1)], 1),
        (chat("A", "A", "A"), [said(1, "A", 2)], 2),
        (chat("A", "A"), [said(1, "A", 0, thing="x"), said(2, "A", 1, thing="x")], 1),
        (chat("A", "B", "A"), [said(1, "A", 0, thing="x"), said(2, "B", 1), said(3, "A", 2, thing="x")], 1),
        (chat("A", "B"), [said(1, "A", 1), said(2, "B", 1)], 1),
        (chat("A", "A"), [said(1, "A", doubtful=True)], 1),
        (chat("A", "A", "A"), [said(1, "A", doubtful=True), said(2, "A", 2)], 1),
        (chat("Right.", "A", "Right.", "A"), [said(1, "A", 2, 3)], 1),
        (chat("Right.", "Right.", "A"), [said(1, "A", 1, 2)], 1),
        (chat("A", "?"), [said(1, "A", 0)], 1),
    ],
    ids=[
        "known the second time",
        "known the first time",
        "another one in between",
        "known the first time, another one in between",
        "three times",
        "two rows for one thing",
        "two rows for one thing, another one in between",
        "the known one says something else by now",
        "nobody knows of either",
        "one row is doubtful, and not all is of it",
        "two messages of one row",
        "the first of two messages",
        "of no row",
    ],
)
def test_what_stands_oftener_than_it_was_to_be_said_is_found(
    shown: list[tuple[str, str]], rows: list[Row], found: int
) -> None:
    assert excess(shown, rows) == found


@pytest.mark.parametrize(
    ("shown", "rows"),
    [
        (chat("A", "A"), [said(1, "A", 0), said(2, "A", 1)]),
        (chat("A", "B", "A"), [said(1, "A", doubtful=True), said(2, "B", 1), said(3, "A", 2)]),
        (chat("B"), [said(1, "A", 0), said(2, "B", 0)]),
        (chat("Right.", "A"), [said(1, "A", doubtful=True)]),
        (chat("A", "News"), [said(1, "A", 0), said(2, "", doubtful=True)]),
        (chat("A"), [said(1, "A", 0), said(2, "A", doubtful=True)]),
    ],
    ids=[
        "the same question twice",
        "one of which nobody knows, and the same again",
        "edited",
        "two messages of one of which nobody knows",
        "news of which nobody knows",
        "it has not come",
    ],
)
def test_what_was_to_be_said_so_often_is_none(shown: list[tuple[str, str]], rows: list[Row]) -> None:
    assert excess(shown, rows) == 0


def test_rows_are_read_with_what_they_are_about(conn: Connection) -> None:
    sent(conn, 1, "A question", sent_ids=[4, 5])
    sent(conn, 2, "A question", "uncertain", key="move:7:1")
    sent(conn, 3, "A question", "superseded", resent=True)
    sent(conn, 4, "A question", "superseded")
    news = {"kind": "status", "facts": {"number": "1", "status": "answered"}}
    sent(conn, 5, "", kind="notice", body=news, key="x", sent_ids=[6])
    sent(conn, 6, "", kind="notice", body=news, key="y", sent_ids=[7])
    rows = ledger.known_to_be_sent(conn, "telegram")[ONE]
    assert [row.ids for row in rows] == [("4", "5"), (), (), (), ("6",), ("7",)]
    assert [row.doubtful for row in rows] == [False, True, True, False, False, False]
    assert [row.thing for row in rows[:2]] == ["move:1", "move:7"] and rows[4].thing == rows[5].thing
    assert excess([("6", "It is answered."), ("7", "It is answered.")], rows) == 1


def test_a_row_that_was_never_settled_stands_where_the_web_chat_says(conn: Connection) -> None:
    """Its page has confirmed it, and its process was killed before it wrote down where it stands."""
    there = {"id": 3, "messenger": "web", "account": "chat", "peer": "w", "lang": "en", "created_at": NOON}
    put(conn, "conversations", **there, person_kind="citizen", person_id=1)
    for id, ids in ((1, None), (2, ["5"])):
        sent(conn, id, "A question", conversation_id=3, sent_ids=ids, resent=True)
    item = {"conversation_id": 3, "side": "them", "body": {}, "at": NOON}
    for pos, row in ((4, 1), (5, 2), (6, None)):
        put(conn, "web_items", **item, pos=pos, n=pos, outbox_id=row)
    rows = ledger.known_to_be_sent(conn, "web")["w"]
    assert [(row.ids, row.doubtful) for row in rows] == [(("4",), False), (("5",), False)]
    assert excess([("4", "A question"), ("5", "A question")], rows) == 0
    assert excess([("4", "A question"), ("5", "A question"), ("6", "A question")], rows) == 1


def test_a_pinned_message_that_is_shown_anew_is_no_new_one() -> None:
    assert not row_of("pin:1:4:f", "pin", "sending", {"message": "4"}, None, resent=True).doubtful
