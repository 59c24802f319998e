"""What somebody does next: mostly the usual steps of a dialog, so that what is hostile meets every step and view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from core.talk import BUTTON_BYTES
from tests.fuzz import injection, markup, media, numbers, others, texts
from tests.fuzz.people import Person, Sent, Shows

COMMANDS = ("start", "menu", "help", "settings", "my", "appeal", "find", "stop", "personal", "language", "consent")
COMMANDS_OF_STAFF = ("desk", "take", "answer", "card", "queue", "leave", "start", "redirect", "reject", "ask", "note")
ARGS = ("", "", "482135070", "1", "-1", "en", "ru", "xx", "482135070.K7MP4QXA", "0", "9" * 60)
VIEWS = ("menu:", "my:0", "my:999999", "card:482135070", "rate:482135070.5", "rate:482135070.6", "settings:", "desk:")
FORGED = (
    "~0~0~yes",
    "~1~1~send",
    "~zzzz~99999999~x",
    "~1~-1~x",
    "~~~",
    "~",
    ":",
    "delete:",
    "personal:",
    "join:K7MP4QXA",
)
NORMAL = 0.6
"""Of all that is done."""
AGREED = 0.8
"""Of those who are asked whether another chat is theirs too."""


def act(
    dice: Random, person: Person, numbers_known: Sequence[str], everybody: Sequence[Person], *, staff: bool
) -> list[Sent]:
    shown = person.shown()
    if shown and (data := others.agreeing(shown[-1])) and dice.random() < AGREED:
        return person.press(data, shown[-1].id)
    if dice.random() < NORMAL:
        return _usual(dice, person, numbers_known, staff=staff)
    family = dice.choice((*FAMILIES, *others.ACTS))
    sent = FAMILIES[family](dice, person) if family in FAMILIES else others.ACTS[family](dice, person, everybody)
    return [one if one.family != "usual" else replace(one, family=family) for one in sent]


def _usual(dice: Random, person: Person, known: Sequence[str], *, staff: bool) -> list[Sent]:
    shown = person.shown()
    how = dice.random()
    if shown and how < 0.7:
        return _pressed(dice, person, shown[-1], forward=True)
    if how < 0.9:
        words = texts.usual(dice)
        if known and dice.random() < 0.25:
            number = dice.choice(known)
            halves = f"№ {number[:3]}-{number[3:6]}-{number[6:]}"
            words = dice.choice((number, f"оценить {number}", f"открыть {number}", halves))
        return person.say(words)
    names = COMMANDS_OF_STAFF if staff and dice.random() < 0.7 else COMMANDS
    args = dice.choice(known) if staff and known else dice.choice(ARGS)
    return person.command(dice.choice(names), args)


def _pressed(dice: Random, person: Person, shows: Shows, *, forward: bool) -> list[Sent]:
    """Rather one of the first, which lead on."""
    keys = shows.buttons[: max(1, len(shows.buttons) // 2)] if forward and dice.random() < 0.7 else shows.buttons
    return person.press(dice.choice(keys)[1], shows.id)


def _words(make: Callable[[Random], str]) -> Callable[[Random, Person], list[Sent]]:
    """As words, and now and then with a file, as a correction, or as what is sent on."""

    def act(dice: Random, person: Person) -> list[Sent]:
        text, how = make(dice), dice.random()
        if how < 0.8:
            return person.say(text)
        if how < 0.87:
            return person.edit(dice, text) or person.say(text)
        if how < 0.94:
            return person.forward([text])
        return person.attach([media.picture(dice)], text[:1000])

    return act


def _text(dice: Random) -> str:
    return texts.TEXTS[dice.choice(tuple(texts.TEXTS))](dice)


def _marked(dice: Random, person: Person) -> list[Sent]:
    text = markup.markup(dice)
    if person.address[0] != "telegram":
        return person.say(text)
    return person.say(text, entities=markup.entities(dice))


def _injected(dice: Random, person: Person) -> list[Sent]:
    if dice.random() < 0.2:
        return person.command("start", injection.link_payload(dice))
    return person.say(injection.injection(dice))


def _numbered(dice: Random, person: Person) -> list[Sent]:
    match dice.randrange(7):
        case 0:
            return person.place(*numbers.place(dice), dice.choice(("", "", "Садовая, 14", markup.markup(dice))))
        case 1:
            return person.place(*numbers.no_place(dice), "")
        case 2 | 4:
            places = [numbers.any_place(dice) for _ in range(dice.randrange(1, 6))]
            return person.roam(dice, places) or person.place(*places[0], "")
        case 3:
            whose = dice.choice(("own", "another", "nobody", "text"))
            return person.contact(numbers.phone(dice), whose) or person.say("+79990000001")
        case _:
            return person.say(numbers.rating(dice))


def _media(dice: Random, person: Person) -> list[Sent]:
    """Few of them are looked at byte by byte: a decoder is a process of its own."""
    how = dice.random()
    if how < 0.5:
        return person.odd(dice)
    if how < 0.75:
        return person.attach([media.picture(dice)], "")
    if how < 0.9:
        return person.attach([media.document(dice)], "")
    many = dice.choice((3, 10)) if how < 0.995 else 100
    return person.attach([media.picture(dice) for _ in range(many)], dice.choice(("", "альбом")))


def _behave(dice: Random, person: Person) -> list[Sent]:
    shown = person.shown()
    match dice.randrange(10):
        case 0 if shown:  # twice in a row
            return [*(one := _pressed(dice, person, shown[-1], forward=True)), *_again(person, one, shown[-1])]
        case 1 if shown:  # the very same, at the same time
            times, pressed = dice.choice((2, 2, 5)), _pressed(dice, person, shown[-1], forward=True)
            return [replace(one, what="pressed at once", times=times) for one in pressed]
        case 9 if shown:  # however old
            return _pressed(dice, person, dice.choice(shown), forward=False)
        case 2:
            return person.forward([texts.usual(dice) for _ in range(20)])
        case 3:
            return person.press(_limit(dice), shown[-1].id if shown else "")
        case 4:
            return person.press(dice.choice((*VIEWS, *FORGED)), dice.choice(("", "1", "999999", "-5")))
        case 5:
            return person.edit(dice, dice.choice((texts.usual(dice), _text(dice))))
        case 6:
            return person.command("start", "")
        case 7:
            return _again_as_it_was(person, person.say(texts.usual(dice)))
        case _:
            return person.elsewhere(dice)


def _limit(dice: Random) -> str:
    """One byte less than may be, as many, and one more; in letters of two bytes too."""
    size = BUTTON_BYTES + dice.choice((-1, 0, 1))
    return dice.choice(("x" * size, "~1~1~" + "y" * (size - 5), "я" * (size // 2) + "z" * (size % 2)))


def _again(person: Person, pressed: Sequence[Sent], shows: Shows) -> list[Sent]:
    """The same button, by another update."""
    data = [data for _, data in shows.buttons if any(data in str(one.body) for one in pressed)]
    return person.press(data[-1], shows.id) if data else []


def _again_as_it_was(person: Person, sent: list[Sent]) -> list[Sent]:
    """The very same update once more, as after a lost answer."""
    return [*sent, *(replace(one, what="repeated", owed="", text=None) for one in sent)]


FAMILIES: dict[str, Callable[[Random, Person], list[Sent]]] = {
    "text": _words(_text),
    "markup": _marked,
    "injection": _injected,
    "numbers": _numbered,
    "media": _media,
    "behaviour": _behave,
    "envelope": lambda dice, person: person.envelope(dice),
}
