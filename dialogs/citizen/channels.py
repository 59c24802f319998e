"""Where people are told who write to us from many places, and the code that joins another messenger to this chat."""

from __future__ import annotations

from collections.abc import Iterator

from core.citizens.types import Channel, IssueJoin, JoinCode, ListChannels, SetChannel
from core.lines import BLANK, Text, line
from core.region.types import AboutRegion, Region
from core.talk import Button
from dialogs.engine import Form
from dialogs.session import Draft, Here
from dialogs.steps import act, choice, end
from dialogs.views import launch
from dialogs.wording import chat_words, in_halves

LATEST = "latest"
SETTINGS = Button("settings:", line("Settings"))
MENU = Button("menu:", line("Menu"))


def channels(here: Here[Button]) -> list[Button]:
    """One of each messenger, the one last heard from: what else sets them apart, only we know."""
    rows: tuple[Channel, ...] = here.facts
    newest = {row.messenger: row.conversation for row in reversed(rows)}
    named = (Button(str(newest[name]), chat_words(name)) for name in dict.fromkeys(row.messenger for row in rows))
    return [*named, Button(LATEST, line("Where you wrote last"))]


def set_channel(draft: Draft) -> SetChannel:
    key = draft[WHERE].key
    return SetChannel(None if key == LATEST else int(key))


def is_set(here: Here[None]) -> Text:
    if here.draft[SET] is None:
        return (line("Done."), line("We write to you where you wrote last."))
    return (
        line("Done."),
        line("We write to you there: {where}.", where=here.draft[WHERE].label),
        line("If nothing can be delivered there, it comes where you wrote last."),
    )


WHERE = choice("where", line("Where shall we write to you?"), channels, needs=lambda draft: ListChannels())
SET = act("set", int | None, set_channel)  # type: ignore[arg-type]
WHERE_END = end(is_set, lambda here: (SETTINGS, MENU))


def offer(here: Here[None]) -> Text:
    code = in_halves(here.draft[CODE].code)
    return (
        line(
            "In another messenger you can have the same messages and our answers, and go on with what you began here."
        ),
        BLANK,
        line("Write to us there: «code {code}». Or open it by a button below.", code=code)
        if links(here)
        else line("Write to us there: «code {code}».", code=code),
        line("The code works for ten minutes and once. Give it to nobody: whoever enters it sees your messages."),
    )


def links(here: Here[None]) -> tuple[Button, ...]:
    """To those in which we do not know the person yet."""
    issued = here.draft[CODE]
    ways = ((name, url) for name, url in ways_in(here.facts, issued.code) if name not in issued.messengers)
    return tuple(Button(f"to-{name}", chat_words(name), "link", url) for name, url in ways)


def ways_in(region: Region, code: str) -> Iterator[tuple[str, str]]:
    """By messenger; a page gets the code behind #, which browsers send to nobody."""
    yield from ((name, f"{start}join_{code}") for name, start in region.channels)
    if region.web:
        yield "web", f"{region.web}/#join={code}"


def ways_on(here: Here[None]) -> tuple[Button, ...]:
    return (*links(here), launch("link", "", line("Show a new code")), SETTINGS, MENU)


CODE = act("code", JoinCode, lambda draft: IssueJoin())
CODE_END = end(offer, ways_on, needs=lambda draft: AboutRegion())

FORMS = (
    Form("channel", 1, line("Where to write"), (WHERE, SET, WHERE_END)),
    Form("link", 1, line("Connect another messenger"), (CODE, CODE_END)),
)
