"""Say no to a message: a reason from the list, a few words if they help, a look at what the author will read."""

from __future__ import annotations

from typing import Any

from core.appeals.types import NOTE_LEAST, NOTE_MOST, REASONS, Act, Reason, RejectAppeal, ShowAppeal
from core.lines import BLANK, Text, line, literal
from core.talk import Button
from dialogs.cards import about, only_where, opened, way_back
from dialogs.engine import Form
from dialogs.session import Draft, Here
from dialogs.steps import act, choice, consent, end, words
from dialogs.wording import grouped, reason_words, what_next

NEW = Button("queue:new", line("New messages"))


def reasons(here: Here[Any]) -> list[Button]:
    return [Button(reason.value, reason_words(reason)) for reason in REASONS]


def preview(here: Here[bool]) -> Text:
    reason, more = Reason(here.draft[REASON].key), here.draft[TEXT]
    return (
        line(
            "No. {number} will be closed for good. This is what the author will read:", number=grouped(here.draft.args)
        ),
        BLANK,
        line("Not taken: {reason}.", reason=reason_words(reason)),
        *((literal(more),) if more else ()),
        what_next(reason),
    )


def sent(here: Here[None]) -> Text:
    return (line("No. {number} is declined. We are telling its author why.", number=grouped(here.draft.args)),)


def ways_on(here: Here[None]) -> tuple[Button, ...]:
    return (NEW, opened(here.draft[SENT]), Button("desk:", line("My desk")))


def command(draft: Draft) -> RejectAppeal:
    return RejectAppeal(draft.args, Reason(draft[REASON].key), draft[TEXT])


REASON = only_where(
    way_back(
        choice(
            "reason",
            line("Why is this message not taken? The author will read the reason."),
            options=reasons,
            page=len(REASONS),
            needs=lambda draft: ShowAppeal(draft.args),
        )
    ),
    Act.REJECT,
    lambda number: line("You cannot decline No. {number} now.", number=number),
    NEW,
)
TEXT = words(
    "text",
    line("Is there anything to add for the author? Say it in your own words."),
    least=NOTE_LEAST,
    most=NOTE_MOST,
    skip=line("Nothing to add"),
)
CHECK = consent("check", preview, line("Decline it"), changes=((line("the reason"), REASON), (line("the words"), TEXT)))
SENT = act("sent", str, command)
END = end(sent, ways_on)

BRIEF = about(lambda number: line("Decline No. {number}", number=number))
FORMS = (Form("reject", 1, line("Decline a message"), (REASON, TEXT, CHECK, SENT, END), brief=BRIEF),)
