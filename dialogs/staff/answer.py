"""Answers a message that the official has taken: the words, a look at them, and they are sent."""

from __future__ import annotations

from dataclasses import replace

from core.appeals.types import TEXT_LEAST, TEXT_MOST, AnswerAppeal, AppealCard, ShowAppeal, Status
from core.lines import BLANK, Line, Text, line, literal
from core.talk import Button, Screen
from core.text import shortened
from dialogs.engine import Form
from dialogs.session import Draft, Here, Step
from dialogs.steps import act, consent, end, words
from dialogs.views import launch
from dialogs.wording import grouped

BRIEF = 24
NEW = Button("queue:new", line("New messages"))


def theirs(card: AppealCard | None) -> bool:
    return card is not None and card.mine and card.status is Status.IN_WORK


def ask(here: Here[str]) -> Text:
    card: AppealCard = here.facts
    return (
        line("Please write the answer to No. {number}. The author will read it as it is.", number=grouped(card.number)),
        BLANK,
        literal(card.text),
    )


def only_theirs(step: Step[str]) -> Step[str]:
    """Where there is nothing to answer, it says why and leads on."""

    def show(here: Here[str]) -> Screen:
        return step.show(here) if theirs(here.facts) else replace(no_answer(here.facts), over=here.own is None)

    def check(value: str, here: Here[str]) -> Line | None:
        return step.check(value, here) if theirs(here.facts) else line("The answer was not sent.")

    return replace(step, show=show, check=check)


def no_answer(card: AppealCard | None) -> Screen:
    if card is None:
        return Screen((line("There is no such message in your queue. Please choose one from it."),), (NEW,))
    number, opened = grouped(card.number), Button(f"card:{card.number}", line("Open the message"))
    if card.status is Status.REGISTERED:
        take = launch("take", card.number, line("Take it"))
        return Screen((line("Please take No. {number} first, then answer it.", number=number),), (take, opened, NEW))
    if card.status is Status.IN_WORK:
        why = line("A colleague answers No. {number}. Please choose another one.", number=number)
    else:
        why = line("No. {number} has been answered already. Please choose another one.", number=number)
    return Screen((why,), (opened, NEW))


def preview(here: Here[bool]) -> Text:
    return (
        line("This is what the author of No. {number} will read:", number=grouped(here.draft.args)),
        BLANK,
        literal(here.draft[TEXT]),
    )


def command(draft: Draft) -> AnswerAppeal:
    return AnswerAppeal(draft.args, draft[TEXT])


def brief(draft: Draft) -> Line | None:
    text = draft.get(TEXT)
    return literal(shortened(text, BRIEF)) if text else None


def sent(here: Here[None]) -> Text:
    return (
        line("The answer to No. {number} is sent.", number=grouped(here.draft[SENT])),
        line("The author can rate it now: you will see the rating on the card."),
    )


def ways_on(here: Here[None]) -> tuple[Button, ...]:
    opened = Button(f"card:{here.draft[SENT]}", line("Open the message"))
    return (Button("queue:new", line("Next in the queue")), opened, Button("desk:", line("My desk")))


TEXT = only_theirs(words("text", ask, least=TEXT_LEAST, most=TEXT_MOST, needs=lambda draft: ShowAppeal(draft.args)))
CHECK = consent("check", preview, line("Send"), changes=((line("the answer"), TEXT),))
SENT = act("sent", str, command)
END = end(sent, ways_on)

FORMS = (Form("answer", 1, line("An answer"), (TEXT, CHECK, SENT, END), brief=brief),)
