"""Who may do what: every command and query, by every kind of person. What is new has no right to be in core before it
stands in this table."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from core import app
from core.actors import Actor, Nobody
from core.appeals.tables import appeal_history, appeal_holders, appeal_remarks, appeals
from core.appeals.types import (
    AddNote,
    AddToAppeal,
    AnswerAppeal,
    AskCitizen,
    CloseUnrated,
    FileAppeal,
    MyAppeals,
    OpenByCode,
    OpenFile,
    OpenMatters,
    Pile,
    Reason,
    RedirectAppeal,
    RejectAppeal,
    RejectUnreplied,
    ReopenAppeal,
    ReplyToQuestion,
    ShowAppeal,
    ShowQueue,
    ShowSheet,
    TakeAppeal,
    WithdrawAppeal,
)
from core.audit import audit
from core.authorities.types import EnterDesk, FindAuthorities, LeaveDesk, ListTemplates, ShowEntry, WhoAmI
from core.citizens.tables import citizens, consents
from core.citizens.types import (
    FILING,
    DropChannel,
    FindJoin,
    FinishDrop,
    FinishJoin,
    GiveConsent,
    IssueJoin,
    JoinByCode,
    ListChannels,
    ListConsents,
    Pushes,
    SetChannel,
    SetPushes,
    SetQuiet,
    ShowConsent,
    ShowSettings,
    WithdrawConsent,
)
from core.emergencies.types import DetectEmergency
from core.errors import NotAllowed, Refusal
from core.files.types import PlaceOfPhotos
from core.jobs import jobs
from core.personal.types import RequestErasure, RequestExport, ShowDraft, ShowErasure
from core.ratings.tables import ratings
from core.ratings.types import ExplainRating, RateAnswer
from core.region.types import AboutRegion
from core.rubricator.types import SuggestCategories
from core.talk import Place
from core.territories.types import ListTerritories
from tests.builders import demo_region
from tests.rights.scene import (
    AUTHORS,
    CITIZENS,
    EVERYBODY,
    HERE,
    LEADERS,
    NOTE,
    OFFICIALS,
    REMARK,
    SEES,
    Scene,
)
from tests.web.site import NOON, REPLY, WORDS

Asks = Callable[[Scene], object]
Has = Callable[[Any, Scene], bool]


def anything(value: Any, scene: Scene) -> bool:
    return value is not None


def lists(pick: Callable[[Scene], str]) -> Has:
    """The number is in the rows."""

    def has(value: Any, scene: Scene) -> bool:
        return pick(scene) in {row.number for row in getattr(value, "rows", value)}

    return has


def something(value: Any, scene: Scene) -> bool:
    return bool(value)


@dataclass(frozen=True)
class Row:
    """`asks` makes what is asked for, `who` may have it; `has` says whether an answer holds what they wanted."""

    kind: type
    asks: Asks
    who: set[str]
    has: Has = anything


VERSION = demo_region().consent_version
SAID = "It is at the corner."
POTHOLE = FileAppeal(WORDS, "roads", "99701000", Place(), ())

COMMANDS = (
    Row(GiveConsent, lambda s: GiveConsent(FILING, VERSION), CITIZENS),
    Row(WithdrawConsent, lambda s: WithdrawConsent(FILING), CITIZENS, something),
    Row(SetPushes, lambda s: SetPushes(Pushes.MAIN), CITIZENS),
    Row(SetQuiet, lambda s: SetQuiet(1, 2), CITIZENS),
    Row(SetChannel, lambda s: SetChannel(s.chat), {"owner"}),
    Row(IssueJoin, lambda s: IssueJoin(), CITIZENS),
    Row(FindJoin, lambda s: FindJoin(s.join), CITIZENS),  # whoever is given the code
    Row(FindJoin, lambda s: FindJoin("33333333"), set()),
    Row(JoinByCode, lambda s: JoinByCode(s.join), CITIZENS),
    Row(JoinByCode, lambda s: JoinByCode("33333333"), set()),
    Row(FinishJoin, lambda s: FinishJoin(s.actors["owner"].id), set()),  # type: ignore[union-attr]
    Row(DropChannel, lambda s: DropChannel(s.chat), {"owner"}),
    Row(DropChannel, lambda s: DropChannel(s.door), set()),
    Row(FinishDrop, lambda s: FinishDrop(s.actors["owner"].id, s.chat), set()),  # type: ignore[union-attr]
    Row(RequestExport, lambda s: RequestExport(), CITIZENS, something),
    Row(RequestErasure, lambda s: RequestErasure(), CITIZENS),
    Row(EnterDesk, lambda s: EnterDesk(s.entry), {"nobody"}),
    Row(LeaveDesk, lambda s: LeaveDesk(), OFFICIALS),
    Row(FileAppeal, lambda s: POTHOLE, CITIZENS),
    Row(FileAppeal, lambda s: FileAppeal(WORDS, "roads", "99701000", Place(), (s.loose,)), {"owner"}),
    Row(FileAppeal, lambda s: FileAppeal(WORDS, "roads", "99701000", Place(), (), (s.document,)), {"owner"}),
    Row(TakeAppeal, lambda s: TakeAppeal(s.filed), HERE),
    Row(TakeAppeal, lambda s: TakeAppeal(s.taken), {"whose it is"}),
    Row(TakeAppeal, lambda s: TakeAppeal(s.taken, over=True), {"whose it is"} | LEADERS),
    Row(AnswerAppeal, lambda s: AnswerAppeal(s.taken, REPLY), {"whose it is"}),
    Row(AskCitizen, lambda s: AskCitizen(s.taken, SAID), {"whose it is"}),
    Row(AskCitizen, lambda s: AskCitizen(s.filed, SAID), HERE),
    Row(RejectAppeal, lambda s: RejectAppeal(s.taken, Reason.SPAM, ""), LEADERS),
    Row(RedirectAppeal, lambda s: RedirectAppeal(s.taken, "roads", SAID), LEADERS),
    Row(AddNote, lambda s: AddNote(s.taken, SAID), HERE),
    Row(ReplyToQuestion, lambda s: ReplyToQuestion(s.asked, SAID), AUTHORS),
    Row(AddToAppeal, lambda s: AddToAppeal(s.taken, SAID), AUTHORS),
    Row(AddToAppeal, lambda s: AddToAppeal(s.taken, SAID, (s.loose,)), {"owner"}),
    Row(WithdrawAppeal, lambda s: WithdrawAppeal(s.filed), AUTHORS),
    Row(ReopenAppeal, lambda s: ReopenAppeal(s.low, ""), AUTHORS),
    Row(OpenByCode, lambda s: OpenByCode(s.filed, s.code), CITIZENS),
    Row(OpenByCode, lambda s: OpenByCode(s.filed, "33333333"), AUTHORS),
    Row(RateAnswer, lambda s: RateAnswer(s.answered, 5), AUTHORS),
    Row(ExplainRating, lambda s: ExplainRating(s.low, SAID), {"owner"}),  # it was they who rated
    Row(RejectUnreplied, lambda s: RejectUnreplied(s.asked, 3), set()),
    Row(CloseUnrated, lambda s: CloseUnrated(s.answered, 3), set()),
)

QUERIES = (
    Row(AboutRegion, lambda s: AboutRegion(), EVERYBODY),
    Row(DetectEmergency, lambda s: DetectEmergency("Горим!"), EVERYBODY),
    Row(ListTerritories, lambda s: ListTerritories(), EVERYBODY, something),
    Row(SuggestCategories, lambda s: SuggestCategories(WORDS), EVERYBODY),
    Row(ShowConsent, lambda s: ShowConsent(FILING), CITIZENS, lambda state, s: state.given == VERSION),
    Row(ListConsents, lambda s: ListConsents(), CITIZENS, something),
    Row(ShowSettings, lambda s: ShowSettings(), CITIZENS),
    Row(ListChannels, lambda s: ListChannels(), {"owner"}, something),
    Row(ShowErasure, lambda s: ShowErasure(), {"owner"}, lambda card, s: card.open > 0),
    Row(ShowDraft, lambda s: ShowDraft(s.draft), {"owner"}),
    Row(ShowEntry, lambda s: ShowEntry(s.entry), {"nobody", "revoked"}),  # whoever has the link may look
    Row(WhoAmI, lambda s: WhoAmI(), OFFICIALS),
    Row(ListTemplates, lambda s: ListTemplates(), OFFICIALS, something),
    Row(FindAuthorities, lambda s: FindAuthorities("", 0, 7), OFFICIALS, something),
    Row(MyAppeals, lambda s: MyAppeals(0, 50), AUTHORS, lists(lambda s: s.filed)),
    Row(OpenMatters, lambda s: OpenMatters(), AUTHORS, lists(lambda s: s.asked)),
    Row(ShowAppeal, lambda s: ShowAppeal(s.taken), AUTHORS | SEES),
    Row(ShowAppeal, lambda s: ShowAppeal(s.taken), SEES, lambda card, s: NOTE in said_on(card)),
    Row(ShowAppeal, lambda s: ShowAppeal(s.taken), AUTHORS | SEES, lambda card, s: REMARK in said_on(card)),
    Row(ShowQueue, lambda s: ShowQueue(Pile.NEW, 0, 50), HERE, lists(lambda s: s.filed)),
    Row(ShowQueue, lambda s: ShowQueue(Pile.MINE, 0, 50), {"whose it is"}, lists(lambda s: s.taken)),
    Row(ShowQueue, lambda s: ShowQueue(Pile.ASKED, 0, 50), HERE, lists(lambda s: s.asked)),
    Row(ShowQueue, lambda s: ShowQueue(Pile.OVERDUE, 0, 50), SEES, lists(lambda s: s.late)),
    Row(ShowQueue, lambda s: ShowQueue(Pile.DONE, 0, 50), HERE, lists(lambda s: s.answered)),
    Row(ShowSheet, lambda s: ShowSheet(s.taken), SEES, lambda sheet, s: sheet.card is not None),
    Row(OpenFile, lambda s: OpenFile(s.photo), AUTHORS | SEES),
    Row(OpenFile, lambda s: OpenFile(s.document), AUTHORS | SEES),
    Row(OpenFile, lambda s: OpenFile(s.loose), {"owner"}),
    Row(OpenFile, lambda s: OpenFile(s.export), {"owner"}),
    Row(PlaceOfPhotos, lambda s: PlaceOfPhotos((s.loose,)), {"owner"}),
)


def said_on(card: Any) -> set[str]:
    return {remark.text for remark in card.remarks} if card else set()


def test_every_command_and_query_stands_in_the_table() -> None:
    for table, rows in ((app.COMMANDS, COMMANDS), (app.QUERIES, QUERIES)):
        assert not names(set(table) - {row.kind for row in rows}), "these have no row here"
        assert not names({row.kind for row in rows} - set(table)), "these are no entries of core/app.py"


def names(kinds: set[type]) -> list[str]:
    return sorted(kind.__name__ for kind in kinds)


CHANGES = (appeals, appeal_history, appeal_remarks, appeal_holders, ratings, consents, citizens, jobs, audit)
"""What commands change. Not the tries at a code: they are counted whoever tries."""


def state(tx: sa.Connection) -> list[Any]:
    return [tx.execute(sa.select(table)).all() for table in CHANGES]


def tried(scene: Scene, actor: Actor, row: Row) -> tuple[object, bool, bool]:
    """The answer or the Refusal; whether they had what they asked for; whether anything has changed."""
    asked = row.asks(scene)

    def attempt(tx: sa.Connection) -> tuple[object, bool, bool]:
        before = state(tx)
        answer: object
        try:
            if row.kind in app.COMMANDS:
                answer = app.run(tx, actor, secrets.token_hex(8), asked, NOON)
            else:
                answer = app.ask(tx, actor, asked, NOON)
        except Refusal as refusal:
            answer = refusal
        had = not isinstance(answer, Refusal) and row.has(answer, scene)
        return answer, had, state(tx) != before

    return scene.tried(attempt)


def wrong(scene: Scene, rows: Sequence[Row]) -> list[tuple[str, str, object]]:
    """Who got what is not theirs, or did not get what is, or changed something on the way."""
    found = []
    for row in rows:
        for name, actor in scene.actors.items():
            answer, had, changed = tried(scene, actor, row)
            may_change = had and row.kind in app.COMMANDS
            if had != (name in row.who) or (changed and not may_change):
                found.append((row.kind.__name__, name, answer))
    return found


def test_nobody_does_what_is_not_theirs_to_do(scene: Scene) -> None:
    assert set(scene.actors) == EVERYBODY
    assert not wrong(scene, COMMANDS)


def test_nobody_is_told_what_is_not_theirs_to_know(scene: Scene) -> None:
    assert not wrong(scene, QUERIES)


def test_what_is_not_theirs_looks_like_what_is_not_there(scene: Scene) -> None:
    pairs = (
        (ShowAppeal(scene.filed), ShowAppeal("000000000")),
        (ShowSheet(scene.filed), ShowSheet("000000000")),
        (OpenFile(scene.photo), OpenFile("x")),
        (WithdrawAppeal(scene.filed), WithdrawAppeal("000000000")),
        (AddNote(scene.filed, SAID), AddNote("000000000", SAID)),
        (TakeAppeal(scene.filed), TakeAppeal("000000000")),
        (RejectAppeal(scene.filed, Reason.SPAM, ""), RejectAppeal("000000000", Reason.SPAM, "")),
        (OpenByCode(scene.filed, "33333333"), OpenByCode(scene.filed, "")),
    )
    for name in ("other citizen", "official elsewhere"):
        for theirs, none in pairs:
            answers = [answer_to(scene, name, asked) for asked in (theirs, none)]
            assert alike(*answers), (name, theirs, answers)


def answer_to(scene: Scene, name: str, asked: object) -> object:
    return tried(scene, scene.actors[name], Row(type(asked), lambda scene: asked, set()))[0]


def alike(theirs: object, none: object) -> bool:
    if isinstance(theirs, Refusal) or isinstance(none, Refusal):
        return isinstance(theirs, NotAllowed) and isinstance(none, NotAllowed)
    return theirs == none


def test_who_has_left_is_nobody(scene: Scene) -> None:
    assert scene.actors["revoked"] == Nobody() and scene.actors["nobody"] == Nobody(scene.door)
