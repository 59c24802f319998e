"""Takes a rating from 1 to 5 by a button, in the chat or from the notice («rate:NUMBER.5»). The answer, and why
it was rated low, are matters of the page."""

from __future__ import annotations

from typing import Any

from core.appeals.types import AppealCard, ShowAppeal
from core.lines import Line, Text, line
from core.ratings.types import SCORES, RateAnswer, Rated
from core.talk import Button, Press, Refused, Said, Screen, Took
from dialogs.engine import Form
from dialogs.page import MENU, MINE, REPORT, on_page
from dialogs.scores import may_be_rated, number_of, score_of
from dialogs.session import Draft, Here, Step
from dialogs.steps import act, end
from dialogs.wording import grouped, score_words

CHOOSE = line("Please choose one of the buttons.")


def show(here: Here[int]) -> Screen:
    card: AppealCard | None = here.facts
    if card is None or not may_be_rated(card):
        return Screen((no_rating(card),), (MINE, REPORT), over=True)
    ask = line("How do you rate the answer to No. {number}?", number=grouped(card.number))
    scores = tuple(Button(str(score), score_words(score)) for score in SCORES)
    return Screen((ask, line("It can be read on the site.")), (*scores, on_page()))


def no_rating(card: AppealCard | None) -> Line:
    if card is None:
        return line("There is no such message among yours. Please choose one from the list.")
    number = grouped(card.number)
    if card.rating is not None:
        return line("You have rated the answer to No. {number} already. Please open it on the site.", number=number)
    return line("There is nothing to rate about No. {number} now. Please look at its status.", number=number)


def read(said: Said, here: Here[int]) -> Took | Refused:
    return Took({SCORE.id: int(said.key)}) if isinstance(said, Press) else Refused(CHOOSE)


def check(score: int, here: Here[int]) -> Line | None:
    if not may_be_rated(here.facts):
        return line("This rating could not be saved.")
    return None if score in SCORES else CHOOSE


def thanks(here: Here[None]) -> Text:
    rated: Rated = here.draft[RATED]
    if not rated.low:
        return (line("Thank you for your rating!"),)
    return (
        line("Your rating is kept. We are sorry that the answer did not help."),
        line("What is still wrong, you can tell on the site, and have it looked at again."),
    )


def ways_on(here: Here[None]) -> tuple[Button, ...]:
    return (*((on_page(),) if here.draft[RATED].low else ()), MINE, MENU)


def command(draft: Draft) -> RateAnswer:
    return RateAnswer(number_of(draft.args), draft[SCORE])


SCORE: Step[int] = Step(
    "score",
    int,
    show,
    read,
    check=check,
    needs=lambda draft: ShowAppeal(number_of(draft.args)),
    given=score_of,
    say=score_words,
)
RATED: Step[Any] = act("rated", Rated, command)
END = end(thanks, ways_on)
FORMS = (Form("rate", 1, line("Rate an answer"), (SCORE, RATED, END)),)
