"""Opens the site as the same person: a link that works once and for a short while. Nothing is asked."""

from __future__ import annotations

from collections.abc import Callable

from core.citizens.types import IssueJoin, JoinCode
from core.lines import Line, Text, line
from core.region.types import AboutRegion
from core.talk import Button
from dialogs.engine import Form
from dialogs.page import MENU, MINE, WEB, about_link, link
from dialogs.session import Here
from dialogs.steps import act, end
from dialogs.views import launch

DATA = "data"
THERE = line("On the site there are your messages with their questions and answers, and you can write there.")
YOURS = line("You can delete or get your data on the site, in the settings.")


def issued(why: Line) -> Callable[[Here[None]], Text]:
    return lambda here: (why, *about_link(here.draft[CODE]))


def ways_on(form: str) -> Callable[[Here[None]], tuple[Button, ...]]:
    return lambda here: (
        *link(here.facts, here.draft[CODE], line("Open the site")),
        launch(form, "", line("Show a new link")),
        MINE,
        MENU,
    )


def opens(form: str, title: Line, why: Line) -> Form:
    last = end(issued(why), ways_on(form), keep=True, needs=lambda draft: AboutRegion())
    return Form(form, 1, title, (CODE, last))


CODE = act("code", JoinCode, lambda draft: IssueJoin())
FORMS = (opens(WEB, line("Open on the site"), THERE), opens(DATA, line("My data"), YOURS))
