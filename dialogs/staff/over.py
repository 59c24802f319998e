"""Takes over what a colleague has in work: who has it is said before, and it is done on purpose."""

from __future__ import annotations

from core.appeals.types import Act, AppealCard, ShowAppeal, TakeAppeal
from core.lines import Text, line, literal
from core.talk import Button
from dialogs.cards import about, only_where, opened, way_back
from dialogs.engine import Form
from dialogs.session import Here
from dialogs.steps import act, consent, end
from dialogs.views import launch
from dialogs.wording import grouped

NEW = Button("queue:new", line("New messages"))


def ask(here: Here[bool]) -> Text:
    card: AppealCard = here.facts
    number, name = grouped(card.number), literal(card.official)
    return (
        line("{name} is working on No. {number}. Take it over?", name=name, number=number),
        line("It leaves their desk, and only you can answer it then. Its author notices nothing."),
    )


def taken(here: Here[None]) -> Text:
    return (
        line("No. {number} is in work with you now.", number=grouped(here.draft.args)),
        line("You can answer now or come back later: it is kept on your desk."),
    )


def ways_on(here: Here[None]) -> tuple[Button, ...]:
    number = here.draft.args
    return (launch("answer", number, line("Answer it")), opened(number), NEW)


CHECK = only_where(
    way_back(consent("check", ask, line("Take it over"), needs=lambda draft: ShowAppeal(draft.args))),
    Act.TAKE_OVER,
    lambda number: line("No. {number} cannot be taken over now. Please choose another one.", number=number),
    NEW,
)
TAKEN = act("taken", str, lambda draft: TakeAppeal(draft.args, over=True))
END = end(taken, ways_on)

BRIEF = about(lambda number: line("Take over No. {number}", number=number))
FORMS = (Form("over", 1, line("Take a message over"), (CHECK, TAKEN, END), brief=BRIEF),)
