"""Asks for the one consent that filing needs, in plain words. It decides nothing about what comes after."""

from __future__ import annotations

from core.citizens.types import FILING, GiveConsent
from core.lines import BLANK, Line, Text, line, named
from core.region.types import AboutRegion, Region
from core.talk import Button, Press, Refused, Said, Screen, Took
from dialogs.engine import Form
from dialogs.session import Draft, Here, Step, digest
from dialogs.steps import act, end
from dialogs.views import launch

NO = "no"


def yes(region: Region) -> str:
    """The key names the text that was read: with another one in force, a press on the old screen agrees to nothing."""
    return f"yes.{digest(region.consent_version)[:8]}"


def formal(region: Region) -> Button:
    return Button("formal", line("Send a formal appeal"), "link", region.formal_url)


def show(here: Here[str]) -> Screen:
    region: Region = here.facts
    who, address, version = named(region.operator), named(region.address), region.consent_version
    text = (
        line("We have your message. To pass it on, we need your consent to use your data."),
        BLANK,
        line("Who: {operator}, {address}. What for: to take your message and answer.", operator=who, address=address),
        line("What: words, photos, place, chat. Seen by: those who answer."),
        line("To withdraw it: settings, or a letter to this address. Version of the text: {version}.", version=version),
        BLANK,
        line("A message is not a formal appeal under 59-FZ: that one goes by the link."),
    )
    ways = (
        Button(yes(region), line("I agree"), main=True),
        Button(NO, line("I do not agree")),
        Button("policy", line("Personal data policy"), "link", region.policy_url),
        formal(region),
    )
    return Screen(text, ways)


def read(said: Said, here: Here[str]) -> Took | Refused:
    if not isinstance(said, Press):
        return Refused(line("Please choose one of the buttons."))
    return Took({ANSWER.id: "" if said.key == NO else here.facts.consent_version})


def said_no(here: Here[None]) -> Text:
    region: Region = here.facts
    number = region.emergency[0].number
    return (
        line("All right. Your message was not registered, and we have passed it to nobody."),
        line("You can still send a formal appeal by the link. In danger, call {number}.", number=number),
    )


def last_words(here: Here[None]) -> Line | Text:
    return line("Thank you. Let us go on.") if here.draft[ANSWER] else said_no(here)


def ways_on(here: Here[None]) -> tuple[Button, ...]:
    again = launch("appeal", "", line("Report a problem"))
    home = Button("menu:", line("Menu"))
    return (again, home) if here.draft[ANSWER] else (formal(here.facts), again, home)


def about(draft: Draft) -> AboutRegion:
    return AboutRegion()


ANSWER: Step[str] = Step("answer", str, show, read, needs=about)
"""The version that was agreed to, or nothing."""
GIVEN = act("given", str, lambda draft: GiveConsent(FILING, draft[ANSWER]), when=lambda draft: bool(draft[ANSWER]))
END = end(last_words, ways_on, needs=about)

FORMS = (Form("consent", 1, line("Consent"), (ANSWER, GIVEN, END)),)
