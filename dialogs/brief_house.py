"""The house where no personal data are asked, shown or kept (TELEGRAM_PII=off): its own dialogs, those of citizens that
hold none, and notices that only say where to read."""

from __future__ import annotations

from dataclasses import replace

from core.lines import line
from dialogs.house import House
from dialogs.notices.registry import load_brief
from dialogs.registry import Dialogs, load

SHARED = ("channel", "drop", "join", "open", "pushes", "quiet", "stop")
"""Forms of citizens that ask for buttons or a code, and show no more than a number."""
ON_PAGE = (
    *("add", "again", "chats", "consent", "consents", "delete", "find", "link", "mydata", "reply"),
    *("unconsent", "withdraw"),
)
"""What people may know from elsewhere and ask for by its command."""


def brief() -> House:
    """Without a form that words begin: nobody's words are taken, be they thanks or an alarm."""
    number = "{number}"
    words = (
        (line("rate {number}", number=number), f"rate:{number}"),
        (line("open {number}", number=number), f"card:{number}"),
        (line("code {code}", code="{code}"), "join:{code}"),
    )
    commands = (
        (line("start"), "start"),
        (line("begin"), "start"),
        (line("menu"), "menu"),
        (line("help"), "help"),
        (line("settings"), "settings"),
        (line("my messages"), "my"),
        (line("new message"), "report"),
    )
    return House(
        dialogs(),
        "menu",
        words=words,
        commands=commands,
        starts={"open": "open", "join": "join"},
        number="card",
        notices=load_brief(),
        renamed={"appeal": "report", **dict.fromkeys(ON_PAGE, "web")},
    )


def dialogs() -> Dialogs:
    """No form keeps words that it has declined."""
    ours, theirs = load("brief"), load("citizen")
    forms = {**ours.forms, **{name: theirs.forms[name] for name in SHARED}}
    return Dialogs({name: replace(form, forgets=True) for name, form in forms.items()}, ours.views)
