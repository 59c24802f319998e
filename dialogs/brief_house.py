"""The house where no personal data are asked, shown or kept (TELEGRAM_PII=off): its own dialogs, those of citizens that
hold none, and notices that only say where to read."""

from __future__ import annotations

from dataclasses import replace

from core.lines import line
from dialogs.house import House
from dialogs.notices.registry import load_brief
from dialogs.page import REPORT, WEB
from dialogs.registry import Dialogs, load

SHARED = ("channel", "drop", "join", "open", "pushes", "quiet", "stop")
"""Forms of citizens that ask for buttons or a code, and show no more than a number."""
ON_SITE = (
    *("add", "again", "chats", "consent", "consents", "find", "link", "reply"),
    *("unconsent", "withdraw"),
)
"""What people may know from elsewhere and ask for by its command."""
RENAMED = {"appeal": "report", "privacy": "help", "delete": "data", "mydata": "data"}
UNTAKEN = line(
    "We have neither read nor kept this: no personal data are taken in Telegram. Press «{button}»; words and photos go "
    "on the site.",
    button=REPORT.label,
)


def brief() -> House:
    """Without a form that words begin: nobody's words are taken. Short ones are looked through for danger and then
    forgotten; of longer ones nothing comes here."""
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
        alarm=True,
        untaken=UNTAKEN,
        notices=load_brief(),
        renamed=RENAMED | dict.fromkeys(ON_SITE, WEB),
    )


def dialogs() -> Dialogs:
    """No form keeps words that it has declined."""
    ours, theirs = load("brief"), load("citizen")
    forms = {**ours.forms, **{name: theirs.forms[name] for name in SHARED}}
    return Dialogs({name: replace(form, forgets=True) for name, form in forms.items()}, ours.views)
