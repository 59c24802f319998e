"""Conversations for tests: the real dialogs, shell and catalogues, and the facts of the transcripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.shown import Shown
from core.talk import Command, Message, Place
from dialogs.script.paper import Pressed, Pushed
from dialogs.script.play import Play, begun

TRANSCRIPTS = Path(__file__).parent / "transcripts"


@dataclass
class Stage:
    play: Play

    def say(self, text: str = "", photos: tuple[str, ...] = (), place: Place | None = None) -> Shown:
        return self._last(self.play.turn(Message(text, photos, place)))

    def press(self, *labels: str, above: bool = False) -> Shown:
        for label in labels:
            self._last(self.play.turn(Pressed(label, above)))
        return self.play.shown[-1]

    def command(self, name: str, args: str = "") -> Shown:
        return self._last(self.play.turn(Command(name, args)))

    def pushed(self, kind: str, **facts: str) -> Shown | None:
        (shown,) = self.play.turn(Pushed(kind, facts))
        return shown

    def change(self, **facts: Any) -> None:
        self.play.world.change(facts)

    @property
    def done(self) -> list[object]:
        """What core was told to do."""
        return list(self.play.world.commands.values())

    @property
    def labels(self) -> list[str]:
        return [button.label for button in self.play.shown[-1].buttons]

    def _last(self, shown: list[Shown | None]) -> Shown:
        assert shown
        return shown[-1] or self.play.shown[-1]


def stage(lang: str = "en", who: str = "citizen", facts: Mapping[str, Any] | None = None) -> Stage:
    settings = {"lang": lang, "who": who, "world": "world.yaml", "facts": facts or {}}
    return Stage(begun(settings, TRANSCRIPTS))
