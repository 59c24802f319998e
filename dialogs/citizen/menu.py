"""The home of citizens: what can be done here, and whom to call when nobody can wait."""

from __future__ import annotations

from core.lines import line, named
from core.region.types import AboutRegion, Region
from core.talk import Button, Screen
from dialogs.views import View, launch


def show(args: str, region: Region) -> Screen:
    text = (
        line("Hello! {operator} answers you here.", operator=named(region.operator)),
        line("Write in your own words what happened, or press a button."),
        line("If someone is in danger, call {number}.", number=region.emergency[0].number),
    )
    ways = (
        launch("appeal", "", line("Report a problem")),
        Button("my:0", line("My messages")),
        launch("find", "", line("Find by number and code")),
        Button("settings:", line("Settings")),
        Button("help:", line("How it works")),
    )
    return Screen(text, ways)


VIEWS = (View("menu", show, needs=lambda args: AboutRegion()),)
