"""The ways on that a screen leaves with: its own buttons bound to their run, those to what the person has begun, and
the way home. It decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.lines import line
from core.talk import Button, Screen
from dialogs.frames import Frames
from dialogs.house import GATES, House, wire
from dialogs.session import Session

RESUME = "resume"
BUTTONS_MOST = 10
"""Of a screen: what VK shows below a message, the smallest of all messengers."""


@dataclass(frozen=True, slots=True)
class Ways:
    house: House
    frames: Frames

    def view(self, screen: Screen) -> Screen:
        return replace(screen, buttons=(*screen.buttons, *self._back_to(self.frames.roots, len(screen.buttons))))

    def open(self, screen: Screen, session: Session) -> Screen:
        """Buttons of a form know their run and screen; the way home is a way out of every form but a gate."""
        ours = tuple(self._bound(button, session) for button in screen.buttons)
        if _guards(session):
            return replace(screen, buttons=ours)
        below = self.frames.below(session)
        ways = self._back_to(self.frames.family(below)[:1] if below else (), len(ours) + 1)
        return replace(screen, buttons=(*ours, *ways, self._home))

    def ended(self, screen: Screen) -> Screen:
        """An ended form has no buttons of its own any more, only ways on; and where it broke off, the way home."""
        ways = tuple(b for b in screen.buttons if b.kind != "press" or self._leads_away(b))
        return replace(screen, buttons=ways if ways and not screen.over else (*ways, self._home))

    def _bound(self, button: Button, session: Session) -> Button:
        if button.kind != "press" or self._leads_away(button):
            return button
        return replace(button, key=wire(button.key, session.run, session.rev))

    def _back_to(self, sessions: Sequence[Session], taken: int) -> tuple[Button, ...]:
        """What the person has begun, as long as there is room for buttons."""
        begun = [s for s in sessions if self.frames.begun(s) and not _guards(s)]
        return tuple(map(self._resume, begun[: max(0, BUTTONS_MOST - taken)]))

    def _resume(self, session: Session) -> Button:
        form = self.house.dialogs.forms[session.form]
        return Button(f"{RESUME}:{session.run}", line("Go on: {what}", what=form.in_brief(session) or form.title))

    @property
    def _home(self) -> Button:
        return Button(f"{self.house.home}:", self.house.home_label)

    def _leads_away(self, button: Button) -> bool:
        name, colon, _ = button.key.partition(":")
        return bool(colon) and (name in self.house.dialogs.views or name in self.house.dialogs.forms)


def _guards(session: Session) -> bool:
    return session.form in [gate.form for gate in GATES.values()]
