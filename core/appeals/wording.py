"""What may be said in an appeal and about one: of a fair length, and clean. Pure; text is cleaned where it enters, here
it is only seen to have been."""

from __future__ import annotations

from collections.abc import Collection
from math import isfinite

from core.appeals.types import (
    DOCUMENTS_MOST,
    NOTE_LEAST,
    NOTE_MOST,
    PHOTOS_MOST,
    TEXT_LEAST,
    TEXT_MOST,
    FileAppeal,
)
from core.lines import Line, line, lines
from core.talk import Place
from core.text import clean_text

ADDRESS_MOST = 500
CODE_MOST = 64


def wrong_text(text: str) -> Line | None:
    """Of an appeal and of an answer."""
    return _wrong(text, TEXT_LEAST, TEXT_MOST)


def wrong_words(words: str) -> Line | None:
    """Of a question, a note, a reason."""
    return _wrong(words, NOTE_LEAST, NOTE_MOST)


def wrong_comment(words: str) -> Line | None:
    """Of what may be left out."""
    return _wrong(words, 0, NOTE_MOST)


def wrong_addition(text: str, photos: Collection[str], documents: Collection[str]) -> Line | None:
    """Of a reply and of a remark: «yes» is one, and so is a photo without a word."""
    if why := _wrong(text, 0, TEXT_MOST):
        return why
    if not (text or photos or documents):
        return line("There is nothing in it yet. Please write a few words or send a photo.")
    return wrong_files(photos, documents)


def wrong_files(photos: Collection[str], documents: Collection[str]) -> Line | None:
    if len(photos) > PHOTOS_MOST:
        return lines("Please leave at most {n} photo.", "Please leave at most {n} photos.", PHOTOS_MOST)
    if len(documents) > DOCUMENTS_MOST:
        return lines("Please leave at most {n} document.", "Please leave at most {n} documents.", DOCUMENTS_MOST)
    # Of a dialog these are keys that it has offered; from anywhere else they may be what no database takes.
    if not all(map(is_clean, (*photos, *documents))):
        return line("There are characters in the message that cannot be read. Please fill it in anew.")
    return None


def wrong_appeal(command: FileAppeal) -> Line | None:
    """Why it cannot be filed, as far as that can be seen from the command alone."""
    if why := wrong_text(command.text) or wrong_files(command.photos, command.documents):
        return why
    if not _place_is_right(command.place):
        return line("We could not read this place. Please give the address in words.")
    if not (is_clean(command.category) and is_clean(command.territory)):
        return line("There are characters in the message that cannot be read. Please fill it in anew.")
    return None


def is_clean(words: str) -> bool:
    return words == clean_text(words)


def is_code(words: str) -> bool:
    """What may be looked up as the code of something."""
    return len(words) <= CODE_MOST and is_clean(words)


def _wrong(text: str, least: int, most: int) -> Line | None:
    if not is_clean(text):
        return line("There are characters in the text that cannot be read. Please type it anew.")
    if len(text) < least:
        return lines("Please write at least {n} character.", "Please write at least {n} characters.", least)
    if len(text) > most:
        over = len(text) - most
        return lines("Please shorten the text by {n} character.", "Please shorten the text by {n} characters.", over)
    return None


def _place_is_right(place: Place) -> bool:
    if len(place.address) > ADDRESS_MOST or not is_clean(place.address):
        return False
    if place.lat is None or place.lon is None:
        return place.lat is place.lon
    return isfinite(place.lat) and isfinite(place.lon) and abs(place.lat) <= 90 and abs(place.lon) <= 180
