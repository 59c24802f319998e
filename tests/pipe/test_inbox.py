"""The inbox: accepted once, served in order, tried three times, then set aside; and only that conversation waits."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import timedelta

from bots.receive import Accepted, Update, accept
from core.citizens.service import new_citizen
from core.conversations import service as conversations
from core.conversations.types import Address, Person
from core.inbox import service as inbox
from core.inbox.service import Heard
from core.talk import Command, Contact, Incoming, Message, Place, Press
from tests.builders import NOON, Chat
from tests.pipe.conftest import Pipe


def taken(pipe: Pipe, *chats: Chat) -> list[Heard]:
    return pipe.write(lambda tx: inbox.take(tx, [chat.id for chat in chats], pipe.now))


def failed(pipe: Pipe, heard: Heard) -> bool:
    def fail(tx: object) -> bool:
        given_up = inbox.fail(tx, heard, "Boom", pipe.now)  # type: ignore[arg-type]
        inbox.wake(tx, [heard.conversation_id])  # type: ignore[arg-type]
        return given_up

    return pipe.write(fail)


def settled(pipe: Pipe, inbox_id: int) -> None:
    pipe.write(lambda tx: inbox.settle(tx, [inbox_id], pipe.now))


def claimed(pipe: Pipe) -> list[int]:
    return pipe.write(lambda tx: conversations.claim(tx, "front", 10, pipe.now))


def test_a_key_is_accepted_once(pipe: Pipe) -> None:
    chat, other = pipe.a_citizen(), pipe.a_citizen()
    assert [pipe.hears(chat, Message("hello"), "the-same-key") for _ in range(3)] == [True, False, False]
    assert pipe.hears(other, Message("hello"), "the-same-key")
    assert len(pipe.rows("inbox", "id", conversation_id=chat.id)) == 1


def test_a_key_is_accepted_once_in_parallel_too(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    futures = [
        pipe.db.write(lambda tx: inbox.accept(tx, chat.id, "the-same-key", Message("hello"), b"", NOON))
        for _ in range(20)
    ]
    assert sorted(future.result() for future in futures) == [False] * 19 + [True]


def test_what_comes_out_is_what_went_in(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    events: list[Incoming] = [
        Press("key:with~signs", "run1", 7),
        Message(
            "text", ("one", "two"), Place("там", 55.5, 37.25), ("doc",), "voice", Contact("+7", own=True), "edited"
        ),
        Command("start", "payload"),
        Message(),
    ]
    for event in events:
        pipe.hears(chat, event)
    assert [heard.event for heard in taken(pipe, chat)] == events


def test_updates_of_a_conversation_come_out_in_order_and_share_a_move(pipe: Pipe) -> None:
    chat, other = pipe.a_citizen(), pipe.a_citizen()
    for n in range(inbox.AT_ONCE + 5):
        pipe.says(chat, f"{n}")
        pipe.says(other, f"other {n}")
    assert set(claimed(pipe)) == {chat.id, other.id}
    heard = [one.event for one in taken(pipe, chat, other) if one.conversation_id == chat.id]
    assert heard == [Message(f"{n}") for n in range(inbox.AT_ONCE)]


def test_attempts_are_counted_before_serving(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.says(chat, "hello")
    assert [one.attempts for one in taken(pipe, chat)] == [1]
    assert pipe.rows("inbox", "attempts") == [1]


def test_a_batch_left_by_a_dead_process_is_redone_one_by_one(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.says(chat, "one", "two", "three")
    assert len(taken(pipe, chat)) == 3
    for text in ("one", "two", "three"):
        (heard,) = taken(pipe, chat)
        assert (heard.event, heard.attempts) == (Message(text), 2)
        settled(pipe, heard.id)
    pipe.says(chat, "four", "five")
    assert len(taken(pipe, chat)) == 2


def test_it_is_tried_at_once_after_5_and_after_30_seconds_and_then_set_aside(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.says(chat, "hello")
    for pause in (5, 30):
        (heard,) = taken(pipe, chat)
        assert not failed(pipe, heard)
        pipe.later(pause - 0.5)
        assert taken(pipe, chat) == []
        pipe.later(0.5)
    (heard,) = taken(pipe, chat)
    assert failed(pipe, heard)
    pipe.later(3600)
    assert taken(pipe, chat) == []
    assert [(id, problem) for id, _, problem in pipe.read(inbox.quarantined)] == [(heard.id, "Boom")]


def test_only_the_conversation_of_a_failed_update_waits_and_nothing_overtakes_it_there(pipe: Pipe) -> None:
    chat, other = pipe.a_citizen(), pipe.a_citizen()
    pipe.says(chat, "broken", "behind it")
    (heard, _) = taken(pipe, chat)
    pipe.write(lambda tx: inbox.untry(tx, [heard.id + 1]))
    failed(pipe, heard)
    pipe.says(other, "hello")
    pipe.says(chat, "later")
    assert claimed(pipe) == [other.id]
    assert taken(pipe, chat) == []
    pipe.later(5)
    assert claimed(pipe) == [chat.id]
    assert [one.event for one in taken(pipe, chat)] == [Message("broken")]


def test_a_released_update_is_served_again_from_the_start(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.says(chat, "hello")
    for pause in (5, 30, 0):
        failed(pipe, taken(pipe, chat)[0])
        pipe.later(pause)
    id = pipe.rows("inbox", "id")[0]
    assert pipe.write(lambda tx: inbox.release(tx, id, pipe.now))
    assert not pipe.write(lambda tx: inbox.release(tx, id, pipe.now))
    assert claimed(pipe) == [chat.id]
    assert [(one.id, one.attempts) for one in taken(pipe, chat)] == [(id, 1)]


def test_pruning_forgets_only_what_was_served_long_ago(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.says(chat, "served", "waits")
    served = pipe.rows("inbox", "id")[0]
    settled(pipe, served)
    pipe.later(3600)
    pipe.says(chat, "new and served")
    newest = pipe.rows("inbox", "id")[-1]
    settled(pipe, newest)
    assert pipe.write(lambda tx: inbox.prune(tx, NOON + timedelta(minutes=1))) == 1
    assert [event["text"] for event in pipe.rows("inbox", "event")] == ["waits", "new and served"]


async def test_what_kills_the_process_every_time_is_set_aside(pipe: Pipe) -> None:
    """A dead process says nothing of what killed it: the attempts were counted before, and they are enough."""
    chat = pipe.a_citizen()
    pipe.says(chat, "deadly", "and what is behind it")
    for _ in range(inbox.DEATHS):
        claimed(pipe)
        assert len(taken(pipe, chat)) > 0, "and here it dies"
        pipe.later(60)
    await pipe.turns()
    assert pipe.rows("inbox", "state") == ["quarantined", "done"]


def test_two_first_messages_of_somebody_new_meet_in_one_conversation(pipe: Pipe) -> None:
    address = Address("web", "chat", "somebody new")

    def first(key: str) -> Future[Accepted]:
        update = Update(address, key, Message("hello"), b"", "ru")
        return pipe.db.write(lambda tx: accept(tx, update, NOON, lambda tx: Person("citizen", new_citizen(tx, NOON))))

    accepted = [future.result() for future in [first(f"key-{n}") for n in range(8)]]
    assert len({one.conversation_id for one in accepted}) == 1
    assert all(one.new for one in accepted)


def test_of_what_is_not_to_be_kept_only_the_key_stays(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    event = Message("Ivanov, +79161234567", key="1")
    assert pipe.write(lambda tx: inbox.accept(tx, chat.id, "u1", event, None, pipe.now))
    (heard,) = taken(pipe, chat)
    assert heard.event == event
    settled(pipe, heard.id)
    assert pipe.rows("inbox", "event", "raw", "state") == [({}, None, "done")]
    assert not pipe.write(lambda tx: inbox.accept(tx, chat.id, "u1", event, None, pipe.now))


def test_nor_is_it_kept_where_it_cannot_be_served(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.write(lambda tx: inbox.accept(tx, chat.id, "u1", Message("Ivanov"), None, pipe.now))
    for _ in range(inbox.TRIES):
        (heard,) = taken(pipe, chat)
        failed(pipe, heard)
        pipe.later(31)
    assert pipe.rows("inbox", "event", "state") == [({}, "done")]
