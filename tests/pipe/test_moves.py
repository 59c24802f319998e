"""A move: what one event does is all or nothing, a command runs once, and one who breaks holds up nobody else."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bots.endless import Endless
from bots.front import Front
from bots.signals import Signals
from core.authorities.entries import revoke_official
from core.conversations.service import LEASE
from core.inbox import service as inbox
from core.outbox.types import State
from tests.builders import a_filed, an_official
from tests.pipe.conftest import TABLES, Pipe, a_pipe, real_houses

AGREE, FILE = "agree", "file"


class Killed(BaseException):
    """Stands for a death between two hops, where the process does not have to be a real one."""


def killed_at(name: str) -> object:
    def reached(hop: str) -> None:
        if hop == name:
            raise Killed

    return reached


async def test_what_is_said_is_answered_in_order(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    for text in ("one", "two", "three"):
        pipe.says(chat, text)
        assert await pipe.turns() == 1
    assert [text for text, _ in pipe.sent(chat)] == ["You said: one", "You said: two", "You said: three"]
    assert pipe.rows("inbox", "state", "attempts") == [("done", 1)] * 3
    assert await pipe.turns() == 0


async def test_an_event_that_raises_is_undone_whole_while_those_before_it_stay(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.says(chat, "before", "agree then boom", "after")
    assert await pipe.front().turn() == 3
    assert pipe.texts(chat) == ["You said: before"]
    assert pipe.rows("consents", "id") == []
    assert pipe.rows("inbox", "state", "attempts") == [("done", 1), ("new", 1), ("new", 0)]
    pipe.later(40)
    await pipe.turns()
    pipe.later(40)
    await pipe.turns()
    pipe.later(40)
    await pipe.turns()
    assert pipe.rows("inbox", "state") == ["done", "quarantined", "done"]
    assert pipe.rows("consents", "id") == []
    texts = [text for text, _ in pipe.sent(chat)]
    assert texts[0] == "You said: before" and texts[-1] == "You said: after"
    assert len(texts) == 3, "and an apology between them"


async def test_an_event_before_it_keeps_its_command(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.says(chat, AGREE, "file then boom", "boom")
    await pipe.front().turn()
    assert len(pipe.rows("consents", "id")) == 1
    assert pipe.rows("appeals", "id") == []
    assert pipe.rows("inbox", "state") == ["done", "new", "new"]


async def test_a_broken_event_holds_up_only_its_own_conversation(pipe: Pipe) -> None:
    chats = [pipe.a_citizen() for _ in range(5)]
    for chat in chats:
        pipe.says(chat, "hello")
    pipe.says(chats[2], "boom", "behind")
    await pipe.turns()
    assert [pipe.texts(chat) for chat in chats] == [["You said: hello"]] * 5
    pipe.says(chats[2], "behind too")
    pipe.says(chats[3], "again")
    await pipe.turns()
    assert pipe.texts(chats[3]) == ["You said: again"]
    assert pipe.texts(chats[2]) == ["You said: hello"]


async def test_an_error_of_the_database_in_one_conversation_does_not_reach_the_others(postgres_url: str) -> None:
    """On PostgreSQL such an error spoils the transaction in which the others are being read."""
    with a_pipe(postgres_url) as pipe:
        chats = [pipe.a_citizen() for _ in range(4)]
        for n, chat in enumerate(chats):
            pipe.presses(chat, "mine:" if n == 1 else "home:")
        pipe.write(lambda tx: tx.execute(sa.text("ALTER TABLE appeals RENAME TO gone")))
        await pipe.turns()
        assert [pipe.texts(chat) for chat in chats] == [["Home."], [], ["Home."], ["Home."]]
        assert pipe.rows("inbox", "state", "attempts") == [("done", 1), ("new", 1), ("done", 1), ("done", 1)]


@pytest.mark.parametrize("what", ["session", "live"])
async def test_a_conversation_goes_on_without_what_cannot_be_read(pipe: Pipe, what: str) -> None:
    """Another release may have written it, and may read it again: a form stays where it is."""
    chat = pipe.a_citizen()
    pipe.presses(chat, "asks:")
    await pipe.turns()
    garbage, table = {"nobody": "has written this"}, TABLES["forms" if what == "session" else "conversations"]
    theirs = table.c.conversation_id if what == "session" else table.c.id
    pipe.write(lambda tx: tx.execute(sa.update(table).where(theirs == chat.id).values({what: garbage})))
    pipe.says(chat, "one")
    await pipe.turns()
    assert pipe.rows("inbox", "state", conversation_id=chat.id) == ["done", "done"]
    assert len(pipe.sent(chat)) == 2
    assert (garbage in pipe.rows("forms", "session")) == (what == "session")


async def test_a_quarantined_event_is_served_when_it_is_released(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = pipe.a_citizen()
    pipe.says(chat, "boom")
    for _ in range(3):
        await pipe.turns()
        pipe.later(30)
    assert pipe.rows("inbox", "state") == ["quarantined"]
    monkeypatch.setattr("tests.pipe.dialogs.Boom", ValueError)
    id = pipe.rows("inbox", "id")[0]
    pipe.write(lambda tx: inbox.release(tx, id, pipe.now))
    table = TABLES["inbox"]
    repaired = {"is": "Message", "text": "mended"}
    pipe.write(lambda tx: tx.execute(sa.update(table).values(event=repaired)))
    await pipe.turns()
    assert pipe.texts(chat)[-1] == "You said: mended"


async def test_after_an_apology_the_person_can_go_on_with_the_buttons_that_were_there(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.presses(chat, "home:")
    await pipe.turns()
    pipe.says(chat, "boom")
    for _ in range(3):
        await pipe.turns()
        pipe.later(30)
    home, apology = pipe.rows("outbox", "body")
    assert apology["buttons"] == home["buttons"] != []
    assert apology["keep"]


@pytest.mark.parametrize("hop", ["taken", "moved"])
async def test_a_command_runs_once_although_the_move_is_begun_twice(pipe: Pipe, hop: str) -> None:
    chat = pipe.a_citizen(consent=True)
    pipe.says(chat, FILE)
    with pytest.raises(Killed):
        await pipe.front("dead", killed_at(hop)).turn()  # type: ignore[arg-type]
    assert await pipe.front("alive").turn() == 0
    pipe.later(LEASE.total_seconds() + 1)
    assert await pipe.front("alive").turn() == 1
    assert len(pipe.rows("appeals", "id")) == len(pipe.rows("appeal_history", "id")) == 1
    assert len(pipe.sent(chat)) == 1


async def test_who_has_lost_the_lease_leaves_nothing(pipe: Pipe) -> None:
    """A front that sleeps longer than its lease wakes up when another one has served its conversation."""
    chat = pipe.a_citizen(consent=True)
    pipe.says(chat, FILE)

    other, waiting = pipe.front("other"), list[str]()

    def sleeps(hop: str) -> None:
        if hop == "moved":
            waiting.append(hop)
            pipe.later(LEASE.total_seconds() + 1)
            heard = pipe.write(lambda tx: other._take(tx, pipe.now))
            turn = other._turn(heard, pipe.now)
            pipe.read(turn.begin)
            pipe.write(lambda tx: turn.finish(tx, [chat.id]))

    await pipe.front("slow", sleeps).turn()
    assert waiting == ["moved"]
    assert len(pipe.rows("appeals", "id")) == 1
    assert len(pipe.sent(chat)) == 1
    assert pipe.talk(chat).version == 1
    assert await pipe.turns() == 0


async def test_what_core_refuses_becomes_a_note(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.says(chat, "agree to the old one")
    await pipe.turns()
    (body,) = pipe.rows("outbox", "body")
    assert "consent" in body["note"] + body["text"]
    assert pipe.rows("inbox", "state") == ["done"]
    assert pipe.rows("consents", "id") == []


async def test_an_official_who_has_left_gets_one_sentence(pipe: Pipe) -> None:
    chat = pipe.write(an_official)
    pipe.presses(chat, "home:")
    await pipe.turns()
    pipe.write(lambda tx: revoke_official(tx, chat.person.id, pipe.now))
    pipe.presses(chat, "home:")
    pipe.presses(chat, "asks:")
    await pipe.turns()
    assert [text for text, _ in pipe.sent(chat)][1:] == [
        "Your entry to this desk has ended. Please ask your administrator for a new link."
    ]
    assert pipe.rows("forms", "id") == []


async def test_forms_of_another_release_survive_a_move(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.presses(chat, "asks:")
    await pipe.turns()
    pipe.write(lambda tx: tx.execute(sa.update(TABLES["forms"]).values(name="of_tomorrow", run="tomorrow")))
    before = pipe.rows("forms", "run", "name", "depth", "session")
    pipe.says(chat, "hello")
    pipe.presses(chat, "asks:")
    await pipe.turns()
    assert before[0] in pipe.rows("forms", "run", "name", "depth", "session")
    assert len(pipe.rows("forms", "id")) == 2


async def test_a_form_goes_on_where_it_was(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.presses(chat, "asks:")
    await pipe.turns()
    pipe.says(chat, "the first answer")
    await pipe.turns()
    assert len(pipe.rows("forms", "id")) == 1
    pipe.says(chat, "the second answer")
    await pipe.turns()
    assert pipe.texts(chat) == ["Thank you."]
    assert pipe.rows("forms", "id") == []


async def test_of_screens_that_follow_each_other_unseen_only_the_last_is_sent(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.says(chat, "one", "two", "three")
    await pipe.turns()
    assert pipe.sent(chat) == [("You said: three", State.READY)]
    pipe.says(chat, "four")
    await pipe.turns()
    assert pipe.sent(chat) == [("You said: three", State.SUPERSEDED), ("You said: four", State.READY)]


async def test_what_is_to_be_kept_is_sent_whatever_follows(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.says(chat, "one")
    pipe.presses(chat, "kept:")
    pipe.says(chat, "two")
    await pipe.turns()
    pipe.says(chat, "three")
    await pipe.turns()
    assert pipe.texts(chat) == ["Keep this.", "You said: three"]


async def test_only_a_press_on_the_live_screen_may_edit_it(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    moves = [("hello", False), ("home:", True), ("home:", True), ("other:", False), ("words", False)]
    for data, _ in moves:
        (pipe.presses if ":" in data else pipe.says)(chat, data)
        await pipe.turns()
        pipe.write(lambda tx: tx.execute(sa.update(TABLES["outbox"]).values(state=State.DELIVERED)))
    assert pipe.rows("outbox", "edit") == [edit for _, edit in moves]


async def test_a_press_after_unseen_words_stands_below_them(pipe: Pipe) -> None:
    """What takes the place of a screen that was to stand below the live one has to stand there too."""
    chat = pipe.a_citizen()
    pipe.presses(chat, "home:")
    await pipe.turns()
    pipe.write(lambda tx: tx.execute(sa.update(TABLES["outbox"]).values(state=State.DELIVERED)))
    pipe.says(chat, "words")
    pipe.presses(chat, "home:")
    await pipe.turns()
    assert pipe.rows("outbox", "edit")[-1] is False
    pipe.presses(chat, "home:")
    await pipe.turns()
    assert pipe.rows("outbox", "edit")[-1] is False


async def test_the_journal_says_what_an_official_has_read_once_and_not_what_was_undone(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.says(chat, "boom")
    await pipe.turns()
    assert pipe.rows("audit", "action", action="read") == []


async def test_one_that_kills_its_process_takes_nobody_with_it(pipe: Pipe) -> None:
    """All of a batch were tried as often as the one that kills; but for the first time they are heard among fewer."""
    poison, *others = (pipe.a_citizen() for _ in range(40))
    for chat in (poison, *others):
        pipe.says(chat, "one", "two")
    deaths = 0

    def reached(hop: str) -> None:
        hears_it = pipe.rows("conversations", "lease_owner", id=poison.id) != [None]
        if hop == "taken" and hears_it and deaths < inbox.DEATHS:
            raise Killed

    async def live(front: Front) -> None:
        while await front.turn():
            pass

    while deaths < inbox.DEATHS:
        with pytest.raises(Killed):
            await live(pipe.front(f"front-{deaths}", reached))
        deaths += 1
        pipe.later(LEASE.total_seconds() + 1)
    await pipe.turns()
    assert pipe.rows("inbox", "state", conversation_id=poison.id) == ["quarantined", "done"]
    assert {row for chat in others for row in pipe.rows("inbox", "state", conversation_id=chat.id)} == {"done"}


async def test_one_that_takes_all_memory_ends_its_process(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not fail by itself: nobody knows what else has met that."""
    monkeypatch.setattr("tests.pipe.dialogs.Boom", MemoryError)
    pipe.says(pipe.a_citizen(), "boom")
    ends = list[str]()
    endless = Endless(end=lambda: ends.append("now"))
    await Front(pipe.db, pipe.houses, Signals(), lambda: pipe.now, "front", endless=endless).turn()
    assert ends == ["now"]


async def test_however_much_was_said_while_we_asked_it_all_begins_the_new_message(pipe: Pipe) -> None:
    pipe.houses = real_houses()
    chat = pipe.a_citizen(consent=True)
    pipe.write(lambda tx: a_filed(tx, chat, pipe.now))  # fresh: what comes next may belong to it
    said = [f"The lamp no. {n} is dark." for n in range(40)]
    pipe.says(chat, *said)
    await pipe.turns()
    pipe.presses(chat, "appeal:")
    await pipe.turns()
    assert {*pipe.rows("inbox", "state")} == {"done"}
    (kept,) = [session for name, session in pipe.rows("forms", "name", "session") if name == "appeal"]
    assert kept["answers"]["text"] == "\n".join(said)
