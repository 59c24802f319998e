"""One person in two houses: what was begun with the dialogs of one is neither shown nor touched in the other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.shown import Shown
from dialogs.house import Begun
from dialogs.session import Session
from tests.dialogs.stage import Stage, stage

WORDS = "The lamp in our yard is dark"
APPEAL = Session("abc", "appeal", 1, answers={"text": WORDS}, shown="category", rev=1)
REPORT = Session("abc", "report", 1, answers={"category": {"key": "light", "label": {"msgid": ""}}}, rev=1)


def shown(s: Stage) -> list[Shown]:
    s.command("start"), s.command("menu"), s.command("my"), s.say("hm"), s.command("resume", "abc")
    return s.play.shown


@pytest.mark.parametrize(("who", "session"), [("brief", APPEAL), ("citizen", REPORT)])
def test_what_is_begun_elsewhere_in_another_house_is_not_offered(who: str, session: Session) -> None:
    s = stage(who=who)
    s.play.talk = replace(s.play.talk, elsewhere=(Begun(session, "web"),))
    assert not any("Go on" in button.label for each in shown(s) for button in each.buttons)
    assert s.play.talk.elsewhere == (Begun(session, "web"),)


@pytest.mark.parametrize(("who", "session"), [("brief", APPEAL), ("citizen", REPORT)])
def test_what_was_begun_here_in_another_house_is_kept_for_it(who: str, session: Session) -> None:
    s = stage(who=who)
    s.play.talk = replace(s.play.talk, frames=(session,))
    assert WORDS not in "".join(each.text + str(each.buttons) for each in shown(s))
    assert session in s.play.talk.aside


def test_a_button_opens_an_appeal_with_what_was_chosen_elsewhere() -> None:
    s = stage()
    s.command("appeal", "light.45701000")
    assert "Are there photos" in s.say(WORDS).text
    assert "Category: Street lights" in (s.press("No photos"), s.say("5 Lenina St"))[1].text
