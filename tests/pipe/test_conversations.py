"""A conversation has one owner at a time; what a move saves is all or nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.conversations import service as conversations
from core.conversations.service import LEASE, Lost
from core.conversations.types import FormRow, Saved
from core.outbox import service as outbox
from core.shown import Shown, to_json
from tests.builders import Chat
from tests.pipe.conftest import Pipe, a_pipe

ASKED = FormRow("run1", "asks", 0, {"form": "asks", "answers": {"one": "да"}})
ASIDE = FormRow("run2", "note", None, {"form": "note"})


def claimed(pipe: Pipe, owner: str) -> list[int]:
    return pipe.write(lambda tx: conversations.claim(tx, owner, 10, pipe.now))


def saved(pipe: Pipe, chat: Chat, owner: str, *forms: FormRow, version: int | None = None) -> None:
    before = pipe.talk(chat)
    before = replace(before, version=before.version if version is None else version)
    pipe.write(lambda tx: conversations.save(tx, before, Saved("ru", None, forms), owner, pipe.now))


def test_a_conversation_has_one_owner(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.says(chat, "hello")
    assert claimed(pipe, "one") == [chat.id]
    assert claimed(pipe, "two") == []
    assert claimed(pipe, "one") == []


def test_one_that_is_kept_stays_with_its_owner_however_long_it_takes(pipe: Pipe) -> None:
    kept, left = pipe.a_citizen(), pipe.a_citizen()
    for chat in (kept, left):
        pipe.says(chat, "hello")
    claimed(pipe, "slow")
    for _ in range(3):
        pipe.later(LEASE.total_seconds() * 0.75)
        pipe.write(lambda tx: conversations.keep(tx, [kept.id], "slow", pipe.now))
        pipe.write(lambda tx: conversations.keep(tx, [left.id], "another", pipe.now))
    assert claimed(pipe, "fast") == [left.id]


def test_of_many_who_claim_at_once_each_conversation_goes_to_one(pipe: Pipe) -> None:
    chats = [pipe.a_citizen() for _ in range(30)]
    for chat in chats:
        pipe.says(chat, "hello")
    futures = [
        pipe.db.write(lambda tx, n=n: conversations.claim(tx, f"owner {n}", 7, pipe.now))  # type: ignore[misc]
        for n in range(12)
    ]
    taken = [id for future in futures for id in future.result()]
    assert sorted(taken) == [chat.id for chat in chats]


def test_what_is_just_being_put_into_a_chat_keeps_nobody_from_hearing_it(postgres_url: str) -> None:
    """A row that names the conversation holds its key until the commit: no reason to pass it over for a second."""
    with a_pipe(postgres_url) as pipe:
        chat = pipe.a_citizen()
        pipe.says(chat, "hello")
        shown = Shown("A push")

        def pushes(tx: sa.Connection) -> list[int]:
            outbox.enqueue_screen(tx, chat.id, to_json(shown), key="push", edit=False, keep=False, now=pipe.now)
            return claimed(pipe, "one")

        assert pipe.write(pushes) == [chat.id]


def test_who_has_waited_longest_is_served_first(pipe: Pipe) -> None:
    chats = [pipe.a_citizen() for _ in range(12)]
    for chat in reversed(chats):
        pipe.later(1)
        pipe.says(chat, "hello")
    assert claimed(pipe, "one") == sorted(chat.id for chat in chats[-10:])


def test_what_a_dead_owner_has_left_is_free_when_the_lease_ends(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.says(chat, "hello")
    claimed(pipe, "dead")
    pipe.later(LEASE.total_seconds())
    assert claimed(pipe, "alive") == []
    pipe.later(0.1)
    assert claimed(pipe, "alive") == [chat.id]
    with pytest.raises(Lost):
        saved(pipe, chat, "dead")
    saved(pipe, chat, "alive")


def test_saving_over_a_newer_version_is_lost_and_leaves_nothing(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.says(chat, "hello")
    claimed(pipe, "one")
    with pytest.raises(Lost):
        saved(pipe, chat, "one", ASKED, version=7)
    assert pipe.rows("forms", "run") == []
    assert pipe.talk(chat).version == 0


def test_saving_gives_the_lease_back(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.says(chat, "hello")
    claimed(pipe, "one")
    saved(pipe, chat, "one")
    assert claimed(pipe, "two") == [chat.id]
    assert pipe.talk(chat).heard_at == pipe.now


def test_release_gives_back_only_what_is_ours(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.says(chat, "hello")
    claimed(pipe, "one")
    pipe.write(lambda tx: conversations.release(tx, chat.id, "two"))
    assert claimed(pipe, "two") == []
    pipe.write(lambda tx: conversations.release(tx, chat.id, "one"))
    assert claimed(pipe, "two") == [chat.id]


def test_forms_are_saved_changed_and_ended(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.says(chat, "hello")
    for forms in ((ASKED, ASIDE), (replace(ASKED, depth=None), replace(ASIDE, depth=0)), (ASIDE,), ()):
        claimed(pipe, "one")
        saved(pipe, chat, "one", *forms)
        assert sorted(pipe.talk(chat).forms, key=lambda form: form.run) == list(forms)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.dictionaries(st.sampled_from("abcd"), st.tuples(st.none() | st.integers(0, 3), st.text("аб", max_size=3))),
        max_size=5,
    )
)
def test_what_was_saved_is_what_is_read(pipe: Pipe, moves: list[dict[str, tuple[int | None, str]]]) -> None:
    chat = pipe.a_citizen()
    pipe.says(chat, "hello")
    for move in moves:
        forms = {run: FormRow(f"{chat.id}{run}", "asks", depth, {"text": text}) for run, (depth, text) in move.items()}
        claimed(pipe, "one")
        saved(pipe, chat, "one", *forms.values())
        assert set(map(str, pipe.talk(chat).forms)) == set(map(str, forms.values()))
    pipe.write(lambda tx: conversations.claim(tx, "away", 10, pipe.now))


def test_an_address_is_found_again(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    address = pipe.talk(chat).address
    assert pipe.read(lambda conn: conversations.find(conn, address)) == chat.id
    assert pipe.read(lambda conn: conversations.find(conn, replace(address, account="desk"))) is None
