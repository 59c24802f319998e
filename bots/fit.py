"""Divides a screen into messages that a messenger can show. Pure: what messengers differ in is data, and each renders
the parts as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlsplit

from core.shown import Shown, ShownButton
from core.talk import Document
from dialogs.house import unwire

_BREAKS = ("\n\n", "\n", ". ", " ")
"""Where a long text is best divided."""
_CLUSTER = re.compile(
    r"(?:[\U0001f1e6-\U0001f1ff]{2}|.(?:[\u0300-\u036f\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff])*"
    r"(?:(?<=\u200d).(?:[\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff])*)*)",
    re.DOTALL,
)
ELLIPSIS = "…"
MORE = f"\n{ELLIPSIS}"
SHORT = 12
"""Characters of a label that half a row of a phone shows."""


@dataclass(frozen=True, slots=True)
class Caps:
    """What a messenger can show.

    text       of one message, in UTF-16 units
    pictures   of one message, and `files` likewise
    mixed      words, buttons, pictures and files share a message
    buttons    below one message, in at most `rows` rows of at most `columns`
    label      of a button, in UTF-16 units
    alone      kinds of buttons that fill a row
    asks       where a button may stand that asks the device for a place: beside the others, or only in a keyboard below
               the chat, whose labels come back as words; empty: nowhere
    contact    a button may ask for a phone number
    """

    text: int
    pictures: int
    files: int
    mixed: bool
    buttons: int
    columns: int
    rows: int
    label: int
    alone: frozenset[str] = frozenset()
    asks: Literal["beside", "below", ""] = ""
    contact: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One message (or one album). The first `note` characters of `text` are about what was just said. `below`: its
    buttons are to stand in a keyboard below the chat."""

    text: str = ""
    note: int = 0
    pictures: tuple[str, ...] = ()
    files: tuple[Document, ...] = ()
    rows: tuple[tuple[ShownButton, ...], ...] = ()
    below: bool = False


def units(text: str) -> int:
    """As messengers count: characters beyond the first plane are two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fit(shown: Shown, caps: Caps) -> tuple[Part, ...]:
    """Pictures and files first, then the words, the buttons with the last of them."""
    rows, below, told = _buttons(shown, caps)
    words = "\n".join((shown.text, *(["", *told] if told else [])))
    whole = f"{shown.note}\n\n{words}" if shown.note else words
    parts = [Part(text=piece) for piece in _pieces(whole, caps.text)]
    parts[0] = replace(parts[0], note=min(len(shown.note), len(parts[0].text)))
    media = _media(shown, caps)
    if caps.mixed and media and len(parts) == 1:
        parts = [*media[:-1], replace(media[-1], text=parts[0].text, note=parts[0].note)]
    else:
        parts = [*media, *parts]
    return (*parts[:-1], replace(parts[-1], rows=rows, below=below))


def in_one(shown: Shown, caps: Caps) -> Part:
    """As much of it as one message takes, from the beginning, with all the buttons."""
    parts = fit(shown, caps)
    if len(parts) == 1:
        return parts[0]
    words = fit(replace(shown, photos=(), documents=()), caps)
    first = _media(shown, caps)[0] if caps.mixed and (shown.photos or shown.documents) else Part()
    text = words[0].text
    if len(words) > 1:
        text = f"{next(_pieces(text, caps.text - len(MORE)))}{MORE}"
    return replace(first, text=text, note=min(words[0].note, len(text)), rows=words[-1].rows)


def _media(shown: Shown, caps: Caps) -> list[Part]:
    most = min(caps.pictures, caps.files)
    if caps.mixed:
        things = [*shown.photos, *shown.documents]
        groups = [things[start : start + most] for start in range(0, len(things), most)]
        return [
            Part(
                pictures=tuple(one for one in group if isinstance(one, str)),
                files=tuple(one for one in group if isinstance(one, Document)),
            )
            for group in groups
        ]
    pictures = [shown.photos[start : start + caps.pictures] for start in range(0, len(shown.photos), caps.pictures)]
    files = [shown.documents[start : start + caps.files] for start in range(0, len(shown.documents), caps.files)]
    return [*(Part(pictures=group) for group in pictures), *(Part(files=group) for group in files)]


# Buttons

_Rows = tuple[tuple[ShownButton, ...], ...]


def _buttons(shown: Shown, caps: Caps) -> tuple[_Rows, bool, tuple[str, ...]]:
    """The rows, whether they stand below the chat, and what has to be told in words instead."""
    kept = [button for button in shown.buttons if _may_stand(button, caps)]
    below = caps.asks == "below" and any(button.kind in ("place", "contact") for button in kept)
    if below:  # what comes back is the label: it stays whole
        kept = [button for button in kept if button.kind != "link"]
    rows, left = _rows(kept, caps)
    told = [_link(button) for button in shown.buttons if button.kind == "link" and button not in kept]
    told += [_link(button) if button.kind == "link" else f"[{button.label}]" for button in left]
    if shown.qr and shown.qr not in shown.text and shown.qr not in [button.url for button in shown.buttons]:
        told.append(shown.qr)
    if below:
        return rows, True, tuple(told)
    labels = [button.label for row in rows for button in row]
    short = dict(zip(labels, _shortened(labels, caps.label), strict=True))
    spelled = [f"{place}. {label}" for place, label in enumerate(labels, 1) if short[label] != label]
    rows = tuple(tuple(_called(button, short[button.label]) for button in row) for row in rows)
    return rows, False, (*spelled, *told)


def _called(button: ShownButton, label: str) -> ShownButton:
    return button if button.label == label else replace(button, label=label)


def _may_stand(button: ShownButton, caps: Caps) -> bool:
    """The words of a step say what else can be done where the device cannot be asked."""
    match button.kind:
        case "link":
            return _is_public(button.url)
        case "place":
            return bool(caps.asks)
        case "contact":
            return bool(caps.asks) and caps.contact
        case _:
            return True


def _link(button: ShownButton) -> str:
    return f"{button.label}: {button.url}"


def _is_public(url: str) -> bool:
    """Messengers take no address of a machine that only we can see."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:  # of our own settings, and nothing that a browser opens
        return False
    named = re.fullmatch(r"(?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]+", host) is not None
    return url.startswith(("http://", "https://")) and named


def _shortened(labels: Sequence[str], most: int) -> list[str]:
    """Each as long as there is room for, and no two alike."""
    short = list[str]()
    for label in labels:
        words, again = _cut(label, most), 1
        while words in short:
            again += 1
            words = f"{_cut(label, most - len(str(again)) - 1)} {again}"
        short.append(words)
    return short


def _cut(words: str, most: int) -> str:
    if units(words) <= most:
        return words
    return f"{_first(words, most - 1).rstrip()}{ELLIPSIS}"


def _rows(buttons: Sequence[ShownButton], caps: Caps) -> tuple[_Rows, list[ShownButton]]:
    """One below the other, as people read; side by side only short ways on, and others as far as the rows run out:
    where most of the labels can be seen, and rather at the bottom. And those for which there is no room at all."""
    rows = _paired(buttons[: caps.buttons], caps)
    left = list(buttons[caps.buttons :])
    while len(rows) > caps.rows:
        places = [place for place in range(len(rows) - 1) if _may_share((*rows[place], *rows[place + 1]), caps)]
        if not places:
            left = [*rows.pop(), *left]
            continue
        best = min(places, key=lambda place: (_crowded((*rows[place], *rows[place + 1]), caps), -place))
        rows[best : best + 2] = [(*rows[best], *rows[best + 1])]
    return tuple(rows), left


def _paired(buttons: Sequence[ShownButton], caps: Caps) -> list[tuple[ShownButton, ...]]:
    """From the bottom, where the ways back and out are."""
    rows, at = list[tuple[ShownButton, ...]](), len(buttons)
    while at:
        pair = tuple(buttons[max(at - 2, 0) : at])
        both = len(pair) == 2 and all(map(_is_short_way, pair)) and _may_share(pair, caps)
        rows.append(pair if both else pair[-1:])
        at -= len(rows[-1])
    return rows[::-1]


def _is_short_way(button: ShownButton) -> bool:
    """It leads on, or back. Answers to a question are a list, and stay one."""
    press = unwire(button.data)
    answers = bool(press.run) and not press.key.startswith("/")
    return button.kind == "press" and not answers and units(button.label) <= SHORT


def _may_share(row: Sequence[ShownButton], caps: Caps) -> bool:
    """Nothing stands beside what most people want here."""
    return len(row) <= caps.columns and not any(button.main or button.kind in caps.alone for button in row)


def _crowded(row: Sequence[ShownButton], caps: Caps) -> int:
    """All columns are as wide as the longest label would like to be."""
    return len(row) * max(min(units(button.label), caps.label) for button in row)


# Words


def _pieces(text: str, most: int) -> Iterator[str]:
    """Nothing but white space at the cuts is lost."""
    text = text.strip()
    while units(text) > most:
        head = _first(text, most)
        cut = next(
            (at + len(mark.rstrip()) for mark in _BREAKS if (at := head.rfind(mark)) > len(head) // 2), len(head)
        )
        yield text[:cut].rstrip() or text[:cut]
        text = text[cut:].lstrip() if text[cut:].strip() else text[cut:].strip()
    yield text


def _first(text: str, most: int) -> str:
    """As many whole signs, as people see them, as there is room for."""
    taken, room = 0, most
    for found in _CLUSTER.finditer(text):
        size = units(found[0])
        if size > room:
            break
        taken, room = found.end(), room - size
    if taken:
        return text[:taken]
    short = text[:most]  # one sign that is longer than a message
    return short if units(short) <= most else text[: most // 2]
