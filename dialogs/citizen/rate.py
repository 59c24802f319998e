"""Takes a rating of an answer from 1 to 5, by a button, by a typed digit, or straight from the push that has brought
the answer («rate:NUMBER.5»). A low one asks why, and whether it is to be looked at again: the person decides."""

from __future__ import annotations

from typing import Any

from core.appeals.types import NOTE_LEAST, NOTE_MOST, AppealCard, ReopenAppeal, Reopened, ShowAppeal, Status
from core.lines import BLANK, Line, Text, line, literal, named
from core.ratings.types import SCORES, ExplainRating, RateAnswer, Rated
from core.talk import Button, Press, Refused, Said, Screen, Took
from dialogs import reads
from dialogs.engine import Form
from dialogs.scores import may_be_rated, number_of, score_of
from dialogs.session import WORDS, Draft, Here, Step
from dialogs.steps import act, choice, end, words
from dialogs.views import launch
from dialogs.wording import grouped, last_day, score_words

GOOD = 4
"""From this score on the answer has helped."""


def show(here: Here[int]) -> Screen:
    card: AppealCard | None = here.facts
    if card is None or not may_be_rated(card):
        ways = (Button("my:0", line("My messages")), launch("appeal", "", line("New message")))
        return Screen((no_rating(card),), ways, over=True)
    number = grouped(card.number)
    ask = line("How do you rate the answer to No. {number}? Press a button or write a digit.", number=number)
    return Screen((ask, BLANK, literal(card.answer)), tuple(Button(str(score), score_words(score)) for score in SCORES))


def no_rating(card: AppealCard | None) -> Line:
    if card is None:
        return line("There is no such message among yours. Please choose one from the list.")
    number = grouped(card.number)
    if card.rating is not None:
        return line(
            "You gave No. {number} a {score} already. If the trouble is back, write again.",
            number=number,
            score=card.rating,
        )
    if card.status is Status.CLOSED:
        return line("The time to rate No. {number} is over. If the trouble is still there, write again.", number=number)
    return line("There is no answer to No. {number} yet. We will write to you when it is here.", number=number)


def read(said: Said, here: Here[int]) -> Took | Refused:
    if isinstance(said, Press):
        return Took({SCORE.id: int(said.key)})
    score = reads.whole_number(said.text)
    return Refused(FROM_TO) if isinstance(score, Refused) else Took({SCORE.id: score})


def check(score: int, here: Here[int]) -> Line | None:
    if not may_be_rated(here.facts):
        return line("This rating could not be saved.")
    return None if score in SCORES else FROM_TO


def is_low(draft: Draft) -> bool:
    return RATED.id in draft.values and bool(draft[RATED].low)


def asks_why(draft: Draft) -> bool:
    return is_low(draft) and not draft[TOLD]


def why_of(draft: Draft) -> str:
    """What was written before the rating says why as well."""
    return draft[TOLD] or draft.get(WHY) or ""


def may_again(draft: Draft) -> bool:
    return is_low(draft) and bool(draft[RATED].again)


def wants_again(draft: Draft) -> bool:
    return AGAIN.id in draft.values and draft[AGAIN].key == "again"


def ask_why(here: Here[str]) -> Text:
    return (
        line("Your rating is kept. We are sorry that the answer did not help."),
        line("What is still wrong? Those who watch the quality of answers will read it."),
    )


def ask_again(here: Here[Button]) -> Line:
    if here.draft[RATED].curator:
        return line("Shall it be looked at once more? This time it goes to those who stand above.")
    return line("Shall it be looked at once more? It goes back to work with a new deadline.")


def choices(here: Here[Button]) -> tuple[Button, ...]:
    return (Button("again", line("Yes, look at it again")), Button("leave", line("No, leave it")))


def thanks(here: Here[None]) -> Text:
    draft = here.draft
    if draft[SCORE] >= GOOD:
        return (line("Thank you for your rating! We are glad that it helped."),)
    if REOPENED.id in draft.values:
        again: Reopened = draft[REOPENED]
        authority, day = named(again.authority), last_day(again.due)
        return (
            line("No. {number} will be looked at again.", number=grouped(again.number)),
            line("{authority} will answer by {day}. We will write to you here.", authority=authority, day=day),
        )
    return (
        line("Thank you for saying it as it is. We are sorry that it did not help enough."),
        line("Your rating goes to those who watch the quality of answers in the region."),
        *(
            (line("If the trouble is still there, you can send a formal appeal or write again."),)
            if is_low(draft)
            else ()
        ),
    )


def ways_on(here: Here[None]) -> tuple[Button, ...]:
    return (Button("my:0", line("My messages")), launch("appeal", "", line("New message")))


def command(draft: Draft) -> RateAnswer:
    return RateAnswer(number_of(draft.args), draft[SCORE])


def reopen(draft: Draft) -> ReopenAppeal:
    return ReopenAppeal(number_of(draft.args), why_of(draft))


def explain(draft: Draft) -> ExplainRating:
    return ExplainRating(number_of(draft.args), why_of(draft))


TOLD: Step[str] = words(
    "told",
    line("What do you want to say about the answer?"),
    least=NOTE_LEAST,
    most=NOTE_MOST,
    skip=line("Without words"),
    given=lambda args: "",
    beside=True,
)
FROM_TO = line("Please rate with a whole number from 1 to 5.")
SCORE: Step[int] = Step(
    "score",
    int,
    show,
    read,
    check=check,
    needs=lambda draft: ShowAppeal(number_of(draft.args)),
    given=score_of,
    say=score_words,
    takes=WORDS,
)
RATED: Step[Any] = act("rated", Rated, command)
WHY = words("why", ask_why, least=NOTE_LEAST, most=NOTE_MOST, skip=line("Without words"), when=asks_why)
SAID = act("said", str, explain, when=lambda draft: bool(why_of(draft)))
AGAIN = choice("again", ask_again, choices, when=may_again)
REOPENED: Step[Any] = act("reopened", Reopened, reopen, when=wants_again)
END = end(thanks, ways_on)

STEPS = (TOLD, SCORE, RATED, WHY, SAID, AGAIN, REOPENED, END)
KEPT = line("We keep these words: they go along with your rating.")
FORMS = (Form("rate", 2, line("Rate an answer"), STEPS, adds=TOLD, added=KEPT),)
