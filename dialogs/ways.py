"""The ways on that a screen leaves with: its own buttons bound to their run, those to what the person has begun, here
or in another chat, and the way home. It decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.lines import Line, Text, line
from core.talk import Button, Screen
from dialogs.frames import Frames
from dialogs.house import GATES, House, wire
from dialogs.listen import Say
from dialogs.session import Session
from dialogs.wording import messenger_words

RESUME = "resume"
BUTTONS_MOST = 10
"""Of a screen: what VK shows below a message, the smallest of all messengers."""
LABEL_MOST = 40
"""Characters: what VK shows on a button."""


def gone_on(messenger: str) -> Text:
    """What is said where a form was begun that goes on in another chat, in this messenger."""
    return (line("You have gone on with this in another chat ({where}).", where=messenger_words(messenger)),)


def left_behind(house: House, messenger: str) -> Screen:
    """What takes the place of such a form."""
    return Screen(gone_on(messenger), (Button(f"{house.home}:", house.home_label),))


@dataclass(frozen=True, slots=True)
class Ways:
    """`where`: the messenger of each run that waits in another conversation."""

    house: House
    frames: Frames
    where: Mapping[str, str]
    say: Say

    def view(self, screen: Screen) -> Screen:
        begun = (*self.frames.roots, *self.frames.roots_away)
        return replace(screen, buttons=(*screen.buttons, *self._back_to(begun, len(screen.buttons))))

    def open(self, screen: Screen, session: Session) -> Screen:
        """Buttons of a form know their run and screen; the way home is a way out of every form but a gate."""
        ours = tuple(self._bound(button, session) for button in screen.buttons)
        if _guards(session):
            return replace(screen, buttons=ours)
        ways = self._back_to(self._beside(session), len(ours) + 1)
        return replace(screen, buttons=(*ours, *ways, self._home))

    def ended(self, screen: Screen) -> Screen:
        """An ended form has no buttons of its own any more, only ways on; those to what is open below it; and where it
        broke off, the way home."""
        ways = self._ways_on(screen)
        home = () if ways and not screen.over else (self._home,)
        below = [s for s in self.frames.roots if s in self.frames.open]
        return replace(screen, buttons=(*ways, *self._back_to(below, len(ways) + len(home)), *home))

    def leads_on(self, screen: Screen) -> bool:
        """It is to be seen as it is, when a form has ended with it: a receipt, or ways to more than home."""
        return screen.keep or any(b.key != self._home.key for b in self._ways_on(screen))

    def _ways_on(self, screen: Screen) -> tuple[Button, ...]:
        return tuple(b for b in screen.buttons if b.kind != "press" or self._leads_away(b))

    def _beside(self, session: Session) -> Sequence[Session]:
        """What lies below it; and whoever asks where words belong may be told: to anything that was begun."""
        if session.form == self.house.parting:
            return [s for s in self.frames.roots if s.run != session.run]
        below = self.frames.below(session)
        return self.frames.family(below)[:1] if below else ()

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
        return Button(f"{RESUME}:{session.run}", self._label(session.run, form.in_brief(session) or form.title))

    def _label(self, run: str, what: Line) -> Line:
        """With its messenger, where there is room for that."""
        if run in self.where and self.frames.is_away(run):
            label = line("Go on: {what} ({where})", what=what, where=messenger_words(self.where[run]))
            if len(self.say(label)) <= LABEL_MOST:
                return label
        return line("Go on: {what}", what=what)

    @property
    def _home(self) -> Button:
        return Button(f"{self.house.home}:", self.house.home_label)

    def _leads_away(self, button: Button) -> bool:
        name, colon, _ = button.key.partition(":")
        return bool(colon) and (name in self.house.dialogs.views or name in self.house.dialogs.forms)


def _guards(session: Session) -> bool:
    return session.form in [gate.form for gate in GATES.values()]
