"""Whatever does not come to its end by itself is seen, nothing else is, and what an operator does about it happens once
and is on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from datetime import timedelta
from itertools import product

import pytest
import sqlalchemy as sa

from core.conversations import service as conversations
from core.operations.rules import bare
from core.operations.service import act
from core.operations.stuck import stuck
from core.operations.types import Account, Act, Kind, Stuck, Trouble
from core.outbox import delivery
from core.outbox.types import Lane, State
from tests.builders import Chat
from tests.ops.troubles import (
    TABLES,
    TELEGRAM,
    WORDS,
    a_failed_job,
    a_late_file,
    a_timer,
    ended,
    holds,
    quarantined,
)
from tests.pipe.conftest import Pipe, Postbox


def seen(pipe: Pipe, accounts: Sequence[Account] = ()) -> list[Stuck]:
    return pipe.read(lambda conn: stuck(conn, pipe.now, accounts))


def named(pipe: Pipe, accounts: Sequence[Account] = ()) -> list[tuple[Kind, str, Trouble]]:
    return [(one.kind, one.id, one.trouble) for one in seen(pipe, accounts)]


def acts(pipe: Pipe, what: Act, kind: Kind, id: int) -> bool:
    return pipe.write(lambda tx: act(tx, what, kind, id, "command", pipe.now))


async def test_of_a_product_that_works_nothing_is_stuck(pipe: Pipe, chat: Chat) -> None:
    pipe.says(chat, "hello")
    pipe.notifies(chat, {"number": "1"})
    pipe.later(59)
    assert seen(pipe) == []
    await pipe.turns()
    await pipe.delivers(Postbox())
    pipe.now += timedelta(days=1)
    assert seen(pipe) == []


def test_every_trouble_is_seen_and_none_of_the_words(pipe: Pipe, chat: Chat) -> None:
    job, timer = a_failed_job(pipe), a_timer(pipe, tries=5)
    update, file = quarantined(pipe, chat), a_late_file(pipe, chat)
    refused = ended(pipe, chat, State.REFUSED, f"Bad Request: unsupported tag «{WORDS}» 79120001337 Кенар")
    uncertain = ended(pipe, chat, State.UNCERTAIN, "TimeoutError")
    found = seen(pipe, [TELEGRAM])
    assert [(one.kind, one.id, one.trouble) for one in found] == [
        (Kind.TOKEN, "telegram/1234567", Trouble.NOBODYS),
        (Kind.UPDATE, str(update), Trouble.QUARANTINED),
        (Kind.MESSAGE, str(uncertain), Trouble.UNCERTAIN),
        (Kind.MESSAGE, str(refused), Trouble.REFUSED),
        (Kind.TIMER, str(timer), Trouble.FAILED),
        (Kind.JOB, str(job), Trouble.FAILED),
        (Kind.FILE, str(file), Trouble.PUT_OFF),
    ]
    said = " ".join(str(value) for one in found for value in astuple(one))
    assert not [word for word in (*WORDS.split(), "79120001337") if word in said]
    assert "Bad Request: unsupported tag" in said and "KeyError" in said


def test_what_nobody_takes_is_seen_after_a_minute(pipe: Pipe, chat: Chat) -> None:
    pipe.says(chat, "hello")
    pipe.notifies(chat, {"number": "1"})
    pipe.notifies(chat, {"number": "2"}, Lane.NOTICE)
    pipe.later(61)
    assert [(kind, trouble) for kind, _, trouble in named(pipe)] == [
        (Kind.CHAT, Trouble.WAITING),
        (Kind.MESSAGE, Trouble.WAITING),
    ]
    pipe.later(10 * 60)
    assert len(named(pipe)) == 3


def test_what_a_dead_process_had_is_seen_until_it_is_picked_up(pipe: Pipe, chat: Chat) -> None:
    pipe.notifies(chat, {"number": "1"})
    pipe.write(lambda tx: delivery.claim(tx, "dead", tuple(Lane), 1, pipe.now))
    pipe.says(chat, "hello")
    pipe.write(lambda tx: conversations.claim(tx, "dead", 1, pipe.now))
    pipe.later(61)
    assert {(kind, trouble) for kind, _, trouble in named(pipe)} == {
        (Kind.CHAT, Trouble.LEFT),
        (Kind.MESSAGE, Trouble.LEFT),
    }
    pipe.write(lambda tx: delivery.recover(tx, pipe.now))
    assert (Kind.MESSAGE, Trouble.LEFT) not in {(kind, trouble) for kind, _, trouble in named(pipe)}


def test_a_message_of_a_newer_release_is_seen(pipe: Pipe, chat: Chat) -> None:
    pipe.notifies(chat, {"number": "1"})
    pipe.write(lambda tx: tx.execute(sa.update(TABLES["outbox"]).values(format=99)))
    pipe.later(61)
    assert [trouble for _, _, trouble in named(pipe)] == [Trouble.NEWER]


def test_who_has_blocked_us_and_what_is_long_ago_is_no_trouble(pipe: Pipe, chat: Chat) -> None:
    there = pipe.a_citizen()
    ended(pipe, there, State.REFUSED, "Forbidden: bot was blocked by the user")
    pipe.write(lambda tx: conversations.gone(tx, there.id, pipe.now))
    assert seen(pipe) == []
    ended(pipe, chat, State.REFUSED)
    pipe.now += timedelta(hours=25)
    assert seen(pipe) == []


def test_a_token_is_missed_until_somebody_holds_it_and_a_long_pause_is_told(pipe: Pipe) -> None:
    assert [trouble for _, _, trouble in named(pipe, [TELEGRAM])] == [Trouble.NOBODYS]
    holds(pipe)
    assert named(pipe, [TELEGRAM]) == []
    holds(pipe, until_paused=timedelta(seconds=30))
    assert named(pipe, [TELEGRAM]) == []
    holds(pipe, until_paused=timedelta(minutes=10))
    assert [trouble for _, _, trouble in named(pipe, [TELEGRAM])] == [Trouble.PAUSED]
    pipe.later(3600)
    assert [trouble for _, _, trouble in named(pipe, [TELEGRAM])] == [Trouble.NOBODYS]


async def test_what_may_be_done_is_done_once_and_is_on_record(pipe: Pipe, chat: Chat) -> None:
    rows = {
        Kind.JOB: a_failed_job(pipe),
        Kind.TIMER: a_timer(pipe, tries=5),
        Kind.UPDATE: quarantined(pipe, chat),
        Kind.FILE: a_late_file(pipe, chat),
        Kind.MESSAGE: ended(pipe, chat, State.UNCERTAIN, "TimeoutError"),
    }
    assert {(one.kind, int(one.id)) for one in seen(pipe)} == set(rows.items())
    for one in seen(pipe):
        assert one.acts, one
        assert acts(pipe, one.acts[0], one.kind, int(one.id))
    assert [kind for kind, _, _ in named(pipe)] == [Kind.FILE]  # it has been late three times
    for kind, id in rows.items():
        assert not acts(pipe, Act.RELEASE if kind is Kind.UPDATE else Act.RETRY, kind, id), kind
    recorded = pipe.rows("audit", "action", "object_kind", "object_id", "actor_kind", "detail")
    assert sorted(recorded, key=str) == sorted(
        (
            (
                "operator_release" if kind is Kind.UPDATE else "operator_retry",
                kind,
                str(id),
                "system",
                {"via": "command"},
            )
            for kind, id in rows.items()
        ),
        key=str,
    )
    post = Postbox()
    await pipe.turns()
    await pipe.delivers(post)
    assert WORDS in post.texts
    assert [parcel.again for parcel in post.parcels if parcel.shown.text == WORDS] == [True]
    assert set(pipe.rows("outbox", "state")) <= {"delivered", "superseded"}


def test_what_is_set_aside_is_not_seen_again_and_never_happens(pipe: Pipe, chat: Chat) -> None:
    a_failed_job(pipe), a_timer(pipe, tries=5), quarantined(pipe, chat)
    ended(pipe, chat, State.REFUSED)
    for one in seen(pipe):
        assert acts(pipe, Act.DISMISS, one.kind, int(one.id))
        assert not acts(pipe, Act.DISMISS, one.kind, int(one.id))
    assert seen(pipe) == []
    assert pipe.rows("inbox", "state") == ["done"]
    assert (pipe.rows("timers", "id"), pipe.rows("jobs", "state")) == ([], ["done"])


def test_an_act_on_what_is_not_there_or_not_stuck_does_nothing(pipe: Pipe, chat: Chat) -> None:
    pipe.says(chat, "hello")
    pipe.notifies(chat, {"number": "1"})
    a_timer(pipe)

    def rows() -> list[object]:
        return [pipe.rows("inbox", "id", "state"), pipe.rows("outbox", "id", "state"), pipe.rows("timers", "due_at")]

    before = rows()
    for what, kind, id in product(Act, Kind, (1, 999, 2**62)):
        assert not acts(pipe, what, kind, id)
    assert rows() == before and pipe.rows("audit", "id") == []


def test_what_is_too_old_or_has_no_words_or_nobody_there_is_not_sent_again(pipe: Pipe, chat: Chat) -> None:
    old, blank, gone = (ended(pipe, chat, State.UNCERTAIN) for _ in range(3))
    outbox = TABLES["outbox"]
    week = pipe.now - timedelta(days=8)
    pipe.write(lambda tx: tx.execute(sa.update(outbox).where(outbox.c.id == old).values(created_at=week)))
    pipe.write(lambda tx: tx.execute(sa.update(outbox).where(outbox.c.id == blank).values(format=0)))
    assert not acts(pipe, Act.RETRY, Kind.MESSAGE, old)
    assert not acts(pipe, Act.RETRY, Kind.MESSAGE, blank)
    pipe.write(lambda tx: conversations.gone(tx, chat.id, pipe.now))
    assert not acts(pipe, Act.RETRY, Kind.MESSAGE, gone)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Bad Request: chat not found", "Bad Request: chat not found"),
        (
            "Forbidden: bot can't initiate conversation with a user",
            "Forbidden: bot cannot initiate conversation with a user",
        ),
        ('unsupported start tag "Ivan" at 17', "unsupported start tag … at 17"),
        ("peer 79120001337 is away", "peer … is away"),
        ("call +7 912 000-13-37 now", "call … now"),
        ("Кенар Канарейкин is away", "… … is away"),
        ("x" * 500, "x" * 100),
        (None, ""),
    ],
)
def test_of_a_reason_only_the_words_of_programs_are_read(said: str | None, told: str) -> None:
    assert bare(said) == told
