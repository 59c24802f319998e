"""A form for the tests of the engine: words first, a category that fits them, the place, photos, a check."""

from __future__ import annotations

from dataclasses import dataclass

from core.lines import Line, Text, line, literal, named
from core.rubricator.types import Category, SuggestCategories
from core.talk import Button, Place
from core.text import shortened
from dialogs.engine import Form
from dialogs.session import Draft, Here
from dialogs.steps import act, choice, consent, end, photos, photos_in_words, place, place_in_words, words


@dataclass(frozen=True, slots=True)
class SendReport:
    """Command; answered with a number."""

    text: str
    category: str
    place: Place
    photos: tuple[str, ...]


def option(category: Category) -> Button:
    return Button(category.code, named(category.name))


TEXT = words("text", line("What has happened?"), least=10)
CATEGORY = choice(
    "category",
    line("What is it about?"),
    needs=lambda draft: SuggestCategories(draft[TEXT]),
    options=lambda here: [*map(option, here.facts.likely)],
    more=lambda here: [*map(option, here.facts.all)],
)
LAMP = words("lamp", line("The number on the lamp post?"), when=lambda draft: draft[CATEGORY].key == "light")
PLACE = place("place", line("Where is it?"), button=line("Send my place"), was="where")
PHOTOS = photos("photos", line("Send photos, if you have any."), most=10)


def summary(here: Here[bool]) -> Text:
    draft = here.draft
    lamp = draft.get(LAMP)
    more = () if lamp is None else (line("Lamp post: {lamp}", lamp=literal(lamp)),)
    return (
        literal(draft[TEXT]),
        line("Category: {name}", name=draft[CATEGORY].label),
        *more,
        line("Place: {place}", place=place_in_words(draft[PLACE])),
        photos_in_words(draft[PHOTOS]),
    )


def command(draft: Draft) -> SendReport:
    return SendReport(draft[TEXT], draft[CATEGORY].key, draft[PLACE], draft[PHOTOS])


def brief(draft: Draft) -> Line | None:
    text = draft.get(TEXT)
    return literal(shortened(text, 20)) if text else None


CHECK = consent(
    "check",
    summary,
    line("Send"),
    photos=lambda draft: draft[PHOTOS],
    changes=(
        (line("the words"), TEXT),
        (line("the category"), CATEGORY),
        (line("the lamp post"), LAMP),
        (line("the place"), PLACE),
        (line("the photos"), PHOTOS),
    ),
)
FILED = act("filed", str, command)
END = end(lambda here: line("Report {number} is on its way.", number=here.draft[FILED]), keep=True)

STEPS = (TEXT, CATEGORY, LAMP, PLACE, PHOTOS, CHECK, FILED, END)
FORM = Form("report", 2, line("A report"), STEPS, catch=(PLACE, PHOTOS), brief=brief)
