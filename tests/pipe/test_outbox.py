"""The outbox: what is claimed when, what makes what needless, and what a crash leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core.outbox import delivery, enqueue_notice
from core.outbox.lines import Way
from core.outbox.types import FORMAT, Lane, Row, State
from tests.builders import NOON, Chat
from tests.pipe.conftest import TABLES, Pipe

ALL = tuple(Lane)
OUTBOX = TABLES["outbox"]


def claimed(pipe: Pipe, lanes: Sequence[Lane] = ALL, limit: int = 100, owner: str = "one") -> list[Row]:
    return pipe.write(lambda tx: delivery.claim(tx, owner, lanes, limit, pipe.now))


def words(rows: list[Row]) -> list[str]:
    return [row.body.get("text") or row.body["facts"]["number"] for row in rows]


def ended(pipe: Pipe, rows: list[Row], state: State = State.DELIVERED) -> None:
    for row in rows:
        pipe.write(lambda tx, row=row: delivery.settle(tx, row.id, state, pipe.now))  # type: ignore[misc]


def in_turn(pipe: Pipe, lanes: Sequence[Lane] = ALL) -> list[list[str]]:
    """What is claimed, round by round, when each round is delivered at once."""
    rounds = []
    while rows := claimed(pipe, lanes):
        rounds.append(words(rows))
        ended(pipe, rows)
    return rounds


def sending(pipe: Pipe, rows: list[Row], owner: str = "one") -> set[int]:
    return pipe.write(lambda tx: delivery.begin_sending(tx, [row.id for row in rows], owner, pipe.now))


def a_notice(pipe: Pipe, chat: Chat, name: str, lane: Lane) -> None:
    pipe.notifies(chat, {"number": name, "status": "in_work"}, lane)


def test_the_most_urgent_lane_comes_first(pipe: Pipe) -> None:
    chats = [pipe.a_citizen() for _ in Lane]
    for chat, lane in zip(chats, reversed(Lane), strict=True):
        if lane is Lane.REPLY:
            pipe.enqueues(chat, "reply")
        else:
            a_notice(pipe, chat, lane.value, lane)
    assert words(claimed(pipe, limit=2)) == ["reply", "push"]
    assert words(claimed(pipe)) == ["notice", "bulk"]


def test_order_is_kept_within_a_lane_of_an_address_and_not_between_addresses(pipe: Pipe) -> None:
    chat, other = pipe.a_citizen(), pipe.a_citizen()
    for n in (1, 2, 3):
        pipe.enqueues(chat, f"{n}", keep=True)
        pipe.enqueues(other, f"other {n}", keep=True)
    assert in_turn(pipe) == [["1", "other 1"], ["2", "other 2"], ["3", "other 3"]]


def test_a_reply_overtakes_an_unsent_push_and_never_the_reverse(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    a_notice(pipe, chat, "push", Lane.PUSH)
    pipe.enqueues(chat, "reply")
    a_notice(pipe, chat, "later push", Lane.PUSH)
    assert in_turn(pipe) == [["reply", "push"], ["later push"]]
    pipe.enqueues(chat, "reply")
    a_notice(pipe, chat, "push", Lane.PUSH)
    assert words(claimed(pipe)) == ["reply"]
    assert claimed(pipe) == [], "the push waits until the reply has ended"


def test_a_push_that_waits_for_the_morning_holds_up_no_reply(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    a_notice(pipe, chat, "push", Lane.PUSH)
    pipe.write(lambda tx: tx.execute(sa.update(OUTBOX).values(not_before=pipe.now + timedelta(hours=8))))
    pipe.enqueues(chat, "reply")
    assert in_turn(pipe) == [["reply"]]
    pipe.later(8 * 3600)
    assert in_turn(pipe) == [["push"]]


def test_only_the_lanes_that_are_asked_for_are_claimed(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    a_notice(pipe, chat, "push", Lane.PUSH)
    assert claimed(pipe, (Lane.REPLY,)) == []


def test_each_row_goes_to_one_of_many_who_claim_at_once(pipe: Pipe) -> None:
    for _ in range(40):
        pipe.enqueues(pipe.a_citizen(), "hello")
    futures = [
        pipe.db.write(lambda tx, n=n: delivery.claim(tx, f"owner {n}", ALL, 9, pipe.now))  # type: ignore[misc]
        for n in range(12)
    ]
    ids = [row.id for future in futures for row in future.result()]
    assert len(ids) == len(set(ids)) == 40


def test_a_newer_reply_makes_the_unsent_ones_needless_but_not_what_is_to_be_kept(pipe: Pipe) -> None:
    chat, other = pipe.a_citizen(), pipe.a_citizen()
    a_notice(pipe, chat, "push", Lane.PUSH)
    pipe.enqueues(chat, "old")
    pipe.enqueues(chat, "receipt", keep=True)
    pipe.enqueues(other, "somebody else's")
    pipe.enqueues(chat, "new")
    states = dict(pipe.sent(chat)[1:])
    assert states == {"old": State.SUPERSEDED, "receipt": State.READY, "new": State.READY}
    assert pipe.sent(other) == [("somebody else's", State.READY)]
    assert pipe.rows("outbox", "state", lane="push") == ["ready"]


def test_what_is_on_its_way_is_not_superseded(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.enqueues(chat, "old")
    claimed(pipe)
    pipe.enqueues(chat, "new")
    assert pipe.sent(chat) == [("old", State.LEASED), ("new", State.READY)]


def test_what_takes_the_place_of_an_edit_may_edit_and_of_anything_else_may_not(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    for edit in (True, True, False, True):
        pipe.enqueues(chat, "screen", edit=edit)
    assert pipe.rows("outbox", "edit") == [True, True, False, False]


def test_one_that_is_sent_again_after_a_crash_may_be_on_show_and_be_edited(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.enqueues(chat, "shown before the crash")
    sending(pipe, claimed(pipe))
    pipe.write(lambda tx: delivery.recover(tx, pipe.now, everything=True))
    pipe.enqueues(chat, "after a press on it", edit=True)
    assert pipe.rows("outbox", "state", "edit") == [("superseded", False), ("ready", True)]


def test_what_has_expired_is_not_sent_even_before_the_sweep(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.enqueues(chat, "offer", expires_at=pipe.now + timedelta(minutes=1))
    pipe.later(60.5)
    assert claimed(pipe) == []
    pipe.write(lambda tx: delivery.expire(tx, pipe.now))
    assert pipe.sent(chat) == [("offer", State.EXPIRED)]


def test_a_body_of_a_newer_release_is_left_to_it(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.enqueues(chat, "from tomorrow")
    pipe.write(lambda tx: tx.execute(sa.update(OUTBOX).values(format=FORMAT + 1)))
    assert claimed(pipe) == []


def test_a_notice_is_left_to_the_release_that_knows_its_kind(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    """While both run: the one before would refuse what it cannot say, and nobody would be told."""
    chat = pipe.a_citizen()
    pipe.write(lambda tx: enqueue_notice(tx, chat.id, "spoke", {}, Lane.PUSH, "key", pipe.now))
    monkeypatch.setattr(delivery, "FORMAT", 1)
    assert claimed(pipe) == []
    monkeypatch.undo()
    assert len(claimed(pipe)) == 1


def test_the_same_key_is_enqueued_once(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.enqueues(chat, "one")
    pipe.write(lambda tx: tx.execute(sa.update(OUTBOX).values(key="key-2", state=State.DELIVERED)))
    pipe.enqueues(chat, "one, again")
    assert pipe.texts(chat) == ["one"]


def test_who_has_lost_a_row_does_not_begin_to_send_it(pipe: Pipe) -> None:
    pipe.enqueues(pipe.a_citizen(), "hello")
    rows = claimed(pipe, owner="slow")
    pipe.later(delivery.LEASE.total_seconds() + 1)
    pipe.write(lambda tx: delivery.recover(tx, pipe.now))
    assert [row.id for row in claimed(pipe, owner="other")] == [row.id for row in rows]
    assert sending(pipe, rows, "slow") == set()
    assert sending(pipe, rows, "other") == {row.id for row in rows}


@pytest.mark.parametrize("lane", Lane)
def test_a_row_left_in_sending_is_sent_once_more_or_is_uncertain(pipe: Pipe, lane: Lane) -> None:
    chat = pipe.a_citizen()
    if lane is Lane.REPLY:
        pipe.enqueues(chat, "hello")
    else:
        a_notice(pipe, chat, "hello", lane)
    for again in (True, False):
        assert sending(pipe, claimed(pipe))
        pipe.later(delivery.LEASE.total_seconds() + 1)
        pipe.write(lambda tx: delivery.recover(tx, pipe.now))
        if lane not in (Lane.REPLY, Lane.PUSH) or not again:
            break
        assert pipe.rows("outbox", "state", "resent", "reason") == [("ready", True, "sent again after a crash")]
    assert pipe.rows("outbox", "state", "reason") == [("uncertain", "a crash while sending")]


def test_a_row_that_was_only_leased_is_simply_sent(pipe: Pipe) -> None:
    for lane in (Lane.PUSH, Lane.NOTICE, Lane.BULK):
        a_notice(pipe, pipe.a_citizen(), lane.value, lane)
    claimed(pipe)
    pipe.write(lambda tx: delivery.recover(tx, pipe.now))
    assert pipe.rows("outbox", "state") == ["leased"] * 3, "its owner may be alive"
    pipe.later(delivery.LEASE.total_seconds() + 1)
    pipe.write(lambda tx: delivery.recover(tx, pipe.now))
    assert pipe.rows("outbox", "state", "resent") == [("ready", False)] * 3


def test_an_end_is_final(pipe: Pipe) -> None:
    """A page may confirm what it shows before we have written down that it was sent."""
    chat = pipe.a_citizen()
    pipe.enqueues(chat, "hello")
    rows = claimed(pipe)
    sending(pipe, rows)
    pipe.write(lambda tx: delivery.confirm(tx, [rows[0].id], pipe.now))
    ended(pipe, rows, State.HANDED)
    ended(pipe, rows, State.SUPERSEDED)
    pipe.write(lambda tx: delivery.again(tx, rows[0].id, pipe.now, "later"))
    assert pipe.sent(chat) == [("hello", State.DELIVERED)]


@pytest.mark.parametrize("together", [True, False])
def test_where_a_row_stands_is_known_also_where_it_was_confirmed_first(pipe: Pipe, *, together: bool) -> None:
    chat = pipe.a_citizen()
    pipe.enqueues(chat, "hello")
    (row,) = rows = claimed(pipe)
    sending(pipe, rows)
    pipe.write(lambda tx: delivery.confirm(tx, [row.id], pipe.now))
    if together:
        pipe.write(lambda tx: delivery.settle_sent(tx, [(row.id, State.HANDED, ["5"])], pipe.now))
    else:
        pipe.write(lambda tx: delivery.settle(tx, row.id, State.HANDED, pipe.now, "", ["5"]))
    assert pipe.rows("outbox", "state", "sent_ids") == [(State.DELIVERED, ["5"])]
    pipe.write(lambda tx: delivery.settle(tx, row.id, State.HANDED, pipe.now, "", ["6"]))
    assert pipe.rows("outbox", "state", "sent_ids") == [(State.DELIVERED, ["5"])], "an end is final"


def test_many_that_have_come_are_settled_at_once(pipe: Pipe) -> None:
    chats = [pipe.a_citizen() for _ in range(3)]
    for chat in chats:
        pipe.enqueues(chat, "hello")
    rows = claimed(pipe)
    sending(pipe, rows)
    ends = [(row.id, State.DELIVERED, [f"m{row.id}"]) for row in rows]
    pipe.write(lambda tx: delivery.settle_sent(tx, ends, pipe.now))
    assert [pipe.sent(chat) for chat in chats] == [[("hello", State.DELIVERED)]] * 3
    assert pipe.rows("outbox", "sent_ids") == [[f"m{row.id}"] for row in rows]


def test_what_was_handed_over_is_delivered_when_it_is_confirmed(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.enqueues(chat, "hello")
    rows = claimed(pipe)
    ended(pipe, rows, State.HANDED)
    pipe.write(lambda tx: delivery.confirm(tx, [rows[0].id], pipe.now))
    assert pipe.sent(chat) == [("hello", State.DELIVERED)]


def test_what_is_to_be_sent_next_is_found_by_an_index_however_much_waits(sqlite_url: str) -> None:
    """And so is what has waited too long: neither looks at a whole mailing."""
    engine, asked = sa.create_engine(sqlite_url), list[str]()

    def plan(conn: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("UPDATE outbox"):
            asked.extend(row[3] for row in cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))

    sa.event.listen(engine, "before_cursor_execute", plan)
    with engine.begin() as tx:
        delivery.claim(tx, "me", tuple(Lane), 10, NOON, Way("telegram", "1"))
        delivery.expire(tx, NOON)
    engine.dispose()
    assert not [step for step in asked if step.startswith("SCAN outbox") or "TEMP B-TREE" in step]
    names = ("state_lane_not_before_id", "outbox_bulk", "ready_since", "ready_until")
    used = [name for step in asked for name in names if name in step]
    assert used == ["state_lane_not_before_id"] * 3 + ["outbox_bulk"] * 2 + ["ready_until", "ready_since"]
