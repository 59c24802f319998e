"""Settings: the language, what is told without being asked, and when nothing is told; and what people may do with
their data."""

from __future__ import annotations

from core.citizens.types import Pushes, SetPushes, SetQuiet, SettingsCard, ShowSettings
from core.lines import Line, Text, line, literal
from core.talk import Button, Screen
from dialogs.engine import Form
from dialogs.session import Draft, Here
from dialogs.steps import act, choice, end
from dialogs.views import View, launch
from dialogs.wording import messenger_words

LANGUAGES = (("ru", "Русский"), ("en", "English"))
HOURS = ((22, 8), (21, 9), (23, 7), (20, 10), (0, 0))
SETTINGS = Button("settings:", line("Settings"))
DONE = line("Done.")


def pushes_words(pushes: Pushes) -> Line:
    words = {
        Pushes.ALL: line("About every step"),
        Pushes.MAIN: line("Only about questions and answers"),
        Pushes.NONE: line("About nothing"),
    }
    return words[pushes]


def told(pushes: Pushes) -> Line:
    words = {
        Pushes.ALL: line("We write to you about every step of your messages."),
        Pushes.MAIN: line("We write to you only when there is a question or an answer."),
        Pushes.NONE: line("We do not write to you by ourselves. When you write, we answer."),
    }
    return words[pushes]


def hours_words(start: int, end: int) -> Line:
    if start == end:
        return line("No quiet hours")
    return line("From {start}:00 to {end}:00", start=start, end=end)


def quiet(card: SettingsCard) -> Line:
    start, end = card.quiet_from, card.quiet_to
    if start == end:
        return line("There are no quiet hours: we may write at any time.")
    return line(
        "Quiet hours: from {start}:00 to {end}:00. What happens then, we tell you after them.", start=start, end=end
    )


def place(card: SettingsCard) -> Text:
    """Where we know them in several places."""
    if len(card.messengers) < 2:
        return ()
    if not card.channel:
        return (line("We write to you where you wrote last."),)
    return (line("We write to you there: {where}.", where=messenger_words(card.channel)),)


def show(args: str, card: SettingsCard) -> Screen:
    text = (told(card.pushes), *(() if card.pushes is Pushes.NONE else (*place(card), quiet(card))))
    ways = (
        launch("pushes", "", line("What to write about")),
        launch("quiet", "", line("Quiet hours")),
        Button("chats:", line("My chats")),
        launch("link", "", line("Connect another messenger")),
        *(Button(f"language:{code}", literal(name)) for code, name in LANGUAGES),
        Button("personal:", line("My data")),
        Button("menu:", line("Menu")),
    )
    return Screen(text, ways)


def show_personal(args: str, facts: None) -> Screen:
    text = (line("You can get all that we know about you, look at what you have agreed to, or have it all deleted."),)
    ways = (
        launch("mydata", "", line("Get my data")),
        Button("consents:", line("My consents")),
        launch("delete", "", line("Delete my data")),
    )
    return Screen(text, (*ways, SETTINGS, Button("menu:", line("Menu"))))


def about(here: Here[Button]) -> list[Button]:
    return [Button(pushes.value, pushes_words(pushes)) for pushes in Pushes]


def hours(here: Here[Button]) -> list[Button]:
    return [Button(f"{start}-{end}", hours_words(start, end)) for start, end in HOURS]


def set_quiet(draft: Draft) -> SetQuiet:
    start, _, end = draft[WHEN].key.partition("-")
    return SetQuiet(int(start), int(end))


def ways_on(here: Here[None]) -> tuple[Button, ...]:
    return (SETTINGS, Button("menu:", line("Menu")))


WHAT = choice("what", line("What shall we write to you about?"), about)
WHAT_SET = act("set", str, lambda draft: SetPushes(Pushes(draft[WHAT].key)))
WHAT_END = end(lambda here: (DONE, told(Pushes(here.draft[WHAT].key))), ways_on)
WHEN = choice("when", line("In which hours shall we not write to you? They are hours of the region."), hours)
WHEN_SET = act("set", SettingsCard, set_quiet)
WHEN_END = end(lambda here: (DONE, quiet(here.draft[WHEN_SET])), ways_on)

VIEWS = (View("settings", show, needs=lambda args: ShowSettings()), View("personal", show_personal))
FORMS = (
    Form("pushes", 1, line("What to write about"), (WHAT, WHAT_SET, WHAT_END)),
    Form("quiet", 1, line("Quiet hours"), (WHEN, WHEN_SET, WHEN_END)),
)
