"""A transcript as a text: what people and the world do in it, and how the bot's lines stand between. It plays nothing.

    lang: ru                    the header is YAML, up to a line of dashes: lang, who (citizen, official, nobody or
    world: world.yaml           brief: a citizen without personal data), facts, and a file of facts to begin with
    ---
    # anything                  a remark
    > words                     the person says so; more lines of > are one message
    > {photo: a.jpg, b.jpg} x   with photos; {place: 55.75, 37.62}, {file: a.pdf}, {voice}, {500 times: a} if long,
                              {sticker}, {video}, {large file}, {odd file}, {words} for what cannot be read here
    > {instead of: old words} new words     changes an earlier message
    > [Label]                   presses a button of the screen on show or of a push; «[Label] (above)» of an older one
    > /menu                     a command
    * TakeAppeal: {...}         from now on the world answers so
    ! status: {number: ...}     a notice comes
    Bot: the words              with what follows, indented, what the bot says; `~` begins a note
      [Button] [Link ↗] [Place ⌖]     {photo: ...}, {file: ...} and {QR: address} stand before them, ⚠ begins an alarm
The marks may be Russian: Бот, фото, место, файл, голос, раз, вместо, выше, стикер, видео, большой файл, другой файл,
слова.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import yaml

from core.shown import Shown, ShownButton
from core.talk import Command, Message, Place
from core.text import clean_text

BOT = {"ru": "Бот:", "en": "Bot:"}
SILENT = {"ru": "(молчит)", "en": "(silent)"}
PHOTO = {"ru": "фото", "en": "photo"}
FILE = {"ru": "файл", "en": "file"}
MARKS = {"link": " ↗", "place": " ⌖", "contact": " ☎", "press": ""}

_UNREAD = {"sticker": "sticker", "video": "video", "large file": "size", "odd file": "kind", "words": "words"}
_UNREAD |= {"стикер": "sticker", "видео": "video", "большой файл": "size", "другой файл": "kind", "слова": "words"}
_PRESS = re.compile(r"\[(?P<label>.+)\](?P<above> \((?:above|выше)\))?")
_COMMAND = re.compile(r"/(?P<name>[a-z_]+)(?: (?P<args>.*))?")
_THING = re.compile(r"\s*\{(?P<what>[^{}:]+?)(?:: *(?P<rest>[^{}]*))?\}")
_TIMES = re.compile(r"(?P<n>\d+) (?:times|раз)")


class BadTranscript(Exception):
    """Something that cannot be played; the sentence says where."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button by its label; `above`: of a screen that is not on show any more."""

    label: str
    above: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """The world changes."""

    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pushed:
    kind: str
    facts: Mapping[str, str]


Turn = Message | Command | Pressed | Facts | Pushed


@dataclass(frozen=True, slots=True)
class Part:
    """`lines` as they are written, remarks before them included; `turn` is None after the last remark."""

    lines: tuple[str, ...]
    turn: Turn | None


@dataclass(frozen=True, slots=True)
class Transcript:
    head: str
    settings: Mapping[str, Any]
    parts: tuple[Part, ...]


def parse(text: str) -> Transcript:
    head, dashes, body = text.partition("\n---\n")
    settings = yaml.safe_load(head) if dashes else None
    if not isinstance(settings, dict) or settings.get("lang") not in BOT:
        raise BadTranscript("A transcript begins with «lang: ru» (or en) and ends its header with «---».")
    return Transcript(head, settings, tuple(_parts(body.splitlines())))


def _parts(lines: list[str]) -> Iterator[Part]:
    written: list[str] = []
    for n, line in enumerate(lines):
        mark = line[:1]
        if mark in ("#", ">", "*", "!"):
            written.append(line.rstrip())
        elif mark.strip() and not line.startswith(tuple(BOT.values())):
            raise BadTranscript(f"Nobody knows what this line is: {line}")
        follows = lines[n + 1][:1] if n + 1 < len(lines) else ""
        if mark in ("*", "!") or (mark == ">" and follows != ">"):
            yield Part(tuple(written), _turn(mark, [x[1:].removeprefix(" ") for x in written if x[0] == mark]))
            written = []
    if written:
        yield Part(tuple(written), None)


def _turn(mark: str, said: list[str]) -> Turn:
    if mark == ">":
        return _said("\n".join(said))
    try:
        ((kind, facts),) = yaml.safe_load(said[0]).items()
    except (AttributeError, ValueError, yaml.YAMLError) as error:
        raise BadTranscript(f"This should be «Name: {{...}}»: {said[0]}") from error
    return Facts({kind: facts}) if mark == "*" else Pushed(kind, {k: str(v) for k, v in facts.items()})


def _said(words: str) -> Turn:
    if pressed := _PRESS.fullmatch(words):
        return Pressed(pressed["label"], bool(pressed["above"]))
    if command := _COMMAND.fullmatch(words):
        return Command(command["name"], command["args"] or "")
    message = Message()
    while (thing := _THING.match(words)) and (more := _with(message, thing["what"], thing["rest"] or "")):
        message, words = more, words[thing.end() :]
    return replace(message, text=clean_text(message.text + words))


def _with(message: Message, what: str, rest: str) -> Message | None:
    """The message and what these braces add to it; None where they are mere words."""
    names = tuple(name.strip() for name in rest.split(",") if name.strip())
    if times := _TIMES.fullmatch(what):
        return replace(message, text=message.text + rest * int(times["n"]))
    match what:
        case "photo" | "фото":
            return replace(message, photos=names)
        case "file" | "файл":
            return replace(message, documents=names)
        case "instead of" | "вместо":
            return replace(message, edited=clean_text(rest))
        case "voice" | "голос":
            return replace(message, voice="voice")
        case _ if what in _UNREAD:
            return replace(message, unread=_UNREAD[what])
        case "place" | "место":
            lat, lon = map(float, names)
            return replace(message, place=Place("", lat, lon))
        case _:
            return None


def screen_lines(shown: Shown | None, lang: str) -> list[str]:
    """What the bot says, as it stands in a transcript."""
    if shown is None:
        return [f"{BOT[lang]} {SILENT[lang]}"]
    notes = [f"~ {line}" for line in shown.note.splitlines()]
    photos = [f"{{{PHOTO[lang]}: {', '.join(shown.photos)}}}"] if shown.photos else []
    files = [f"{{{FILE[lang]}: {', '.join(each.name for each in shown.documents)}}}"] if shown.documents else []
    code = [f"{{QR: {shown.qr}}}"] if shown.qr else []
    buttons = " ".join(f"[{_label(button)}]" for button in shown.buttons)
    first, *others = [*notes, *shown.text.splitlines(), *photos, *files, *code]
    return [
        f"{BOT[lang]} {'⚠ ' if shown.alarm else ''}{first}",
        *(f"  {line}".rstrip() for line in others),
        *([f"    {buttons}"] if buttons else []),
    ]


def _label(button: ShownButton) -> str:
    return button.label + MARKS[button.kind]
