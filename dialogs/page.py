"""The way from a chat in which no personal data are asked, shown or kept to the page where all of that is done: its
buttons and words. The code in the address comes from core."""

from __future__ import annotations

from core.citizens.types import JoinCode
from core.lines import Line, Text, line
from core.region.types import Region
from core.talk import Button
from dialogs.views import launch

WEB = "web"
"""The form that asks core for a code and shows the link."""
MENU = Button("menu:", line("Menu"))
MINE = Button("my:0", line("My messages"))
REPORT = launch("report", "", line("Report a problem"))


def on_page(label: Line | None = None) -> Button:
    """Only a press makes a link: one that came by itself would have run out before it is read."""
    return launch(WEB, "", label or line("Open on the site"))


def link(region: Region, code: JoinCode, label: Line) -> tuple[Button, ...]:
    """The code stands behind #, which browsers send to nobody. Opening the page spends nothing, its button does."""
    return (Button("page", label, "link", f"{region.web}/#join={code.code}"),) if region.web else ()


def about_link(code: JoinCode) -> Text:
    return (line("The link works until {at}, and only once. Please do not pass it on.", at=code.expires),)
