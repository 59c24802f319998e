"""Turns Lines into the words of one language and screens into what is shown. Reads the catalogues once, at start."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from core.lines import LANGUAGES, Line, Text, line
from core.shown import Shown, ShownButton
from core.talk import Screen

FIRST = LANGUAGES[0]


@dataclass(frozen=True)
class Speech:
    """One language in the time zone of the region."""

    lang: str
    catalogue: gettext.NullTranslations
    zone: ZoneInfo

    def say(self, words: Line) -> str:
        if not words.msgid:
            ready = words.args.get(self.lang) or words.args.get("*") or words.args.get(FIRST) or ""
            return self._arg(ready)
        if words.n is None:
            template = self.catalogue.gettext(words.msgid)
        else:
            template = self.catalogue.ngettext(words.msgid, words.plural, words.n)
        return template.format(**{name: self._arg(value) for name, value in words.args.items()})

    def text(self, paragraphs: Text) -> str:
        return "\n".join(map(self.say, paragraphs))

    def show(self, screen: Screen) -> Shown:
        old = () if screen.old is None else (line("Now: {answer}", answer=screen.old),)
        buttons = (ShownButton(b.key, self.say(b.label), b.kind, b.url, b.main) for b in screen.buttons)
        return Shown(
            text=self.text((*screen.text, *old)),
            note=self.text(screen.note),
            buttons=tuple(buttons),
            photos=screen.photos,
            documents=screen.documents,
            qr=screen.qr,
            reads=screen.reads,
            keep=screen.keep,
            alarm=screen.alarm,
            expires=screen.expires,
        )

    def _arg(self, value: str | int | datetime | date | Line) -> str:
        match value:
            case Line():
                return self.say(value)
            case datetime():
                return format_datetime(value, "d MMMM, HH:mm", tzinfo=self.zone, locale=self.lang)
            case date():
                return format_date(value, "d MMMM y", locale=self.lang)
            case _:
                return str(value)


@dataclass(frozen=True)
class Speeches:
    """Every language that we speak; one that is unknown is answered in Russian."""

    by_language: Mapping[str, Speech]

    def __getitem__(self, lang: str) -> Speech:
        return self.by_language.get(lang) or self.by_language[FIRST]


def load_speeches(locales: Path, zone: ZoneInfo) -> Speeches:
    """The catalogues are compiled in memory, so that no built file has to be kept beside them."""
    return Speeches(
        {lang: Speech(lang, _catalogue(locales / lang / "LC_MESSAGES" / "messages.po"), zone) for lang in LANGUAGES}
    )


def _catalogue(path: Path) -> gettext.NullTranslations:
    if not path.exists():  # the msgids are English sentences
        return gettext.NullTranslations()
    with path.open("rb") as file:
        catalogue = read_po(file)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
