"""How it works, in a few lines: what happens to a message, what it is not, and the emergency numbers."""

from __future__ import annotations

from core.lines import line, named
from core.region.types import AboutRegion, Region
from core.talk import Button, Screen
from dialogs.views import View, launch


def show(args: str, region: Region) -> Screen:
    text = (
        line("You write what happened and where. We find who is responsible and pass it on."),
        line("We tell you here when work begins and when the answer is ready; then you rate it."),
        line("A message is not a formal appeal under 59-FZ: that one goes by the link."),
        line("Do not wait for us in danger, call:"),
        *(line("{number}: {what}", number=each.number, what=named(each.what)) for each in region.emergency),
    )
    ways = (
        launch("appeal", "", line("Report a problem")),
        Button("formal", line("Send a formal appeal"), "link", region.formal_url),
        Button("policy", line("Personal data policy"), "link", region.policy_url),
        Button("menu:", line("Menu")),
    )
    return Screen(text, ways)


VIEWS = (View("help", show, needs=lambda args: AboutRegion()),)
