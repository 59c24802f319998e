"""What was begun and left: one reminder after two days, gone after a week, and only what is really a draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.actors import Citizen
from core.citizens.types import Pushes, SetPushes, SetQuiet
from core.conversations import service as conversations
from core.conversations.service import Lost
from core.conversations.tables import conversations as places
from core.conversations.tables import forms
from core.conversations.types import FormRow, Saved
from core.outbox.tables import outbox
from core.personal import drafts
from core.personal.types import DraftCard, ShowDraft
from tests.core.cast import on_sqlite
from tests.core.conftest import NOON, World

TEXT = "There is a deep pothole at the corner of Sadovaya."
WRITTEN: Mapping[str, Any] = {"answers": {"score": "4", "text": TEXT}, "held": {}}
TWO_DAYS, WEEK = timedelta(days=2, minutes=1), timedelta(days=7, minutes=1)


def left(world: World, citizen: Citizen, *runs: FormRow) -> int:
    """A conversation in which these forms are in progress."""
    there = world.a_conversation("citizen", citizen.id)
    save(world, there, *runs)
    return there


def save(world: World, there: int, *runs: FormRow) -> None:
    def serve(tx: Connection) -> None:
        tx.execute(sa.update(places).values(lease_owner="test"))
        before = conversations.read(tx, [there])[there]
        conversations.save(tx, before, Saved("ru", None, runs), "test", world.now)

    world.write(serve)


def a_form(run: str, session: Mapping[str, Any] = WRITTEN, depth: int | None = 0) -> FormRow:
    return FormRow(run, "appeal", depth, session)


def sweep(world: World, after: timedelta) -> None:
    world.now = NOON + after
    world.write(lambda tx: drafts.forget(tx, world.now))
    world.write(lambda tx: drafts.remind(tx, world.now))


def notices(world: World) -> list[tuple[int, Any, datetime]]:
    o = outbox.c
    rows = world.read(lambda conn: conn.execute(sa.select(o.conversation_id, o.body, o.not_before)).all())
    return [(row.conversation_id, row.body["facts"]["run"], row.not_before) for row in rows]


def runs(world: World) -> set[str]:
    return set(world.read(lambda conn: conn.execute(sa.select(forms.c.run)).scalars().all()))


def test_a_draft_is_reminded_of_once_after_two_days_and_gone_after_seven(world: World) -> None:
    citizen = world.a_citizen()
    there = left(world, citizen, a_form("run"))
    sweep(world, timedelta(days=1, hours=23))
    assert notices(world) == []
    for hours in range(3):
        sweep(world, TWO_DAYS + timedelta(hours=hours))
    assert notices(world) == [(there, "run", NOON + TWO_DAYS)]
    assert world.ask(citizen, ShowDraft("run")) == DraftCard("run", TEXT)
    sweep(world, WEEK)
    assert runs(world) == set()
    assert world.ask(citizen, ShowDraft("run")) is None


@on_sqlite
def test_a_draft_that_is_written_on_is_neither_forgotten_nor_reminded_of_again(world: World) -> None:
    there = left(world, world.a_citizen(), a_form("run"))
    sweep(world, TWO_DAYS)
    save(world, there, a_form("run", {"answers": {"text": TEXT + " It is deep."}}))
    sweep(world, WEEK)
    assert runs(world) == {"run"}
    assert len(notices(world)) == 1


@on_sqlite
def test_nobody_but_its_author_sees_a_draft(world: World) -> None:
    left(world, world.a_citizen(), a_form("run"))
    assert world.ask(world.a_citizen(), ShowDraft("run")) is None


@on_sqlite
@pytest.mark.parametrize(
    "session", [{}, {"answers": {"score": "4", "sure": True}}, {"answers": {"category": {"key": "roads", "label": {}}}}]
)
def test_a_form_that_was_only_opened_is_no_draft_but_is_forgotten_too(world: World, session: dict[str, Any]) -> None:
    left(world, world.a_citizen(), a_form("run", session))
    sweep(world, TWO_DAYS)
    assert notices(world) == []
    sweep(world, WEEK)
    assert runs(world) == set()


@on_sqlite
def test_photos_without_words_are_a_draft(world: World) -> None:
    left(world, world.a_citizen(), a_form("run", {"answers": {}, "held": {"photos": ["ref"]}}))
    sweep(world, TWO_DAYS)
    assert len(notices(world)) == 1


@on_sqlite
def test_forms_of_one_conversation_make_one_reminder(world: World) -> None:
    there = left(world, world.a_citizen(), a_form("aside", depth=None), a_form("below"), a_form("above", {}, depth=1))
    sweep(world, TWO_DAYS)
    sweep(world, TWO_DAYS + timedelta(hours=1))
    assert [(place, run) for place, run, _ in notices(world)] == [(there, "aside")]


def test_frames_that_stand_on_each_other_go_together(world: World) -> None:
    there = left(world, world.a_citizen(), a_form("aside", depth=None), a_form("below"))
    world.now = NOON + timedelta(days=5)
    save(world, there, a_form("aside", depth=None), a_form("below"), a_form("above", depth=1))
    sweep(world, WEEK)
    assert runs(world) == {"below", "above"}
    sweep(world, timedelta(days=13))
    assert runs(world) == set()


@on_sqlite
@pytest.mark.parametrize("pushes", [Pushes.MAIN, Pushes.NONE])
def test_who_wants_no_such_news_is_not_reminded(world: World, pushes: Pushes) -> None:
    citizen = world.a_citizen()
    world.run(citizen, SetPushes(pushes))
    left(world, citizen, a_form("run"))
    sweep(world, TWO_DAYS)
    assert notices(world) == []


@on_sqlite
def test_a_reminder_waits_for_the_end_of_the_persons_own_quiet_hours(world: World) -> None:
    citizen = world.a_citizen()
    world.run(citizen, SetQuiet(11, 17))
    left(world, citizen, a_form("run"))
    sweep(world, TWO_DAYS)
    assert [at for _, _, at in notices(world)] == [datetime(2026, 9, 16, 14, 0, tzinfo=UTC)], "17:00 in the region"


def test_who_is_serving_a_conversation_whose_draft_is_forgotten_has_to_read_it_again(world: World) -> None:
    there = left(world, world.a_citizen(), a_form("run"))
    world.write(lambda tx: tx.execute(sa.update(places).values(lease_owner="test")))
    before = world.read(lambda conn: conversations.read(conn, [there])[there])
    sweep(world, WEEK)
    with pytest.raises(Lost):
        world.write(lambda tx: conversations.save(tx, before, Saved("ru", None, before.forms), "test", world.now))
    assert runs(world) == set()


@on_sqlite
def test_forms_of_officials_are_left_alone(world: World) -> None:
    official = world.an_official("petrov")
    there = world.a_conversation("official", official.id)
    save(world, there, a_form("run"))
    sweep(world, WEEK)
    assert (runs(world), notices(world)) == ({"run"}, [])


@on_sqlite
@pytest.mark.parametrize("said", [{"text": TEXT, "photos": []}, {"text": "", "photos": ["ref"]}])
def test_words_that_wait_for_a_place_to_go_are_a_draft(world: World, said: Mapping[str, Any]) -> None:
    """What was said while a message is open is one answer: a whole message."""
    citizen = world.a_citizen()
    left(world, citizen, a_form("run", {"answers": {"said": {**said, "place": None}}}))
    sweep(world, TWO_DAYS)
    assert [run for _, run, _ in notices(world)] == ["run"]
    assert world.ask(citizen, ShowDraft("run")) == DraftCard("run", said["text"])
