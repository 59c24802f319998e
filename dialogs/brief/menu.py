"""The home where no personal data are asked, shown or kept: it says so, and where everything else is done."""

from __future__ import annotations

from core.lines import line, named
from core.region.types import AboutRegion, Region
from core.talk import Button, Screen
from dialogs.page import MINE, REPORT
from dialogs.views import View


def show(args: str, region: Region) -> Screen:
    text = (
        line("Hello! {operator} answers you.", operator=named(region.operator)),
        line(
            "Here we neither ask for nor show personal data: choose the subject and the district, and tell what"
            " happened on a protected page."
        ),
        line("If someone is in danger, call {number}.", number=region.emergency[0].number),
    )
    return Screen(text, (REPORT, MINE, Button("settings:", line("Settings")), Button("help:", line("How it works"))))


VIEWS = (View("menu", show, needs=lambda args: AboutRegion()),)
