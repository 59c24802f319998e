"""The facts of a transcript in the place of core: it answers queries and commands as its header says, and remembers
no more than that a consent was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError

from core.appeals.types import AppealCard, AppealRow, MyAppeals, Pile, QueuePage, Receipt, ShowAppeal, ShowQueue
from core.authorities.types import OfficialCard
from core.citizens.types import ConsentState, GiveConsent
from core.errors import Refusal
from core.lines import Line
from core.region.types import Region
from core.rubricator.types import Suggestion
from core.talk import Do, Done, Failed
from core.territories.types import Territory
from dialogs.script.paper import BadTranscript

KINDS: Mapping[str, Any] = {
    "AboutRegion": Region,
    "FileAppeal": Receipt,
    "ListTerritories": tuple[Territory, ...],
    "MyAppeals": tuple[AppealRow, ...],
    "ShowAppeal": dict[str, AppealCard],
    "ShowConsent": ConsentState,
    "ShowQueue": dict[Pile, tuple[AppealRow, ...]],
    "SuggestCategories": Suggestion,
    "WhoAmI": OfficialCard,
}
"""By the name of a query or a command: what its facts are. Lists are whole, the world pages them itself."""
SAID_BACK = {
    "AnswerAppeal": "number",
    "GiveConsent": "version",
    "RateAnswer": "score",
    "TakeAppeal": "number",
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
        found = self._found(type(query).__name__)
        match query:
            case MyAppeals(start, count):
                return found[start : start + count]
            case ShowAppeal(number):
                return found.get(number)
            case ShowQueue(pile, start, count):
                return QueuePage(
                    found.get(pile, ())[start : start + count], {each: len(rows) for each, rows in found.items()}
                )
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
        if name in SAID_BACK and "refuse" not in self.facts.get(name, {}):
            if isinstance(command, GiveConsent):
                self.change({"ShowConsent": {"given": command.version}})
            return getattr(command, SAID_BACK[name])
        return self._found(name)

    def _found(self, name: str) -> Any:
        if name not in self.facts:
            raise BadTranscript(f"The facts do not say what {name} is answered with.")
        raw = self.facts[name]
        if isinstance(raw, dict) and "refuse" in raw:
            raise Refusal(Line(raw["refuse"]))
        try:
            return TypeAdapter(KINDS[name]).validate_python(raw)
        except (KeyError, ValidationError) as error:
            raise BadTranscript(f"The facts of {name} do not fit: {error}") from error
