"""Who may do and know what of core: a row for each command and query, and for each way in which it concerns somebody
else. What is new has no right to be in core before it stands here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core import app
from core.actors import Actor
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
from core.authorities.types import EnterDesk, FindAuthorities, LeaveDesk, ListTemplates, ShowEntry, WhoAmI
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
from core.files.types import PlaceOfPhotos
from core.personal.types import RequestErasure, RequestExport, ShowDraft, ShowErasure
from core.ratings.types import ExplainRating, RateAnswer
from core.region.types import AboutRegion
from core.rubricator.types import SuggestCategories
from core.talk import Place
from core.territories.types import ListTerritories
from tests.builders import demo_region
from tests.security.scene import AUTHORS, CITIZENS, EVERYBODY, HERE, LEADERS, NOTE, OFFICIALS, REMARK, SEES, Scene, they
from tests.web.site import REPLY, WORDS

Asks = Callable[[Scene], object]
Has = Callable[[Any, Scene], bool]


class How(StrEnum):
    """What becomes of it."""

    DONE = "yes"
    NO_RIGHT = "·"
    """Refused before anything is looked at: this kind of person, or this role, never may."""
    NOT_THERE = "∅"
    """Refused in the words that stand for «there is nothing under this number»."""
    EMPTY = "–"
    """Answered as if nothing were there."""
    TOLD = "told"
    """Refused with the reason: it is there for them to see, but not theirs to do, or not like this."""


def anything(value: Any, scene: Scene) -> bool:
    return value is not None


def something(value: Any, scene: Scene) -> bool:
    return bool(value)


def lists(pick: Callable[[Scene], str]) -> Has:
    """The number is in the rows."""

    def has(value: Any, scene: Scene) -> bool:
        return pick(scene) in {row.number for row in getattr(value, "rows", value)}

    return has


def said_on(card: Any) -> set[str]:
    return {remark.text for remark in card.remarks} if card else set()


@dataclass(frozen=True)
class Row:
    """`asks` makes what is asked for, `of` says of what; `who` may have it, and of the others those in `told` hear why
    not; `rest` becomes of everybody else who may ask at all. `has`: an answer holds what they wanted."""

    kind: type
    of: str
    asks: Asks
    who: set[str]
    has: Has = anything
    told: frozenset[str] = frozenset()
    rest: How = How.NOT_THERE

    @property
    def title(self) -> str:
        return f"{self.kind.__name__}: {self.of}" if self.of else self.kind.__name__

    def expected(self, name: str, actor: Actor) -> How:
        entry = app.COMMANDS.get(self.kind) or app.QUERIES[self.kind]
        if name in self.who:
            return How.DONE
        if not entry.allows(actor):
            return How.NO_RIGHT
        return How.TOLD if name in self.told else self.rest


def of_files(photos: tuple[str, ...], documents: tuple[str, ...] = ()) -> FileAppeal:
    return FileAppeal(WORDS, "roads", "99701000", Place(), photos, documents)


VERSION = demo_region().consent_version
SAID, WRONG = "It is at the corner.", "33333333"
OTHERS = frozenset(CITIZENS - {"owner"})
NOT_MINE = frozenset(HERE - {"whose it is"})
NONE = How.EMPTY

COMMANDS = (
    Row(GiveConsent, "", lambda s: GiveConsent(FILING, VERSION), CITIZENS),
    Row(WithdrawConsent, "their own", lambda s: WithdrawConsent(FILING), CITIZENS, something),
    Row(SetPushes, "their own", lambda s: SetPushes(Pushes.MAIN), CITIZENS),
    Row(SetQuiet, "their own", lambda s: SetQuiet(1, 2), CITIZENS),
    Row(SetChannel, "the author's chat", lambda s: SetChannel(s.chat), {"owner"}),
    Row(IssueJoin, "", lambda s: IssueJoin(), CITIZENS),
    Row(FindJoin, "with the code", lambda s: FindJoin(s.join), CITIZENS),
    Row(FindJoin, "a made-up code", lambda s: FindJoin(WRONG), set(), rest=NONE),
    Row(JoinByCode, "with the code", lambda s: JoinByCode(s.join), CITIZENS),
    Row(JoinByCode, "a made-up code", lambda s: JoinByCode(WRONG), set(), rest=NONE),
    Row(FinishJoin, "that nobody has begun", lambda s: FinishJoin(they(s)), set(), rest=NONE),
    Row(DropChannel, "the author's chat", lambda s: DropChannel(s.chat), {"owner"}),
    Row(DropChannel, "a chat at the door", lambda s: DropChannel(s.door), set()),
    Row(FinishDrop, "the author's chat", lambda s: FinishDrop(they(s), s.chat), {"system"}),
    Row(RequestExport, "their own", lambda s: RequestExport(), CITIZENS, something),
    Row(RequestErasure, "their own", lambda s: RequestErasure(), CITIZENS),
    Row(EnterDesk, "with a link, in a messenger", lambda s: EnterDesk(s.entry), {"nobody"}),
    Row(EnterDesk, "a made-up link", lambda s: EnterDesk("x" * 43), set(), told=frozenset({"nobody", "revoked"})),
    Row(LeaveDesk, "their own", lambda s: LeaveDesk(), OFFICIALS),
    Row(FileAppeal, "their own", lambda s: of_files(()), CITIZENS),
    Row(FileAppeal, "with the author's photo", lambda s: of_files((s.loose,)), {"owner"}, told=OTHERS),
    Row(FileAppeal, "with the author's document", lambda s: of_files((), (s.document,)), {"owner"}, told=OTHERS),
    Row(TakeAppeal, "a new one", lambda s: TakeAppeal(s.filed), HERE),
    Row(TakeAppeal, "a taken one", lambda s: TakeAppeal(s.taken), {"whose it is"}, told=NOT_MINE),
    Row(
        TakeAppeal,
        "over from a colleague",
        lambda s: TakeAppeal(s.taken, over=True),
        {"whose it is"} | LEADERS,
        told=frozenset({"executor"}),
    ),
    Row(AnswerAppeal, "a taken one", lambda s: AnswerAppeal(s.taken, REPLY), {"whose it is"}, told=NOT_MINE),
    Row(AskCitizen, "about a taken one", lambda s: AskCitizen(s.taken, SAID), {"whose it is"}, told=NOT_MINE),
    Row(AskCitizen, "about a new one", lambda s: AskCitizen(s.filed, SAID), HERE),
    Row(RejectAppeal, "a taken one", lambda s: RejectAppeal(s.taken, Reason.SPAM, ""), LEADERS),
    Row(RedirectAppeal, "a taken one", lambda s: RedirectAppeal(s.taken, "roads", SAID), LEADERS),
    Row(AddNote, "", lambda s: AddNote(s.taken, SAID), HERE),
    Row(ReplyToQuestion, "", lambda s: ReplyToQuestion(s.asked, SAID), AUTHORS),
    Row(AddToAppeal, "words", lambda s: AddToAppeal(s.taken, SAID), AUTHORS),
    Row(
        AddToAppeal,
        "the author's photo",
        lambda s: AddToAppeal(s.taken, SAID, (s.loose,)),
        {"owner"},
        told=frozenset({"holder by code"}),
    ),
    Row(WithdrawAppeal, "", lambda s: WithdrawAppeal(s.filed), AUTHORS),
    Row(ReopenAppeal, "", lambda s: ReopenAppeal(s.low, ""), AUTHORS),
    Row(OpenByCode, "with the code", lambda s: OpenByCode(s.filed, s.code), CITIZENS),
    Row(OpenByCode, "a made-up code", lambda s: OpenByCode(s.filed, WRONG), AUTHORS, rest=NONE),
    Row(RateAnswer, "", lambda s: RateAnswer(s.answered, 5), AUTHORS),
    Row(
        ExplainRating,
        "of the author",
        lambda s: ExplainRating(s.low, SAID),
        {"owner"},
        told=frozenset({"holder by code"}),
    ),
    Row(RejectUnreplied, "", lambda s: RejectUnreplied(s.asked, 3), {"system"}, something),
    Row(CloseUnrated, "", lambda s: CloseUnrated(s.answered, 3), {"system"}, something),
)

QUERIES = (
    Row(AboutRegion, "", lambda s: AboutRegion(), EVERYBODY),
    Row(DetectEmergency, "", lambda s: DetectEmergency("Горим!"), EVERYBODY),
    Row(ListTerritories, "", lambda s: ListTerritories(), EVERYBODY, something),
    Row(SuggestCategories, "", lambda s: SuggestCategories(WORDS), EVERYBODY),
    Row(ShowConsent, "their own", lambda s: ShowConsent(FILING), CITIZENS, lambda state, s: state.given == VERSION),
    Row(ListConsents, "their own", lambda s: ListConsents(), CITIZENS, something),
    Row(ShowSettings, "their own", lambda s: ShowSettings(), CITIZENS),
    Row(ListChannels, "of the author", lambda s: ListChannels(), {"owner"}, something, rest=NONE),
    Row(ShowErasure, "of the author", lambda s: ShowErasure(), {"owner"}, lambda card, s: card.open > 0, rest=NONE),
    Row(ShowDraft, "of the author", lambda s: ShowDraft(s.draft), {"owner"}, rest=NONE),
    Row(ShowEntry, "with the link", lambda s: ShowEntry(s.entry), {"nobody", "revoked"}),
    Row(ShowEntry, "a made-up link", lambda s: ShowEntry("x" * 43), set(), rest=NONE),
    Row(WhoAmI, "", lambda s: WhoAmI(), OFFICIALS),
    Row(ListTemplates, "", lambda s: ListTemplates(), OFFICIALS, something),
    Row(FindAuthorities, "", lambda s: FindAuthorities("", 0, 7), OFFICIALS, something),
    Row(MyAppeals, "", lambda s: MyAppeals(0, 50), AUTHORS, lists(lambda s: s.filed), rest=NONE),
    Row(OpenMatters, "", lambda s: OpenMatters(), AUTHORS, lists(lambda s: s.asked), rest=NONE),
    Row(ShowAppeal, "", lambda s: ShowAppeal(s.taken), AUTHORS | SEES, rest=NONE),
    Row(
        ShowAppeal,
        "its notes",
        lambda s: ShowAppeal(s.taken),
        SEES,
        lambda card, s: NOTE in said_on(card),
        rest=NONE,
    ),
    Row(
        ShowAppeal,
        "what its author has added",
        lambda s: ShowAppeal(s.taken),
        AUTHORS | SEES,
        lambda card, s: REMARK in said_on(card),
        rest=NONE,
    ),
    Row(ShowQueue, "new", lambda s: ShowQueue(Pile.NEW, 0, 50), HERE, lists(lambda s: s.filed), rest=NONE),
    Row(
        ShowQueue,
        "mine",
        lambda s: ShowQueue(Pile.MINE, 0, 50),
        {"whose it is"},
        lists(lambda s: s.taken),
        rest=NONE,
    ),
    Row(ShowQueue, "asked", lambda s: ShowQueue(Pile.ASKED, 0, 50), HERE, lists(lambda s: s.asked), rest=NONE),
    Row(ShowQueue, "overdue", lambda s: ShowQueue(Pile.OVERDUE, 0, 50), SEES, lists(lambda s: s.late), rest=NONE),
    Row(ShowQueue, "done", lambda s: ShowQueue(Pile.DONE, 0, 50), HERE, lists(lambda s: s.answered), rest=NONE),
    Row(ShowSheet, "", lambda s: ShowSheet(s.taken), SEES, lambda sheet, s: sheet.card is not None, rest=NONE),
    Row(OpenFile, "photo of the appeal", lambda s: OpenFile(s.photo), AUTHORS | SEES),
    Row(OpenFile, "document of the appeal", lambda s: OpenFile(s.document), AUTHORS | SEES),
    Row(OpenFile, "photo not filed yet", lambda s: OpenFile(s.loose), {"owner"}),
    Row(OpenFile, "the author's archive", lambda s: OpenFile(s.export), {"owner"}),
    Row(PlaceOfPhotos, "of the author", lambda s: PlaceOfPhotos((s.loose,)), {"owner"}, rest=NONE),
)
