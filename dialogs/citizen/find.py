"""Open a message from anywhere by its number and its access code."""

from __future__ import annotations

import re
from typing import Any

from core.appeals.types import OpenByCode
from core.lines import Line, Text, line
from core.talk import Button, Refused
from dialogs.engine import Form
from dialogs.reads import code
from dialogs.session import Draft, Here
from dialogs.steps import act, answer, end
from dialogs.views import launch
from dialogs.wording import grouped

NUMBER_DIGITS = 9


def number(text: str) -> str | Refused:
    digits = re.sub(r"\D", "", text, flags=re.ASCII)
    return digits if len(digits) == NUMBER_DIGITS else Refused(line("The number has nine digits, like 482-135-790."))


def opened(here: Here[None]) -> Text:
    if here.draft[OPENED] is None:
        return (line("Number and code do not fit together. Please look again: both stand in the receipt."),)
    number = grouped(here.draft[OPENED])
    return (line("No. {number} stands among your messages now. What happens with it is told here too.", number=number),)


def ways_on(here: Here[None]) -> tuple[Button, ...]:
    if here.draft[OPENED] is None:
        return (launch("find", "", line("Try again")), Button("menu:", line("Menu")))
    return (Button(f"card:{here.draft[OPENED]}", line("Open the message")), Button("my:0", line("My messages")))


def brief(draft: Draft) -> Line | None:
    found = draft.get(NUMBER)
    return line("No. {number}", number=grouped(found)) if found else None


NUMBER = answer(
    "number", str, line("What is the number of the message? Nine digits; it stands in the receipt."), number
)
CODE = answer("code", str, line("And the access code? Eight letters and digits beside the number."), code)
OPENED: Any = act("opened", str | None, lambda draft: OpenByCode(draft[NUMBER], draft[CODE]))  # type: ignore[arg-type]
END = end(opened, ways_on)
FORMS = (Form("find", 1, line("Find by number and code"), (NUMBER, CODE, OPENED, END), brief=brief),)
