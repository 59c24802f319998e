"""Join this chat with another one of the same person by the code from there («join:CODE»): only after a press, for
anybody may have sent the code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.citizens.types import FindJoin, JoinByCode, JoinCard, Joined
from core.lines import Text, line
from core.talk import Button
from dialogs.cards import or_else
from dialogs.chosen import chosen
from dialogs.engine import Form
from dialogs.reads import code
from dialogs.session import Draft, Here
from dialogs.steps import act, answer, consent, end
from dialogs.views import launch
from dialogs.wording import messengers_words

MENU = Button("menu:", line("Menu"))


def is_another(draft: Draft) -> bool:
    """The code is good, and somebody else has asked for it."""
    card: JoinCard | None = draft.get(FOUND)
    return card is not None and not card.own


def ask(here: Here[bool]) -> Text:
    card: JoinCard = here.draft[FOUND]
    return (
        line("Is it you who writes to us from here too: {messengers}?", messengers=messengers_words(card.messengers)),
        line("Then all of your messages will be seen in each of these chats."),
        line("Agree only if you have got this code yourself, in another chat of yours."),
    )


def over(here: Here[None]) -> Text:
    joined: Joined | None = here.draft.get(JOINED)
    card: JoinCard | None = here.draft.get(FOUND)
    if joined is not None and card is not None:
        there = messengers_words(card.messengers)
        return (line("Done. Your messages are now seen here and in: {messengers}.", messengers=there),)
    if card is not None and card.own and begun(card.facts):
        return (line("Here you can say what has happened: what you have chosen is kept."),)
    if card is not None and card.own:
        return (line("This chat is yours already: it is your own code. Please enter it in the other messenger."),)
    return (
        line("This code does not work: it is good for ten minutes and once. Please take a new one in the other chat."),
        line("If it is the access code of a message, open that by its number and code."),
    )


def ways_on(here: Here[None]) -> tuple[Button, ...]:
    joined: Joined | None = here.draft.get(JOINED)
    card: JoinCard | None = here.draft.get(FOUND)
    if joined is not None:
        return (*begun(joined.facts), Button("my:0", line("My messages")), MENU)
    if card is not None and card.own and begun(card.facts):
        return (*begun(card.facts), MENU)
    access = () if card is not None else (launch("find", "", line("Find by number and code")),)
    return (launch("join", "", line("Enter a code")), *access, MENU)


def begun(facts: Mapping[str, str]) -> tuple[Button, ...]:
    """What was chosen in the other chat, where nothing more could be said."""
    category, territory = (facts.get(name, "") for name in ("category", "territory"))
    if not (category and territory):
        return ()
    return (launch("appeal", chosen(category, territory), line("Go on with the message"), main=True),)


CODE = answer(
    "code",
    str,
    line("What is the code from the other chat? Eight letters and digits, like K7MP-4QXA."),
    code,
    given=lambda args: args or None,
)
FOUND: Any = act("found", JoinCard | None, lambda draft: FindJoin(draft[CODE]))  # type: ignore[arg-type]
CHECK = or_else(
    consent("check", ask, line("It is me, join them"), when=is_another),
    lambda draft: Button("menu:", line("No, it is not me")),
)
JOINED: Any = act("joined", Joined | None, lambda draft: JoinByCode(draft[CODE]), when=is_another)  # type: ignore[arg-type]
END = end(over, ways_on)
FORMS = (Form("join", 1, line("Join two chats"), (CODE, FOUND, CHECK, JOINED, END)),)
