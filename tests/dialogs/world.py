"""What core would say, for dialogs that are played without it: facts by query and answers by command."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import singledispatch
from typing import Any

from core.appeals import types as appeals
from core.authorities import types as authorities
from core.citizens import types as citizens
from core.files.types import PlaceOfPhotos
from core.personal import types as personal
from core.ratings import types as ratings
from core.region import types as region
from core.rubricator.types import Category, SuggestCategories, Suggestion
from core.talk import Place
from core.territories.types import ListTerritories, Territory

DUE = datetime(2026, 6, 10, 12, tzinfo=UTC)
ROADS = Category("roads", {"ru": "Дороги", "en": "Roads"})
LIGHT = Category("light", {"ru": "Освещение", "en": "Street light"})
OTHERS = tuple(Category(f"c{n}", {"ru": f"Другое {n}", "en": f"Other {n}"}) for n in range(8))
TOWNS = tuple(Territory(f"4570100{n}", {"ru": f"Город {n}", "en": f"Town {n}"}) for n in range(9))
STATUSES = (
    appeals.Status.REGISTERED,
    appeals.Status.IN_WORK,
    appeals.Status.ANSWERED,
    appeals.Status.CLOSED,
    appeals.Status.CLARIFY,
)
_OPEN = frozenset({appeals.Act.ADD, appeals.Act.WITHDRAW, appeals.Act.NOTE})
_AT_WORK = _OPEN | {appeals.Act.ANSWER, appeals.Act.ASK, appeals.Act.REDIRECT, appeals.Act.REJECT}
MAY = {
    appeals.Status.REGISTERED: _AT_WORK | {appeals.Act.TAKE},
    appeals.Status.IN_WORK: _AT_WORK | {appeals.Act.TAKE_OVER},
    appeals.Status.ANSWERED: frozenset({appeals.Act.RATE, appeals.Act.NOTE}),
    appeals.Status.CLOSED: frozenset({appeals.Act.REOPEN, appeals.Act.NOTE}),
    appeals.Status.CLARIFY: _OPEN | {appeals.Act.REPLY},
}
ROWS = tuple(appeals.AppealRow(f"4821{n}-{n % 10}", f"Hole {n}", STATUSES[n % 5], DUE) for n in range(20))
AUTHORITY = {"ru": "Администрация", "en": "Town hall"}
ENTRY = authorities.EntryCard("A. Petrova", AUTHORITY)


def answer_of(command: Any, nth: int) -> Any:
    """A command of a test is answered with a number."""
    make = ANSWERS.get(type(command))
    return make(command) if make else f"A-{nth}"


ANSWERS: dict[type, Callable[[Any], Any]] = {
    appeals.FileAppeal: lambda c: appeals.Receipt("48213-5", "K7MP2QXA", AUTHORITY, DUE),
    appeals.TakeAppeal: lambda c: c.number,
    appeals.AnswerAppeal: lambda c: c.number,
    appeals.AskCitizen: lambda c: c.number,
    appeals.RejectAppeal: lambda c: c.number,
    appeals.RedirectAppeal: lambda c: appeals.Redirected(c.number, AUTHORITY),
    appeals.AddNote: lambda c: c.number,
    appeals.AddToAppeal: lambda c: c.number,
    appeals.ReplyToQuestion: lambda c: c.number,
    appeals.WithdrawAppeal: lambda c: c.number,
    appeals.ReopenAppeal: lambda c: appeals.Reopened(c.number, AUTHORITY, DUE),
    appeals.OpenByCode: lambda c: c.number if c.code else "",
    ratings.RateAnswer: lambda c: ratings.Rated(c.score, c.score < 3, again=c.score < 3, curator=False),
    ratings.ExplainRating: lambda c: c.number,
    citizens.GiveConsent: lambda c: c.version,
    citizens.WithdrawConsent: lambda c: True,
    citizens.SetPushes: lambda c: c.pushes,
    citizens.SetChannel: lambda c: c.conversation,
    citizens.DropChannel: lambda c: c.conversation != 1,
    citizens.IssueJoin: lambda c: citizens.JoinCode("K7MP4QXA", DUE, ("web",)),
    citizens.FindJoin: lambda c: None if "3" in c.code else citizens.JoinCard(("vk",), {}, own="4" in c.code),
    citizens.JoinByCode: lambda c: citizens.Joined(("web", "vk"), {"category": "roads", "territory": "45701000"}),
    citizens.SetQuiet: lambda c: citizens.SettingsCard(citizens.Pushes.ALL, c.start, c.end),
    personal.RequestExport: lambda c: True,
    personal.RequestErasure: lambda c: 1,
    authorities.EnterDesk: lambda c: ENTRY,
    authorities.LeaveDesk: lambda c: 1,
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
def _(query: authorities.ShowEntry) -> authorities.EntryCard:
    return ENTRY


@facts_of.register
def _(query: authorities.WhoAmI) -> authorities.OfficialCard:
    return authorities.OfficialCard("A. Petrova", AUTHORITY)


@facts_of.register
def _(query: authorities.ListTemplates) -> tuple[authorities.Template, ...]:
    return (authorities.Template("done", {"ru": "Готово", "en": "Done"}, {"ru": "Всё сделано.", "en": "It is done."}),)


@facts_of.register
def _(query: authorities.FindAuthorities) -> tuple[authorities.AuthorityRow, ...]:
    rows = tuple(authorities.AuthorityRow(f"a{n}", {"ru": f"Служба {n}", "en": f"Service {n}"}) for n in range(9))
    return rows[query.start : query.start + query.count + 1]


@facts_of.register
def _(query: citizens.ListConsents) -> tuple[citizens.ConsentRow, ...]:
    return (citizens.ConsentRow(citizens.FILING, "1", DUE, None),)


@facts_of.register
def _(query: citizens.ShowSettings) -> citizens.SettingsCard:
    return citizens.SettingsCard(citizens.Pushes.ALL, 22, 8, ("web", "vk"), "vk")


@facts_of.register
def _(query: citizens.ListChannels) -> tuple[citizens.Channel, ...]:
    names = enumerate(("web", "vk", "web", "telegram"))
    return tuple(citizens.Channel(n, name, DUE, preferred=n == 1, reachable=n != 2) for n, name in names)


@facts_of.register
def _(query: personal.ShowErasure) -> personal.Erasure:
    return personal.Erasure(1, 2)


@facts_of.register
def _(query: personal.ShowDraft) -> personal.DraftCard | None:
    return None


@facts_of.register
def _(query: PlaceOfPhotos) -> Place | None:
    return Place("", 55.75, 37.62) if "q" in query.refs else None


@facts_of.register
def _(query: appeals.OpenMatters) -> tuple[appeals.AppealRow, ...]:
    return ROWS[4:6]


@facts_of.register
def _(query: appeals.ShowSheet) -> appeals.AnswerSheet:
    return appeals.AnswerSheet(facts_of(appeals.ShowAppeal(query.number)), facts_of(authorities.ListTemplates()))


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
    answered = "Mended." if row.status in STATUSES[2:4] else ""
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
        question="Which side of the road?" if row.status is appeals.Status.CLARIFY else "",
        may=MAY[row.status],
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
