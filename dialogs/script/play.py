"""Plays a transcript through the shell, the notices and the real catalogues, and writes down what the bot says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from core.errors import Refusal
from core.notify.types import NoticeKind
from core.shown import Shown, ShownButton
from core.speech import Speech, Speeches, load_speeches
from core.talk import Command, Incoming, Load, Message
from dialogs.brief_house import brief
from dialogs.house import House, Out, Talk, citizens, door, officials, unwire, worded
from dialogs.script.paper import BadTranscript, Facts, Pressed, Pushed, Transcript, Turn, parse, screen_lines
from dialogs.script.rules import broken
from dialogs.script.world import World, merged
from dialogs.shell import hear

LOCALES = Path(__file__).parents[2] / "locales"
ZONE = ZoneInfo("Europe/Moscow")
HOUSES = {"citizen": citizens, "official": officials, "nobody": door, "brief": brief}


@dataclass
class Play:
    """`shown` are the screens so far, `pushes` those of them that came by themselves."""

    house: House
    world: World
    talk: Talk
    shown: list[Shown] = field(default_factory=list)
    pushes: list[Shown] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    moves: int = 0

    def __post_init__(self) -> None:
        self._speeches = _speeches()

    def turn(self, turn: Turn) -> list[Shown | None]:
        """What the bot says to it; None: nothing, on purpose."""
        match turn:
            case Facts(facts):
                self.world.change(facts)
                return []
            case Pushed(kind, facts):
                notice = self.house.notices[NoticeKind(kind)]
                screen = notice.show(facts, self.world.ask(notice.needs(facts)))
                return [self._say(Out(screen), push=True) if screen else None]
            case Pressed(label, above):
                return self._hear(unwire(self._button(label, above=above).data))
            case Message():  # it is called by its first words
                return self._hear(turn if turn.edited else replace(turn, key=turn.text))
            case Command():
                return self._hear(turn)

    @property
    def _speech(self) -> Speech:
        return self._speeches[self.talk.lang]

    def _hear(self, event: Incoming) -> list[Shown | None]:
        self.moves += 1
        moving = hear(self.house, self.talk, event, str(self.moves), self._speech.say)
        answer: Any = None
        try:
            asked = next(moving)
            while True:
                try:
                    answer = self.world.ask(asked.query) if isinstance(asked, Load) else self.world.run(asked)
                except Refusal as refusal:
                    asked = moving.throw(refusal)
                else:
                    asked = moving.send(answer)
        except StopIteration as stop:
            self.talk = stop.value.talk
            return [self._say(out) for out in stop.value.out] or [None]

    def _say(self, out: Out, *, push: bool = False) -> Shown:
        dialogs = (*self.house.dialogs.views, *self.house.dialogs.forms)
        problems = broken(out.screen, self._speech, self._speeches["en"], dialogs)
        shown = worded(out, self._speech.show)
        self.problems += [f"{problem}: {shown.text}" for problem in problems]
        self.shown.append(shown)
        if push:
            self.pushes.append(shown)
        elif not shown.alarm:
            self.talk = replace(self.talk, live=shown)
        return shown

    def _button(self, label: str, *, above: bool) -> ShownButton:
        live = [self.talk.live] if self.talk.live else []
        older = [shown for shown in reversed(self.shown) if shown not in live]
        places = older if above else [*live, *reversed(self.pushes)]
        found = [
            button for shown in places for button in shown.buttons if button.label == label and button.kind == "press"
        ]
        if not found:
            there = " ".join(f"[{button.label}]" for shown in places[:1] for button in shown.buttons)
            raise BadTranscript(f"There is no button [{label}] to press here, but {there}")
        return found[0]


def played(text: str, folder: Path) -> tuple[str, list[str]]:
    """The transcript with what the bot says now, and the rules that its screens break."""
    script = parse(text)
    play = begun(script.settings, folder)
    return "\n".join([script.head, "---", *_lines(script, play)]) + "\n", play.problems


def _lines(script: Transcript, play: Play) -> Iterator[str]:
    for n, part in enumerate(script.parts):
        said = [] if part.turn is None else play.turn(part.turn)
        yield from ("", *part.lines) if n == 0 or not _same_breath(script.parts[n - 1].turn, part.turn) else part.lines
        for shown in said:
            yield from screen_lines(shown, play.talk.lang)


def _same_breath(before: Turn | None, now: Turn | None) -> bool:
    """Facts that follow each other stand together, and so do they and what comes of them."""
    return isinstance(before, Facts) and now is not None


def begun(settings: Mapping[str, Any], folder: Path) -> Play:
    """A conversation in which nothing has been said yet, with the settings of a transcript's header."""
    base = yaml.safe_load((folder / settings["world"]).read_text("utf-8")) if "world" in settings else {}
    world = World(merged(base, settings.get("facts") or {}))
    who = settings.get("who", "citizen")
    return Play(HOUSES[who](), world, Talk(settings["lang"]))


@cache
def _speeches() -> Speeches:
    return load_speeches(LOCALES, ZONE)
