"""The person's chats with us, and how to disconnect one that is not theirs any more, or never was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.citizens.types import Channel, DropChannel, ListChannels
from core.lines import Line, Text, line
from core.talk import Button, Screen
from dialogs.cards import or_else
from dialogs.engine import Form
from dialogs.session import Draft, Here, Step
from dialogs.steps import act, consent, end
from dialogs.views import PAGE, View, launch, page, start_of
from dialogs.wording import chat_words

SETTINGS = Button("settings:", line("Settings"))
MENU = Button("menu:", line("Menu"))
BUTTONS = 10
"""Of a screen; seven of them disconnect, two turn the page."""


def row_words(n: int, chat: Channel) -> Line:
    where = chat_words(chat.messenger)
    if chat.here:
        return line("{n}. {where}: this chat", n=n, where=where)
    if chat.heard is None:
        return line("{n}. {where}", n=n, where=where)
    return line("{n}. {where}, you last wrote {at}", n=n, where=where, at=chat.heard)


def show(args: str, chats: tuple[Channel, ...]) -> Screen:
    """One alone cannot be disconnected."""
    start = start_of(args)
    rows = list(enumerate(chats, 1))[start : start + PAGE + 1]
    drops = page(CHATS, args, rows, drop) if len(chats) > 1 else ()
    text = (
        line("Here you see your messages and get our answers:"),
        *(row_words(n, chat) for n, chat in rows[:PAGE]),
        *((line("If you do not know one of them, disconnect it."),) if drops else ()),
    )
    others = (*more(chats), launch("link", "", line("Connect another messenger")), SETTINGS, MENU)
    return Screen(text, (*drops, *others[-(BUTTONS - len(drops)) :]))


def drop(row: tuple[int, Channel]) -> Button:
    n, chat = row
    return launch("drop", chat.conversation, line("Disconnect: {n}. {where}", n=n, where=chat_words(chat.messenger)))


def more(chats: Iterable[Channel]) -> tuple[Button, ...]:
    """Where we know them in several messengers."""
    several = len({chat.messenger for chat in chats}) > 1
    return (launch("channel", "", line("Where to write")),) if several else ()


# Disconnecting one


def named(here: Here[bool]) -> Channel | None:
    chats: tuple[Channel, ...] = here.facts
    return next((chat for chat in chats if str(chat.conversation) == here.draft.args), None)


def only_another(step: Step[bool]) -> Step[bool]:
    """`step` needs the chats. Where there is nothing to disconnect it says so, and the form ends."""

    def shown(here: Here[bool]) -> Screen:
        if named(here) is None:
            gone = line("This chat is not among yours any more: nothing of yours is seen there.")
            return Screen((gone,), (SETTINGS,), over=True)
        if len(here.facts) == 1:
            only = line("This is your only chat with us. You can delete everything instead: open the settings.")
            return Screen((only,), (SETTINGS,), over=True)
        return step.show(here)

    return replace(step, show=shown)


def ask(here: Here[bool]) -> Text:
    chat = named(here)
    if chat is None:
        return ()
    if chat.here:
        return (
            line("Disconnect this chat from your messages?"),
            line("Nothing of them will be seen here any more; in your other chats everything stays as it is."),
            line("What stands in the messenger above, please delete there yourself."),
        )
    return (
        line("Disconnect this chat: {where}?", where=chat_words(chat.messenger)),
        line("Nothing of yours will come there any more. Your messages stay here, and so does what was begun there."),
        line("What has been read there already, we cannot take back."),
    )


def dropped(here: Here[None]) -> Text:
    if here.draft[DONE]:
        return (line("Done. That chat is disconnected: your messages and our answers are not seen there any more."),)
    return (line("Done. In a few seconds this chat will be disconnected. Your messages wait in your other chats."),)


def command(draft: Draft) -> DropChannel:
    """Anybody can send any args; those that name no chat come to an end before."""
    return DropChannel(int(draft.args))


SURE = consent("check", ask, line("Disconnect it"), needs=lambda draft: ListChannels())
CHECK = only_another(or_else(SURE, lambda draft: Button("settings:", line("No, leave it"))))
DONE = act("done", bool, command)
END = end(dropped, lambda here: (SETTINGS, MENU))

CHATS = View("chats", show, needs=lambda args: ListChannels())
VIEWS = (CHATS,)
FORMS = (Form("drop", 1, line("Disconnect a chat"), (CHECK, DONE, END)),)
