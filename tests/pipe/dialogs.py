"""A few dialogs that do what the tests of the pipe need: say it back, give a command, ask twice, and break."""

from __future__ import annotations

from core.appeals.types import AppealCard, FileAppeal, MyAppeals, ShowAppeal
from core.citizens.types import FILING, GiveConsent
from core.lines import Line, line, literal
from core.talk import Button, Place, Refused, Said, Screen, Took
from dialogs.engine import Form
from dialogs.session import Draft, Here, Step
from dialogs.steps import act, end, words
from dialogs.views import View
from tests.builders import CITY, demo_region

HOME = Button("home:", line("Home"))


class Boom(Exception):
    """A bug of a dialog."""


def read(said: Said, here: Here[str]) -> Took | Refused:
    text = getattr(said, "text", "")
    if text == "boom":
        raise Boom
    return Took({"text": text})


def asked(here: Here[str]) -> Screen:
    return Screen((line("Say something."),), reads=True)


def command(draft: Draft) -> object:
    text = draft[TEXT]
    if text.startswith("file"):
        return FileAppeal(f"{text} a deep pothole", "roads", CITY, Place(), ())
    return GiveConsent(FILING, "of last year" if "old" in text else demo_region().consent_version)


def is_command(draft: Draft) -> bool:
    return draft[TEXT].startswith(("file", "agree"))


def said(here: Here[None]) -> Line:
    text = here.draft[TEXT]
    if text.endswith("then boom"):
        raise Boom
    return literal(f"You said: {text}")


TEXT: Step[str] = Step("text", str, asked, read, takes=frozenset({"text"}))
DONE = act("done", object, command, when=is_command)
NOTE = Form("note", 1, line("A note"), (TEXT, DONE, end(said, lambda here: (HOME,))))

KEPT = Form("kept", 1, line("A receipt"), (end(line("Keep this."), keep=True),))
ASKS = Form(
    "asks",
    1,
    line("Two questions"),
    (words("one", line("First?")), words("two", line("Second?")), end(line("Thank you."), lambda here: (HOME,))),
)


def card(args: str, facts: AppealCard) -> Screen:
    acts = tuple(Button(f"card:{act}", literal(act.value)) for act in sorted(facts.may))
    return Screen((literal(f"No. {facts.number}: {facts.status}."),), (*acts, HOME))


FORMS = (NOTE, KEPT, ASKS)
VIEWS = (
    View("home", lambda args, facts: Screen((line("Home."),), (HOME, Button("kept:", line("Receipt"))))),
    View("mine", lambda args, facts: Screen((line("Yours."),)), needs=lambda args: MyAppeals(0, 1)),
    View("card", card, needs=ShowAppeal, watch=lambda args: f"appeal:{args}"),
)
