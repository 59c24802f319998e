"""Report a problem without personal data: the subject and the district, chosen from lists; what happened is told on the
page that the link at the end opens. What is typed is only compared with the lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from core.citizens.types import IssueJoin, JoinCode
from core.lines import Line, Text, line, named
from core.region.types import AboutRegion
from core.rubricator.types import SuggestCategories
from core.talk import Button
from core.territories.types import ListTerritories
from dialogs.chosen import category_of, chosen, chosen_before, territory_of
from dialogs.engine import Form
from dialogs.page import MENU, MINE, about_link, link
from dialogs.session import Draft, Here, Step
from dialogs.steps import act, choice, end
from dialogs.views import launch

OPTIONS = 5
"""On a page of a choice: with the ways to other pages, back and out there are ten buttons at most."""


def listed(id: str, ask: Line, part: Callable[[str], Button | None], **more: Any) -> Step[Button]:
    """By a button, by a part of its name, or before."""
    return chosen_before(choice(id, ask, page=OPTIONS, search=True, **more), part)


def categories(here: Here[Any]) -> Sequence[Button]:
    return [Button(category.code, named(category.name)) for category in here.facts.all]


def territories(here: Here[Any]) -> Sequence[Button]:
    return [Button(territory.code, named(territory.name)) for territory in here.facts]


CATEGORY = listed(
    "category",
    line("What is it about? Choose from the list, or write a part of the name."),
    category_of,
    needs=lambda draft: SuggestCategories(""),
    options=categories,
)
TERRITORY = listed(
    "territory",
    line("Where is it? Choose the town or district, or write its name."),
    territory_of,
    needs=lambda draft: ListTerritories(),
    options=territories,
)


def command(draft: Draft) -> IssueJoin:
    return IssueJoin({"category": draft[CATEGORY].key, "territory": draft[TERRITORY].key})


def handed_over(here: Here[None]) -> Text:
    draft = here.draft
    return (
        line("Chosen: {category}, {territory}.", category=draft[CATEGORY].label, territory=draft[TERRITORY].label),
        line("It remains to tell what happened. Open the site and go on there: it is not sent yet."),
        line("What you have written already can be copied there."),
        *about_link(draft[CODE]),
    )


def ways_on(here: Here[None]) -> tuple[Button, ...]:
    draft = here.draft
    again = chosen(draft[CATEGORY].key, draft[TERRITORY].key)
    return (
        *link(here.facts, draft[CODE], line("Tell what happened")),
        launch("report", again, line("Show a new link")),
        MINE,
        MENU,
    )


CODE = act("code", JoinCode, command)
END = end(handed_over, ways_on, keep=True, needs=lambda draft: AboutRegion())
FORMS = (Form("report", 1, line("Report a problem"), (CATEGORY, TERRITORY, CODE, END)),)
