"""What the person has consented to, and the way to withdraw it."""

from __future__ import annotations

from collections.abc import Sequence

from core.citizens.types import FILING, ConsentRow, ListConsents, WithdrawConsent
from core.lines import Line, Text, line
from core.talk import Button, Screen
from dialogs.cards import or_else
from dialogs.engine import Form
from dialogs.session import Here
from dialogs.steps import act, consent, end
from dialogs.views import View, launch

SETTINGS = Button("settings:", line("Settings"))
SHOWN = 5


def show(args: str, rows: Sequence[ConsentRow]) -> Screen:
    if not rows:
        return Screen((line("You have given no consent yet. We ask for it before your first message."),), (SETTINGS,))
    in_force = any(row.withdrawn is None for row in rows)
    take_back = (launch("unconsent", "", line("Withdraw the consent")),) if in_force else ()
    return Screen((line("Your consents:"), *map(row_words, rows[:SHOWN])), (*take_back, SETTINGS))


def row_words(row: ConsentRow) -> Line:
    if row.withdrawn is None:
        return line(
            "To take your messages and answer them, text {version}: given {at}.", version=row.version, at=row.at
        )
    return line(
        "To take your messages and answer them, text {version}: given {at}, withdrawn {until}.",
        version=row.version,
        at=row.at,
        until=row.withdrawn,
    )


def ask(here: Here[bool]) -> Text:
    return (
        line("Withdraw your consent? Messages that are registered are answered as before."),
        line("Before the next message we will ask you again. To delete your data, use «Delete my data»."),
    )


def ways_on(here: Here[None]) -> tuple[Button, ...]:
    return (launch("delete", "", line("Delete my data")), SETTINGS)


CHECK = or_else(
    consent("check", ask, line("Withdraw the consent")),
    lambda draft: Button("consents:", line("No, leave it")),
)
DONE = act("done", bool, lambda draft: WithdrawConsent(FILING))
END = end(line("Your consent is withdrawn."), ways_on)

VIEWS = (View("consents", show, needs=lambda args: ListConsents()),)
FORMS = (Form("unconsent", 1, line("Withdraw the consent"), (CHECK, DONE, END)),)
