"""Opens the page as the same person: a link that works once and for a short while. Nothing is asked."""

from __future__ import annotations

from core.citizens.types import IssueJoin, JoinCode
from core.lines import Text, line
from core.region.types import AboutRegion
from core.talk import Button
from dialogs.engine import Form
from dialogs.page import MENU, MINE, WEB, about_link, link
from dialogs.session import Here
from dialogs.steps import act, end
from dialogs.views import launch


def issued(here: Here[None]) -> Text:
    there = line("On the page there are your messages with their questions and answers, and you can write there.")
    return (there, *about_link(here.draft[CODE]))


def ways_on(here: Here[None]) -> tuple[Button, ...]:
    return (
        *link(here.facts, here.draft[CODE], line("Open the page")),
        launch(WEB, "", line("Show a new link")),
        MINE,
        MENU,
    )


CODE = act("code", JoinCode, lambda draft: IssueJoin())
END = end(issued, ways_on, keep=True, needs=lambda draft: AboutRegion())
FORMS = (Form(WEB, 1, line("Open on the page"), (CODE, END)),)
