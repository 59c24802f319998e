"""What comes in pieces is heard as one thing: albums, forwarded batches, texts too long for one message."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.conversations import service as conversations
from core.inbox import service as inbox
from core.inbox.parts import LONG, LONG_FROM, PATIENCE, QUIET
from core.talk import Command, Incoming, Message, Place, Press
from tests.builders import Chat
from tests.pipe.conftest import Pipe


def comes(pipe: Pipe, chat: Chat, key: str, event: Incoming, part: str = "") -> bool:
    return pipe.write(lambda tx: inbox.accept(tx, chat.id, key, event, b"{}", pipe.now, part))


def heard(pipe: Pipe, chat: Chat) -> list[Incoming]:
    """What the next turn hears; nothing while a piece waits for others."""
    due = pipe.write(lambda tx: conversations.claim(tx, "front", 10, pipe.now))
    taken = pipe.write(lambda tx: inbox.take(tx, due, pipe.now)) if due else []
    pipe.write(lambda tx: inbox.settle(tx, [one.id for one in taken], pipe.now))
    pipe.write(lambda tx: conversations.release(tx, chat.id, "front"))
    pipe.write(lambda tx: inbox.wake(tx, [chat.id]))
    return [one.event for one in taken]


def album(*names: str, text: str = "") -> Message:
    return Message(text, names, key=names[0])


def test_the_pictures_of_an_album_are_one_message_in_their_order(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    for n in range(10):
        assert comes(pipe, chat, f"u{n}", album(f"photo{n}", text="Look!" if n == 0 else ""), "album:7")
    assert heard(pipe, chat) == []
    pipe.now += QUIET
    (whole,) = heard(pipe, chat)
    assert whole == Message("Look!", tuple(f"photo{n}" for n in range(10)), key="photo0")


def test_a_repeated_piece_changes_nothing(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    comes(pipe, chat, "u1", album("a"), "album:7")
    assert comes(pipe, chat, "u2", album("b"), "album:7")
    assert not comes(pipe, chat, "u2", album("b"), "album:7")
    assert not comes(pipe, chat, "u1", album("a"), "album:7")
    pipe.now += QUIET
    assert heard(pipe, chat) == [Message("", ("a", "b"), key="a")]


def test_each_piece_gives_the_next_one_time_but_not_for_ever(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    begun = pipe.now
    for n in range(8):
        comes(pipe, chat, f"u{n}", album(f"p{n}"), "album:7")
        pipe.now += timedelta(seconds=0.7)
        if pipe.now - begun < PATIENCE:
            assert heard(pipe, chat) == []
    first, *late = heard(pipe, chat)
    pipe.now += QUIET
    late += heard(pipe, chat)
    pictures = [ref for message in (first, *late) if isinstance(message, Message) for ref in message.photos]
    assert pictures == [f"p{n}" for n in range(8)] and late


def test_what_comes_late_is_heard_by_itself(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    comes(pipe, chat, "u1", album("a"), "album:7")
    pipe.now += QUIET
    assert heard(pipe, chat) == [album("a")]
    comes(pipe, chat, "u2", album("b"), "album:7")
    pipe.now += QUIET
    assert heard(pipe, chat) == [album("b")]


@pytest.mark.parametrize("other", [Message("and then", key="m9"), Press("menu:"), Command("start")])
def test_whoever_says_something_else_has_finished(pipe: Pipe, other: Incoming) -> None:
    chat = pipe.a_citizen()
    comes(pipe, chat, "u1", album("a"), "album:7")
    comes(pipe, chat, "u2", album("b"), "album:7")
    comes(pipe, chat, "u3", other)
    assert heard(pipe, chat) == [Message("", ("a", "b"), key="a"), other]


def test_two_albums_are_two_messages(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    comes(pipe, chat, "u1", album("a"), "album:7")
    comes(pipe, chat, "u2", album("b"), "album:8")
    pipe.now += QUIET
    assert heard(pipe, chat) == [album("a"), album("b")]


def test_a_long_text_that_was_divided_is_one_text(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    first, second = "word " * 819 + "w", "and the end of it."
    assert len(first) >= LONG_FROM
    comes(pipe, chat, "u1", Message(first, key="1"), LONG)
    comes(pipe, chat, "u2", Message(second, key="2"))
    assert heard(pipe, chat) == [Message(f"{first} {second}", key="1")]


def test_a_long_text_waits_for_no_picture_and_for_no_command(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    comes(pipe, chat, "u1", Message("x" * LONG_FROM, key="1"), LONG)
    comes(pipe, chat, "u2", Message(place=Place("", 55.0, 37.0), key="2"))
    assert heard(pipe, chat) == [Message("x" * LONG_FROM, key="1"), Message(place=Place("", 55.0, 37.0), key="2")]


def test_forwarded_messages_are_one(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    for n in range(20):
        comes(pipe, chat, f"u{n}", Message(f"line {n}", key=str(n)), "forward")
    pipe.now += QUIET
    assert heard(pipe, chat) == [Message("\n".join(f"line {n}" for n in range(20)), key="0")]


def test_an_edited_piece_is_no_piece(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    comes(pipe, chat, "u1", album("a", text="one"), "album:7")
    edited = Message("two", key="a", edited="a")
    comes(pipe, chat, "u2", edited, "album:7")
    pipe.now += QUIET
    assert heard(pipe, chat) == [album("a", text="one"), edited]


def test_pieces_that_come_at_once_are_not_lost(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    names = [f"p{n}" for n in range(8)]
    adding = [
        pipe.db.write(lambda tx, n=n: inbox.accept(tx, chat.id, f"u{n}", album(n), b"", pipe.now, "album:7"))  # type: ignore[misc]
        for n in names
    ]
    assert all(future.result() for future in adding)
    pipe.now += PATIENCE
    pictures = [ref for message in heard(pipe, chat) if isinstance(message, Message) for ref in message.photos]
    assert sorted(pictures) == names
