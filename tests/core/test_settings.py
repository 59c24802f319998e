"""What people are told without asking, and in which hours nothing is."""

from __future__ import annotations

from typing import Any, cast

import pytest

from core.citizens.types import Pushes, SetPushes, SetQuiet, SettingsCard, ShowSettings
from core.region.types import Region
from tests.core.cast import on_sqlite
from tests.core.conftest import World, refusal

pytestmark = on_sqlite


def test_who_has_set_nothing_is_told_everything_outside_the_hours_of_the_region(world: World, region: Region) -> None:
    card = SettingsCard(Pushes.ALL, region.quiet_from, region.quiet_to)
    assert world.ask(world.a_citizen(), ShowSettings()) == card


def test_settings_are_each_persons_own(world: World, region: Region) -> None:
    one, other = world.a_citizen(), world.a_citizen()
    assert world.run(one, SetPushes(Pushes.MAIN)) is Pushes.MAIN
    assert world.run(one, SetQuiet(23, 7)) == SettingsCard(Pushes.MAIN, 23, 7)
    assert world.ask(one, ShowSettings()) == SettingsCard(Pushes.MAIN, 23, 7)
    assert world.ask(other, ShowSettings()) == SettingsCard(Pushes.ALL, region.quiet_from, region.quiet_to)


def test_midnight_and_no_quiet_hours_at_all_are_hours_too(world: World) -> None:
    citizen = world.a_citizen()
    for start, end in ((0, 6), (0, 0), (23, 23)):
        world.run(citizen, SetQuiet(start, end))
        assert world.ask(citizen, ShowSettings()) == SettingsCard(Pushes.ALL, start, end)


@pytest.mark.parametrize("hours", [(-1, 7), (22, 24), (2**70, 0)])
def test_an_hour_that_no_day_has_is_declined(world: World, hours: tuple[int, int]) -> None:
    citizen = world.a_citizen()
    before = world.ask(citizen, ShowSettings())
    assert refusal(lambda: world.run(citizen, SetQuiet(*hours))).startswith("An hour of the day")
    assert world.ask(citizen, ShowSettings()) == before


def test_a_made_up_choice_is_declined(world: World) -> None:
    citizen = world.a_citizen()
    made_up = cast(Any, "everything, and twice")
    assert refusal(lambda: world.run(citizen, SetPushes(made_up))) == "Please choose one of the buttons."
