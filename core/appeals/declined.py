"""Why an appeal is not changed as asked, in a sentence that says what to do instead. Pure."""

from __future__ import annotations

from core.appeals.types import OPEN, REOPEN_MOST, Status
from core.lines import Line, line, lines


def to_official(status: Status, *, mine: bool) -> Line:
    """Who wanted to take, answer, ask, pass on or decline it."""
    match status:
        case Status.IN_WORK if not mine:
            return line("A colleague is working on this message. Only they can answer it.")
        case Status.CLARIFY:
            return line("Its author has been asked. Please wait for the reply, or for the end of the time for it.")
        case Status.ANSWERED:
            return line("This message has been answered already. Please choose another one.")
        case Status.CLOSED | Status.REJECTED:
            return line("This message is closed already. Please choose another one.")
        case Status.WITHDRAWN:
            return line("Its author has taken this message back. Please choose another one.")
        case _:
            return line("Please take this message first, then answer it.")


def to_taker(status: Status, *, mine: bool) -> Line:
    if mine and status is Status.ANSWERED:
        return line("You have answered this message already. Please choose another one.")
    if status is Status.IN_WORK:
        return line("A colleague has taken this message already. Please choose another one.")
    return to_official(status, mine=mine)


def to_replier(status: Status) -> Line:
    if status in OPEN:
        return line("Nobody is waiting for a reply now. You can add your words to the message instead.")
    return to_adder(status)


def to_adder(status: Status) -> Line:
    if status is Status.ANSWERED:
        return line("There is an answer already. You can rate it, or send a new message.")
    return line("This message is closed. If the problem is still there, please send a new message.")


def to_withdrawer(status: Status) -> Line:
    if status is Status.WITHDRAWN:
        return line("You have taken this message back already. Nothing more is needed.")
    if status is Status.ANSWERED:
        return line("It has been answered already, so that it cannot be taken back. You can rate the answer.")
    return line("This message is closed already, so that it cannot be taken back. Nothing more is needed.")


def to_reopener(status: Status, *, score: int | None, low: int, reopened: int) -> Line:
    if status in OPEN:
        return line("This message is being looked at. We will tell you as soon as there is an answer.")
    if status is Status.ANSWERED:
        return line("Please rate the answer first.")
    if status is not Status.CLOSED:
        return line("This message is closed. If the problem is still there, please send a new message.")
    if score is not None and score > low:
        return line("You were content with the answer. If the problem is back, please send a new message.")
    if reopened >= REOPEN_MOST:
        return lines(
            "It has been looked at again {n} time already. Please send a new message.",
            "It has been looked at again {n} times already. Please send a new message.",
            reopened,
        )
    return line("The time for another look is over. If the problem is still there, please send a new message.")
