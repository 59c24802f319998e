"""The table of contents of core: which function answers which command and query, who has the right to it, who reacts to
what has happened, and what the timers mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from core.actors import Actor, Citizen, Nobody, Official, Role, System
from core.appeals import (
    access,
    attached,
    clarifying,
    clocks,
    events,
    filing,
    lists,
    piles,
    queries,
    redirecting,
    remarks,
    reopening,
    service,
    sheet,
    types,
)
from core.appeals.attachments import forget_place
from core.appeals.rules import COORDINATORS
from core.audit import record
from core.authorities.entries import enter_desk, leave_chats, show_entry
from core.authorities.queries import find_authorities, list_templates, who_am_i
from core.authorities.types import EnterDesk, FindAuthorities, LeaveDesk, ListTemplates, ShowEntry, WhoAmI
from core.citizens.joining import find_join, issue_join
from core.citizens.queries import list_channels, list_consents, show_consent, show_settings
from core.citizens.service import give_consent, set_channel, set_pushes, set_quiet, withdraw_consent
from core.citizens.types import (
    ChatDropped,
    ChatsJoined,
    DropChannel,
    FindJoin,
    FinishDrop,
    FinishJoin,
    GiveConsent,
    IssueJoin,
    JoinByCode,
    ListChannels,
    ListConsents,
    SetChannel,
    SetPushes,
    SetQuiet,
    ShowConsent,
    ShowSettings,
    WithdrawConsent,
)
from core.emergencies.queries import detect_emergency
from core.emergencies.types import DetectEmergency
from core.errors import NotAllowed
from core.files.queries import place_of_photos
from core.files.types import FileLost, FileReady, PlaceOfPhotos
from core.notify.chats import tell_dropped, tell_joined
from core.notify.service import tell_citizen, tell_lost, tell_official, tell_queue
from core.outcome import Outcome
from core.personal import dropping, joining
from core.personal.drafts import show_draft
from core.personal.service import request_erasure, request_export, show_erasure
from core.personal.types import RequestErasure, RequestExport, ShowDraft, ShowErasure
from core.pins import touch_appeal
from core.ratings.service import explain_rating, rate_answer
from core.ratings.types import ExplainRating, RateAnswer
from core.region.store import about_region
from core.region.types import AboutRegion
from core.rubricator.queries import suggest_categories
from core.rubricator.types import SuggestCategories
from core.territories.queries import list_territories
from core.territories.types import ListTerritories
from core.text import clean_text

Right = tuple[type[Actor], ...]
"""The kinds of actor that may ask at all; which objects are theirs is decided by the function, in its query."""

CITIZEN: Right = (Citizen,)
OFFICIAL: Right = (Official,)
PERSON: Right = (Citizen, Official)
SYSTEM: Right = (System,)
NOBODY: Right = (Nobody,)
ANYBODY: Right = (Citizen, Official, System, Nobody)

OBJECT_MOST = 64
"""Characters of an id on the journal: what was asked for may be anything."""


@dataclass(frozen=True, slots=True)
class Entry:
    """`roles`: of an official, where one is asked for."""

    function: Callable[..., Any]
    right: Right
    roles: tuple[Role, ...] = tuple(Role)

    def allows(self, actor: Actor) -> bool:
        return isinstance(actor, self.right) and (not isinstance(actor, Official) or actor.role in self.roles)


COMMANDS: Mapping[type, Entry] = {
    GiveConsent: Entry(give_consent, CITIZEN),
    WithdrawConsent: Entry(withdraw_consent, CITIZEN),
    SetPushes: Entry(set_pushes, CITIZEN),
    SetQuiet: Entry(set_quiet, CITIZEN),
    SetChannel: Entry(set_channel, CITIZEN),
    IssueJoin: Entry(issue_join, CITIZEN),
    FindJoin: Entry(find_join, CITIZEN),
    JoinByCode: Entry(joining.join_by_code, CITIZEN),
    FinishJoin: Entry(joining.finish_join, SYSTEM),
    DropChannel: Entry(dropping.drop_channel, CITIZEN),
    FinishDrop: Entry(dropping.finish_drop, SYSTEM),
    RequestExport: Entry(request_export, CITIZEN),
    RequestErasure: Entry(request_erasure, CITIZEN),
    EnterDesk: Entry(enter_desk, NOBODY),
    LeaveDesk: Entry(leave_chats, OFFICIAL),
    types.FileAppeal: Entry(filing.file_appeal, CITIZEN),
    types.TakeAppeal: Entry(service.take_appeal, OFFICIAL),
    types.AnswerAppeal: Entry(service.answer_appeal, OFFICIAL),
    types.AskCitizen: Entry(clarifying.ask_citizen, OFFICIAL),
    types.RejectAppeal: Entry(service.reject_appeal, OFFICIAL, COORDINATORS),
    types.RedirectAppeal: Entry(redirecting.redirect_appeal, OFFICIAL, COORDINATORS),
    types.AddNote: Entry(remarks.add_note, OFFICIAL),
    types.ReplyToQuestion: Entry(clarifying.reply_to_question, CITIZEN),
    types.AddToAppeal: Entry(remarks.add_to_appeal, CITIZEN),
    types.WithdrawAppeal: Entry(service.withdraw_appeal, CITIZEN),
    types.ReopenAppeal: Entry(reopening.reopen_appeal, CITIZEN),
    types.OpenByCode: Entry(access.open_by_code, CITIZEN),
    types.RejectUnreplied: Entry(clarifying.reject_unreplied, SYSTEM),
    types.CloseUnrated: Entry(service.close_unrated, SYSTEM),
    RateAnswer: Entry(rate_answer, CITIZEN),
    ExplainRating: Entry(explain_rating, CITIZEN),
}

QUERIES: Mapping[type, Entry] = {
    AboutRegion: Entry(about_region, ANYBODY),
    DetectEmergency: Entry(detect_emergency, ANYBODY),
    ListTerritories: Entry(list_territories, ANYBODY),
    SuggestCategories: Entry(suggest_categories, ANYBODY),
    ShowConsent: Entry(show_consent, CITIZEN),
    ListConsents: Entry(list_consents, CITIZEN),
    ShowSettings: Entry(show_settings, CITIZEN),
    ListChannels: Entry(list_channels, CITIZEN),
    ShowErasure: Entry(show_erasure, CITIZEN),
    ShowDraft: Entry(show_draft, CITIZEN),
    ShowEntry: Entry(show_entry, NOBODY),
    WhoAmI: Entry(who_am_i, OFFICIAL),
    ListTemplates: Entry(list_templates, OFFICIAL),
    FindAuthorities: Entry(find_authorities, OFFICIAL),
    types.MyAppeals: Entry(lists.my_appeals, CITIZEN),
    types.OpenMatters: Entry(lists.open_matters, CITIZEN),
    types.ShowAppeal: Entry(queries.show_appeal, PERSON),
    types.ShowQueue: Entry(piles.show_queue, OFFICIAL),
    types.ShowSheet: Entry(sheet.show_sheet, OFFICIAL),
    types.OpenFile: Entry(attached.open_file, PERSON),
    PlaceOfPhotos: Entry(place_of_photos, CITIZEN),
}

REACTIONS: Mapping[type, tuple[Callable[[Connection, Any, datetime], None], ...]] = {
    events.AppealFiled: (tell_queue,),
    events.StatusChanged: (tell_citizen, tell_queue, touch_appeal),
    events.CitizenSpoke: (tell_official, touch_appeal),
    events.HandsChanged: (touch_appeal,),
    events.NoteAdded: (touch_appeal,),
    FileReady: (forget_place,),
    FileLost: (tell_lost,),
    ChatsJoined: (tell_joined,),
    ChatDropped: (tell_dropped,),
}

AUDITED: Mapping[type, Callable[[Any], tuple[str, str]]] = {
    types.ShowAppeal: lambda query: ("appeal", query.number),
    types.ShowSheet: lambda query: ("appeal", query.number),
    types.ShowQueue: lambda query: ("queue", query.pile),
    types.OpenFile: lambda query: ("file", query.ref),
}
"""Queries whose asking by an official is on the journal: the kind and the id of what was asked for."""

TIMERS: Mapping[str, Callable[[Mapping[str, Any]], object]] = {
    clocks.CLOSE: lambda payload: types.CloseUnrated(payload["number"], payload["version"]),
    clocks.REJECT: lambda payload: types.RejectUnreplied(payload["number"], payload["version"]),
    joining.FINISH: lambda payload: FinishJoin(payload["citizen"]),
    dropping.FINISH: lambda payload: FinishDrop(payload["citizen"], payload["conversation"]),
}
"""The command that a timer of this kind gives, from its payload."""


def run(tx: Connection, actor: Actor, key: str, command: object, now: datetime) -> Any:
    """The command's value. Raises Refusal or NotAllowed, and then nothing has changed. The same key again has the same
    value and changes nothing."""
    entry = COMMANDS[type(command)]
    if not entry.allows(actor):
        raise NotAllowed
    with tx.begin_nested():
        outcome: Outcome = entry.function(tx, actor, key, command, now)
        for event in outcome.events:
            happened(tx, event, now)
    return outcome.value


def happened(tx: Connection, event: object, now: datetime) -> None:
    """Also for what no command has brought about: a file that has come, or never will."""
    for react in REACTIONS.get(type(event), ()):
        react(tx, event, now)


def ask(conn: Connection, actor: Actor, query: object, now: datetime) -> Any:
    """The facts. Writes nothing: what has to be on the journal is written by `audit_read`."""
    entry = QUERIES[type(query)]
    if not entry.allows(actor):
        raise NotAllowed
    return entry.function(conn, actor, query, now)


def audit_read(tx: Connection, actor: Actor, query: object, now: datetime) -> None:
    """Call it in the write of the same move, after `ask`, for every query: it knows which are on the journal."""
    named = AUDITED.get(type(query))
    if named is not None and isinstance(actor, Official):
        kind, what = named(query)
        record(tx, actor, "read", kind, clean_text(what)[:OBJECT_MOST], now)


def fire(tx: Connection, kind: str, payload: Mapping[str, Any], key: str, now: datetime) -> Any:
    """What a timer does when its time has come. `key` is the timer's own, so that firing twice does it once."""
    return run(tx, System(), key, TIMERS[kind](payload), now)
