"""Codes that join two chats, as people meet them, and where they are told afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from core.citizens.types import DropChannel, FindJoin, IssueJoin, JoinByCode, SetChannel
from tests.dialogs.stage import Stage, stage

CODE, OWN, FACTS = "K7MP9QXA", "T4XK9QAM", {"category": "light", "territory": "45701000"}


def chats(*messengers: str) -> list[dict[str, Any]]:
    """Numbered from 5 on; the first is the one in which the person speaks."""
    known = {"heard": None, "preferred": False, "reachable": True}
    return [{**known, "conversation": n, "messenger": name, "here": n == 5} for n, name in enumerate(messengers, 5)]


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
    assert "seen here and in: Telegram." in shown.text
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
    shown, own = s.play.shown[-1], code == OWN
    assert s.labels == ["Enter a code", *([] if own else ["Find by number and code"]), "Menu"] and s.play.problems == []
    assert ("your own code" in shown.text, "access code of a message" in shown.text) == (own, not own)
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
    known = chats("web", "telegram", "web")
    s = stage(facts={"ListChannels": known[:1]})
    s.command("settings")
    s.press("My chats")
    assert "Where to write" not in s.labels
    s.change(ListChannels=known)
    s.command("chats")
    s.press("Where to write")
    assert s.labels[:3] == ["Chat on the site", "Telegram", "Where you wrote last"]
    s.press("Telegram")
    s.command("channel")
    s.press("Where you wrote last")
    s.command("channel")
    s.press("Chat on the site")
    assert s.done == [SetChannel(6), SetChannel(None), SetChannel(5)]


# The person's own chats


def test_a_chat_is_disconnected_only_after_a_press() -> None:
    s = stage(facts={"ListChannels": chats("web", "vk")})
    s.command("chats")
    assert "1. Chat on the site: this chat" in s.press("Disconnect: 2. VK", "No, leave it", "My chats").text
    s.press("Disconnect: 2. VK")
    s.say("yes, do it")
    assert s.done == []
    assert "not seen there any more" in s.press("Disconnect it").text and s.done == [DropChannel(6)]


@pytest.mark.parametrize("args", ["", "9", "x", "-6", "٦", "6.0", "{n}", "9" * 50])
def test_what_is_no_chat_of_theirs_is_not_disconnected(args: str) -> None:
    s = stage(facts={"ListChannels": chats("web", "vk")})
    assert "not among yours" in s.command("drop", args).text and s.labels == ["Settings", "Menu"]
    s.say("6")
    assert s.done == []


def test_the_only_chat_offers_what_else_can_be_done() -> None:
    s = stage(facts={"ListChannels": chats("web")})
    s.command("chats")
    assert s.labels == ["Connect another messenger", "Settings", "Menu"]
    assert "only chat" in s.command("drop", "5").text and s.labels == ["Settings", "Menu"]


def test_however_many_chats_there_are_each_can_be_disconnected() -> None:
    s = stage(facts={"ListChannels": chats(*["web", "telegram", "vk"] * 6)})
    s.command("chats")
    seen = list(s.labels)
    while "Further in the list" in s.labels:
        s.press("Further in the list")
        assert len(s.labels) <= 10 and s.labels[-1] == "Menu"
        seen += s.labels
    assert len([label for label in seen if label.startswith("Disconnect")]) == 18 and s.play.problems == []


@pytest.mark.parametrize("who", ["citizen", "brief"])
def test_whoever_is_told_of_a_new_chat_may_disconnect_it(who: str) -> None:
    s = stage(who=who, facts={"ListChannels": chats("telegram", "vk", "vk")})
    shown = s.pushed("joined", chats="6,7,99")
    assert shown is not None and "More chats are connected to your messages: VK." in shown.text
    s.press("Disconnect: VK (2)", "Disconnect it")
    assert s.done == [DropChannel(7)] and s.labels == ["Settings", "Menu"]
    assert s.pushed("joined", chats="99") is None and s.pushed("dropped") is not None
