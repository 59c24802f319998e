"""How it works where no personal data are taken: what is done here, what on the page, and the emergency numbers."""

from __future__ import annotations

from core.lines import line, named
from core.region.types import AboutRegion, Region
from core.talk import Button, Screen
from dialogs.page import MENU, REPORT, on_page
from dialogs.views import View


def show(args: str, region: Region) -> Screen:
    text = (
        line("Here you choose what it is about and where; what happened, you tell on the site."),
        line("How your messages go on, we tell you here. Questions and answers are read on the site."),
        line("What is typed or sent here, we do not read."),
        line("Do not wait for us in danger, call:"),
        *(line("{number}: {what}", number=each.number, what=named(each.what)) for each in region.emergency),
    )
    ways = (
        REPORT,
        on_page(),
        Button("formal", line("Send a formal appeal"), "link", region.formal_url),
        Button("policy", line("Personal data policy"), "link", region.policy_url),
        MENU,
    )
    return Screen(text, ways)


VIEWS = (View("help", show, needs=lambda args: AboutRegion()),)
