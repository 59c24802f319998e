"""A form that goes on in another conversation of its person: one move takes it, the old screen says so, nothing that
anybody has said is lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

import pytest
import sqlalchemy as sa

from bots.house import Houses
from core.citizens.service import new_citizen
from core.citizens.types import FILING
from core.conversations import elsewhere
from core.conversations import service as conversations
from core.conversations.service import LEASE
from core.conversations.types import Address, Person
from core.outbox.types import State
from core.speech import Speeches
from dialogs.house import citizens, officials
from dialogs.ways import RESUME
from tests.builders import NOON, Chat
from tests.pipe.conftest import ENGLISH, TABLES, Pipe

GONE = "You have gone on with this in another chat (VK)."


def another(pipe: Pipe, chat: Chat, messenger: str = "vk") -> Chat:
    """Another conversation of the same person."""
    address = Address(messenger, "1", f"peer-{chat.id}")
    return Chat(pipe.write(lambda tx: conversations.meet(tx, address, chat.person, "en", pipe.now)), chat.person, "")


async def begun(pipe: Pipe, *answers: str) -> tuple[Chat, Chat, str]:
    """Two chats of one person, and the run of the form that was begun in the first."""
    chat = pipe.a_citizen()
    pipe.presses(chat, "asks:")
    for answer in answers:
        pipe.says(chat, answer)
    await pipe.turns()
    return chat, another(pipe, chat), pipe.rows("forms", "run")[0]


async def delivered(pipe: Pipe) -> None:
    pipe.write(lambda tx: tx.execute(sa.update(TABLES["outbox"]).values(state=State.DELIVERED)))


async def test_the_menu_of_another_chat_offers_it_and_the_press_takes_it(pipe: Pipe) -> None:
    chat, there, run = await begun(pipe, "the first answer")
    await delivered(pipe)
    pipe.presses(there, "home:")
    await pipe.turns()
    live = pipe.talk(there).live or {}
    assert f"{RESUME}:{run}" in [button["data"] for button in live["buttons"]]
    pipe.presses(there, f"{RESUME}:{run}")
    await pipe.turns()
    assert pipe.texts(there)[-1] == "Second?"
    assert pipe.rows("forms", "run", "conversation_id") == [(run, there.id)]
    assert pipe.sent(chat)[-1] == (GONE, State.READY)
    assert pipe.rows("outbox", "edit", conversation_id=chat.id)[-1], "it takes the place of the old screen"
    old = pipe.talk(chat).live or {}
    assert old["text"] == GONE and [button["data"] for button in old["buttons"]] == ["home:"]


async def test_what_is_typed_in_the_old_chat_afterwards_is_something_new(pipe: Pipe) -> None:
    chat, there, run = await begun(pipe, "one")
    pipe.presses(there, f"{RESUME}:{run}")
    await pipe.turns()
    pipe.says(chat, "two")
    pipe.says(there, "the second answer")
    await pipe.turns()
    assert pipe.texts(chat)[-1] == "You said: two" and pipe.texts(there)[-1] == "Thank you."
    assert pipe.rows("forms", "run") == []


async def test_it_may_be_taken_and_finished_in_one_breath_and_taken_back(pipe: Pipe) -> None:
    chat, there, run = await begun(pipe, "one")
    pipe.presses(there, f"{RESUME}:{run}")
    await pipe.turns()
    pipe.presses(chat, f"{RESUME}:{run}")
    pipe.says(chat, "two")
    await pipe.turns()
    assert pipe.texts(chat)[-1] == "Thank you." and pipe.rows("forms", "run") == []
    assert pipe.texts(there)[-1] == "You have gone on with this in another chat (the chat on the site)."


class Half:
    """A process that has heard what waits in one chat and has not saved it yet."""

    def __init__(self, pipe: Pipe, name: str) -> None:
        self.pipe, front = pipe, pipe.front(name)
        heard = pipe.write(lambda tx: front._take(tx, pipe.now))
        self.turn = front._turn(heard, pipe.now)
        pipe.read(self.turn.begin)

    def saved(self) -> list[Future[None]]:
        return [self.pipe.db.write(lambda tx, some=some: self.turn.finish(tx, some)) for some in self.turn.slices()]  # type: ignore[misc]

    def saves(self) -> None:
        for future in self.saved():
            future.result()


async def test_both_press_at_once_and_one_of_them_wins(pipe: Pipe) -> None:
    """Both have read the same and save in the same moment; the other one hears the press again."""
    first, second, run = await begun(pipe, "one")
    third, halves = another(pipe, first, "telegram"), list[Half]()
    for chat in (second, third):
        pipe.presses(chat, f"{RESUME}:{run}")
        halves.append(Half(pipe, f"front {chat.id}"))
    for future in [future for half in halves for future in half.saved()]:
        future.result()
    (there,) = pipe.rows("forms", "conversation_id")
    assert there in (second.id, third.id)
    assert sorted(pipe.rows("inbox", "state")) == ["done", "done", "done", "new"]
    await pipe.turns()
    (now,) = pipe.rows("forms", "conversation_id")
    assert now in (second.id, third.id) and now != there, "who pressed later has it"
    assert pipe.texts(second if now == second.id else third)[-1] == "Second?"


async def test_words_on_their_way_when_it_is_taken_are_heard_again(pipe: Pipe) -> None:
    """They reach the form, or else they begin something new: never both, never neither."""
    chat, there, run = await begun(pipe, "one")
    pipe.says(chat, "the second answer")
    half = Half(pipe, "front")
    pipe.presses(there, f"{RESUME}:{run}")
    await pipe.front("rival").turn()
    half.saves()
    assert pipe.rows("forms", "conversation_id") == [there.id]
    assert pipe.rows("inbox", "state", "attempts", conversation_id=chat.id)[-1] == ("new", 0), "given back at once"
    await pipe.turns()
    assert pipe.texts(chat)[-1] == "You said: the second answer"
    pipe.says(there, "two")
    await pipe.turns()
    assert pipe.texts(there)[-1] == "Thank you."


TAKINGS: dict[str, Callable[[sa.Connection, Chat], None]] = {
    "joined": lambda tx, chat: conversations.hold(tx, chat.person.kind, chat.person.id),
    "dropped": lambda tx, chat: conversations.hand_to(tx, chat.id, Person("citizen", new_citizen(tx, NOON))),
}


@pytest.mark.parametrize("how", TAKINGS)
async def test_words_on_their_way_when_chats_are_joined_or_dropped_are_no_failed_try(pipe: Pipe, how: str) -> None:
    """Three of those would set them aside, and the second already lets them be heard alone."""
    chat = pipe.a_citizen()
    pipe.says(chat, "one", "two")
    half = Half(pipe, "front")
    pipe.write(lambda tx: TAKINGS[how](tx, chat))
    half.saves()
    assert pipe.rows("inbox", "state", "attempts") == [("new", 0), ("new", 0)], "given back at once"
    await pipe.turns()
    assert pipe.texts(chat)[-1] == "You said: two"
    assert pipe.rows("inbox", "state", "attempts") == [("done", 1), ("done", 1)]


async def test_words_that_somebody_else_is_serving_by_now_keep_the_try_of_the_slow_one(pipe: Pipe) -> None:
    """It may be their fault that it was slow."""
    chat = pipe.a_citizen()
    pipe.says(chat, "one")
    half = Half(pipe, "slow")
    pipe.later(LEASE.total_seconds() + 1)
    Half(pipe, "rival")
    half.saves()
    assert pipe.rows("inbox", "state", "attempts") == [("new", 2)]


async def test_a_form_that_has_got_an_answer_meanwhile_is_taken_with_that_answer(pipe: Pipe) -> None:
    chat, there, run = await begun(pipe)
    pipe.presses(there, f"{RESUME}:{run}")
    half = Half(pipe, "front")
    pipe.says(chat, "the first answer")
    await pipe.front("rival").turn()
    half.saves()
    assert pipe.rows("forms", "conversation_id") == [chat.id], "what was read is not what is there"
    await pipe.turns()
    assert pipe.rows("forms", "conversation_id") == [there.id] and pipe.texts(there)[-1] == "Second?"


async def test_two_who_take_from_each_other_wait_for_nobody(pipe: Pipe) -> None:
    chat, there, run = await begun(pipe, "one")
    pipe.presses(there, "asks:")
    pipe.says(there, "uno")
    await pipe.turns()
    other = next(each for each in pipe.rows("forms", "run") if each != run)
    halves = list[Half]()
    for here, wanted in ((chat, other), (there, run)):
        pipe.presses(here, f"{RESUME}:{wanted}")
        halves.append(Half(pipe, f"front {here.id}"))
    for future in [future for half in halves for future in half.saved()]:
        future.result()
    await pipe.turns()
    assert len(pipe.rows("forms", "run")) == 2 and set(pipe.rows("inbox", "state")) == {"done"}


async def test_the_consent_that_stands_before_it_is_asked_for_where_it_goes_on(pipe: Pipe) -> None:
    pipe.houses = Houses(citizens(), officials(), Speeches(ENGLISH))
    chat = pipe.a_citizen()
    there = another(pipe, chat)
    pipe.says(chat, "A deep pothole on Sadovaya, near the school")
    await pipe.turns()
    run = pipe.rows("forms", "run", name="appeal")[0]
    assert len(pipe.rows("forms", "run")) == 2
    pipe.presses(there, f"{RESUME}:{run}")
    await pipe.turns()
    assert pipe.rows("forms", "name", "conversation_id") == [("appeal", there.id), ("consent", there.id)]
    assert pipe.texts(chat)[-1] == GONE


async def test_a_command_of_a_move_that_was_lost_is_given_once(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.says(chat, "agree")
    half = Half(pipe, "front")
    c = TABLES["conversations"].c
    pipe.write(lambda tx: tx.execute(sa.update(TABLES["conversations"]).values(version=c.version + 1)))
    half.saves()
    assert pipe.rows("consents", "id") == []
    await pipe.turns()
    assert pipe.rows("consents", "purpose") == [FILING] and pipe.texts(chat) == ["You said: agree"]


async def test_nobody_is_offered_what_is_not_theirs(pipe: Pipe) -> None:
    _, _, run = await begun(pipe, "one")
    stranger = pipe.a_citizen()
    pipe.presses(stranger, f"{RESUME}:{run}")
    await pipe.turns()
    assert "Home." in pipe.texts(stranger)[-1]
    here = pipe.read(lambda conn: elsewhere.read(conn, [stranger.id])[stranger.id])
    assert here.elsewhere == ()


async def test_an_address_that_was_erased_offers_nothing(pipe: Pipe) -> None:
    chat, there, _ = await begun(pipe, "one")
    c = TABLES["conversations"].c
    erased = sa.update(TABLES["conversations"]).where(c.id == chat.id).values(erased_at=pipe.now)
    pipe.write(lambda tx: tx.execute(erased))
    assert pipe.read(lambda conn: elsewhere.read(conn, [there.id])[there.id]).elsewhere == ()
