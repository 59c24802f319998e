"""What people set for themselves, and what they may do with their data."""

from __future__ import annotations

import pytest

from core.citizens.types import FILING, Pushes, SetPushes, SetQuiet, WithdrawConsent
from core.personal.types import RequestErasure, RequestExport
from tests.dialogs.stage import stage


@pytest.mark.parametrize(
    ("label", "pushes"),
    [
        ("About every step", Pushes.ALL),
        ("Only about questions and answers", Pushes.MAIN),
        ("About nothing", Pushes.NONE),
    ],
)
def test_what_is_written_about_is_chosen_and_shown(label: str, pushes: Pushes) -> None:
    s = stage()
    s.command("settings")
    shown = s.press("What to write about", label)
    assert s.done == [SetPushes(pushes)]
    assert shown.text.splitlines()[1] == s.press("Settings").text.splitlines()[0]


def test_quiet_hours_are_chosen_and_shown_where_anything_is_told_at_all() -> None:
    s = stage()
    s.command("quiet")
    s.press("From 23:00 to 7:00")
    assert s.done == [SetQuiet(23, 7)] and "from 23:00 to 7:00" in s.command("settings").text
    s.command("quiet")
    assert "at any time" in s.press("No quiet hours").text and s.done[1:] == [SetQuiet(0, 0)]
    s.command("stop")
    assert "uiet" not in s.command("settings").text


def test_settings_fit_also_with_two_messages_begun() -> None:
    s = stage()
    for words in ("The lamp in our yard is dark", "A hole in the road by the school"):
        s.say(words)
        s.command("menu")
        s.press("Report a problem")
    s.command("settings")
    assert len([label for label in s.labels if label.startswith("Go on")]) == 2
    assert len(s.labels) <= 10 and s.play.problems == []


def test_the_language_changes_in_the_middle_of_a_form_and_nothing_is_lost() -> None:
    s = stage("ru")
    s.say("Во дворе не горит ни один фонарь")
    s.command("settings")
    assert "What is it about?" in s.press("English").text
    s.press("Street lights", "Zarechny", "No photos")
    assert "Во дворе не горит ни один фонарь" in s.press("Without an address").text


def test_stop_stops_at_once_and_says_how_to_begin_again() -> None:
    s = stage()
    assert "settings" in s.command("stop").text and s.done == [SetPushes(Pushes.NONE)]


def test_everything_is_deleted_only_after_a_press() -> None:
    s = stage()
    s.command("delete")
    s.say("yes, delete it")
    s.press("No, delete nothing", "My data", "Delete my data")
    assert s.done == []
    assert s.press("Delete everything").keep and s.done == [RequestErasure()]


def test_an_export_is_asked_for_at_once() -> None:
    s = stage()
    assert "In about a minute" in s.command("mydata").text and s.done == [RequestExport()]


def test_a_consent_is_withdrawn_only_after_a_press() -> None:
    s = stage()
    s.command("consent")
    s.press("Withdraw the consent", "No, leave it")
    assert s.done == []
    s.press("Withdraw the consent", "Withdraw the consent")
    assert s.done == [WithdrawConsent(FILING)]


def test_who_has_consented_to_nothing_is_told_so() -> None:
    s = stage(facts={"ListConsents": []})
    assert "no consent yet" in s.command("consent").text and s.labels == ["Settings"]
