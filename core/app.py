"""The table of contents of core: which function answers which command and query, who has the right to it, who reacts to
what has happened, and what the timers mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from core.actors import Actor, Citizen, Nobody, Official, System
from core.appeals import filing, queries, service, types
from core.audit import record
from core.authorities.queries import who_am_i
from core.authorities.types import WhoAmI
from core.citizens.queries import show_consent
from core.citizens.service import give_consent
from core.citizens.types import GiveConsent, ShowConsent
from core.errors import NotAllowed
from core.notify.service import tell_citizen, tell_officials
from core.outcome import Outcome
from core.ratings.service import rate_answer
from core.ratings.types import RateAnswer
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
ANYBODY: Right = (Citizen, Official, System, Nobody)

OBJECT_MOST = 64
"""Characters of an id on the journal: what was asked for may be anything."""


@dataclass(frozen=True, slots=True)
class Entry:
    function: Callable[..., Any]
    right: Right


COMMANDS: Mapping[type, Entry] = {
    GiveConsent: Entry(give_consent, CITIZEN),
    types.FileAppeal: Entry(filing.file_appeal, CITIZEN),
    types.TakeAppeal: Entry(service.take_appeal, OFFICIAL),
    types.AnswerAppeal: Entry(service.answer_appeal, OFFICIAL),
    types.CloseUnrated: Entry(service.close_unrated, SYSTEM),
    RateAnswer: Entry(rate_answer, CITIZEN),
}

QUERIES: Mapping[type, Entry] = {
    AboutRegion: Entry(about_region, ANYBODY),
    ListTerritories: Entry(list_territories, ANYBODY),
    SuggestCategories: Entry(suggest_categories, ANYBODY),
    ShowConsent: Entry(show_consent, CITIZEN),
    WhoAmI: Entry(who_am_i, OFFICIAL),
    types.MyAppeals: Entry(queries.my_appeals, CITIZEN),
    types.ShowAppeal: Entry(queries.show_appeal, PERSON),
    types.ShowQueue: Entry(queries.show_queue, OFFICIAL),
    types.OpenPhoto: Entry(queries.open_photo, PERSON),
}

REACTIONS: Mapping[type, tuple[Callable[[Connection, Any, datetime], None], ...]] = {
    types.AppealFiled: (tell_officials,),
    types.StatusChanged: (tell_citizen,),
}

AUDITED: Mapping[type, Callable[[Any], tuple[str, str]]] = {
    types.ShowAppeal: lambda query: ("appeal", query.number),
    types.OpenPhoto: lambda query: ("photo", query.ref),
}
"""Queries whose asking by an official is on the journal: the kind and the id of what was asked for."""

TIMERS: Mapping[str, Callable[[Mapping[str, Any]], object]] = {
    service.CLOSE: lambda payload: types.CloseUnrated(payload["number"], payload["version"]),
}
"""The command that a timer of this kind gives, from its payload."""


def run(tx: Connection, actor: Actor, key: str, command: object, now: datetime) -> Any:
    """The command's value. Raises Refusal or NotAllowed, and then nothing has changed. The same key again has the same
    value and changes nothing."""
    entry = COMMANDS[type(command)]
    if not isinstance(actor, entry.right):
        raise NotAllowed
    with tx.begin_nested():
        outcome: Outcome = entry.function(tx, actor, key, command, now)
        for event in outcome.events:
            for react in REACTIONS.get(type(event), ()):
                react(tx, event, now)
    return outcome.value


def ask(conn: Connection, actor: Actor, query: object, now: datetime) -> Any:
    """The facts. Writes nothing: what has to be on the journal is written by `audit_read`."""
    entry = QUERIES[type(query)]
    if not isinstance(actor, entry.right):
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
