"""The door of the officials' chat: nobody, then an official, then nobody again; and a page with a door of its own."""

from __future__ import annotations

from bots.house import load_houses
from bots.moves import NO_ENTRY
from core.authorities.entries import issue_entry, revoke_official
from core.conversations import service as conversations
from core.conversations.types import Address, Person
from core.speech import Speeches
from tests.builders import Chat, the_official
from tests.pipe.conftest import ENGLISH, Pipe


def a_door(pipe: Pipe, messenger: str = "telegram") -> Chat:
    pipe.houses = load_houses(Speeches(ENGLISH))
    address, nobody = Address(messenger, "2", "5"), Person("official", 0)
    return Chat(pipe.write(lambda tx: conversations.meet(tx, address, nobody, "en", pipe.now)), nobody, "")


def a_link(pipe: Pipe, code: str = "petrov") -> str:
    return pipe.write(lambda tx: issue_entry(tx, the_official(tx, code).id, pipe.now))


async def entered(pipe: Pipe, chat: Chat) -> None:
    pipe.commands(chat, "start", f"enter_{a_link(pipe)}")
    await pipe.turns()
    await presses(pipe, chat, "Enter")


async def presses(pipe: Pipe, chat: Chat, label: str) -> None:
    live = pipe.talk(chat).live or {}
    pipe.presses(chat, next(button["data"] for button in live["buttons"] if button["label"] == label))
    await pipe.turns()


async def test_a_link_leads_through_the_door_to_the_desk(pipe: Pipe) -> None:
    chat = a_door(pipe)
    pipe.commands(chat, "start")
    await pipe.turns()
    assert pipe.texts(chat)[-1].startswith("This is a chat for officials")
    await entered(pipe, chat)
    assert pipe.texts(chat)[-1].startswith("Hello, Петров Сергей Андреевич! This chat is your desk now.")
    await presses(pipe, chat, "My desk")
    assert pipe.texts(chat)[-1].startswith("Your desk. Zarechny City Administration")
    assert pipe.rows("forms", "run") == []


async def test_who_does_not_press_does_not_enter_and_spends_nothing(pipe: Pipe) -> None:
    chat, link = a_door(pipe), a_link(pipe)
    pipe.commands(chat, "start", f"enter_{link}")
    await pipe.turns()
    await presses(pipe, chat, "It is not me")
    assert pipe.texts(chat)[-1].startswith("Nothing has been opened")
    assert pipe.rows("conversations", "person_id") == [0] and pipe.rows("entries", "spent_at") == [None]


async def test_who_is_revoked_stands_at_the_door_again_and_sees_nothing_of_the_desk(pipe: Pipe) -> None:
    chat = a_door(pipe)
    await entered(pipe, chat)
    await presses(pipe, chat, "My desk")
    pipe.write(lambda tx: revoke_official(tx, the_official(tx, "petrov").id, pipe.now))
    for said in ("New: 0", "My desk"):
        pipe.says(chat, said)
        await pipe.turns()
        assert pipe.texts(chat)[-1].startswith("This is a chat for officials")
    pipe.presses(chat, "queue:new")
    await pipe.turns()
    assert pipe.texts(chat)[-1].startswith("This is a chat for officials")


async def test_who_leaves_stands_at_the_door_again(pipe: Pipe) -> None:
    chat = a_door(pipe)
    await entered(pipe, chat)
    pipe.commands(chat, "leave")
    await pipe.turns()
    await presses(pipe, chat, "Leave")
    assert pipe.texts(chat)[-1].startswith("You have left.")
    await presses(pipe, chat, "My desk")
    assert pipe.texts(chat)[-1].startswith("This is a chat for officials")
    assert pipe.rows("conversations", "person_id") == [0]


async def test_the_desk_of_a_page_has_no_such_door(pipe: Pipe) -> None:
    chat = a_door(pipe, "web")
    pipe.commands(chat, "start", f"enter_{a_link(pipe)}")
    await pipe.turns()
    assert pipe.texts(chat) == [NO_ENTRY.msgid]
