"""The facts of a transcript in the place of core: it answers queries and commands as its header says, and remembers
no more than consents and settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError

from core.appeals import types as appeals
from core.authorities.types import AuthorityRow, EntryCard, FindAuthorities, OfficialCard, ShowEntry, Template
from core.citizens.types import (
    Channel,
    ConsentRow,
    ConsentState,
    FindJoin,
    GiveConsent,
    JoinByCode,
    JoinCard,
    JoinCode,
    Joined,
    SetPushes,
    SetQuiet,
    SettingsCard,
    WithdrawConsent,
)
from core.emergencies.types import DetectEmergency
from core.errors import Refusal
from core.files.types import FileRow
from core.lines import Line
from core.personal.types import DraftCard, Erasure, ShowDraft
from core.ratings.types import RateAnswer, Rated
from core.region.types import Emergency, Region
from core.rubricator.types import Suggestion
from core.talk import Do, Done, Failed, Place
from core.territories.types import Territory
from dialogs.script.paper import BadTranscript

KINDS: Mapping[str, Any] = {
    "AboutRegion": Region,
    "DetectEmergency": dict[str, tuple[Emergency, ...]],
    "DropChannel": bool,
    "EnterDesk": EntryCard,
    "FileAppeal": appeals.Receipt,
    "FindAuthorities": tuple[AuthorityRow, ...],
    "FindJoin": dict[str, JoinCard],
    "IssueJoin": JoinCode,
    "JoinByCode": dict[str, Joined],
    "LeaveDesk": int,
    "ListChannels": tuple[Channel, ...],
    "ListConsents": tuple[ConsentRow, ...],
    "ListTemplates": tuple[Template, ...],
    "ListTerritories": tuple[Territory, ...],
    "MyAppeals": tuple[appeals.AppealRow, ...],
    "OpenByCode": dict[str, str],
    "OpenFile": dict[str, FileRow],
    "OpenMatters": tuple[appeals.AppealRow, ...],
    "PlaceOfPhotos": Place | None,
    "RateAnswer": Rated,
    "RedirectAppeal": appeals.Redirected,
    "ReopenAppeal": appeals.Reopened,
    "RequestErasure": int,
    "RequestExport": bool,
    "ShowAppeal": dict[str, appeals.AppealCard],
    "ShowConsent": ConsentState,
    "ShowDraft": dict[str, DraftCard],
    "ShowEntry": dict[str, EntryCard],
    "ShowErasure": Erasure,
    "ShowQueue": dict[appeals.Pile, tuple[appeals.AppealRow, ...]],
    "ShowSettings": SettingsCard,
    "SuggestCategories": Suggestion,
    "WhoAmI": OfficialCard,
    "WithdrawConsent": bool,
}
"""By the name of a query or a command: what its facts are. Lists are whole, the world pages them itself; what is asked
with a number, a run or a word is kept by it."""
UNLESS_TOLD: Mapping[str, Any] = {
    "DetectEmergency": {},
    "DropChannel": True,
    "FindJoin": {},
    "JoinByCode": {},
    "LeaveDesk": 1,
    "ListChannels": (),
    "ListConsents": (),
    "ListTemplates": (),
    "OpenByCode": {},
    "OpenMatters": (),
    "PlaceOfPhotos": None,
    "RequestErasure": 0,
    "RequestExport": True,
    "ShowDraft": {},
    "ShowEntry": {},
    "WithdrawConsent": True,
}
SAID_BACK = {
    "AddNote": "number",
    "AddToAppeal": "number",
    "AnswerAppeal": "number",
    "AskCitizen": "number",
    "ExplainRating": "number",
    "GiveConsent": "version",
    "RejectAppeal": "number",
    "ReplyToQuestion": "number",
    "SetChannel": "conversation",
    "SetPushes": "pushes",
    "TakeAppeal": "number",
    "WithdrawAppeal": "number",
}
"""Commands that are answered with a part of themselves."""


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """`new` over `old`, name by name; a refusal takes the place of everything."""
    both = dict(old)
    for name, value in new.items():
        before = both.get(name)
        deeper = isinstance(value, dict) and isinstance(before, dict) and "refuse" not in (*value, *before)
        both[name] = merged(before, value) if deeper and before is not None else value
    return both


@dataclass
class World:
    """`commands` are those that have succeeded, by their keys."""

    facts: dict[str, Any]
    commands: dict[str, object] = field(default_factory=dict)
    _done: dict[str, Done] = field(default_factory=dict)

    def change(self, facts: Mapping[str, Any]) -> None:
        self.facts = merged(self.facts, facts)

    def ask(self, query: Any) -> Any:
        """Raises Refusal where the facts say so."""
        if isinstance(query, appeals.ShowSheet):
            return appeals.AnswerSheet(self.ask(appeals.ShowAppeal(query.number)), self._found("ListTemplates"))
        found = self._found(type(query).__name__)
        match query:
            case appeals.MyAppeals(start, count):
                return found[start : start + count]
            case appeals.ShowAppeal(key) | ShowDraft(key) | ShowEntry(key) | appeals.OpenFile(key):
                return found.get(key)
            case appeals.ShowQueue(pile, start, count):
                rows = found.get(pile, ())[start : start + count]
                counts = {each: len(rows) for each, rows in found.items()}
                return appeals.QueuePage(rows, counts, self._found("WhoAmI").authority)
            case DetectEmergency(text):
                return next((numbers for word, numbers in found.items() if word in text.casefold()), ())
            case FindAuthorities(words, start, count):
                said = words.casefold().split()
                fits = [row for row in found if all(word in str(row.name).casefold() for word in said)]
                return tuple(fits[start : start + count + 1])
            case _:
                return found

    def run(self, do: Do) -> Done | Failed:
        """A command that has succeeded is not run twice."""
        if do.key not in self._done:
            try:
                self._done[do.key] = Done(do.key, self._value(do.command))
            except Refusal as refusal:
                return Failed(do.key, refusal.why)
            self.commands[do.key] = do.command
        return self._done[do.key]

    def _value(self, command: Any) -> Any:
        name = type(command).__name__
        if "refuse" in (self.facts.get(name) or {}):
            raise Refusal(Line(self.facts[name]["refuse"]))
        self._remember(command)
        if name in SAID_BACK:
            return getattr(command, SAID_BACK[name])
        match command:
            case SetQuiet():
                return self._found("ShowSettings")
            case RateAnswer(_, score) if name not in self.facts:
                low = score <= self._found("AboutRegion").reopen_score
                return Rated(score, low, again=low, curator=False)
            case appeals.OpenByCode(number, code):
                return number if self._found(name).get(number) == code else None
            case FindJoin(code) | JoinByCode(code):
                return self._found(name).get(code)
            case _:
                return self._found(name)

    def _remember(self, command: Any) -> None:
        match command:
            case GiveConsent(_, version):
                self.change({"ShowConsent": {"given": version}})
            case WithdrawConsent():
                self.change({"ShowConsent": {"given": ""}})
            case SetPushes(pushes):
                self.change({"ShowSettings": {"pushes": pushes}})
            case SetQuiet(start, end):
                self.change({"ShowSettings": {"quiet_from": start, "quiet_to": end}})
            case _:
                pass

    def _found(self, name: str) -> Any:
        if name not in self.facts and name in UNLESS_TOLD:
            return UNLESS_TOLD[name]
        if name not in self.facts:
            raise BadTranscript(f"The facts do not say what {name} is answered with.")
        raw = self.facts[name]
        if isinstance(raw, dict) and "refuse" in raw:
            raise Refusal(Line(raw["refuse"]))
        try:
            return TypeAdapter(KINDS[name]).validate_python(raw)
        except (KeyError, ValidationError) as error:
            raise BadTranscript(f"The facts of {name} do not fit: {error}") from error
