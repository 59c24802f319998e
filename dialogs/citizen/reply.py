"""Reply to the question of an official: words, photos or files, a look at them, and they are sent."""

from __future__ import annotations

from typing import Any

from core.appeals.types import TEXT_MOST, Act, AppealCard, ReplyToQuestion, ShowAppeal
from core.lines import BLANK, Text, line, literal
from core.talk import Button
from dialogs.additions import DOCUMENTS, PHOTOS, checked
from dialogs.cards import first_words, only_where, opened
from dialogs.engine import Form
from dialogs.session import Draft, Here, Step
from dialogs.steps import act, end, words
from dialogs.wording import grouped, last_day

MINE = Button("my:0", line("My messages"))


def ask(here: Here[str]) -> Text:
    card: AppealCard = here.facts
    by = (line("Please reply by {day}.", day=last_day(card.reply_by)),) if card.reply_by else ()
    return (
        line("The question about No. {number}:", number=grouped(card.number)),
        literal(card.question),
        BLANK,
        line("Write your reply here. You can send photos and files too."),
        *by,
    )


def command(draft: Draft) -> ReplyToQuestion:
    return ReplyToQuestion(draft.args, draft[TEXT], draft[PHOTOS], draft[DOCUMENTS])


def thanks(here: Here[None]) -> Text:
    return (
        line("Thank you! Your reply to No. {number} is with those who asked.", number=grouped(here.draft.args)),
        line("They go on with your message. We will write to you here."),
    )


def ways_on(here: Here[None]) -> tuple[Button, ...]:
    return (opened(here.draft[SENT]), MINE)


TEXT = only_where(
    words(
        "text",
        ask,
        least=1,
        most=TEXT_MOST,
        skip=line("Only photos or files"),
        needs=lambda draft: ShowAppeal(draft.args),
    ),
    Act.REPLY,
    lambda number: line("Nobody waits for a reply to No. {number} now.", number=number),
    MINE,
)
CHECK = checked(
    TEXT,
    lambda number: line("Please check your reply to the question about No. {number}:", number=number),
    line("Send the reply"),
)
SENT: Step[Any] = act("sent", str, command)
END = end(thanks, ways_on)
STEPS = (TEXT, PHOTOS, DOCUMENTS, CHECK, SENT, END)
FORMS = (Form("reply", 1, line("A reply"), STEPS, catch=(PHOTOS, DOCUMENTS), brief=first_words(TEXT), adds=TEXT),)
