"""Tells a citizen at once, in their other chats, that more chats see their messages now: whoever has talked them out of
their code reads everything. It names no more than messengers, and so is the same where no personal data are shown."""

from __future__ import annotations

from collections.abc import Mapping

from core.citizens.types import Channel, ListChannels
from core.lines import line
from core.notify.types import NoticeKind
from core.talk import Button, Screen
from dialogs.notices import NoticeDialog
from dialogs.views import launch
from dialogs.wording import messenger_words, messengers_words

MOST = 8
"""Buttons, beside the one to the menu."""


def show(facts: Mapping[str, str], channels: tuple[Channel, ...]) -> Screen | None:
    """Nothing of those that are disconnected by now."""
    named = facts.get("chats", "").split(",")
    new = [each for each in channels if str(each.conversation) in named][:MOST]
    if not new:
        return None
    where = messengers_words(tuple(dict.fromkeys(each.messenger for each in new)))
    one = line("One more chat is connected to your messages: {where}.", where=where)
    many = line("More chats are connected to your messages: {where}.", where=where)
    text = (
        one if len(new) == 1 else many,
        line("All of your messages and our answers are seen there. If it was not you who did it, disconnect."),
    )
    ways = (
        launch("drop", each.conversation, line("Disconnect: {where}", where=messenger_words(each.messenger)))
        for each in new
    )
    return Screen(text, (*ways, Button("menu:", line("It was me"))), keep=True)


NOTICE = NoticeDialog(NoticeKind.JOINED, lambda facts: ListChannels(), show)
