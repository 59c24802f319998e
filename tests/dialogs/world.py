"""What core would say, for dialogs that are played without it: facts by query and answers by command."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import singledispatch
from typing import Any

from core.appeals import types as appeals
from core.authorities import types as authorities
from core.citizens import types as citizens
from core.region import types as region
from core.rubricator.types import Category, SuggestCategories, Suggestion
from core.talk import Place
from core.territories.types import ListTerritories, Territory

DUE = datetime(2026, 6, 10, 12, tzinfo=UTC)
ROADS = Category("roads", {"ru": "Дороги", "en": "Roads"})
LIGHT = Category("light", {"ru": "Освещение", "en": "Street light"})
OTHERS = tuple(Category(f"c{n}", {"ru": f"Другое {n}", "en": f"Other {n}"}) for n in range(8))
TOWNS = tuple(Territory(f"4570100{n}", {"ru": f"Город {n}", "en": f"Town {n}"}) for n in range(9))
STATUSES = tuple(appeals.Status)
ROWS = tuple(appeals.AppealRow(f"4821{n}-{n % 10}", f"Hole {n}", STATUSES[n % 4], DUE) for n in range(20))
AUTHORITY = {"ru": "Администрация", "en": "Town hall"}


def answer_of(command: Any, nth: int) -> Any:
    """A command of a test is answered with a number."""
    make = ANSWERS.get(type(command))
    return make(command) if make else f"A-{nth}"


ANSWERS: dict[type, Callable[[Any], Any]] = {
    appeals.FileAppeal: lambda c: appeals.Receipt("48213-5", "K7MP2QXA", AUTHORITY, DUE),
    appeals.TakeAppeal: lambda c: c.number,
    appeals.AnswerAppeal: lambda c: c.number,
    citizens.GiveConsent: lambda c: c.version,
}


@singledispatch
def facts_of(query: Any) -> Any:
    raise AssertionError(f"nobody answers {query}")


@facts_of.register
def _(query: SuggestCategories) -> Suggestion:
    likely = tuple(c for c, word in ((ROADS, "hole"), (LIGHT, "lamp")) if word in query.text)
    return Suggestion(likely, (ROADS, LIGHT, *OTHERS))


@facts_of.register
def _(query: ListTerritories) -> tuple[Territory, ...]:
    return TOWNS


@facts_of.register
def _(query: citizens.ShowConsent) -> citizens.ConsentState:
    return citizens.ConsentState("", "1")


@facts_of.register
def _(query: authorities.WhoAmI) -> authorities.OfficialCard:
    return authorities.OfficialCard("A. Petrova", AUTHORITY)


@facts_of.register
def _(query: appeals.MyAppeals) -> tuple[appeals.AppealRow, ...]:
    return ROWS[query.start : query.start + query.count]


@facts_of.register
def _(query: appeals.ShowQueue) -> appeals.QueuePage:
    return appeals.QueuePage(ROWS[query.start : query.start + query.count], {pile: len(ROWS) for pile in appeals.Pile})


@facts_of.register
def _(query: appeals.ShowAppeal) -> appeals.AppealCard | None:
    row = next((row for row in ROWS if row.number == query.number), None)
    if row is None:
        return None
    answered = "" if row.status in STATUSES[:2] else "Mended."
    past = STATUSES[: STATUSES.index(row.status) + 1]
    history = tuple(appeals.HistoryEntry(DUE, status, answered * (status == "answered")) for status in past)
    taken = row.status != appeals.Status.REGISTERED
    return appeals.AppealCard(
        row.number,
        row.title,
        ROADS.name,
        TOWNS[0].name,
        Place("Lenina 5"),
        ("p1",),
        AUTHORITY,
        row.status,
        DUE,
        DUE,
        "A. Petrova" * taken,
        mine=taken,
        answer=answered,
        rating=None,
        history=history,
    )


@facts_of.register
def _(query: region.AboutRegion) -> region.Region:
    emergency = (region.Emergency("112", {"ru": "Экстренные службы", "en": "Emergency services"}),)
    return region.Region(
        {"ru": "Пример", "en": "Sample"},
        AUTHORITY,
        {"ru": "Ленина 1", "en": "1 Lenina St"},
        "Europe/Moscow",
        "https://example.org/policy",
        "https://example.org/formal",
        1,
        emergency,
        "1",
        2,
        10,
        22,
        8,
        7,
    )
