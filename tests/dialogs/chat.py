"""A conversation for tests of the shell: only JSON stays between two events, and core says what the test says."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

from core.errors import Refusal
from core.shown import Shown
from core.talk import Command, Do, Done, Incoming, Load, Message
from dialogs.house import House, Talk, unwire, worded
from dialogs.session import Session, session_from_json, session_to_json
from dialogs.shell import hear
from tests.dialogs.door import ENGLISH


@dataclass
class Chat:
    """Between two events it is nothing but JSON."""

    house: House
    talk: Talk = field(default_factory=lambda: Talk("en"))
    out: list[Shown] = field(default_factory=list)
    done: list[object] = field(default_factory=list)
    facts: dict[type, Any] = field(default_factory=dict)
    moves: int = 0

    def send(self, event: Incoming) -> Chat:
        self.moves += 1
        frames = tuple(map(reread, self.talk.frames))
        moving = hear(self.house, replace(self.talk, frames=frames), event, f"r{self.moves}x", ENGLISH.say)
        try:
            asked = next(moving)
            while True:
                try:
                    answer = self.answer(asked)
                except Refusal as refusal:
                    asked = moving.throw(refusal)
                else:
                    asked = moving.send(answer)
        except StopIteration as stop:
            self.talk = stop.value.talk
            self.out = [worded(out, ENGLISH.show) for out in stop.value.out]
            live = [shown for shown in self.out if not shown.alarm]
            self.talk = replace(self.talk, live=live[-1] if live else self.talk.live)
        return self

    def answer(self, asked: Load | Do) -> Any:
        if isinstance(asked, Load):
            found = self.facts[type(asked.query)]
            return found(asked.query) if callable(found) else found
        self.done.append(asked.command)
        return Done(asked.key, "ok")

    def say(self, *texts: str) -> Chat:
        for text in texts:
            self.send(Message(text))
        return self

    def command(self, name: str, args: str = "") -> Chat:
        return self.send(Command(name, args))

    def press(self, *labels: str) -> Chat:
        for label in labels:
            self.send(unwire(self.data(label)))
        return self

    def data(self, label: str) -> str:
        return next(b.data for b in self.live.buttons if b.label == label)

    @property
    def live(self) -> Shown:
        assert self.talk.live
        return self.talk.live

    @property
    def text(self) -> str:
        return self.live.text.partition("\n")[0]

    @property
    def labels(self) -> list[str]:
        return [b.label for b in self.live.buttons]

    @property
    def forms(self) -> list[str]:
        return [s.form for s in self.talk.frames]


def reread(s: Session) -> Session:
    return session_from_json(json.loads(json.dumps(session_to_json(s))))
