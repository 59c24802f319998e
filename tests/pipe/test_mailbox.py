"""The mailbox of a web chat: however often a page reconnects and repeats, it ends with what the server has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Connection

from bots.web import mailbox
from core.outbox import delivery
from core.outbox.service import enqueue_screen
from core.outbox.types import State
from core.shown import Shown, ShownButton, to_json
from tests.builders import NOON, Chat, a_citizen
from tests.pipe.conftest import Pipe

BUTTON = ShownButton("home:", "Home")


@dataclass
class Box:
    """The server's side of one chat, in one transaction."""

    tx: Connection
    chat: Chat
    count: int = 0
    outbox: list[int] = field(default_factory=list)

    def says(self, text: str) -> int:
        self.count += 1
        return mailbox.put_mine(self.tx, self.chat.id, f"mine-{self.count}", {"text": text, "photos": []}, NOON)

    def sends(
        self, text: str, *, edit: bool = False, push: bool = False, keep: bool = False, settle: bool = True
    ) -> int:
        """Puts a row into the outbox and sends it; answers with its id."""
        key, shown = f"{self.chat.id}:{len(self.outbox)}", Shown(text, buttons=(BUTTON,), keep=keep)
        enqueue_screen(self.tx, self.chat.id, to_json(shown), key=key, edit=edit, keep=True, now=NOON)
        (row,) = delivery.claim(self.tx, "one", ("reply",), 1, NOON)  # type: ignore[arg-type]
        delivery.begin_sending(self.tx, [row.id], "one", NOON)
        self.outbox.append(row.id)
        mailbox.put_theirs(self.tx, self.chat.id, row.id, shown, edit=edit, push=push, now=NOON)
        if settle:
            delivery.settle(self.tx, row.id, State.HANDED, NOON)
        return row.id

    def again(self, outbox_id: int, *, edit: bool) -> int:
        return mailbox.put_theirs(self.tx, self.chat.id, outbox_id, Shown("again"), edit=edit, push=False, now=NOON)

    def acknowledges(self, n: int) -> None:
        mailbox.acknowledge(self.tx, self.chat.id, n, NOON)

    def items(self) -> list[dict[str, Any]]:
        return mailbox.page(self.tx, self.chat.id)

    def latest(self) -> int:
        return mailbox.latest(self.tx, self.chat.id)


@dataclass
class Client:
    """The page: what is newer is put at its place."""

    items: dict[int, dict[str, Any]] = field(default_factory=dict)
    n: int = 0

    def fetch(self, box: Box, after: int | None = None, limit: int = mailbox.PAGE) -> None:
        fresh = mailbox.newer(box.tx, box.chat.id, self.n if after is None else after, limit)
        self.items |= {item["pos"]: item for item in fresh}
        if fresh:
            self.n = max(self.n, fresh[-1]["n"])

    def shown(self) -> list[dict[str, Any]]:
        return [self.items[pos] for pos in sorted(self.items)]


def within(pipe: Pipe, fn: Any) -> None:
    """In a transaction that is thrown away."""

    class Enough(Exception):
        pass

    def run(tx: Connection) -> None:
        fn(Box(tx, a_citizen(tx)))
        raise Enough

    with pytest.raises(Enough):
        pipe.write(run)


def states(pipe: Pipe) -> list[str]:
    return pipe.rows("outbox", "state")


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("says")),
        st.tuples(st.just("sends"), st.booleans(), st.booleans(), st.booleans()),
        st.tuples(st.just("again"), st.integers(0, 50), st.booleans()),
        st.tuples(st.just("fetch"), st.integers(1, 4)),
        st.tuples(st.just("reconnect"), st.integers(0, 60)),
        st.tuples(st.just("acknowledge"), st.integers(-3, 3)),
    ),
    max_size=40,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_a_page_always_ends_with_what_the_server_has(pipe: Pipe, steps: list[tuple[Any, ...]]) -> None:
    def play(box: Box) -> None:
        client, placed = Client(), dict[int, int]()
        for step in steps:
            match step:
                case ("says",):
                    box.says("hello")
                case ("sends", edit, push, keep):
                    id = box.sends("screen", edit=edit and not push, push=push, keep=keep)
                    pos = box.again(id, edit=edit)
                    placed = {old: place for old, place in placed.items() if place != pos} | {id: pos}
                case ("again", n, edit) if placed:
                    id, pos = list(placed.items())[n % len(placed)]
                    assert box.again(id, edit=edit) == pos
                case ("fetch", limit):
                    client.fetch(box, limit=limit)
                case ("reconnect", after):
                    client.fetch(box, after=min(after, client.n))
                case ("acknowledge", off):
                    box.acknowledges(max(0, client.n + off))
                case _:  # there is nothing to repeat yet
                    pass
        while client.n < box.latest():
            client.fetch(box, limit=3)
        assert client.shown() == box.items()
        ns = [item["n"] for item in box.items()]
        assert len(set(ns)) == len(ns) and [item["pos"] for item in box.items()] == list(range(1, len(ns) + 1))
        live = [item for item in box.items() if item["side"] == "them" and not item["push"] and item["buttons"]]
        kept = [step for step in steps if step[0] == "sends" and step[3]]
        assert len(live) <= 1 + len(kept), "old screens have lost their buttons"

    within(pipe, play)


def test_a_page_of_items_goes_back_to_the_first(pipe: Pipe) -> None:
    def play(box: Box) -> None:
        for n in range(mailbox.PAGE * 2 + 7):
            box.says(f"{n}")
        items, first = box.items(), box.items()[0]["pos"]
        while first > 1:
            items = mailbox.page(box.tx, box.chat.id, first) + items
            first = items[0]["pos"]
        assert [item["text"] for item in items] == [f"{n}" for n in range(mailbox.PAGE * 2 + 7)]

    within(pipe, play)


def test_a_new_screen_takes_the_buttons_of_the_one_before(pipe: Pipe) -> None:
    def play(box: Box) -> None:
        box.sends("one")
        box.says("words")
        box.sends("push", push=True)
        box.sends("two")
        assert [(item["text"], bool(item["buttons"])) for item in box.items()] == [
            ("one", False),
            ("words", False),
            ("push", True),
            ("two", True),
        ]

    within(pipe, play)


def test_an_edit_stands_where_the_live_screen_stood_and_never_where_one_is_kept(pipe: Pipe) -> None:
    def play(box: Box) -> None:
        box.sends("one")
        box.sends("push", push=True)
        box.sends("two", edit=True)
        box.sends("receipt", edit=True, keep=True)
        box.sends("three", edit=True)
        assert [item["text"] for item in box.items()] == ["receipt", "push", "three"]
        assert all(item["buttons"] for item in box.items())

    within(pipe, play)


def test_what_was_replaced_before_it_was_seen_is_superseded_and_what_was_seen_is_delivered(pipe: Pipe) -> None:
    def play(tx: Connection) -> None:
        box = Box(tx, a_citizen(tx))
        box.sends("seen")
        box.acknowledges(box.latest())
        box.sends("unseen", edit=True)
        box.sends("last", edit=True)
        box.acknowledges(box.latest())

    pipe.write(play)
    assert states(pipe) == ["delivered", "superseded", "delivered"]


def test_an_acknowledgement_that_is_faster_than_the_settlement_counts(pipe: Pipe) -> None:
    def play(tx: Connection) -> None:
        box = Box(tx, a_citizen(tx))
        id = box.sends("hello", settle=False)
        box.acknowledges(box.latest())
        delivery.settle(tx, id, State.HANDED, NOON, "", ["1"])

    pipe.write(play)
    assert states(pipe) == ["delivered"]


def test_acknowledging_what_is_not_there_or_once_more_changes_nothing(pipe: Pipe) -> None:
    def play(tx: Connection) -> None:
        box = Box(tx, a_citizen(tx))
        box.acknowledges(5)
        box.sends("hello")
        box.acknowledges(box.latest() + 1)
        box.acknowledges(0)

    pipe.write(play)
    assert states(pipe) == ["handed"]
