"""Codes that join two chats, as people meet them, and where they are told afterwards."""

from __future__ import annotations

import pytest

from core.citizens.types import FindJoin, IssueJoin, JoinByCode, SetChannel
from tests.dialogs.stage import Stage, stage

CODE, OWN, FACTS = "K7MP9QXA", "T4XK9QAM", {"category": "light", "territory": "45701000"}


def entered(code: str, **facts: str) -> Stage:
    found = {
        CODE: {"messengers": ["telegram"], "facts": facts, "own": False},
        OWN: {"messengers": ["vk"], "facts": {}, "own": True},
    }
    joined = {CODE: {"messengers": ["vk", "web", "telegram"], "facts": facts}}
    s = stage(facts={"FindJoin": found, "JoinByCode": joined})
    s.command("join", code)
    return s


def test_nothing_is_joined_before_a_press() -> None:
    s = entered(CODE)
    s.say("yes, it is me, really")
    assert s.done == [FindJoin(CODE)]
    shown = s.press("It is me, join them")
    assert s.done == [FindJoin(CODE), JoinByCode(CODE)]
    assert "one chat now: VK, the chat on the site and Telegram." in shown.text
    assert s.labels == ["My messages", "Menu"]


def test_whoever_says_no_is_asked_no_more() -> None:
    s = entered(CODE)
    assert "Report a problem" in [button.label for button in s.press("No, it is not me").buttons]
    assert s.done == [FindJoin(CODE)]
    assert "What is it about?" in s.say("The lamp in our yard is dark").text


def test_a_message_that_was_begun_where_nothing_could_be_said_goes_on_here() -> None:
    s = entered(CODE, **FACTS)
    s.press("It is me, join them", "Go on with the message")
    assert "what happened" in s.play.shown[-1].text
    assert entered(CODE, category="light").press("It is me, join them").buttons[0].label == "My messages"


@pytest.mark.parametrize("code", ["AAAAAAAA", "x", "<b>", "9" * 200, "{code}", OWN])
def test_a_code_that_does_not_work_leads_on(code: str) -> None:
    s = entered(code)
    assert s.labels == ["Enter a code", "Menu"] and s.play.problems == []
    assert ("your own code" in s.play.shown[-1].text) is (code == OWN)
    assert s.done == [FindJoin(code)]


def test_a_code_that_somebody_else_has_used_meanwhile_says_so() -> None:
    s = entered(CODE)
    s.change(JoinByCode={CODE: None})
    s.play.world.facts["JoinByCode"] = {}
    assert "does not work" in s.press("It is me, join them").text


def test_every_look_at_the_code_is_a_new_one() -> None:
    s = stage()
    assert "code T4XK-9QAM" in s.command("link").text
    s.press("Show a new code")
    assert s.done == [IssueJoin(), IssueJoin()]


def test_where_to_write_is_asked_only_of_those_who_have_a_choice() -> None:
    one, many = ({"messengers": names} for names in (["web"], ["web", "telegram"]))
    s = stage(facts={"ShowSettings": one})
    s.command("settings")
    assert "Where to write" not in s.labels
    rows = [
        {"conversation": n, "messenger": name, "heard": None} for n, name in enumerate(("web", "telegram", "web"), 5)
    ]
    known = [{**row, "preferred": False, "reachable": True} for row in rows]
    s.change(ShowSettings=many, ListChannels=known)
    s.command("settings")
    s.press("Where to write")
    assert s.labels[:3] == ["Chat on the site", "Telegram", "Where you wrote last"]
    s.press("Telegram")
    s.command("channel")
    s.press("Where you wrote last")
    s.command("channel")
    s.press("Chat on the site")
    assert s.done == [SetChannel(6), SetChannel(None), SetChannel(5)]
