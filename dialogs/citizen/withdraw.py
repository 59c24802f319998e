"""Take a message back: nobody works on it any more."""

from __future__ import annotations

from core.appeals.types import Act, AppealCard, ShowAppeal, WithdrawAppeal
from core.lines import BLANK, Text, line, literal
from core.talk import Button
from core.text import shortened
from dialogs.cards import only_where, or_else
from dialogs.engine import Form
from dialogs.session import Here
from dialogs.steps import act, consent, end
from dialogs.views import launch
from dialogs.wording import grouped

SHOWN = 200
MINE = Button("my:0", line("My messages"))


def ask(here: Here[bool]) -> Text:
    card: AppealCard = here.facts
    return (
        line("Do you want to take back No. {number}? Nobody will work on it any more.", number=grouped(card.number)),
        BLANK,
        literal(shortened(card.text, SHOWN)),
    )


def gone(here: Here[None]) -> Text:
    return (
        line("No. {number} is withdrawn: nobody works on it any more.", number=grouped(here.draft.args)),
        line("If the trouble is back, write again: it takes a minute."),
    )


def ways_on(here: Here[None]) -> tuple[Button, ...]:
    return (MINE, launch("appeal", "", line("New message")))


CHECK = only_where(
    or_else(
        consent("check", ask, line("Take it back"), needs=lambda draft: ShowAppeal(draft.args)),
        lambda draft: Button(f"card:{draft.args}", line("No, leave it")),
    ),
    Act.WITHDRAW,
    lambda number: line("No. {number} is finished: there is nothing to take back.", number=number),
    MINE,
)
DONE = act("done", str, lambda draft: WithdrawAppeal(draft.args))
END = end(gone, ways_on)
FORMS = (Form("withdraw", 1, line("Take a message back"), (CHECK, DONE, END)),)
