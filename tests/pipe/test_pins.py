"""Pins: a card in a chat goes on saying what is true, wherever it stands, and stops when the right to it is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bots.renew import CLOSED
from bots.signals import Signals
from bots.transport import Outcome, Parcel, Rejected, Sent, Uncertain
from bots.web import mailbox
from bots.web.transport import WebTransport
from core import app, pins
from core.appeals.types import AnswerAppeal, TakeAppeal
from core.authorities.entries import revoke_official
from core.conversations import service as conversations
from core.conversations.types import Saved
from core.outbox import Lane, delivery
from core.outbox.service import enqueue_pin, enqueue_screen
from core.outbox.types import State
from core.shown import Pinned, Shown, to_json
from tests.builders import NOON, Chat, a_filed, an_official, the_official
from tests.pipe.conftest import TABLES, Pipe, Postbox, a_pipe

ANSWER = "It has been filled this morning."


@dataclass
class Scene:
    """A citizen with an appeal in the web chat, and the officials who answer it."""

    pipe: Pipe
    chat: Chat
    number: str

    @property
    def web(self) -> WebTransport:
        return WebTransport(self.pipe.db, Signals(), lambda: self.pipe.now)

    async def delivers(self, transport: Any = None) -> None:
        await self.pipe.delivers(transport or self.web)

    async def opens(self, chat: Chat | None = None) -> None:
        self.pipe.presses(chat or self.chat, f"card:{self.number}")
        await self.pipe.turns()
        await self.delivers()

    async def goes_home(self, *, typed: bool) -> None:
        if typed:
            self.pipe.commands(self.chat, "home")
        else:
            self.pipe.presses(self.chat, "home:")
        await self.pipe.turns()
        await self.delivers()

    def official(self, code: str = "petrov") -> Chat:
        return self.pipe.write(lambda tx: an_official(tx, code))

    def gives(self, command: object, code: str = "petrov") -> None:
        self.pipe.write(lambda tx: app.run(tx, the_official(tx, code), f"{command}", command, self.pipe.now))

    def taken(self) -> None:
        self.gives(TakeAppeal(self.number))

    def answered(self) -> None:
        self.gives(AnswerAppeal(self.number, ANSWER))

    def items(self, chat: Chat | None = None) -> list[tuple[str, bool]]:
        """The screens of the chat: their words, and whether they have buttons. Pushes are left out."""
        there = (chat or self.chat).id
        items = self.pipe.read(lambda conn: mailbox.page(conn, there))
        return [(item["text"], bool(item["buttons"])) for item in items if not item["push"]]

    def says(self, status: str) -> str:
        return f"No. {self.number}: {status}."

    def edits(self) -> list[str]:
        """What has become of the rows that were to show a card anew."""
        return self.pipe.rows("outbox", "state", kind="pin")

    def live(self) -> dict[str, Any]:
        live = self.pipe.talk(self.chat).live
        assert live is not None
        return dict(live)


def begun(pipe: Pipe) -> Scene:
    chat = pipe.a_citizen(consent=True)
    scene = Scene(pipe, chat, pipe.write(lambda tx: a_filed(tx, chat)))
    pipe.later(60)
    return scene


@pytest.fixture
def scene(pipe: Pipe) -> Scene:
    return begun(pipe)


@pytest.fixture
def one(sqlite_url: str) -> Iterator[Scene]:
    """For what does not depend on the database."""
    with a_pipe(sqlite_url) as pipe:
        yield begun(pipe)


async def test_a_card_is_shown_anew_where_it_stands_with_its_buttons(scene: Scene) -> None:
    await scene.opens()
    scene.taken()
    await scene.delivers()
    scene.answered()
    await scene.delivers()
    assert scene.items() == [(scene.says("answered"), True)]
    assert scene.live()["text"] == scene.says("answered")
    assert "rate" in [button["label"] for button in scene.live()["buttons"]], "its label can be typed"
    assert scene.edits() == ["superseded", "handed"], "the first was replaced before it was seen"


async def test_a_card_that_is_not_on_show_any_more_is_kept_true_without_buttons(one: Scene) -> None:
    await one.opens()
    await one.goes_home(typed=True)
    one.taken()
    await one.delivers()
    assert one.items() == [(one.says("in_work"), False), ("Home.", True)]
    assert one.live()["text"] == "Home."


async def test_of_two_messages_with_one_card_only_the_one_on_show_has_buttons(one: Scene) -> None:
    await one.opens()
    await one.goes_home(typed=True)
    await one.goes_home(typed=True)
    one.pipe.commands(one.chat, "card", one.number)
    await one.pipe.turns()
    await one.delivers()
    one.taken()
    await one.delivers()
    card = one.says("in_work")
    assert one.items() == [(card, False), ("Home.", False), ("Home.", False), (card, True)]


async def test_a_screen_that_takes_the_place_of_a_card_stays(scene: Scene) -> None:
    await scene.opens()
    await scene.goes_home(typed=False)
    scene.taken()
    await scene.delivers()
    assert scene.items() == [("Home.", True)]
    assert scene.edits() == []


async def test_a_push_below_a_card_does_not_take_its_buttons(one: Scene) -> None:
    await one.opens()
    one.pipe.notifies(one.chat, {"number": one.number, "status": "in_work"})
    one.taken()
    await one.delivers()
    assert one.items() == [(one.says("in_work"), True)]


async def test_changes_that_follow_each_other_are_one_edit(scene: Scene) -> None:
    await scene.opens()
    scene.taken()
    scene.answered()
    assert scene.edits() == ["ready"]
    await scene.delivers()
    assert scene.items() == [(scene.says("answered"), True)]


async def test_a_change_while_an_edit_is_under_way_is_another_edit(scene: Scene) -> None:
    await scene.opens()
    scene.taken()
    changed = list[Parcel]()

    class Slow(Postbox):
        async def send(self, parcel: Parcel) -> Outcome:
            if not changed:
                changed.append(parcel)
                scene.answered()
            return await scene.web.send(parcel)

    await scene.delivers(Slow())
    assert scene.items() == [(scene.says("answered"), True)]
    assert len(scene.edits()) == 2


async def test_a_change_while_the_card_is_on_its_way_is_caught_up_with(scene: Scene) -> None:
    scene.pipe.presses(scene.chat, f"card:{scene.number}")
    await scene.pipe.turns()
    scene.pipe.later(30)
    scene.taken()
    assert scene.edits() == []
    scene.pipe.later(30)
    await scene.delivers()
    assert scene.items() == [(scene.says("in_work"), True)]


async def test_what_has_not_changed_is_not_sent(scene: Scene) -> None:
    await scene.opens()
    n = scene.pipe.read(lambda conn: mailbox.latest(conn, scene.chat.id))
    scene.pipe.write(lambda tx: pins.touch(tx, f"appeal:{scene.number}", scene.pipe.now))
    await scene.delivers()
    assert scene.edits() == ["superseded"]
    assert scene.pipe.read(lambda conn: mailbox.latest(conn, scene.chat.id)) == n


async def test_the_cards_of_colleagues_follow_and_nothing_of_it_is_on_the_journal(one: Scene) -> None:
    petrov, kim = one.official("petrov"), one.official("kim")
    await one.opens(petrov)
    await one.opens(kim)
    read = one.pipe.rows("audit", "action", action="read")
    one.taken()
    await one.delivers()
    for official in (petrov, kim):
        assert one.items(official)[0][0] == one.says("in_work")
    assert one.pipe.rows("audit", "action", action="read") == read == ["read", "read"]


async def test_the_cards_of_a_revoked_official_are_closed_at_once(scene: Scene) -> None:
    petrov, kim = scene.official("petrov"), scene.official("kim")
    await scene.opens(petrov)
    await scene.opens(kim)
    scene.pipe.write(lambda tx: revoke_official(tx, petrov.person.id, scene.pipe.now))
    await scene.delivers()
    ((words, buttons),) = scene.items(petrov)
    assert words.startswith(CLOSED.msgid) and scene.number not in words and not buttons
    assert scene.items(kim) == [(scene.says("registered"), True)]


async def test_a_card_that_has_gone_to_somebody_else_is_closed_and_leads_on(one: Scene) -> None:
    petrov = one.official("petrov")
    await one.opens(petrov)
    appeals, elsewhere = TABLES["appeals"], one.pipe.write(lambda tx: the_official(tx, "orlova")).authority_id

    def passed_on(tx: Connection) -> None:
        tx.execute(sa.update(appeals).where(appeals.c.number == one.number).values(authority_id=elsewhere))
        pins.touch(tx, f"appeal:{one.number}", one.pipe.now)

    one.pipe.write(passed_on)
    await one.delivers()
    ((words, buttons),) = one.items(petrov)
    assert words.startswith(CLOSED.msgid) and one.number not in words and buttons


async def test_an_edit_of_which_nobody_knows_is_repeated(scene: Scene) -> None:
    await scene.opens()
    scene.taken()
    unsure = Postbox([Sent(("1",), confirmed=True), Uncertain("timed out"), Uncertain("timed out")])
    for _ in range(3):
        await scene.delivers(unsure)
        scene.pipe.later(10)
    edits = [parcel for parcel in unsure.parcels if parcel.message]
    assert [parcel.shown.text for parcel in edits] == [scene.says("in_work")] * 3
    assert scene.edits() == ["delivered"]


async def test_a_crash_while_editing_loses_nothing(scene: Scene) -> None:
    await scene.opens()
    scene.taken()

    class Death(BaseException):
        pass

    def dies(hop: str) -> None:
        if hop == "sent":
            raise Death

    deliver = scene.pipe.deliver(Postbox(), lanes=[Lane.NOTICE], reached=dies)
    with pytest.raises(Death):
        await deliver.turn()
    scene.pipe.write(lambda tx: delivery.recover(tx, scene.pipe.now, everything=True))
    await scene.delivers()
    assert scene.items() == [(scene.says("in_work"), True)]


async def test_a_message_that_cannot_be_edited_any_more_is_forgotten(one: Scene) -> None:
    await one.opens()
    one.taken()
    await one.delivers(Postbox([Sent(("1",), confirmed=True), Rejected("there is no such message")]))
    assert one.edits() == ["refused"]
    one.answered()
    assert one.edits() == ["refused"]


async def test_an_edit_that_comes_too_late_does_not_hide_what_stands_there(scene: Scene) -> None:
    """A reply that comes while the card's edit is on its way waits for it, and then takes its place."""
    await scene.opens()
    scene.taken()

    class Slow(Postbox):
        async def send(self, parcel: Parcel) -> Outcome:
            if parcel.message:
                await scene.goes_home(typed=False)
            return await scene.web.send(parcel)

    await scene.delivers(Slow())
    assert scene.items() == [("Home.", True)]
    assert scene.live()["text"] == "Home."
    assert scene.edits() == ["superseded"]


def test_what_is_on_show_is_renewed_only_while_it_is(one: Scene) -> None:
    """And a move that has read it before and showed nothing new leaves it as it was renewed."""
    old, new = to_json(Shown("old")), to_json(Shown("new"))
    table = TABLES["conversations"]

    def play(tx: Connection) -> None:
        tx.execute(sa.update(table).values(live=old, lease_owner="front"))
        before = conversations.read(tx, [one.chat.id])[one.chat.id]
        assert conversations.renew_live(tx, one.chat.id, old, new)
        assert not conversations.renew_live(tx, one.chat.id, old, to_json(Shown("other")))
        saved = Saved(before.lang, before.live, before.forms)
        conversations.save(tx, before, saved, "front", NOON)

    one.pipe.write(play)
    assert one.live() == new


def test_only_the_newest_cards_of_two_weeks_are_kept_true(scene: Scene) -> None:
    def put(tx: Connection, message: int) -> None:
        shown, now = Shown("card", pin=Pinned("card", "1", "appeal:1")), scene.pipe.now
        pins.put(tx, scene.chat.id, f"m{message}", shown, now, now)

    for n in range(pins.MOST + 2):
        scene.pipe.write(lambda tx, n=n: put(tx, n))  # type: ignore[misc]
    assert set(scene.pipe.rows("pins", "message")) == {f"m{n}" for n in range(2, pins.MOST + 2)}
    scene.pipe.later((pins.KEPT + timedelta(minutes=1)).total_seconds())
    scene.pipe.write(lambda tx: put(tx, 99))
    assert scene.pipe.rows("pins", "message") == ["m99"]


@pytest.mark.parametrize(("divided", "kept"), [(False, ["m1"]), (True, [])], ids=["whole", "divided"])
async def test_a_card_whose_words_took_several_messages_is_not_kept_true(
    one: Scene, *, divided: bool, kept: list[str]
) -> None:
    """One of them can show it neither whole nor in part beside the others."""
    postbox = Postbox([Sent(("m0", "m1"), confirmed=True, divided=divided)])
    card = to_json(Shown("card", pin=Pinned("card", one.number, f"appeal:{one.number}")))
    one.pipe.write(lambda tx: enqueue_screen(tx, one.chat.id, card, key="x", edit=False, keep=False, now=one.pipe.now))
    await one.pipe.delivers(postbox)
    assert one.pipe.rows("pins", "message") == kept


def test_a_pin_waits_for_replies_and_for_nothing_else(scene: Scene) -> None:
    pipe, chat = scene.pipe, scene.chat
    pipe.notifies(chat, {"number": "push", "status": "in_work"})
    pipe.write(lambda tx: enqueue_pin(tx, chat.id, "m1", pipe.now))
    pipe.enqueues(chat, "reply")

    def claimed() -> list[str]:
        rows = pipe.write(lambda tx: delivery.claim(tx, "one", tuple(Lane), 9, pipe.now))
        if "screen" in (kinds := [row.kind.value for row in rows]):
            ended = rows[kinds.index("screen")].id
            pipe.write(lambda tx: delivery.settle(tx, ended, State.DELIVERED, pipe.now))
        return kinds

    assert claimed() == ["screen", "notice"]
    assert claimed() == ["pin"], "while the push is still on its way"
    pipe.notifies(chat, {"number": "later", "status": "in_work"}, Lane.NOTICE)
    assert pipe.rows("outbox", "format", kind="pin") == [2]
