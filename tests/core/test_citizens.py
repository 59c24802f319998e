"""Consent and language."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.citizens.tables import consents
from core.citizens.types import (
    FILING,
    ConsentRow,
    ConsentState,
    GiveConsent,
    ListConsents,
    ShowConsent,
    WithdrawConsent,
)
from core.errors import NotAllowed, Refusal
from core.region.store import save_region
from core.region.types import AboutRegion, Region
from tests.core.conftest import NOON, World, an_appeal


def log(world: World) -> list[sa.Row[tuple[object, ...]]]:
    return list(world.read(lambda conn: conn.execute(sa.select(consents).order_by(consents.c.id)).all()))


def test_a_consent_is_written_down_with_version_time_and_place(world: World) -> None:
    citizen = world.a_citizen(consent=False)
    conversation = world.a_conversation("citizen", citizen.id)
    wanted = world.consent_version
    assert world.ask(citizen, ShowConsent(FILING)) == ConsentState("", wanted)
    assert world.run(citizen, GiveConsent(FILING, wanted), "consent") == wanted
    assert world.ask(citizen, ShowConsent(FILING)) == ConsentState(wanted, wanted)
    [row] = log(world)
    assert (row.citizen_id, row.version, row.at, row.conversation_id) == (citizen.id, wanted, NOON, conversation)
    for key in ("consent", "another"):
        assert world.run(citizen, GiveConsent(FILING, wanted), key) == wanted
    assert len(log(world)) == 1


def test_a_new_text_is_asked_for_anew_and_the_old_one_is_not_taken(world: World, region: Region) -> None:
    citizen = world.a_citizen()
    world.write(lambda tx: save_region(tx, replace(region, consent_version="2027-01")))
    assert world.ask(citizen, ShowConsent(FILING)) == ConsentState(world.consent_version, "2027-01")
    with pytest.raises(Refusal):
        world.run(citizen, an_appeal())
    stranger = world.a_citizen(consent=False)
    with pytest.raises(Refusal) as caught:
        world.run(stranger, GiveConsent(FILING, world.consent_version))
    assert caught.value.why.msgid.startswith("The text of the consent has changed.")
    world.run(citizen, GiveConsent(FILING, "2027-01"))
    world.run(citizen, an_appeal())
    assert len(log(world)) == 2


def test_a_withdrawn_consent_is_in_force_no_more_and_may_be_given_again(world: World) -> None:
    citizen = world.a_citizen()
    assert world.run(citizen, WithdrawConsent(FILING)) is True
    assert world.ask(citizen, ShowConsent(FILING)).given == ""
    with pytest.raises(Refusal):
        world.run(citizen, an_appeal())
    world.run(citizen, GiveConsent(FILING, world.consent_version))
    world.run(citizen, an_appeal())
    assert len(log(world)) == 2, "a new consent is a new row: the log is only added to"


def test_withdrawing_twice_is_no_mistake_and_dates_the_end_once(world: World) -> None:
    citizen, other = world.a_citizen(), world.a_citizen()
    world.run(citizen, WithdrawConsent(FILING), "once")
    world.now += timedelta(hours=1)
    assert world.run(citizen, WithdrawConsent(FILING), "once") is True
    assert world.run(citizen, WithdrawConsent("selling")) is False
    assert [row.withdrawn_at for row in log(world)] == [NOON, None]
    assert world.ask(other, ShowConsent(FILING)).given == world.consent_version


def test_people_see_what_they_have_consented_to_the_newest_first(world: World) -> None:
    citizen, version = world.a_citizen(), world.consent_version
    world.run(citizen, WithdrawConsent(FILING))
    world.now += timedelta(hours=1)
    world.run(citizen, GiveConsent(FILING, version))
    later = NOON + timedelta(hours=1)
    rows = (ConsentRow(FILING, version, later, None), ConsentRow(FILING, version, NOON, NOON))
    assert world.ask(citizen, ListConsents()) == rows
    assert world.ask(world.a_citizen(consent=False), ListConsents()) == ()


def test_a_made_up_consent_is_declined(world: World) -> None:
    citizen = world.a_citizen(consent=False)
    for purpose, version in (("selling", "2026-09"), ("", ""), (FILING, "2025"), ("\x00", "\ud800")):
        with pytest.raises(Refusal):
            world.run(citizen, GiveConsent(purpose, version))
    assert log(world) == []


def test_a_key_of_somebody_else_gives_no_consent(world: World) -> None:
    world.run(world.a_citizen(consent=False), GiveConsent(FILING, world.consent_version), "consent")
    with pytest.raises(NotAllowed):
        world.run(world.a_citizen(consent=False), GiveConsent(FILING, world.consent_version), "consent")


def test_anybody_may_ask_about_the_region(world: World, region: Region) -> None:
    assert world.ask(world.a_citizen(), AboutRegion()) == region
