"""Settings where no personal data are shown: the language and what is told; what people may do with their data is on
the page."""

from __future__ import annotations

from core.citizens.types import Pushes, SettingsCard, ShowSettings
from core.lines import LANGUAGES, Line, line, literal
from core.talk import Button, Screen
from dialogs.page import MENU, on_page
from dialogs.views import View, launch

NAMES = {"ru": "Русский", "en": "English"}


def told(pushes: Pushes) -> Line:
    words = {
        Pushes.ALL: line("We write to you here about every step of your messages."),
        Pushes.MAIN: line("We write to you here only when there is a question or an answer."),
        Pushes.NONE: line("We do not write to you by ourselves. When you write, we answer."),
    }
    return words[pushes]


def show(args: str, card: SettingsCard) -> Screen:
    text = (told(card.pushes), line("What we know about you, you can get or delete on the site."))
    ways = (
        launch("pushes", "", line("What to write about")),
        launch("quiet", "", line("Quiet hours")),
        launch("channel", "", line("Where to write")),
        *(Button(f"language:{code}", literal(NAMES[code])) for code in LANGUAGES),
        on_page(),
        MENU,
    )
    return Screen(text, ways)


VIEWS = (View("settings", show, needs=lambda args: ShowSettings()),)
