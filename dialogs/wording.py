"""How what many dialogs name is put into words: numbers, days, statuses, places. It shows no screens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import reduce
from typing import assert_never

from core.appeals.types import AppealCard, HistoryEntry, Reason, Remark, Status
from core.lines import Line, Text, line, literal, named
from core.talk import Place


def messenger_words(name: str) -> Line:
    """What people call it."""
    known = {"telegram": line("Telegram"), "vk": line("VK"), "web": line("the chat on the site")}
    return known.get(name, line("another messenger"))


def chat_words(messenger: str) -> Line:
    """At the beginning of a line, or on a button."""
    return line("Chat on the site") if messenger == "web" else messenger_words(messenger)


def messengers_words(names: Sequence[str]) -> Line:
    *others, last = map(messenger_words, names or ("",))
    if not others:
        return last
    some = reduce(lambda so_far, name: line("{some}, {next}", some=so_far, next=name), others)
    return line("{some} and {last}", some=some, last=last)


def in_halves(code: str) -> str:
    """K7MP-4QXA, as it is read aloud."""
    half = len(code) // 2
    return f"{code[:half]}-{code[half:]}"


def grouped(number: str) -> str:
    """123-456-789, as it is read aloud; what is no number stays as it is."""
    whole = len(number) == 9 and number.isascii() and number.isdecimal()
    return "-".join((number[:3], number[3:6], number[6:])) if whole else number


def last_day(due: datetime) -> date:
    """A deadline is the end of a day in the region; in every zone east of Greenwich that is the same day in UTC."""
    return due.astimezone(UTC).date()


def status_words(status: Status) -> Line:
    match status:
        case Status.REGISTERED:
            return line("registered")
        case Status.REDIRECTED:
            return line("passed on")
        case Status.REOPENED:
            return line("to be looked at again")
        case Status.IN_WORK:
            return line("in work")
        case Status.CLARIFY:
            return line("waits for the author's reply")
        case Status.ANSWERED:
            return line("answered")
        case Status.CLOSED:
            return line("closed")
        case Status.REJECTED:
            return line("not taken")
        case Status.WITHDRAWN:
            return line("withdrawn by the author")
        case _:
            assert_never(status)


def own_status_words(status: Status) -> Line:
    """To the author."""
    match status:
        case Status.CLARIFY:
            return line("waits for your reply")
        case Status.WITHDRAWN:
            return line("withdrawn by you")
        case _:
            return status_words(status)


def reason_words(reason: Reason) -> Line:
    """As the end of «Not taken: …»."""
    words = {
        Reason.OFFENSIVE: line("there are swear words or insults in it"),
        Reason.SPAM: line("it is advertising"),
        Reason.UNREADABLE: line("it cannot be understood"),
        Reason.NO_FACTS: line("it does not say what happened and where"),
        Reason.DUPLICATE: line("the same has been reported already"),
        Reason.ELSEWHERE: line("the authorities here do not decide this"),
        Reason.THIRD_PARTY: line("there are data of other people in it"),
        Reason.EMERGENCY: line("this is for the emergency services, 112"),
        Reason.NO_REPLY: line("there was no reply to our question"),
    }
    return words[reason]


def what_next(reason: Reason) -> Line:
    """What the author of an appeal that was not taken can do."""
    words = {
        Reason.OFFENSIVE: line("Please write again without them: we will take it."),
        Reason.UNREADABLE: line("Please write again, in short sentences: what happened, where and when."),
        Reason.NO_FACTS: line("Please write again: what happened, where and when."),
        Reason.DUPLICATE: line("The answer comes to the first message; you can add to that one."),
        Reason.ELSEWHERE: line("You can send a formal appeal to the authority that decides it."),
        Reason.THIRD_PARTY: line("Please write again without names and numbers of other people."),
        Reason.EMERGENCY: line("Please call 112 at once if the danger is still there."),
        Reason.NO_REPLY: line("If the trouble is still there, write again."),
    }
    return words.get(reason, line("If you do not agree, write again or send a formal appeal."))


def history_words(history: tuple[HistoryEntry, ...], words: Callable[[Status], Line] = status_words) -> Text:
    return tuple(_entry(entry, words) for entry in history)


def _entry(entry: HistoryEntry, words: Callable[[Status], Line]) -> Line:
    if entry.status is Status.REDIRECTED and entry.authority:
        return line("{at}: passed on to: {authority}", at=entry.at, authority=named(entry.authority))
    return line("{at}: {status}", at=entry.at, status=words(entry.status))


def quoted(words: str) -> Line:
    """Every line is marked, so that no words of theirs can pass for ours."""
    return literal("\n".join(f"> {row}".rstrip() for row in words.split("\n")))


def remark_words(remark: Remark, said: Callable[[str], Line] = literal) -> Text:
    """What was added to an appeal, under the time and, for officials, the name of who has noted it."""
    if remark.author:
        return (line("{at}, note of {name}:", at=remark.at, name=literal(remark.author)), said(remark.text))
    return (line("{at}, added by the author:", at=remark.at), said(remark.text))


def score_words(score: int) -> Line:
    """The label of a rating; the buttons stand from 1 to 5, so that a typed number means the same as its place."""
    words = {
        1: line("1 – very bad"),
        2: line("2 – bad"),
        3: line("3 – so-so"),
        4: line("4 – good"),
        5: line("5 – excellent"),
    }
    return words[score]


def place_words(place: Place) -> Line:
    """An address is one line, however it was typed."""
    address = literal(" ".join(place.address.split()))
    if place.lat is None or place.lon is None:
        return address if place.address else line("no address")
    point = f"{place.lat:z.5f}, {place.lon:z.5f}"
    if place.address:
        return line("{address} (on the map: {point})", address=address, point=point)
    return line("a point on the map: {point}", point=point)


def where_words(card: AppealCard) -> Line:
    if card.place == Place():
        return named(card.territory)
    return line("{territory}, {place}", territory=named(card.territory), place=place_words(card.place))


def files_words(photos: tuple[str, ...], documents: tuple[str, ...]) -> Text:
    return (
        *((line("Photos: {n}", n=len(photos)),) if photos else ()),
        *((line("Files: {n}", n=len(documents)),) if documents else ()),
    )
